//! The browser that an actor drives, with its persona and its timeline.

use std::collections::BTreeSet;
use std::time::Duration;

use vestibule_model::PageName;
use vestibule_model::Secret;

use super::credentials::AuthenticatorState;
use super::persona::Persona;
use crate::browser::{BrowserError, PageState, WebDriverSession};
use crate::stopwatch::Stopwatch;
use crate::trace::{ActionKind, Control, Obstacle, StopReason, Trace, TypedText, WaitEnd, WaitTarget};

/// Why an actor stopped before home.
#[derive(Debug)]
pub(super) enum Stop {
    /// The login stopped.
    Login(StopReason),
    /// Vestibule or the browser broke.
    Broken(BrowserError),
}

impl From<BrowserError> for Stop {
    fn from(error: BrowserError) -> Self {
        Self::at(None, error)
    }
}

impl Stop {
    /// The meaning of an error from using this field.
    fn at(field: Option<&str>, error: BrowserError) -> Self {
        if error.is_about_an_element() {
            Self::Login(StopReason::Element { field: field.map(str::to_owned), why: error.to_string() })
        } else {
            Self::Broken(error)
        }
    }

    /// The page asks for something that the actor cannot do or does not have.
    pub(super) fn cannot(obstacle: Obstacle, page: &PageState) -> Self {
        Self::Login(StopReason::Cannot { obstacle, page: page.described() })
    }
}

/// One sign-in in progress.
#[derive(Debug)]
pub(super) struct LoginDriver<'a> {
    pub(super) session: &'a WebDriverSession,
    pub(super) persona: &'a Persona,
    pub(super) authenticator: &'a mut AuthenticatorState,
    pub(super) trace: &'a mut Trace,
    pub(super) limit: Duration,
    /// The page after the last action.
    pub(super) seen: Option<PageState>,
    /// The ids of the fields of that page into which something was typed.
    pub(super) typed: BTreeSet<String>,
}

impl LoginDriver<'_> {
    /// Types into the field with this id. The timeline names the field only.
    pub(super) async fn type_into(&mut self, id: &str, what: TypedText, text: &Secret) -> Result<(), Stop> {
        self.session.type_into(&by_id(id), text).await.map_err(|error| Stop::at(Some(id), error))?;
        let page = self.last_page().await?;
        self.record(ActionKind::Type { what, field: id.to_owned() }, &page);
        self.typed.insert(id.to_owned());
        Ok(())
    }

    /// Types the username, and ticks "Remember me" if the persona does that and the page has it.
    pub(super) async fn type_username(&mut self) -> Result<(), Stop> {
        let username = Secret::new(self.persona.username.clone());
        self.type_into("username", TypedText::Username, &username).await?;
        if self.persona.remember && self.session.page().await?.shows(REMEMBER) {
            self.session.click(&by_id(REMEMBER)).await?;
            self.note(ActionKind::Tick(REMEMBER.to_owned())).await?;
        }
        Ok(())
    }

    /// Types the password.
    pub(super) async fn type_password(&mut self) -> Result<(), Stop> {
        let persona = self.persona;
        self.type_into("password", TypedText::Password, &persona.password).await
    }

    /// Clicks the element with this id and waits for the page after it.
    pub(super) async fn click(&mut self, id: &str) -> Result<PageState, Stop> {
        let before = self.last_page().await?;
        self.session.click(&by_id(id)).await?;
        self.settle(&before, ActionKind::Click(Control::Id(id.to_owned()))).await
    }

    /// Clicks the button or link with this text and waits for the page after it.
    pub(super) async fn click_text(&mut self, text: &str) -> Result<PageState, Stop> {
        self.click_as(text, ActionKind::Click).await
    }

    /// As [`Self::click_text`], with a button that starts a passkey ceremony.
    pub(super) async fn start_ceremony(&mut self, text: &str) -> Result<PageState, Stop> {
        self.click_as(text, ActionKind::StartPasskeyCeremony).await
    }

    async fn click_as(&mut self, text: &str, kind: impl FnOnce(Control) -> ActionKind) -> Result<PageState, Stop> {
        let before = self.last_page().await?;
        self.session.click_text(text).await?;
        self.settle(&before, kind(Control::Text(text.to_owned()))).await
    }

    /// Waits for a visible element with this id.
    pub(super) async fn wait_for_field(&mut self, id: &str) -> Result<PageState, Stop> {
        self.wait_until(WaitTarget::Field(id.to_owned()), |page| page.shows(id)).await
    }

    /// Waits for home, like a suite that believes it is signed in.
    pub(super) async fn wait_for_home(&mut self) -> Result<(), Stop> {
        self.wait_until(WaitTarget::Home, |page| page.name == PageName::Home).await.map(drop)
    }

    /// Waits like a suite, but only until the page is seen to stand still: it will not change by itself.
    async fn wait_until(&mut self, target: WaitTarget, holds: impl Fn(&PageState) -> bool) -> Result<PageState, Stop> {
        let mut seen: Option<(PageState, Stopwatch)> = None;
        let mut still = false;
        let mut stands_still = |page: &PageState| match &seen {
            Some((before, since)) if before.same_document(page) && before.name == page.name => {
                let longest = if page.busy() || !self.session.sees_navigations() {
                    BUSY_PAGE_TIMEOUT
                } else {
                    STILL_PAGE_TIMEOUT
                };
                still = page.name != PageName::Unknown && since.elapsed() >= longest;
                still
            }
            _ => {
                seen = Some((page.clone(), Stopwatch::start()));
                false
            }
        };
        let page = self.session.wait_for(self.limit, |page| holds(page) || stands_still(page)).await?.into_page();
        self.record(ActionKind::WaitFor(target.clone()), &page);
        if holds(&page) {
            return Ok(page);
        }
        let how = if still { WaitEnd::StandsStill } else { WaitEnd::OutOfTime(self.limit) };
        Err(Stop::Login(StopReason::WaitedFor { target, page: page.described(), how }))
    }

    /// Records an action with the page after it.
    pub(super) async fn note(&mut self, kind: ActionKind) -> Result<PageState, Stop> {
        let page = self.session.page().await?;
        self.record(kind, &page);
        Ok(page)
    }

    pub(super) fn record(&mut self, kind: ActionKind, page: &PageState) {
        if !self.seen.as_ref().is_some_and(|seen| seen.same_document(page)) {
            self.typed.clear();
        }
        self.seen = Some(page.clone());
        self.trace.record(kind, page.name, page.url());
    }

    /// The page after the last action. Typing does not change the page, and reading it again would take as long as
    /// typing.
    async fn last_page(&self) -> Result<PageState, BrowserError> {
        match &self.seen {
            Some(page) => Ok(page.clone()),
            None => self.session.page().await,
        }
    }

    /// Whether a field of this page lost what was typed into it: its form was made anew (contract B1.10).
    pub(super) fn lost_text(&self, page: &PageState) -> bool {
        let is_the_page = self.seen.as_ref().is_some_and(|seen| seen.same_document(page));
        is_the_page && self.typed.iter().any(|id| page.is_blank(id))
    }

    /// Waits until another document with a known page is loaded (an unknown page may be a redirect), or until this one
    /// shows a new error or has lost what was typed. On a timeout it returns the page as it is: the caller sees that
    /// nothing changed.
    pub(super) async fn settle(&mut self, before: &PageState, kind: ActionKind) -> Result<PageState, Stop> {
        let typed = &self.typed;
        let moved = |page: &PageState| {
            if page.same_document(before) {
                let refused = page.error().is_some() && page.error() != before.error();
                refused || typed.iter().any(|id| page.is_blank(id))
            } else {
                page.name != PageName::Unknown
            }
        };
        let page = self.session.wait_for_change(before, self.limit, moved).await?.into_page();
        self.record(kind, &page);
        Ok(page)
    }
}

/// How long a loaded page of a known kind stays unchanged before it counts as final. Every page of the org that changes
/// by itself says so meanwhile, and a navigation that is seen to begin is waited for.
const STILL_PAGE_TIMEOUT: Duration = Duration::from_millis(45);
/// The same for a busy page (a ceremony that no authenticator answers never ends), and behind a WebDriver server, which
/// may answer during a navigation.
const BUSY_PAGE_TIMEOUT: Duration = Duration::from_millis(1500);

/// "Remember me" (contract A1.6).
const REMEMBER: &str = "rememberUn";

fn by_id(id: &str) -> String {
    // An attribute selector accepts ids that are not CSS identifiers.
    format!("[id=\"{}\"]", id.replace(['"', '\\'], ""))
}
