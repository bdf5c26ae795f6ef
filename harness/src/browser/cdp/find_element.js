// Finds an element, scrolls it into view, focuses it if requested, and returns where to click it. The error texts are
// ChromeDriver's.
(by, what, focus) => {
  const problem = (text) => ({ x: 0, y: 0, held: 0, problem: text });
  let element;
  if (by === 'css') element = document.querySelector(what);
  else element = document.evaluate(what, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue;
  if (!element) return problem(`no such element: Unable to locate element: {"method":"${by}","selector":${JSON.stringify(what)}}`);
  const shown = () => [...element.getClientRects()].find((rect) => rect.width > 0 && rect.height > 0);
  if (!shown() || getComputedStyle(element).visibility === 'hidden') return problem('element not interactable');
  if (element.disabled) return problem('invalid element state: the element is disabled');
  const inside = (rect) => rect.top >= 0 && rect.left >= 0 && rect.bottom <= innerHeight && rect.right <= innerWidth;
  if (!inside(shown())) element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const rect = shown();
  const x = (Math.max(rect.left, 0) + Math.min(rect.right, innerWidth)) / 2;
  const y = (Math.max(rect.top, 0) + Math.min(rect.bottom, innerHeight)) / 2;
  const hit = document.elementFromPoint(x, y);
  if (!hit || !(element.contains(hit) || hit.contains(element) && hit.closest('label') === hit)) {
    const name = hit ? `<${hit.tagName.toLowerCase()} id="${hit.id}">` : 'nothing';
    return problem(`element click intercepted: ${name} would receive the click`);
  }
  // As WebDriver's Element Send Keys does before it types.
  if (focus && document.activeElement !== element) element.focus();
  return { x, y, held: 'selectionStart' in element ? element.value.length : 0, problem: null };
}
