//! Suites that fail on the page to which their login led.

use vestibule_simulator::org::paths;
use vestibule_simulator::realm::Event;

use crate::diagnosis::cause::Proof;
use crate::diagnosis::reading::contains_any;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::{Exit, Owner, WebDriverCommand};

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[STEP_UP, LEVEL_TOO_LOW, HOME_NOT_RECOGNISED];

const STEP_UP: Cause = Cause {
    id: "step-up-not-answered",
    what: "The user is signed in, and a report or dashboard asks for another verification, which the suite did not give.",
    needs: "a session, an exit code other than 0, and a step-up that was asked for and not passed after it",
    owner: Owner::Suite,
    remedy: "Let the helper that answers the verification after the login answer it before a report or dashboard too: a new code of the TOTP app, the passkey, or the code by email; the step-up comes right after a login with MFA, and again when its period is over.",
    fact: "https://help.salesforce.com/s/articleView?id=005321566&type=1",
    prove: step_up_not_answered,
};

const LEVEL_TOO_LOW: Cause = Cause {
    id: "session-level-too-low",
    what: "The user is signed in by a token or a front door, and a page wants a session of a higher level.",
    needs: "a session, an exit code other than 0, and a page that was refused because of the level of the session",
    owner: Owner::Suite,
    remedy: "Sign in through the login page, with a verification, before a page that wants a high-assurance session; a session of the API or of `frontdoor.jsp` does not get there.",
    fact: "https://github.com/RoseSilverSoftware/IlluminatedCloud/issues/3015",
    prove: level_too_low,
};

const HOME_NOT_RECOGNISED: Cause = Cause {
    id: "home-not-recognised",
    what: "The org signed the user in, and the suite waited in vain for something on the page to which the login led.",
    needs: "a session, at most one page behind the login, no later sign-in, an exit code other than 0, and a wait that failed on that page",
    owner: Owner::Suite,
    remedy: "Let the login helper wait for something that Lightning shows to everybody, the button \"App Launcher\" or `one-appnav`; what is inside the pages of the org is not simulated.",
    fact: "https://github.com/amtrack/sfdx-browserforce-plugin/issues/750",
    prove: home_not_recognised,
};

fn step_up_not_answered(evidence: &Evidence) -> Option<Proof> {
    if !evidence.signed_in || !failed(evidence) {
        return None;
    }
    let export = evidence.events_of_run().rev().find_map(|event| match event {
        Event::StepUpRequired { export, .. } => Some(Some(*export)),
        Event::StepUpPassed { .. } => Some(None),
        _ => None,
    })??;
    let asked_by = if export { "the export of a report" } else { "a report or dashboard" };
    let sentence = format!("The user is signed in, and {asked_by} asks for another verification.");
    let proof = Proof::new(sentence).because("the org asked for a step-up, and nobody passed it");
    Some(proof.ending_with(evidence.last_line()))
}

fn level_too_low(evidence: &Evidence) -> Option<Proof> {
    if !evidence.signed_in || !failed(evidence) {
        return None;
    }
    let refused = evidence.events_of_run().rev().find_map(|event| match event {
        Event::SessionLevelTooLow { path, .. } => Some(path),
        _ => None,
    })?;
    let sentence = "The user is signed in, and the level of the session is too low for the page.";
    let proof = Proof::new(sentence).because(format!("the org refused {refused} with 403"));
    Some(proof.ending_with(evidence.last_line()))
}

/// Whether the suite ended by itself, and not with success.
fn failed(evidence: &Evidence) -> bool {
    evidence.exit.is_some_and(|exit| exit != Exit::Code(0) && !exit.by_vestibule())
}

fn home_not_recognised(evidence: &Evidence) -> Option<Proof> {
    let failed = failed(evidence);
    let mut pages = pages_behind_the_login(evidence);
    let went_on = !evidence.journal.ends_the_run();
    if !evidence.is_home() || !failed || went_on || pages.len() > 1 {
        return None;
    }
    let wait = failed_wait(evidence)?;
    let page = pages.pop().map_or_else(|| "no page that needs a session".to_owned(), |path| format!("page {path}"));
    let sentence = "The org signed the user in, and the suite failed while it waited for something on the first page behind the login.";
    let also = contains_any(&wait, &CODE_FIELDS).then_some(CODE_EXPECTED);
    let proof = Proof::new(sentence).because(wait).because(format!("behind the login the suite opened {page}"));
    Some(Proof { also, ..proof })
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

/// What only the pages of a verification have.
const CODE_FIELDS: [&str; 8] =
    ["#tc", "id=\"tc\"", "id=tc", "#emc", "#smc", "verification code", "use-passkey", "create-passkey"];
const CODE_EXPECTED: &str = "This org asked for no code: let the helper wait for the page of the code or for home, whichever comes, and type a code only where one is asked for.";
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
