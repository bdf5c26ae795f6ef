//! A real browser, for apps whose login needs script.

use std::time::Duration;

use url::{Origin, Url};

use super::detector::{Detector, Seen};
use super::visit::{Arrival, Lost, Visit, VisitError};
use crate::browser::{BrowserError, Document, PageState, WebDriverSession};
use crate::stopwatch::Stopwatch;

/// A browser with an empty profile.
#[derive(Debug)]
pub(super) struct BrowserVisitor {
    session: WebDriverSession,
    idp: Vec<Origin>,
    limit: Duration,
}

impl BrowserVisitor {
    pub(super) fn new(session: WebDriverSession, idp: Vec<Origin>, limit: Duration) -> Self {
        Self { session, idp, limit }
    }

    /// Begins a login and follows it until the identity provider has answered and a page of the app stays.
    pub(super) async fn sign_in(
        &self,
        start: &Url,
        to_idp: bool,
        answers: &(dyn Fn() -> usize + Send + Sync),
    ) -> Result<Visit, VisitError> {
        if !to_idp {
            self.turn_away_from_idp().await?;
        }
        self.session.goto(start.as_str()).await?;
        let was_answered = answers() > 0;
        let first = self.session.page().await?;
        let stays = |url: &str| answers() > 0 && !self.is_idp(url);
        // A page of the app that only begins the login is another document than the one at its end.
        if to_idp && !(was_answered && stays(first.url())) {
            let next = |page: &PageState| stays(page.url()) && !page.same_document(&first);
            let last = self.session.wait_for_change(&first, self.limit, next).await?.into_page();
            // After a second answer, the app begins anew for as long as it is refused.
            if answers() == 1 && self.is_idp(last.url()) {
                return Err(VisitError::Lost(Lost::OutOfTime));
            }
        }
        let seen = self.seen().await?;
        Ok(Visit { arrival: self.arrival(seen), sent: Vec::new() })
    }

    /// Opens a page and looks at it until it has the sign.
    pub(super) async fn look(&self, page: &Url, sign: &Detector, settle: Duration) -> Result<Visit, VisitError> {
        self.turn_away_from_idp().await?;
        self.session.goto(page.as_str()).await?;
        let watch = Stopwatch::start();
        loop {
            let seen = self.seen().await?;
            if watch.elapsed() >= settle || seen.as_ref().is_some_and(|seen| sign.holds(seen)) {
                return Ok(Visit { arrival: self.arrival(seen), sent: Vec::new() });
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Ends the session at the identity provider, and follows where that leads until a page stays.
    pub(super) async fn log_out(&self, sign_out: &Url) -> Result<Visit, VisitError> {
        self.session.block(&[]).await?;
        self.session.goto(sign_out.as_str()).await?;
        let watch = Stopwatch::start();
        let mut last = self.session.page().await?;
        while watch.elapsed() < self.limit {
            tokio::time::sleep(SUBMITS_WITHIN).await;
            let page = self.session.page().await?;
            if page.same_document(&last) {
                break;
            }
            last = page;
        }
        let seen = self.seen().await?;
        Ok(Visit { arrival: self.arrival(seen), sent: Vec::new() })
    }

    pub(super) async fn leave(self) {
        // The browser ends with its driver at the latest.
        let _ended = self.session.close().await;
    }

    /// Lets no page ask the identity provider any more: it would sign the user in by itself.
    async fn turn_away_from_idp(&self) -> Result<(), BrowserError> {
        let patterns: Vec<String> =
            self.idp.iter().map(|origin| format!("{}/*", origin.ascii_serialization())).collect();
        self.session.block(&patterns).await
    }

    /// The page; `None` if the browser shows one of its own.
    async fn seen(&self) -> Result<Option<Seen>, BrowserError> {
        let Document { url, status, html } = self.session.document().await?;
        let Some(url) = Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https")) else {
            return Ok(None);
        };
        let cookies = self.session.cookie_names(url.as_str()).await?;
        Ok(Some(Seen { url, status, body: html, cookies }))
    }

    fn arrival(&self, seen: Option<Seen>) -> Arrival {
        match seen {
            Some(seen) if self.is_idp(seen.url.as_str()) => Arrival::AtIdp,
            // Whether it can be asked for again shows when it is asked for again.
            Some(seen) => Arrival::Stayed { seen, posted: false },
            None => Arrival::LedElsewhere { host: "an address that the browser could not open".to_owned() },
        }
    }

    fn is_idp(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.idp.contains(&url.origin()))
    }
}

/// A form that a script submits is submitted within this time.
const SUBMITS_WITHIN: Duration = Duration::from_millis(500);
/// How often a page is looked at again.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
