//! The pages between a successful login and its destination (contract C1.9, C1.10).

use vestibule_model::Secret;

use super::login_driver::{LoginDriver, Stop};
use crate::browser::PageState;
use crate::trace::TypedText;

/// Leaves the page if it can be left, as a suite must if it shares its user; otherwise changes the password.
pub(super) async fn change_password(driver: &mut LoginDriver<'_>, page: &PageState) -> Result<PageState, Stop> {
    if page.shows(CANCEL) {
        return driver.click(CANCEL).await;
    }
    let new = Secret::new(format!("{}-{CHANGED}", driver.persona.password.reveal()));
    driver.type_into("p5", TypedText::NewPassword, &new).await?;
    driver.type_into("p6", TypedText::NewPasswordAgain, &new).await?;
    driver.click("save").await
}

const CANCEL: &str = "cancel";
/// Appended to the password: the new one has the usual letters and digits.
const CHANGED: &str = "Changed1";
