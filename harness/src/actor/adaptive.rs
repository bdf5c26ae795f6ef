//! The adaptive actor: it looks at each page and does what the page asks for.

use std::time::Duration;

use vestibule_model::PageName;
use vestibule_model::Secret;

use super::login_driver::{LoginDriver, Stop};
use super::{enrolment, interstitial};
use crate::browser::PageState;
use crate::trace::{ActionKind, Control, Obstacle, StopReason, TypedText};

/// Continues from this page until home, or the product that sent the user, or until no step helps.
pub(super) async fn go_on(driver: &mut LoginDriver<'_>, first: PageState) -> Result<(), Stop> {
    let mut page = first;
    let mut repeats = 0;
    let mut filled_again = false;
    for _ in 0..MOST_STEPS {
        if matches!(page.name, PageName::Home | PageName::ProductHome) {
            return Ok(());
        }
        let before = page.clone();
        page = match step(driver, page).await {
            // A page may move on by itself while the actor works on it (contract C5.17).
            Err(Stop::Login(why @ StopReason::Element { .. })) => moved_by_itself(driver, &before, why).await?,
            other => other?,
        };
        if page.same_document(&before) && page.name == before.name {
            // A page makes its form anew once; what was typed is typed once more.
            if driver.lost_text(&page) && !std::mem::replace(&mut filled_again, true) {
                continue;
            }
            return Err(Stop::Login(stuck(&page, driver.limit)));
        }
        filled_again = false;
        repeats = if page.name == before.name { repeats + 1 } else { 0 };
        if repeats == MOST_REPEATS {
            return Err(Stop::Login(refused(&page)));
        }
    }
    Err(Stop::Login(StopReason::TooManySteps { steps: MOST_STEPS, page: page.described() }))
}

async fn step(driver: &mut LoginDriver<'_>, page: PageState) -> Result<PageState, Stop> {
    match page.name {
        PageName::Login | PageName::SiteLogin => {
            type_username(driver, &page).await?;
            driver.type_password().await?;
            driver.click("Login").await
        }
        PageName::Username => {
            type_username(driver, &page).await?;
            driver.click("Login").await
        }
        PageName::Password => {
            driver.type_password().await?;
            driver.click("Login").await
        }
        PageName::LoginPasskey => login_by_passkey(driver, &page).await,
        PageName::VerifyPasskey => verify_by_passkey(driver, &page).await,
        PageName::VerifyTotp | PageName::VerifyTemporaryCode => verify_by_code(driver, &page).await,
        PageName::VerifyEmail => verify_by_sent_code(driver, &page, "emc").await,
        PageName::VerifySms => verify_by_sent_code(driver, &page, "smc").await,
        // The page goes on by itself once the request is answered.
        PageName::VerifyPush if driver.persona.answers_push => driver.settle(&page, ActionKind::WaitForPage).await,
        PageName::VerifyPush if page.offers(OTHER_METHOD) => other_method(driver, &page).await,
        PageName::VerifyPush => Err(Stop::cannot(Obstacle::Push, &page)),
        PageName::ChangePassword => interstitial::change_password(driver, &page).await,
        PageName::CreatePasskey => enrolment::at_the_gate(driver, &page).await,
        PageName::ChooseVerificationMethod => choose_method(driver, &page).await,
        PageName::ConnectAuthenticatorApp => enrolment::connect_app(driver, &page).await,
        PageName::AuthorizeApp => driver.click("oaapprove").await,
        PageName::IdpSignIn => sign_in_at_idp(driver, &page).await,
        PageName::LoginRefused | PageName::IdpError => Err(Stop::Login(refused(&page))),
        PageName::BrowserError => Err(Stop::Login(StopReason::of_browser_page(page.title(), None))),
        other => match other.info().declined_by {
            Some(control) => driver.click_text(control).await,
            None => Err(Stop::cannot(Obstacle::UnknownPage, &page)),
        },
    }
}

/// The page after this one, of which an element was missing: the page may have moved on by itself meanwhile.
pub(super) async fn moved_by_itself(
    driver: &mut LoginDriver<'_>,
    before: &PageState,
    why: StopReason,
) -> Result<PageState, Stop> {
    let page = driver.settle(before, ActionKind::WaitForPage).await?;
    if page.same_document(before) { Err(Stop::Login(why)) } else { Ok(page) }
}

async fn type_username(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<(), Stop> {
    // A remembered username hides its field; the link on the card brings the field back.
    if !page.shows("username") && page.shows("clear_link") {
        driver.session.click("#clear_link").await?;
        driver.note(ActionKind::Click(Control::Id("clear_link".to_owned()))).await?;
    }
    driver.type_username().await
}

async fn login_by_passkey(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    if has_passkey(driver) {
        return driver.click("Login").await;
    }
    match page.control("password") {
        Some(password) => driver.click_text(password).await,
        None => Err(Stop::cannot(Obstacle::NoPasskey, page)),
    }
}

async fn verify_by_passkey(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    if has_passkey(driver) {
        return driver.start_ceremony(page.control(PASSKEY_BUTTON).unwrap_or(PASSKEY_BUTTON)).await;
    }
    if page.offers(OTHER_METHOD) {
        return other_method(driver, page).await;
    }
    Err(Stop::cannot(Obstacle::NoPasskey, page))
}

async fn other_method(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    driver.click_text(page.control(OTHER_METHOD).unwrap_or(OTHER_METHOD)).await
}

/// Chooses another registered method (radio buttons), or a method to register (contract C3.7, C5.6).
async fn choose_method(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    if !page.shows("save") {
        return enrolment::choose_method(driver, page).await;
    }
    let has_app = driver.authenticator.totp.is_some() || driver.persona.totp.is_some();
    let means = [
        (has_passkey(driver), "built-in"),
        (has_passkey(driver), "security key"),
        (has_app, "one-time password"),
        (driver.persona.temporary_code.is_some(), "temporary"),
    ];
    let choice = means.iter().filter(|(held, _)| *held).find_map(|(_, label)| page.choice(label));
    let choice = choice.ok_or_else(|| Stop::cannot(Obstacle::NoMethod, page))?;
    driver.session.click_text(choice).await?;
    driver.note(ActionKind::Choose(choice.to_owned())).await?;
    driver.click("save").await
}

/// A temporary code goes into the same field as a TOTP code (contract C3.2).
async fn verify_by_code(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    let temporary = driver.persona.temporary_code.clone();
    let asked_temporary = page.name == PageName::VerifyTemporaryCode;
    let app = driver.authenticator.totp.clone().or_else(|| driver.persona.totp.clone());
    let code = match (temporary, app) {
        (Some(code), None) => code,
        (Some(code), Some(_)) if asked_temporary => code,
        (_, Some(app)) if !asked_temporary => enrolment::fresh_code(&app, driver.authenticator).await?,
        _ if page.offers(OTHER_METHOD) => return other_method(driver, page).await,
        _ => return Err(Stop::cannot(Obstacle::NoCode, page)),
    };
    driver.type_into("tc", TypedText::VerificationCode, &code).await?;
    driver.click("save").await
}

/// A code that came by email or text message goes into the field with this id.
async fn verify_by_sent_code(driver: &mut LoginDriver<'_>, page: &PageState, field: &str) -> Result<PageState, Stop> {
    let code = driver.persona.email.as_ref().and_then(super::EmailReader::newest_code);
    let code = code.ok_or_else(|| Stop::cannot(Obstacle::NoEmailCode, page))?;
    driver.type_into(field, TypedText::EmailCode, &code).await?;
    driver.click("save").await
}

/// Answers the pages of one sign-in form: some products ask for the username, the password and whether to stay signed in
/// one after the other.
async fn sign_in_at_idp(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    let persona = driver.persona;
    let fields = persona.idp_page.fields();
    // A passwordless page asks only for the username.
    if !page.shows(fields.password.id) && page.offers(&persona.username) {
        return driver.click_text(&persona.username).await;
    }
    let asks = |page: &PageState| (page.shows(fields.username.id), page.shows(fields.password.id));
    let mut asked = asks(page);
    let knows_the_page = page.shows(fields.submit) || asked.1;
    loop {
        if asked.0 || !knows_the_page {
            driver.type_into(fields.username.id, TypedText::Username, &Secret::new(persona.username.clone())).await?;
        }
        if asked.1 {
            driver.type_into(fields.password.id, TypedText::Password, &persona.password).await?;
        }
        let next = driver.click(fields.submit).await?;
        let before = std::mem::replace(&mut asked, asks(&next));
        if next.name != PageName::IdpSignIn || before <= asked {
            return Ok(next);
        }
    }
}

/// Whether a passkey could answer; the browser itself matches the RP ID.
fn has_passkey(driver: &LoginDriver<'_>) -> bool {
    driver.authenticator.kind.has_passkeys() && !driver.authenticator.passkeys.is_empty()
}

fn stuck(page: &PageState, limit: Duration) -> StopReason {
    StopReason::Stuck { page: page.described(), error: page.error().map(str::to_owned), limit }
}

fn refused(page: &PageState) -> StopReason {
    StopReason::Refused { page: page.described(), error: page.error().map(str::to_owned) }
}

const MOST_STEPS: u32 = 14;
/// How often a page may be followed by itself: a wrong code is not typed a third time.
const MOST_REPEATS: u32 = 1;
/// Contract C1.6.
const PASSKEY_BUTTON: &str = "Log In With a Passkey";
/// Of contract C3.7 and C5.6.
const OTHER_METHOD: &str = "verification method";
