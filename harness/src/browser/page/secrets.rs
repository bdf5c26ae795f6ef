//! Where pages show or take secrets; used for pictures and for copies.

/// JavaScript that defines what is secret on a page, as CSS selectors. `#tc`, `#emc`, `#smc` and `#t` take codes
/// (public login suites); the enrolment page shows a TOTP key and its QR code. Products show a pairing code and app passwords.
pub(super) const DEFINITIONS: &str = r#"
const SECRET_FIELDS = 'input[type=password], #tc, #emc, #smc, #t, #productCodeField';
const SECRET_IMAGES = 'img.qr, img[alt*="QR"]';
const SECRET_TEXTS = '#key, #pairingCode, #appPassword';
"#;

/// Function body that blacks out secrets for a picture.
pub(in crate::browser) fn mask() -> String {
    format!("{DEFINITIONS}{MASK}")
}

/// Function body that undoes [`mask`].
pub(in crate::browser) const UNMASK: &str = r#"
const masks = (sheet) => [...sheet.cssRules].some((rule) => rule.style?.getPropertyValue('--vestibule-mask'));
document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !masks(sheet));
"#;

/// A sheet that a script constructs holds under any Content-Security-Policy, where a `style` element does not.
const MASK: &str = r#"
const sheet = new CSSStyleSheet();
const secret = [SECRET_FIELDS, SECRET_IMAGES, SECRET_TEXTS, 'canvas'].join(', ').split(', ').map(s => s + ', ' + s + ' *').join(', ');
sheet.replaceSync(secret + ' { --vestibule-mask: 1; color: transparent !important; background: #000 !important;'
  + ' filter: brightness(0) !important; -webkit-text-security: disc; }');
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
"#;
