//! Suites that fail on the page to which their login led.

use vestibule_simulator::org::paths;
use vestibule_simulator::realm::Event;

use crate::diagnosis::cause::Proof;
use crate::diagnosis::reading::contains_any;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::{Exit, Owner, WebDriverCommand};

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[Cause {
    id: "home-not-recognised",
    what: "The org signed the user in, and the suite waited in vain for something on the page to which the login led.",
    needs: "a session, at most one page behind the login, an exit code other than 0, and a wait that failed on that page",
    owner: Owner::Suite,
    remedy: "Let the login helper wait for something that Lightning shows to everybody, the button \"App Launcher\" or `one-appnav`; what is inside the pages of the org is not simulated.",
    fact: "https://github.com/amtrack/sfdx-browserforce-plugin/issues/750",
    prove: home_not_recognised,
}];

fn home_not_recognised(evidence: &Evidence) -> Option<Proof> {
    let exit = evidence.exit?;
    let failed = exit != Exit::Code(0) && !exit.by_vestibule();
    let mut pages = pages_behind_the_login(evidence);
    if !evidence.signed_in || !failed || pages.len() > 1 {
        return None;
    }
    let wait = failed_wait(evidence)?;
    let page = pages.pop().map_or_else(|| "no page that needs a session".to_owned(), |path| format!("page {path}"));
    let sentence = "The org signed the user in, and the suite failed while it waited for something on the first page behind the login.";
    Some(Proof::new(sentence).because(wait).because(format!("behind the login the suite opened {page}")))
}

/// The paths behind the login that were opened, each once; the paths of home count as one.
fn pages_behind_the_login(evidence: &Evidence) -> Vec<&str> {
    let mut pages = Vec::new();
    for event in evidence.events_of_run() {
        let Event::PageServed { page, path, .. } = event else { continue };
        let path = if paths::is_home(path) { paths::LIGHTNING_HOME } else { path };
        if page.info().needs_session && !pages.contains(&path) {
            pages.push(path);
        }
    }
    pages
}

/// The wait with which the suite ended: a search by WebDriver, or what the output says. A check of a test is none.
fn failed_wait(evidence: &Evidence) -> Option<String> {
    if evidence.line_where(is_check).is_some() {
        return None;
    }
    let acts = |what: &WebDriverCommand| what.is_search() || what.acts_on_page();
    let last = evidence.details.commands.iter().rev().find(|command| acts(&command.what));
    let search = last.filter(|last| {
        let behind =
            last.page.as_deref().and_then(|page| page.split(['?', '#']).next()).is_some_and(paths::is_behind_the_login);
        last.what.is_search() && last.error.is_some() && behind
    });
    let search = search.map(|command| {
        let target = command.target.as_deref().unwrap_or("an element");
        format!("{} {target}: {}", command.what, command.error.as_deref().unwrap_or("failed"))
    });
    let line = || evidence.line_where(|line| contains_any(line, &WAIT_SIGNS)).map(|line| format!("output: {line}"));
    search.or_else(line)
}

/// Whether a line says that a check of a test failed, not a step of it.
fn is_check(line: &str) -> bool {
    contains_any(line, &CHECK_SIGNS) || (line.trim_start().starts_with("E ") && line.contains(" assert "))
}

/// How clients say that they waited in vain: Playwright, Puppeteer, Selenium, WebdriverIO, SeleniumLibrary, Cypress.
const WAIT_SIGNS: [&str; 9] = [
    "TimeoutError",
    "TimeoutException",
    "Timeout ",
    "timed out",
    "waiting for",
    "no such element",
    "NoSuchElement",
    "Unable to locate element",
    "still not",
];

/// How test runners say that a check failed: Playwright and Jest, Node and pytest, JUnit, Chai.
const CHECK_SIGNS: [&str; 4] = ["Error: expect(", "AssertionError", "AssertionFailedError", "ComparisonFailure"];
