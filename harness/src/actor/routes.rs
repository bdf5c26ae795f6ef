//! How a login reaches the org, and the first page of each route.

use vestibule_model::PageName;
use vestibule_model::Secret;

use super::login_driver::{LoginDriver, Stop};
use crate::browser::{BrowserError, PageState};
use crate::trace::{ActionKind, Destination, StopReason};

/// How the login reaches the org.
#[derive(Debug, Clone)]
pub enum LoginRoute {
    /// Username and password at a login page.
    Password {
        /// URL of the login page.
        login_url: String,
    },
    /// The SSO button of a My Domain login page.
    Sso {
        /// URL of the login page.
        login_url: String,
        /// Label on the button: `Log in with <label>`.
        label: String,
    },
    /// The identity provider's own start page, which sends an unsolicited response.
    IdpInitiated {
        /// URL at the identity provider.
        url: String,
    },
    /// A URL that carries an API session into the browser: `frontdoor.jsp`, or the answer of `singleaccess`.
    Frontdoor {
        /// The URL, a secret.
        url: Secret,
    },
    /// A raw `sid` cookie, set on the My Domain host before Lightning is opened.
    SidCookie {
        /// A page of the My Domain host, where the cookie is set.
        my_domain_url: String,
        /// Value of `sid`.
        sid: Secret,
        /// The page opened after that.
        home_url: String,
    },
}

/// Opens the route's first page, and clicks the SSO button if the route has one.
pub(super) async fn open_first_page(driver: &mut LoginDriver<'_>, route: &LoginRoute) -> Result<PageState, Stop> {
    match route {
        LoginRoute::Password { login_url } => open(driver, login_url, Destination::LoginPage).await,
        LoginRoute::Sso { login_url, label } => {
            let page = open(driver, login_url, Destination::LoginPage).await?;
            if !page.offers(&format!("Log in with {label}")) {
                let page = page.described();
                return Err(Stop::Login(StopReason::NoSsoButton { label: label.clone(), page }));
            }
            driver.click_text(&format!("Log in with {label}")).await
        }
        LoginRoute::IdpInitiated { url } => open(driver, url, Destination::IdentityProvider).await,
        LoginRoute::Frontdoor { url } => open(driver, url.reveal(), Destination::SessionUrl).await,
        LoginRoute::SidCookie { my_domain_url, sid, home_url } => {
            open(driver, my_domain_url, Destination::MyDomain).await?;
            driver.session.add_cookie("sid", sid).await?;
            driver.note(ActionKind::SetSessionCookie).await?;
            open(driver, home_url, Destination::Lightning).await
        }
    }
}

async fn open(driver: &mut LoginDriver<'_>, url: &str, destination: Destination) -> Result<PageState, Stop> {
    let refused = driver.session.navigate(url).await?;
    if !driver.session.sees_navigations()
        && let Some(error) = refused.as_deref().and_then(|reason| BrowserError::of_refused_navigation(url, reason))
    {
        return Err(error.into());
    }
    let page = driver.session.wait_for(driver.limit, |page| page.name != PageName::Unknown).await?.into_page();
    driver.record(ActionKind::Open(destination), &page);
    if page.name == PageName::BrowserError {
        return Err(Stop::Login(StopReason::of_browser_page(page.title(), refused.as_deref())));
    }
    Ok(page)
}
