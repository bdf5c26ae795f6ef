//! Who goes through the app: a browser without script, or a real one. Each has its own cookies.

use std::time::Duration;

use tempfile::TempDir;
use url::{Origin, Url};

use super::browser_visitor::BrowserVisitor;
use super::detector::Detector;
use super::http_visitor::{HttpSettings, HttpVisitor};
use super::visit::{Visit, VisitError};
use crate::browser::{BrowserError, Driver, Search, SessionOptions, locate};

/// Makes visitors, one kind for all cases of a run.
#[derive(Debug)]
pub(super) enum Visitors {
    /// Without script.
    Http(HttpSettings),
    /// Real browsers.
    Browser(Box<Browsers>),
}

/// A ChromeDriver, and the options of its browsers.
#[derive(Debug)]
pub(super) struct Browsers {
    driver: Driver,
    options: SessionOptions,
    idp: Vec<Origin>,
    limit: Duration,
    /// Removed with everything in it at the end.
    _folder: TempDir,
}

/// Somebody with an empty cookie jar.
#[derive(Debug)]
pub(super) enum Visitor {
    /// A browser without script.
    Http(Box<HttpVisitor>),
    /// A real browser.
    Browser(Box<BrowserVisitor>),
}

impl Visitors {
    /// Real browsers that go where these settings allow.
    ///
    /// # Errors
    /// If there is no browser.
    pub(super) async fn browsers(settings: &HttpSettings, spki_pin: &str) -> Result<Self, BrowserError> {
        let machine = |source| BrowserError::Machine { path: std::env::temp_dir(), source };
        let folder = tempfile::Builder::new().prefix("vestibule-").tempdir().map_err(machine)?;
        let binaries = locate(&Search::from_environment(None, None, false)).await?;
        let driver = Driver::start(binaries, folder.path()).await?;
        let options = SessionOptions {
            spki_pin: Some(spki_pin.to_owned()),
            host_rules: Some(settings.allowed.resolver_rules()),
            page_copies: false,
            ..SessionOptions::default()
        };
        let (idp, limit) = (settings.idp.clone(), settings.limit);
        Ok(Self::Browser(Box::new(Browsers { driver, options, idp, limit, _folder: folder })))
    }

    /// Somebody new.
    ///
    /// # Errors
    /// If no browser can be had.
    pub(super) async fn newcomer(&self) -> Result<Visitor, BrowserError> {
        match self {
            Self::Http(settings) => Ok(Visitor::Http(Box::new(HttpVisitor::new(settings)))),
            Self::Browser(browsers) => {
                let session = browsers.driver.open(&browsers.options).await?;
                let visitor = BrowserVisitor::new(session, browsers.idp.clone(), browsers.limit);
                Ok(Visitor::Browser(Box::new(visitor)))
            }
        }
    }

    /// How they drive a login.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Http(_) => "plain HTTP".to_owned(),
            Self::Browser(browsers) => browsers.driver.browser().unwrap_or_else(|| "a browser".to_owned()),
        }
    }

    /// Ends ChromeDriver and its browsers.
    pub(super) async fn end(self) {
        if let Self::Browser(browsers) = self {
            browsers.driver.stop().await;
        }
    }
}

impl Visitor {
    /// Begins a login, and goes through it if `to_idp` lets it ask the identity provider, which tells how often it has answered.
    ///
    /// # Errors
    /// If the app or the browser does not answer.
    pub(super) async fn sign_in(
        &self,
        start: &Url,
        to_idp: bool,
        answers: &(dyn Fn() -> usize + Send + Sync),
    ) -> Result<Visit, VisitError> {
        match self {
            Self::Http(visitor) => visitor.visit(start, to_idp).await.map_err(VisitError::Lost),
            Self::Browser(visitor) => visitor.sign_in(start, to_idp, answers).await,
        }
    }

    /// Looks at a page, for as long as it takes until it shows that somebody is signed in, or for `settle`. Never asks the
    /// identity provider.
    ///
    /// # Errors
    /// If the app or the browser does not answer.
    pub(super) async fn look(&self, page: &Url, sign: &Detector, settle: Duration) -> Result<Visit, VisitError> {
        match self {
            Self::Http(visitor) => visitor.visit(page, false).await.map_err(VisitError::Lost),
            Self::Browser(visitor) => visitor.look(page, sign, settle).await,
        }
    }

    /// Ends the session at the identity provider, and carries what it says to the app.
    ///
    /// # Errors
    /// If the app or the browser does not answer.
    pub(super) async fn log_out(&self, sign_out: &Url) -> Result<Visit, VisitError> {
        match self {
            Self::Http(visitor) => visitor.visit(sign_out, true).await.map_err(VisitError::Lost),
            Self::Browser(visitor) => visitor.log_out(sign_out).await,
        }
    }

    /// Goes away, with all cookies.
    pub(super) async fn leave(self) {
        if let Self::Browser(visitor) = self {
            visitor.leave().await;
        }
    }
}
