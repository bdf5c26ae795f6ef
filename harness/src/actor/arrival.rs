//! The first page of each route.

use vestibule_model::PageName;

use super::sign_in::Route;
use super::stage::{Stage, Stop};
use crate::browser::PageState;
use crate::trace::{ActionKind, Destination, StopReason};

/// Opens the route's first page, and presses the SSO button where the route has one.
pub(super) async fn arrive(stage: &mut Stage<'_>, route: &Route) -> Result<PageState, Stop> {
    match route {
        Route::Password { login_url } => open(stage, login_url, Destination::LoginPage).await,
        Route::Sso { login_url, label } => {
            let page = open(stage, login_url, Destination::LoginPage).await?;
            if !page.offers(&format!("Log in with {label}")) {
                let page = page.described();
                return Err(Stop::Login(StopReason::NoSsoButton { label: label.clone(), page }));
            }
            stage.click_text(&format!("Log in with {label}")).await
        }
        Route::IdpInitiated { url } => open(stage, url, Destination::IdentityProvider).await,
        Route::Frontdoor { url } => open(stage, url.reveal(), Destination::SessionUrl).await,
        Route::SidCookie { my_domain_url, sid, home_url } => {
            open(stage, my_domain_url, Destination::MyDomain).await?;
            stage.session.add_cookie("sid", sid).await?;
            stage.note(ActionKind::SetSessionCookie).await?;
            open(stage, home_url, Destination::Lightning).await
        }
    }
}

async fn open(stage: &mut Stage<'_>, url: &str, destination: Destination) -> Result<PageState, Stop> {
    stage.session.navigate(url).await?;
    let page = stage.session.wait_for(stage.limit, |page| page.name != PageName::Unknown).await?.into_page();
    stage.record(ActionKind::Open(destination), &page);
    if page.name == PageName::BrowserError {
        return Err(Stop::Login(StopReason::of_browser_page(page.title())));
    }
    Ok(page)
}
