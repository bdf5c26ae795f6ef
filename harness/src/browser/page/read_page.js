// Reads the page and changes nothing.
const visible = (element) => element.getClientRects().length > 0
  && getComputedStyle(element).visibility !== 'hidden' && element.type !== 'hidden';
const text = (element) => (element.innerText || element.value || element.getAttribute('aria-label') || '').trim();
const all = (selector) => [...document.querySelectorAll(selector)];
const withId = all('[id]');
const typed = all('input:is([type=text], [type=email], [type=password], [type=tel])');
const error = all('#error, .loginError, .errorMsg, .message.errorM3, .oneError').find((e) => visible(e) && text(e));
// On an error page of Firefox, the location is that of the page that did not come.
const isOwn = /^about:(neterror|certerror)/.test(document.documentURI);
return {
  url: isOwn ? document.documentURI : location.href,
  path: isOwn ? '' : location.pathname,
  title: document.title,
  document: String(performance.timeOrigin),
  complete: document.readyState === 'complete',
  busy: document.body?.ariaBusy === 'true',
  ids: withId.filter((e) => e.type !== 'hidden').map((e) => e.id),
  shown: withId.filter(visible).map((e) => e.id),
  blank: typed.filter((e) => visible(e) && !e.value).map((e) => e.id),
  headings: all('h1, h2, [role=heading]').filter(visible).map(text),
  controls: all('button, a, input[type=submit], input[type=button], [role=button]').filter(visible).map(text),
  choices: all('label').filter(visible).map(text),
  passwordField: all('input[type=password]').some(visible),
  error: error ? text(error) : null,
  text: (document.body ? document.body.innerText : '').slice(0, 20000),
};
