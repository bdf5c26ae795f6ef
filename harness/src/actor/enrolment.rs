//! Enrols a verifier at the gate: a passkey, or a TOTP app instead.

use std::time::Duration;

use jiff::Timestamp;
use vestibule_model::Secret;

use super::credentials::AuthenticatorState;
use super::login_driver::{LoginDriver, Stop};
use crate::authenticator::{CodePlan, TotpGenerator};
use crate::browser::PageState;
use crate::trace::{ActionKind, Control, Obstacle, StopReason, TypedText};

/// Creates a passkey if the browser has an authenticator; otherwise asks for another method.
pub(super) async fn at_the_gate(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    if driver.authenticator.kind.has_passkeys() {
        return driver.start_ceremony(page.control(CREATE).unwrap_or(CREATE)).await;
    }
    if driver.authenticator.kind.has_totp() && page.shows(OTHER_METHOD) {
        return driver.click(OTHER_METHOD).await;
    }
    Err(Stop::cannot(Obstacle::NoAuthenticator, page))
}

/// Chooses the TOTP app, the only other method that needs no device.
pub(super) async fn choose_method(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    if page.offers(TOTP_APP) {
        return driver.click_text(TOTP_APP).await;
    }
    Err(Stop::cannot(Obstacle::OnlyDevices, page))
}

/// Reads the key instead of the QR code, types its first code and connects.
pub(super) async fn connect_app(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    if page.offers(NO_QR) {
        driver.session.click_text(NO_QR).await?;
        driver.note(ActionKind::Click(Control::Text(NO_QR.to_owned()))).await?;
    }
    let with_key = driver.session.page().await?;
    let key = key_in(with_key.secret_text()).ok_or_else(|| Stop::cannot(Obstacle::NoTotpKey, page))?;
    let generator = TotpGenerator::from_base32(&key)
        .map_err(|error| Stop::Login(StopReason::BadTotpKey { why: error.to_string() }))?;
    let code = fresh_code(&generator, driver.authenticator).await?;
    driver.type_into("t", TypedText::VerificationCode, &code).await?;
    let page = driver.click_text(page.control(CONNECT).unwrap_or(CONNECT)).await?;
    driver.authenticator.totp = Some(generator);
    Ok(page)
}

/// A code that was not used before; waits for it if needed.
pub(super) async fn fresh_code(
    generator: &TotpGenerator,
    authenticator: &mut AuthenticatorState,
) -> Result<Secret, Stop> {
    for _ in 0..MOST_WAITS {
        let now = authenticator.now();
        match generator.plan(now, authenticator.last_totp_step) {
            CodePlan::Ready { code, step } => {
                authenticator.last_totp_step = Some(step);
                return Ok(code);
            }
            CodePlan::WaitUntil(until) => {
                tokio::time::sleep(CLOCK_PROBE_INTERVAL).await;
                if authenticator.now() == now {
                    break;
                }
                next_code_is_due(until, now).await;
            }
        }
    }
    Err(Stop::Login(StopReason::NoFreshCode))
}

/// Waits until a new code can be had. Nothing but time makes one.
pub(super) async fn next_code_is_due(until: Timestamp, now: Timestamp) {
    let wait = Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO);
    tokio::time::sleep(wait.min(LONGEST_CODE_WAIT)).await;
}

/// The first base32 text that is long enough for a secret of 80 bits, in one word or in groups of four or more.
pub(crate) fn key_in(text: &str) -> Option<Secret> {
    let is_base32 = |c: char| c.is_ascii_uppercase() || ('2'..='7').contains(&c);
    let is_group = |word: &&str| word.len() >= 4 && word.chars().all(is_base32);
    let words: Vec<&str> = text.split_whitespace().collect();
    let runs = words.split(|word| !is_group(word)).map(<[&str]>::concat);
    runs.into_iter().find(|run| run.len() >= SHORTEST_KEY).map(Secret::new)
}

/// Contract C5.1, C5.6, C5.7.
const CREATE: &str = "Create Passkey";
const OTHER_METHOD: &str = "chRegL";
const TOTP_APP: &str = "One-Time Password App";
const NO_QR: &str = "I Can't Scan the QR Code";
const CONNECT: &str = "Connect";
/// 80 bits in base32.
const SHORTEST_KEY: usize = 16;
const MOST_WAITS: u32 = 4;
/// Long enough to see whether a clock runs at all.
const CLOCK_PROBE_INTERVAL: Duration = Duration::from_millis(20);
const LONGEST_CODE_WAIT: Duration = Duration::from_secs(61);

#[cfg(test)]
mod tests {
    use super::key_in;

    #[test]
    fn the_key_is_found_however_it_stands_on_the_page() {
        let rows = [
            ("Scan it\nI Can't Scan the QR Code GEZDGNBVGY3TQOJQ\nConnect", Some("GEZDGNBVGY3TQOJQ")),
            ("Key: GEZD GNBV GY3T QOJQ then connect", Some("GEZDGNBVGY3TQOJQ")),
            ("I AM NOT A KEY, AND QR IS NOT ONE", None),
            ("gezdgnbvgy3tqojq", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(key_in(text).as_ref().map(|key| key.reveal()), expected, "{text}");
        }
    }
}
