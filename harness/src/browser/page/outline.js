// Reads how the page is built and changes nothing: never what a field holds.
const visible = (element) => element.getClientRects().length > 0
  && getComputedStyle(element).visibility !== 'hidden' && element.type !== 'hidden';
const SPOKEN = 'label, button, a, h1, h2, input[type=submit], input[type=button], [role=button], [role=heading]';
const text = (element) => (element.innerText || (element.tagName === 'INPUT' ? element.value : '')
  || element.getAttribute('aria-label') || '').trim().slice(0, 200);
const outlined = [...document.querySelectorAll('[id], input, button, select, textarea, ' + SPOKEN)];
return {
  document: String(performance.timeOrigin),
  title: document.title.slice(0, 300),
  cut: outlined.length > 3000,
  elements: outlined.slice(0, 3000).map((element) => ({
    tag: element.tagName.toLowerCase(),
    kind: ['INPUT', 'BUTTON'].includes(element.tagName) ? element.type : '',
    id: element.id || '',
    name: element.getAttribute('name') || '',
    shown: visible(element),
    text: element.matches(SPOKEN) ? text(element) : '',
  })),
};
