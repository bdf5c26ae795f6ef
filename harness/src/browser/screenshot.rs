//! Pictures of a page without the secrets on it.

use super::error::BrowserError;
use super::session::WebDriverSession;

impl WebDriverSession {
    /// The open window as PNG. What is typed into password and code fields, the TOTP key and its QR code are blackened
    /// for the picture and as before after it.
    ///
    /// # Errors
    ///
    /// When the browser takes no picture, or the session is lost.
    pub async fn screenshot(&self) -> Result<Vec<u8>, BrowserError> {
        self.read("mask secrets", MASK).await?;
        let picture = self.command("take a screenshot", self.client.screenshot()).await;
        self.read("unmask secrets", UNMASK).await?;
        picture
    }
}

/// Function body that blackens secret fields. Facts C3 and C5: `#tc`, `#emc`, `#smc`, `#t` take codes; the enrolment page shows a QR code and its key.
pub(super) const MASK: &str = r#"
const secret = 'input[type=password], #tc, #emc, #smc, #t, img.qr, img[alt*="QR"], #key, canvas';
const style = document.createElement('style');
style.id = 'vestibule-mask';
style.textContent = secret.split(', ').map(s => s + ', ' + s + ' *').join(', ')
  + ' { color: transparent !important; background: #000 !important; filter: brightness(0) !important; -webkit-text-security: disc; }';
(document.head || document.documentElement).append(style);
"#;

/// Undoes [`MASK`].
pub(super) const UNMASK: &str = "document.getElementById('vestibule-mask')?.remove();";
