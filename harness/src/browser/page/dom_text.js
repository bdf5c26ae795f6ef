// The outline of the page in document order: what a person sees, never typed text.
const visible = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden' && e.type !== 'hidden';
const short = (text) => (text || '').replace(/\s+/g, ' ').trim().slice(0, 120);
const name = (e) => (e.id ? '#' + e.id : e.name ? '[name=' + e.name + ']' : '');
const label = (e) => short(e.labels?.[0]?.innerText || e.getAttribute('aria-label') || e.placeholder || e.title);
const lines = ['title: ' + short(document.title)];
const all = document.querySelectorAll('h1, h2, h3, [role=heading], input, select, textarea, button, a[href], [role=button], [role=alert], .loginError, #error');
for (const e of all) {
  if (!visible(e)) continue;
  const tag = e.tagName.toLowerCase();
  const isButton = tag === 'button' || e.getAttribute('role') === 'button' || /^(submit|button|reset|image)$/.test(e.type);
  if (/^h[1-3]$/.test(tag) || e.getAttribute('role') === 'heading') lines.push('heading: ' + short(e.innerText));
  else if (isButton) lines.push(['button', name(e), short(tag === 'input' ? e.getAttribute('value') : e.innerText || e.getAttribute('aria-label'))].filter(Boolean).join(' '));
  else if (tag === 'a') lines.push(['link', name(e), short(e.innerText)].filter(Boolean).join(' '));
  else if (/^(input|select|textarea)$/.test(tag)) lines.push(['field', name(e), e.type, label(e), e.disabled ? '(disabled)' : '', document.activeElement === e ? '(focused)' : ''].filter(Boolean).join(' '));
  else if (short(e.innerText)) lines.push('message: ' + short(e.innerText));
  if (lines.length >= 200) break;
}
return lines;
