// Waits until the document is loaded and, if it is the known one, until something in it changes. Changes nothing.
(known, patience) => new Promise((resolve) => {
  const loaded = document.readyState === 'complete';
  if (loaded && String(performance.timeOrigin) !== known) return resolve();
  setTimeout(resolve, patience);
  if (!loaded) return addEventListener('load', () => setTimeout(resolve), { once: true });
  const everything = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver((_, observer) => { observer.disconnect(); resolve(); }).observe(document, everything);
})
