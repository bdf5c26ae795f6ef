//! Actors that follow a script, as real suites do. They handle nothing else.

use super::login_driver::{LoginDriver, Stop};
use super::routes;
use super::routes::LoginRoute;
use crate::trace::{ActionKind, Control, StopReason, TypedText};

/// Both fields on one page, one click, then home.
pub(super) async fn single_page(driver: &mut LoginDriver<'_>) -> Result<(), Stop> {
    driver.wait_for_field("username").await?;
    driver.wait_for_field("password").await?;
    driver.type_username().await?;
    driver.type_password().await?;
    driver.click("Login").await?;
    driver.wait_for_home().await
}

/// Username, click, password, click, then home.
pub(super) async fn two_step(driver: &mut LoginDriver<'_>) -> Result<(), Stop> {
    driver.wait_for_field("username").await?;
    driver.type_username().await?;
    driver.click("Login").await?;
    driver.wait_for_field("password").await?;
    driver.type_password().await?;
    driver.click("Login").await?;
    driver.wait_for_home().await
}

/// Username, a click, and at once the password, typed into whichever field is there; then home.
pub(super) async fn hasty(driver: &mut LoginDriver<'_>) -> Result<(), Stop> {
    driver.wait_for_field("username").await?;
    driver.type_username().await?;
    driver.session.click("#Login").await?;
    let page = driver.note(ActionKind::Click(Control::Id("Login".to_owned()))).await?;
    if page.shows("password") {
        driver.type_password().await?;
    } else {
        let persona = driver.persona;
        match driver.type_into("username", TypedText::Password, &persona.password).await {
            // The next page came meanwhile.
            Err(Stop::Login(StopReason::Element { .. })) => driver.type_password().await?,
            typed => typed?,
        };
    }
    driver.click("Login").await?;
    driver.wait_for_home().await
}

/// Username, click, home; if home does not appear, the same again from the login page, [`TRIES`] times in all.
pub(super) async fn retrying(driver: &mut LoginDriver<'_>, route: &LoginRoute) -> Result<(), Stop> {
    let mut ended = Ok(());
    for _ in 0..TRIES {
        routes::open_first_page(driver, route).await?;
        driver.wait_for_field("username").await?;
        driver.type_username().await?;
        driver.click("Login").await?;
        ended = driver.wait_for_home().await;
        if ended.is_ok() {
            break;
        }
    }
    ended
}

/// This route needs no typing: the actor just expects home.
pub(super) async fn expect_home(driver: &mut LoginDriver<'_>) -> Result<(), Stop> {
    driver.wait_for_home().await
}

/// How often `retrying` tries.
const TRIES: u32 = 2;
