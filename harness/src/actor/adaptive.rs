//! The actor that copes: it looks at each page and does what the page asks for.

use vestibule_simulator::policy::terms::PageName;
use vestibule_simulator::realm::Secret;

use super::enrolment;
use super::outfit::AuthenticatorChoice;
use super::stage::{Stage, Stop, seconds};
use crate::browser::PageState;

/// Goes on from this page until home, or until no step helps.
pub(super) async fn go_on(stage: &mut Stage<'_>, first: PageState) -> Result<(), Stop> {
    let mut page = first;
    let mut repeats = 0;
    for _ in 0..MOST_STEPS {
        if page.name == PageName::Home {
            return Ok(());
        }
        let before = page.clone();
        page = step(stage, page).await?;
        if page.same_document(&before) && page.name == before.name {
            let limit = seconds(stage.limit);
            return Err(Stop::Login(format!("{} did not go on within {limit}", page.described())));
        }
        repeats = if page.name == before.name { repeats + 1 } else { 0 };
        if repeats == MOST_REPEATS {
            return Err(Stop::Login(refused(&page)));
        }
    }
    Err(Stop::Login(format!("{MOST_STEPS} steps led no further than {}", page.described())))
}

async fn step(stage: &mut Stage<'_>, page: PageState) -> Result<PageState, Stop> {
    match page.name {
        PageName::Login => {
            type_username(stage).await?;
            type_password(stage).await?;
            stage.click("Login").await
        }
        PageName::Username => {
            type_username(stage).await?;
            stage.click("Login").await
        }
        PageName::Password => {
            type_password(stage).await?;
            stage.click("Login").await
        }
        PageName::LoginPasskey => login_by_passkey(stage, &page).await,
        PageName::VerifyPasskey => verify_by_passkey(stage, &page).await,
        PageName::VerifyTotp | PageName::VerifyTemporaryCode => verify_by_code(stage, &page).await,
        PageName::VerifyEmail => verify_by_email(stage, &page).await,
        PageName::CreatePasskey => enrolment::at_the_gate(stage, &page).await,
        PageName::ChooseVerificationMethod => enrolment::choose_method(stage, &page).await,
        PageName::ConnectAuthenticatorApp => enrolment::connect_app(stage, &page).await,
        PageName::IdpSignIn => sign_in_at_idp(stage).await,
        PageName::LoginRefused | PageName::IdpError => Err(Stop::Login(refused(&page))),
        PageName::BrowserError => Err(Stop::Login(format!("the browser refused the page: {}", page.title()))),
        PageName::Home | PageName::LoggedOut | PageName::LoginHistory | PageName::Inbox | PageName::Unknown => {
            Err(cannot(&page, "no step is known for this page"))
        }
    }
}

async fn type_username(stage: &mut Stage<'_>) -> Result<(), Stop> {
    let username = Secret::new(stage.persona.username.clone());
    stage.type_into("username", "the username", &username).await
}

async fn type_password(stage: &mut Stage<'_>) -> Result<(), Stop> {
    let persona = stage.persona;
    stage.type_into("password", "the password", &persona.password).await
}

async fn login_by_passkey(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    if has_passkey(stage) {
        return stage.click_text(&exact_control(page, PASSKEY_BUTTON)).await;
    }
    for other in ["password", "another"] {
        if page.offers(other) {
            return stage.click_text(&exact_control(page, other)).await;
        }
    }
    Err(cannot(page, "a passkey is asked for and there is none"))
}

async fn verify_by_passkey(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    if has_passkey(stage) {
        return stage.click_text(&exact_control(page, PASSKEY_BUTTON)).await;
    }
    if page.offers(OTHER_METHOD) {
        return stage.click_text(&exact_control(page, OTHER_METHOD)).await;
    }
    Err(cannot(page, "a passkey is asked for and there is none"))
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
        _ if page.offers(OTHER_METHOD) => return stage.click_text(&exact_control(page, OTHER_METHOD)).await,
        _ => return Err(cannot(page, "a verification code is asked for and there is none")),
    };
    stage.type_into("tc", "the verification code", &code).await?;
    stage.click("save").await
}

async fn verify_by_email(stage: &mut Stage<'_>, page: &PageState) -> Result<PageState, Stop> {
    let code = stage.persona.email.as_ref().and_then(super::EmailReader::newest_code);
    let code = code.ok_or_else(|| cannot(page, "a code by email is asked for and no email holds one"))?;
    stage.type_into("emc", "the code of the email", &code).await?;
    stage.click("save").await
}

async fn sign_in_at_idp(stage: &mut Stage<'_>) -> Result<PageState, Stop> {
    let persona = stage.persona;
    let fields = &persona.idp_fields;
    stage.type_into(&fields.username, "the username", &Secret::new(persona.username.clone())).await?;
    stage.type_into(&fields.password, "the password", &persona.password).await?;
    stage.click(&fields.submit).await
}

/// Whether a passkey could answer; the browser itself finds out for which RP ID.
fn has_passkey(stage: &Stage<'_>) -> bool {
    matches!(stage.authenticator.choice, AuthenticatorChoice::Virtual(_)) && !stage.authenticator.vault.is_empty()
}

/// The text of the control as the page writes it.
fn exact_control(page: &PageState, text: &str) -> String {
    page.control(text).unwrap_or(text).to_owned()
}

fn refused(page: &PageState) -> String {
    match page.error() {
        Some(error) => format!("{} refused: {error}", page.described()),
        None => format!("{} came again without an error text", page.described()),
    }
}

fn cannot(page: &PageState, why: &str) -> Stop {
    Stop::Login(format!("{why}: {}", page.described()))
}

const MOST_STEPS: u32 = 14;
/// How often a page may follow itself: a wrong code is not typed a third time.
const MOST_REPEATS: u32 = 1;
/// Facts C1.
const PASSKEY_BUTTON: &str = "Log In With a Passkey";
/// Facts C3: "Use a different verification method", "Choose another verification method".
const OTHER_METHOD: &str = "verification method";
