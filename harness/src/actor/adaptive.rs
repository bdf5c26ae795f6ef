//! The actor that copes: it looks at each page and does what the page asks for.

use std::time::Duration;

use vestibule_model::PageName;
use vestibule_model::Secret;

use super::outfit::AuthenticatorChoice;
use super::stage::{Stage, Stop};
use super::{enrolment, interstitial};
use crate::browser::PageState;
use crate::trace::{ActionKind, Control, Obstacle, StopReason, TypedText};

/// Goes on from this page until home, or until no step helps.
pub(super) async fn go_on(stage: &mut Stage<'_>, first: PageState) -> Result<(), Stop> {
    let mut page = first;
    let mut repeats = 0;
    for _ in 0..MOST_STEPS {
        if page.name == PageName::Home {
            return Ok(());
        }
        let before = page.clone();
        page = match step(stage, page).await {
            // A page may move on by itself while it is acted upon (facts M11: a gate that starts its own ceremony).
            Err(Stop::Login(why @ StopReason::Element { .. })) => moved_by_itself(stage, &before, why).await?,
            other => other?,
        };
        if page.same_document(&before) && page.name == before.name {
            return Err(Stop::Login(stuck(&page, stage.limit)));
        }
        repeats = if page.name == before.name { repeats + 1 } else { 0 };
        if repeats == MOST_REPEATS {
            return Err(Stop::Login(refused(&page)));
        }
    }
    Err(Stop::Login(StopReason::TooManySteps { steps: MOST_STEPS, page: page.described() }))
}

async fn step(stage: &mut Stage<'_>, page: PageState) -> Result<PageState, Stop> {
    match page.name {
        PageName::Login => {
            type_username(stage, &page).await?;
            stage.type_password().await?;
            stage.click("Login").await
        }
        PageName::Username => {
            type_username(stage, &page).await?;
            stage.click("Login").await
        }
        PageName::Password => {
            stage.type_password().await?;
            stage.click("Login").await
        }
        PageName::LoginPasskey => login_by_passkey(stage, &page).await,
        PageName::VerifyPasskey => verify_by_passkey(stage, &page).await,
        PageName::VerifyTotp | PageName::VerifyTemporaryCode => verify_by_code(stage, &page).await,
        PageName::VerifyEmail => verify_by_email(stage, &page).await,
        PageName::VerifyPush if page.offers(OTHER_METHOD) => other_method(stage, &page).await,
        PageName::VerifyPush => Err(Stop::cannot(Obstacle::Push, &page)),
        PageName::ChangePassword => interstitial::change_password(stage, &page).await,
        PageName::RegisterPhone => interstitial::decline_phone(stage).await,
        PageName::CreatePasskey => enrolment::at_the_gate(stage, &page).await,
        PageName::ChooseVerificationMethod => choose_method(stage, &page).await,
        PageName::ConnectAuthenticatorApp => enrolment::connect_app(stage, &page).await,
        PageName::IdpSignIn => sign_in_at_idp(stage, &page).await,
        PageName::LoginRefused | PageName::IdpError => Err(Stop::Login(refused(&page))),
        PageName::BrowserError => Err(Stop::Login(StopReason::of_browser_page(page.title()))),
        PageName::Home | PageName::LoggedOut | PageName::LoginHistory | PageName::Inbox | PageName::Unknown => {
            Err(Stop::cannot(Obstacle::UnknownPage, &page))
        }
    }
}

async fn moved_by_itself(stage: &mut Stage<'_>, before: &PageState, why: StopReason) -> Result<PageState, Stop> {
    let page = stage.settle(before, ActionKind::WaitForPage).await?;
    if page.same_document(before) { Err(Stop::Login(why)) } else { Ok(page) }
}

async fn type_username(stage: &mut Stage<'_>, page: &PageState) -> Result<(), Stop> {
    // A remembered username hides its field; the link on the card shows it again.
    if !page.shows("username") && page.shows("clear_link") {
        stage.session.click("#clear_link").await?;
        stage.note(ActionKind::Click(Control::Id("clear_link".to_owned()))).await?;
    }
    stage.type_username().await
}

async fn login_by_passkey(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    if has_passkey(stage) {
        return stage.click("Login").await;
    }
    match page.control("password") {
        Some(password) => stage.click_text(password).await,
        None => Err(Stop::cannot(Obstacle::NoPasskey, page)),
    }
}

async fn verify_by_passkey(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    if has_passkey(stage) {
        return stage.start_ceremony(page.control(PASSKEY_BUTTON).unwrap_or(PASSKEY_BUTTON)).await;
    }
    if page.offers(OTHER_METHOD) {
        return other_method(stage, page).await;
    }
    Err(Stop::cannot(Obstacle::NoPasskey, page))
}

async fn other_method(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    stage.click_text(page.control(OTHER_METHOD).unwrap_or(OTHER_METHOD)).await
}

/// Chooses another method that is registered (radio buttons), or one to register (facts C3 and C5).
async fn choose_method(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    if !page.shows("save") {
        return enrolment::choose_method(stage, page).await;
    }
    let has_app = stage.authenticator.totp.is_some() || stage.persona.totp.is_some();
    let means = [
        (has_passkey(stage), "built-in"),
        (has_passkey(stage), "security key"),
        (has_app, "one-time password"),
        (stage.persona.temporary_code.is_some(), "temporary"),
    ];
    let choice = means.iter().filter(|(held, _)| *held).find_map(|(_, label)| page.choice(label));
    let choice = choice.ok_or_else(|| Stop::cannot(Obstacle::NoMethod, page))?;
    stage.session.click_text(choice).await?;
    stage.note(ActionKind::Choose(choice.to_owned())).await?;
    stage.click("save").await
}

/// A temporary code goes into the same field as a TOTP code (facts C3).
async fn verify_by_code(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    let temporary = stage.persona.temporary_code.clone();
    let asked_temporary = page.name == PageName::VerifyTemporaryCode;
    let app = stage.authenticator.totp.clone().or_else(|| stage.persona.totp.clone());
    let code = match (temporary, app) {
        (Some(code), None) => code,
        (Some(code), Some(_)) if asked_temporary => code,
        (_, Some(app)) if !asked_temporary => enrolment::fresh_code(&app, stage.authenticator).await?,
        _ if page.offers(OTHER_METHOD) => return other_method(stage, page).await,
        _ => return Err(Stop::cannot(Obstacle::NoCode, page)),
    };
    stage.type_into("tc", TypedText::VerificationCode, &code).await?;
    stage.click("save").await
}

async fn verify_by_email(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    let code = stage.persona.email.as_ref().and_then(super::EmailReader::newest_code);
    let code = code.ok_or_else(|| Stop::cannot(Obstacle::NoEmailCode, page))?;
    stage.type_into("emc", TypedText::EmailCode, &code).await?;
    stage.click("save").await
}

async fn sign_in_at_idp(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    let persona = stage.persona;
    let fields = &persona.idp_fields;
    // A page that signs users in without a password asks only who it is.
    if !page.shows(&fields.password) && page.offers(&persona.username) {
        return stage.click_text(&persona.username).await;
    }
    stage.type_into(&fields.username, TypedText::Username, &Secret::new(persona.username.clone())).await?;
    stage.type_into(&fields.password, TypedText::Password, &persona.password).await?;
    stage.click(&fields.submit).await
}

/// Whether a passkey could answer; the browser itself finds out for which RP ID.
fn has_passkey(stage: &Stage<'_>) -> bool {
    stage.authenticator.choice != AuthenticatorChoice::None && !stage.authenticator.vault.is_empty()
}

fn stuck(page: &PageState, limit: Duration) -> StopReason {
    StopReason::Stuck { page: page.described(), error: page.error().map(str::to_owned), limit }
}

fn refused(page: &PageState) -> StopReason {
    StopReason::Refused { page: page.described(), error: page.error().map(str::to_owned) }
}

const MOST_STEPS: u32 = 14;
/// How often a page may follow itself: a wrong code is not typed a third time.
const MOST_REPEATS: u32 = 1;
/// Facts C1.
const PASSKEY_BUTTON: &str = "Log In With a Passkey";
/// Facts C3: "Use a different verification method", "Choose another verification method".
const OTHER_METHOD: &str = "verification method";
