//! The questions that the rows of the table ask about the evidence, each under one name.

use vestibule_model::{LoginKind, PageName};
use vestibule_simulator::org::{CeremonyFailure, CeremonyReport};
use vestibule_simulator::policy::{Decision, Outcome};
use vestibule_simulator::realm::{Event, LoginRecord, PasswordHolds, UsernameHolds, VerificationResult};

use super::Evidence;
use crate::outcome::{Command, Exit, WebDriverCommand};
use crate::trace::{ActionKind, StopReason, WaitTarget};

impl Evidence {
    /// The events of the sign-in that decides.
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.journal.decisive().iter().map(|entry| &entry.event)
    }

    /// The events of the whole run.
    pub(super) fn events_of_run(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.journal.all().iter().map(|entry| &entry.event)
    }

    /// The last page of the sign-in, with its path.
    pub(super) fn last_page(&self) -> Option<(PageName, &str)> {
        self.events().rev().find_map(|event| match event {
            Event::PageServed { page: PageName::Inbox, .. } => None,
            Event::PageServed { page, path, .. } => Some((*page, path.as_str())),
            _ => None,
        })
    }

    /// The last row that the sign-in added to Login History.
    pub(super) fn login_row(&self) -> Option<&LoginRecord> {
        self.events().rev().find_map(|event| match event {
            Event::LoginRecorded(row) => Some(row),
            _ => None,
        })
    }

    /// Whether this is the last page.
    pub(super) fn stands_on(&self, page: PageName) -> bool {
        self.last_page().is_some_and(|(last, _)| last == page)
    }

    /// How often this page was sent.
    pub(super) fn times_served(&self, wanted: PageName) -> usize {
        self.events().filter(|event| matches!(event, Event::PageServed { page, .. } if *page == wanted)).count()
    }

    /// Whether a page of the realm was sent at all.
    pub(crate) fn saw_any_page(&self) -> bool {
        self.events_of_run().any(is_page)
    }

    /// The last page, in the words that people use.
    pub(super) fn page(&self) -> &'static str {
        self.last_page().map_or("no page", |(page, _)| page.info().words)
    }

    /// `page 1 of the login (username only) (/)`, and where the browser was after it.
    pub(super) fn place(&self) -> String {
        let Some((page, path)) = self.last_page() else { return "no page".to_owned() };
        let place = format!("{} ({path})", page.info().words);
        match self.journal.sent_back() {
            Some((page, path)) => format!("{place}; after it the org sent {} ({path})", page.info().words),
            None => place,
        }
    }

    /// `nothing happened there for 12.0 s`, if that time is known and long enough to matter. Of a suite, only its requests
    /// are known: it may have closed its browser long before it ended.
    pub(super) fn stood(&self) -> Option<String> {
        let ms = self.stood_ms.filter(|ms| *ms >= 1000 && self.journal.ends_the_run())?;
        let (s, tenth) = (ms / 1000, ms % 1000 / 100);
        Some(match self.exit {
            None => format!("nothing happened there for {s}.{tenth} s"),
            Some(_) => format!("the suite's last request came {s}.{tenth} s before its end"),
        })
    }

    /// Each posted step of the login form: its page, and what the two fields held.
    pub(super) fn login_posts(&self) -> Vec<(PageName, UsernameHolds, PasswordHolds)> {
        let posts = self.events().filter_map(|event| match event {
            Event::LoginFormPosted { page, username_holds, password_holds, .. } => {
                Some((*page, *username_holds, *password_holds))
            }
            _ => None,
        });
        posts.collect()
    }

    /// The last decision.
    pub(super) fn decision(&self) -> Option<&Decision> {
        self.events().rev().find_map(|event| match event {
            Event::Decided { decision, .. } => Some(decision),
            _ => None,
        })
    }

    /// `the org decided`, and on which date, which is seldom that of the run.
    pub(super) fn org_decided(&self) -> String {
        match self.org_date {
            Some(date) => format!("the org decided, on its date {date}"),
            None => "the org decided".to_owned(),
        }
    }

    /// The route of the last login.
    pub(super) fn login_kind(&self) -> Option<&LoginKind> {
        self.events().rev().find_map(|event| match event {
            Event::LoginStarted { kind, .. } => Some(kind),
            _ => None,
        })
    }

    /// How each answered verification went.
    pub(super) fn verifications(&self) -> impl DoubleEndedIterator<Item = VerificationResult> {
        self.events().filter_map(|event| match event {
            Event::VerificationChecked { result, .. } => Some(*result),
            _ => None,
        })
    }

    /// Whether the last decision demands that a method is registered.
    pub(super) fn must_enrol(&self) -> bool {
        self.decision().is_some_and(|decision| matches!(decision.outcome, Outcome::Enrol { .. }))
    }

    /// Why our own actor stopped, if it waited for the field with this id.
    pub(super) fn waited_for(&self, field: &str) -> Option<&StopReason> {
        self.stopped.as_ref().filter(|why| match why {
            StopReason::WaitedFor { target: WaitTarget::Field(id), .. } => id == field,
            _ => false,
        })
    }

    /// Why our own actor stopped, if it could not type into the field with this id.
    pub(super) fn could_not_type_into(&self, field: &str) -> Option<&StopReason> {
        self.stopped.as_ref().filter(|why| match why {
            StopReason::Element { field: Some(id), .. } => id == field,
            _ => false,
        })
    }

    /// Why our own actor stopped, or else how long nothing happened on the last page.
    pub(super) fn stopped_or_stood(&self) -> Option<String> {
        self.stopped.as_ref().map(ToString::to_string).or_else(|| self.stood())
    }

    /// The last WebDriver command that ended in an error, or the last line of the output, as evidence.
    pub(super) fn last_failure(&self) -> Option<String> {
        let failed = self.details.commands.iter().rev().find(|command| command.error.is_some());
        let described = failed.map(|command| {
            let target = command.target.as_deref().unwrap_or_default();
            format!("{} {target}: {}", command.what, command.error.as_deref().unwrap_or_default())
        });
        described.or_else(|| self.last_line().map(|line| format!("the suite's last line: {line}")))
    }

    /// The last line of the suite's output that names an error, or the last that is not empty.
    pub(super) fn last_line(&self) -> Option<String> {
        let lines = || self.lines().rev();
        let names_error = |line: &&str| line.contains("Error: ") || line.contains("Exception: ");
        lines().find(names_error).or_else(|| lines().find(|line| says_something(line))).map(shortened)
    }

    /// Whether a passkey ceremony was started: by our own actor, or as the page tells.
    pub(super) fn started_ceremony(&self) -> bool {
        let by_actor = self.actions.iter().any(|action| matches!(action, ActionKind::StartPasskeyCeremony(_)));
        by_actor || self.ceremony_reports().any(|report| report == CeremonyReport::Started)
    }

    /// Whether the browser has an authenticator: one that was seen being added, or one that the page found.
    pub(super) fn has_authenticator(&self) -> bool {
        let found = |report| report == CeremonyReport::AuthenticatorFound;
        !self.authenticators.is_empty() || self.ceremony_reports().any(found)
    }

    /// Why the last ceremony gave no passkey, if its page told.
    pub(super) fn ceremony_failure(&self) -> Option<CeremonyFailure> {
        self.ceremony_reports().fold(None, |failure, report| match report {
            CeremonyReport::Failed(why) => Some(why),
            CeremonyReport::Started => None,
            CeremonyReport::AuthenticatorFound => failure,
        })
    }

    /// What the pages told of their passkey ceremonies.
    fn ceremony_reports(&self) -> impl Iterator<Item = CeremonyReport> {
        self.details.requests.iter().filter_map(|request| CeremonyReport::of_path(&request.path))
    }

    /// The last WebDriver command that ended in an error and names one of these in its target.
    pub(super) fn failed_command(&self, targets: &[&str]) -> Option<&Command> {
        let names = |command: &&Command| {
            let target = command.target.as_deref().unwrap_or_default().to_lowercase();
            command.error.is_some() && targets.iter().any(|wanted| target.contains(wanted))
        };
        self.details.commands.iter().rev().find(names)
    }

    /// The lines of the suite's output, without the source code that a runner prints around the line that failed, and
    /// without what a client says because of a variable of ours.
    fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.output.lines().filter(|line| !is_surrounding_source(line) && !line.contains(OUR_VARIABLE))
    }

    /// The first line of the suite's output that contains one of these texts, ignoring case.
    pub(super) fn line_with(&self, texts: &[&str]) -> Option<String> {
        self.line_where(|line| contains_any(line, texts))
    }

    /// The first line of the suite's output of which this holds.
    pub(super) fn line_where(&self, holds: impl Fn(&str) -> bool) -> Option<String> {
        self.lines().find(|line| holds(line)).map(shortened)
    }

    /// How the browser, which had a virtual authenticator already, refused the one that the suite added.
    pub(super) fn refused_authenticator(&self) -> Option<String> {
        let refused = self.details.commands.iter().find_map(|command| {
            let why = command.error.as_deref().filter(|_| command.what == WebDriverCommand::AddAuthenticator)?;
            (!CANNOT_ADD.contains(&why)).then(|| format!("add authenticator: {why}"))
        });
        // Without WebDriver, only the output shows it.
        let line = || self.line_with(&[ONE_ONLY]).map(|line| format!("output: {line}"));
        refused.filter(|_| !self.authenticators.is_empty()).or_else(line)
    }

    /// Whether every sign-in of the user came home, as far as the suite says. One that reports success got over the others.
    pub(crate) fn is_home(&self) -> bool {
        self.signed_in && !(self.journal.is_unfinished() && self.has_failed())
    }

    /// Whether the suite ended without success, or its time was over.
    fn has_failed(&self) -> bool {
        self.exit.is_some_and(|exit| !matches!(exit, Exit::Code(0) | Exit::EndedAfterVerdict))
    }

    /// Whether the suite reports success.
    pub(super) fn suite_says_success(&self) -> bool {
        self.exit == Some(Exit::Code(0))
    }
}

/// Whether a line is more than a rule or the frame of a box.
fn says_something(line: &str) -> bool {
    line.chars().filter(|char| char.is_alphanumeric()).count() > 1
}

/// Whether a line contains one of these, without regard to case.
pub(super) fn contains_any(line: &str, texts: &[&str]) -> bool {
    let line = line.to_lowercase();
    texts.iter().any(|text| line.contains(&text.to_lowercase()))
}

/// Whether a line reports a search for an element.
pub(super) fn is_search(line: &str) -> bool {
    contains_any(line, &SEARCHES)
}

/// Whether a line is source code beside the line that failed, as Playwright, Jest and Vitest show it: `  12 |   await x();`.
/// They mark the one that failed: `> 11 |   await y();`.
fn is_surrounding_source(line: &str) -> bool {
    if !line.contains('|') {
        return false;
    }
    let plain = anstream::adapter::strip_str(line).to_string();
    let behind_number = plain.trim_start().trim_start_matches(|char: char| char.is_ascii_digit());
    behind_number.len() < plain.trim_start().len() && behind_number.trim_start().starts_with('|')
}

/// Whether the realm sent a page of a login.
pub(super) fn is_page(event: &Event) -> bool {
    matches!(event, Event::PageServed { page, .. } if *page != PageName::Inbox)
}

/// A line without colours and surrounding space, at most 200 characters of it.
fn shortened(line: &str) -> String {
    let plain = anstream::adapter::strip_str(line).to_string();
    let line = plain.trim();
    match line.char_indices().nth(LONGEST_LINE) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

const LONGEST_LINE: usize = 200;
/// Playwright names this variable, which Vestibule sets, in a line of its own.
const OUR_VARIABLE: &str = "PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS";
/// What Chromium says about a second built-in authenticator.
const ONE_ONLY: &str = "only supports one internal authenticator";
/// How a browser answers that can have no virtual authenticator at all, or is gone (WebDriver, 6.6 "Handling errors").
const CANNOT_ADD: [&str; 5] =
    ["unknown command", "unknown method", "unsupported operation", "invalid session id", "no such window"];
/// How clients report an element search: Playwright and Puppeteer, Selenium, WebdriverIO, SeleniumLibrary, Cypress,
/// CodeceptJS, Capybara, Taiko.
const SEARCHES: [&str; 18] = [
    "waiting for",
    "locator",
    "selector",
    "no such element",
    "unable to locate",
    "expected to find element",
    "was not found",
    "still not visible",
    "still not present",
    "still not displayed",
    "still not existing",
    "unable to find field",
    "unable to find css",
    "unable to find xpath",
    "unable to find visible",
    "element with ",
    "\"] not found",
    "' not found within",
];
