// A copy of the document as text: styles inside, scripts and secrets left out. Typed text is not in an attribute, so it
// is not copied; a value that the server wrote into a secret field is removed.
const copy = document.documentElement.cloneNode(true);
copy.querySelectorAll('script, noscript, link, style, base, iframe, object, embed').forEach((e) => e.remove());
copy.querySelectorAll(SECRET_FIELDS + ', input[type=hidden]').forEach((e) => e.removeAttribute('value'));
copy.querySelectorAll(SECRET_IMAGES).forEach((e) => e.setAttribute('src', 'data:,'));
copy.querySelectorAll(SECRET_TEXTS).forEach((e) => { e.textContent = '████ ████'; });
for (const e of copy.querySelectorAll('*')) {
  for (const { name } of [...e.attributes]) if (name.startsWith('on') || /^(href|action|formaction)$/.test(name)) e.removeAttribute(name);
}
const rules = [...document.styleSheets].flatMap((sheet) => {
  try { return [...sheet.cssRules].map((rule) => rule.cssText); } catch { return []; }
});
const style = document.createElement('style');
style.textContent = rules.join('\n');
(copy.querySelector('head') ?? copy).append(style);
const html = '<!doctype html>' + copy.outerHTML;
return html.length > 200000 ? null : html;
