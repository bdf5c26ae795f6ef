//! Actors that follow a script, as the suites of the field do. They cope with nothing else.

use super::arrival;
use super::sign_in::Route;
use super::stage::{Stage, Stop};
use crate::trace::{ActionKind, Control, TypedText};

/// Both fields on one page, one click, then home.
pub(super) async fn single_page(stage: &mut Stage<'_>) -> Result<(), Stop> {
    stage.wait_for_field("username").await?;
    stage.wait_for_field("password").await?;
    stage.type_username().await?;
    stage.type_password().await?;
    stage.click("Login").await?;
    stage.wait_for_home().await
}

/// Username, click, password, click, then home.
pub(super) async fn two_step(stage: &mut Stage<'_>) -> Result<(), Stop> {
    stage.wait_for_field("username").await?;
    stage.type_username().await?;
    stage.click("Login").await?;
    stage.wait_for_field("password").await?;
    stage.type_password().await?;
    stage.click("Login").await?;
    stage.wait_for_home().await
}

/// Username, a click, and at once the password into whichever field is there; then home.
pub(super) async fn hasty(stage: &mut Stage<'_>) -> Result<(), Stop> {
    stage.wait_for_field("username").await?;
    stage.type_username().await?;
    stage.session.click("#Login").await?;
    let page = stage.note(ActionKind::Click(Control::Id("Login".to_owned()))).await?;
    if page.shows("password") {
        stage.type_password().await?;
    } else {
        let persona = stage.persona;
        stage.type_into("username", TypedText::Password, &persona.password).await?;
    }
    stage.click("Login").await?;
    stage.wait_for_home().await
}

/// Username, click, home; and the same again from the login page, as long as home does not follow.
pub(super) async fn retrying(stage: &mut Stage<'_>, route: &Route) -> Result<(), Stop> {
    let mut ended = Ok(());
    for _ in 0..TRIES {
        arrival::arrive(stage, route).await?;
        stage.wait_for_field("username").await?;
        stage.type_username().await?;
        stage.click("Login").await?;
        ended = stage.wait_for_home().await;
        if ended.is_ok() {
            break;
        }
    }
    ended
}

/// No field is typed on this route: the actor only believes that home follows.
pub(super) async fn expect_home(stage: &mut Stage<'_>) -> Result<(), Stop> {
    stage.wait_for_home().await
}

/// How often `retrying` tries.
const TRIES: u32 = 2;
