//! The state and the history of the suite's browser sessions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;
use url::Url;

use super::capabilities::Browser;
use super::command_record::CommandRecord;
use crate::browser::{PageCopies, PageCopy};
use crate::outcome::Command;
use crate::stopwatch::Stopwatch;
use crate::suite::records::Records;
use crate::trace::redact_url;

/// Everything recorded, shared by all connections of the suite.
#[derive(Debug)]
pub(super) struct Recorder {
    clock: Stopwatch,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    commands: Vec<Command>,
    copies: PageCopies,
    sessions: BTreeMap<String, Session>,
    /// How many authenticators were given.
    given: u32,
    /// Commands of the suite that have no answer yet.
    unanswered: u32,
    /// When the last command of the suite came or was answered, in milliseconds.
    commanded_ms: Option<u64>,
}

/// A command of the suite, until it is answered or given up.
#[derive(Debug)]
pub(super) struct Commanding<'a>(&'a Recorder);

impl Drop for Commanding<'_> {
    fn drop(&mut self) {
        let now = self.0.now();
        let mut state = self.0.state.lock();
        state.unanswered = state.unanswered.saturating_sub(1);
        state.commanded_ms = Some(now);
    }
}

/// One browser session.
#[derive(Debug, Clone, Default)]
pub(super) struct Session {
    /// From 0, in the order in which they were opened.
    pub(super) number: u32,
    /// The browser, of a session that was opened here.
    pub(super) browser: Option<Browser>,
    /// The driver's WebSocket URL, if the suite asked for one.
    pub(super) web_socket: Option<String>,
    /// Held while the page is probed: the suite's next classic command waits for it.
    pub(super) gate: Arc<tokio::sync::Mutex<()>>,
    /// Whether it was opened here and has not ended.
    pub(super) open: bool,
    /// The page in the current window.
    page: Option<String>,
    /// The pages in other windows, where they are known, by handle.
    pages: HashMap<String, String>,
    /// When the page was last read, in milliseconds.
    probed_ms: u64,
    /// Selector by element id.
    elements: HashMap<String, String>,
    authenticators: BTreeMap<String, Authenticator>,
    /// Handles of the windows that were given an authenticator.
    windows: BTreeSet<String>,
    /// Handle of the window to which the session was switched last.
    window: Option<String>,
}

/// A virtual authenticator.
#[derive(Debug, Clone)]
struct Authenticator {
    /// How many credentials it holds.
    held: usize,
    /// The window that has it, where that is known.
    window: Option<String>,
    owner: AuthenticatorOwner,
}

/// Who added a virtual authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthenticatorOwner {
    /// We did.
    Vestibule,
    /// The suite did.
    Suite,
}

impl Session {
    /// Whether its driver takes DevTools commands, as ChromeDriver does.
    pub(super) fn answers_devtools(&self) -> bool {
        self.browser == Some(Browser::Chromium)
    }
}

impl Recorder {
    pub(super) fn new(clock: Stopwatch) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// Milliseconds since the start of the case.
    pub(super) fn now(&self) -> u64 {
        self.clock.elapsed_ms()
    }

    pub(super) fn opened(&self, id: &str, browser: Browser, web_socket: Option<String>) -> u32 {
        let mut state = self.state.lock();
        let number = next_number(&state.sessions);
        let session = Session { number, browser: Some(browser), web_socket, open: true, ..Session::default() };
        state.sessions.insert(id.to_owned(), session);
        number
    }

    pub(super) fn ended(&self, id: &str) {
        self.change(id, |session| session.open = false);
    }

    /// A session by its id. One that was not opened here is added.
    pub(super) fn session(&self, id: &str) -> Session {
        let mut state = self.state.lock();
        let number = next_number(&state.sessions);
        let met = Session { number, ..Session::default() };
        state.sessions.entry(id.to_owned()).or_insert(met).clone()
    }

    /// Ids of the sessions that were opened here and have not ended.
    pub(super) fn left_open(&self) -> Vec<String> {
        let state = self.state.lock();
        state.sessions.iter().filter(|(_, session)| session.open).map(|(id, _)| id.clone()).collect()
    }

    /// A command of the suite has come.
    pub(super) fn commanding(&self) -> Commanding<'_> {
        let mut state = self.state.lock();
        state.unanswered = state.unanswered.saturating_add(1);
        Commanding(self)
    }

    /// Records a command that began at this time, with the page on which it ran.
    pub(super) fn record(&self, id: &str, at_ms: u64, record: CommandRecord, error: Option<String>) {
        let mut state = self.state.lock();
        let State { commands, sessions, .. } = &mut *state;
        let session = sessions.get(id);
        let of_element = || session?.elements.get(record.element.as_deref()?).cloned();
        let command = Command {
            at_ms,
            session: session.map_or_else(|| next_number(sessions), |session| session.number),
            target: match (of_element(), record.target) {
                (Some(element), Some(within)) => Some(format!("{element} {within}")),
                (element, target) => element.or(target),
            },
            page: session.and_then(|session| session.page.clone()),
            what: record.what,
            error,
            repeated: 0,
        };
        if let Some(last) = commands.last_mut()
            && (last.session, &last.what, &last.target) == (command.session, &command.what, &command.target)
            && (&last.page, &last.error) == (&command.page, &command.error)
        {
            last.repeated = last.repeated.saturating_add(1);
            return;
        }
        if commands.len() == MAX_COMMANDS {
            commands.remove(KEPT_FIRST_COMMANDS);
        }
        commands.push(command);
    }

    /// Remembers the selector that found these elements.
    pub(super) fn found(&self, id: &str, selector: &str, answer: &Value) {
        let list = answer.as_array().or_else(|| answer["nodes"].as_array());
        let elements: Vec<String> = list.map_or_else(
            || element_id(answer).into_iter().collect(),
            |list| list.iter().filter_map(element_id).collect(),
        );
        self.change(id, |session| {
            if session.elements.len() + elements.len() > MAX_ELEMENTS {
                session.elements.clear();
            }
            session.elements.extend(elements.into_iter().map(|element| (element, selector.to_owned())));
        });
    }

    /// Records that a window of the session, or the current one, is on this page.
    pub(super) fn on_page(&self, id: &str, window: Option<&str>, url: &str) {
        let page = path_of(url);
        let now = self.now();
        self.change(id, |session| match window.filter(|window| session.window.as_deref() != Some(window)) {
            Some(other) => {
                session.pages.insert(other.to_owned(), page);
            }
            None => (session.page, session.probed_ms) = (Some(page), now),
        });
    }

    /// Whether the page of this session was last read a while ago.
    pub(super) fn is_stale(&self, id: &str) -> bool {
        let probed_ms = self.state.lock().sessions.get(id).map_or(0, |session| session.probed_ms);
        self.now().saturating_sub(probed_ms) > PAGE_STALE_AFTER_MS
    }

    /// Records that the session is in this window. Returns whether it never was before.
    pub(super) fn enters_window(&self, id: &str, window: &str) -> bool {
        let mut state = self.state.lock();
        state.sessions.get_mut(id).is_some_and(|session| session.windows.insert(window.to_owned()))
    }

    /// The current window of the session is this one. Returns whether its page is known.
    pub(super) fn switched(&self, id: &str, window: &str) -> bool {
        let mut state = self.state.lock();
        let Some(session) = state.sessions.get_mut(id) else { return false };
        if session.window.as_deref() != Some(window) {
            let page = session.pages.remove(window);
            let left = (session.window.replace(window.to_owned()), std::mem::replace(&mut session.page, page));
            if let (Some(window), Some(page)) = left {
                session.pages.insert(window, page);
            }
        }
        session.page.is_some()
    }

    /// The window to which the session was switched last, where that is known.
    pub(super) fn window(&self, id: &str) -> Option<String> {
        self.state.lock().sessions.get(id)?.window.clone()
    }

    /// The number of the authenticator that is given next, from 0.
    pub(super) fn next_authenticator(&self) -> u32 {
        let given = &mut self.state.lock().given;
        let next = *given;
        *given = given.saturating_add(1);
        next
    }

    /// An authenticator was added to this window.
    pub(super) fn authenticator_added(
        &self,
        id: &str,
        authenticator: &str,
        window: Option<String>,
        owner: AuthenticatorOwner,
    ) {
        self.change(id, |session| {
            session.authenticators.insert(authenticator.to_owned(), Authenticator { held: 0, window, owner });
        });
    }

    pub(super) fn authenticator_removed(&self, id: &str, authenticator: &str) {
        self.change(id, |session| {
            session.authenticators.remove(authenticator);
        });
    }

    pub(super) fn credentials_changed(&self, id: &str, authenticator: &str, change: impl FnOnce(usize) -> usize) {
        self.change(id, |session| {
            if let Some(authenticator) = session.authenticators.get_mut(authenticator) {
                authenticator.held = change(authenticator.held);
            }
        });
    }

    /// The authenticators of a session, by window.
    pub(super) fn authenticators(&self, id: &str) -> BTreeMap<Option<String>, Vec<String>> {
        let state = self.state.lock();
        let mut by_window: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (authenticator, about) in state.sessions.get(id).into_iter().flat_map(|session| &session.authenticators) {
            by_window.entry(about.window.clone()).or_default().push(authenticator.clone());
        }
        by_window
    }

    /// The authenticators that we added to this window.
    pub(super) fn ours_in(&self, id: &str, window: Option<&str>) -> Vec<String> {
        let state = self.state.lock();
        let all = state.sessions.get(id).into_iter().flat_map(|session| &session.authenticators);
        let is_ours =
            |about: &Authenticator| about.owner == AuthenticatorOwner::Vestibule && about.window.as_deref() == window;
        all.filter(|(_, about)| is_ours(about)).map(|(authenticator, _)| authenticator.clone()).collect()
    }

    /// Keeps a copy if it differs from the previous one, and returns whether it did.
    pub(super) fn copy(&self, copy: PageCopy) -> bool {
        self.state.lock().copies.keep_if_new(copy)
    }

    pub(super) fn records(&self) -> Records {
        let now = self.now();
        let state = self.state.lock();
        let mut commands = state.commands.clone();
        commands.sort_by_key(|command| command.at_ms);
        let mut sessions: Vec<&Session> = state.sessions.values().collect();
        sessions.sort_by_key(|session| session.number);
        let of = |session: &&Session| {
            let number = session.number;
            session.authenticators.values().map(move |one| (number, one.held)).collect::<Vec<_>>()
        };
        Records {
            commands,
            copies: state.copies.clone().into_vec(),
            authenticators: sessions.iter().flat_map(of).collect(),
            commanding: state.unanswered > 0
                || state.commanded_ms.is_some_and(|at| now.saturating_sub(at) < COMMANDING_FOR_MS),
            ..Records::default()
        }
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.state.lock().sessions.get_mut(id) {
            change(session);
        }
    }
}

fn next_number(sessions: &BTreeMap<String, Session>) -> u32 {
    u32::try_from(sessions.len()).unwrap_or(u32::MAX)
}

/// The web element identifier (WebDriver, 12.2 "Element interface"), its name before the standard, and its name in
/// BiDi.
fn element_id(value: &Value) -> Option<String> {
    let keys = ["element-6066-11e4-a52e-4f735466cecf", "ELEMENT", "sharedId"];
    keys.iter().find_map(|key| value[key].as_str()).map(str::to_owned)
}

/// Path and redacted query; for pages without a host, the redacted URL.
fn path_of(url: &str) -> String {
    let shown = redact_url(url);
    match Url::parse(url) {
        Ok(parsed) if parsed.has_host() => {
            shown.strip_prefix(&parsed.origin().ascii_serialization()).map_or(shown.clone(), str::to_owned)
        }
        _ => shown,
    }
}

/// The first commands show how the suite began; of the others only the last ones are kept.
const KEPT_FIRST_COMMANDS: usize = 1000;
const MAX_COMMANDS: usize = 5000;
const MAX_ELEMENTS: usize = 5000;
const PAGE_STALE_AFTER_MS: u64 = 500;
/// Suites that wait for an element look for it several times a second; the slowest, every few seconds.
const COMMANDING_FOR_MS: u64 = 5000;

#[cfg(test)]
mod tests;
