//! The first page of each route.

use vestibule_model::PageName;

use super::sign_in::Route;
use super::stage::{Stage, Stop};
use crate::browser::PageState;

/// Opens the route's first page, and presses the SSO button where the route has one.
pub(super) async fn arrive(stage: &mut Stage<'_>, route: &Route) -> Result<PageState, Stop> {
    match route {
        Route::Password { login_url } => open(stage, login_url, "open the login page").await,
        Route::Sso { login_url, label } => {
            let page = open(stage, login_url, "open the login page").await?;
            if !page.offers(&format!("Log in with {label}")) {
                let described = page.described();
                return Err(Stop::Login(format!("no button \"Log in with {label}\" on {described}")));
            }
            stage.click_text(&format!("Log in with {label}")).await
        }
        Route::IdpInitiated { url } => open(stage, url, "open the identity provider").await,
        Route::Frontdoor { url } => open(stage, url.reveal(), "open the session URL").await,
        Route::SidCookie { my_domain_url, sid, home_url } => {
            open(stage, my_domain_url, "open the My Domain host").await?;
            stage.session.add_cookie("sid", sid).await?;
            stage.note("set the cookie sid").await?;
            open(stage, home_url, "open Lightning").await
        }
    }
}

async fn open(stage: &mut Stage<'_>, url: &str, what: &str) -> Result<PageState, Stop> {
    stage.session.navigate(url).await?;
    let page = stage.session.wait_for(stage.limit, |page| page.name != PageName::Unknown).await?.into_page();
    stage.record(what, &page);
    if page.name == PageName::BrowserError {
        let title = page.title().to_owned();
        return Err(Stop::Login(format!("the browser refused the page: {title}")));
    }
    Ok(page)
}
