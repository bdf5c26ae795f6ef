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
pub(in crate::browser) const UNMASK: &str = "document.getElementById('vestibule-mask')?.remove();";

const MASK: &str = r#"
const style = document.createElement('style');
style.id = 'vestibule-mask';
style.textContent = [SECRET_FIELDS, SECRET_IMAGES, SECRET_TEXTS, 'canvas'].join(', ').split(', ').map(s => s + ', ' + s + ' *').join(', ')
  + ' { color: transparent !important; background: #000 !important; filter: brightness(0) !important; -webkit-text-security: disc; }';
(document.head || document.documentElement).append(style);
"#;
