//! One run with a case of every verdict, for the tests of all reports.

use vestibule_model::Confidence;
use vestibule_model::diagnostic::{Diagnostic, Place};

use crate::outcome::{
    Action, CaseInfo, CaseResult, ConditionInfo, Exit, Finding, GoodEnd, Owner, RunEvent, RunOutcome, SCHEMA,
    SuiteResult, Survival, Verdict,
};

pub(super) fn outcome() -> RunOutcome {
    RunOutcome::fold(&events())
}

/// The same run, in which the first case failed once before it passed, and the browser of the third case broke.
pub(super) fn retried() -> RunOutcome {
    let mut outcome = outcome();
    outcome.cases[0].earlier = vec![failed()];
    outcome.cases[2].earlier = vec![broken()];
    outcome.cases[2].result = Some(passed());
    outcome
}

/// A condition that every good suite survives.
pub(super) fn condition(name: &str) -> ConditionInfo {
    ConditionInfo {
        name: name.to_owned(),
        good: GoodEnd::Home,
        owner: Owner::Suite,
        applies: true,
        since: None,
        confidence: Confidence::Official,
        fact: String::new(),
        remedy: String::new(),
        causes: Vec::new(),
        org: None,
        not_applied: Vec::new(),
        options: Vec::new(),
    }
}

/// What a suite did that printed nothing.
pub(super) fn suite(survival: Survival, exit: Exit) -> SuiteResult {
    SuiteResult {
        survival,
        command: vec!["pytest".to_owned()],
        exit,
        output: String::new(),
        output_bytes: 0,
        kept_bytes: None,
        failed_at: None,
        artefacts: Vec::new(),
    }
}

pub(super) fn events() -> Vec<RunEvent> {
    let cases: Vec<CaseInfo> = results().into_iter().map(|(info, _)| info).collect();
    let mut events = vec![RunEvent::RunStarted {
        schema: SCHEMA,
        version: "0.1.0".to_owned(),
        started_at: "2026-08-03T09:30:00Z".to_owned(),
        browser: Some("chrome-headless-shell 156.0".to_owned()),
        workers: 2,
        cases,
        suite: String::new(),
        shard: None,
        copies: None,
    }];
    let mut at_ms = 120;
    for (worker, (info, result)) in results().into_iter().enumerate() {
        let Some(result) = result else { continue };
        events.push(RunEvent::CaseStarted { case: info.id.clone(), worker: worker % 2, at_ms });
        at_ms += result.duration_ms;
        events.push(RunEvent::CaseFinished {
            case: info.id,
            attempt: 1,
            again: false,
            at_ms,
            result: Box::new(result),
        });
    }
    events.push(RunEvent::RunFinished { at_ms: at_ms + 40, interrupted: false });
    events
}

fn results() -> Vec<(CaseInfo, Option<CaseResult>)> {
    vec![
        (info("enforcement/admin.yaml", 3, "An admin with a passkey signs in"), Some(passed())),
        (
            info(
                "enforcement/admin.yaml",
                19,
                "An admin without a passkey is stopped at the gate, also after the seventh day of the stagger [org.kind: sandbox]",
            ),
            Some(failed()),
        ),
        (
            info("sso/okta.yaml", 1, "Okta push reaches the org <as> \"phishing-resistant\" & is let in"),
            Some(two_failures()),
        ),
        (info("sso/okta.yaml", 24, "A weak signal is sent to enrol"), Some(broken())),
        (info("sso/okta.yaml", 40, "A missing signal counts as weak"), None),
    ]
}

fn info(file: &str, line: u32, title: &str) -> CaseInfo {
    CaseInfo {
        id: format!("{file}:{line}"),
        title: title.to_owned(),
        file: file.to_owned(),
        line,
        tags: vec!["enforcement".to_owned(), "slow".to_owned()],
        condition: None,
        repeat: None,
    }
}

fn result(verdict: Verdict, duration_ms: u64, failures: Vec<Diagnostic>) -> CaseResult {
    CaseResult {
        actions: vec![
            action(40, "open the login page", "username"),
            action(180, "type the username into #username", "username"),
            action(420, "click #Login", "password"),
            action(790, "type the password into #password", "home"),
        ],
        journal: vec![
            serde_json::json!({ "seq": 0, "at": "2026-08-03T09:30:00.1Z", "event": {
                "login-started": { "user": "admin", "kind": "password-ui" } } }),
            serde_json::json!({ "seq": 1, "at": "2026-08-03T09:30:00.4Z", "event": {
                "decided": { "user": "admin", "decision": { "outcome": "enrol", "rules": ["privileged-needs-passkey"] } } } }),
        ],
        login_history: vec![serde_json::json!({
            "username": "admin@acme.example", "status": "Success", "login-type": "Application" })],
        ..CaseResult::new(verdict, duration_ms, failures)
    }
}

fn passed() -> CaseResult {
    result(Verdict::Passed, 1_180, Vec::new())
}

fn failed() -> CaseResult {
    let failure = Diagnostic {
        code: "page".to_owned(),
        title: "the browser stands on another page than expected".to_owned(),
        place: Some(Place {
            file: "enforcement/admin.yaml".to_owned(),
            line: 24,
            column: 9,
            width: 14,
            text: "  page: create-passkey".to_owned(),
            label: "expected: create-passkey, actual: home".to_owned(),
        }),
        notes: vec![
            "evidence: password only; no verifier registered".to_owned(),
            "rule: privileged-needs-passkey did not fire before 2026-08-10".to_owned(),
        ],
        hint: Some("set `org.date` to the day on which enforcement reaches this org, or expect `home`".to_owned()),
    };
    CaseResult {
        screenshot: Some(PIXEL.to_owned()),
        finding: Some(finding()),
        ..result(Verdict::Failed, 840, vec![failure])
    }
}

fn finding() -> Finding {
    Finding {
        cause: "gate-not-handled".to_owned(),
        sentence: "The login got as far as the gate \"Create a Passkey\", which comes before Lightning, and the suite did not get past it.".to_owned(),
        evidence: vec!["the login stopped on the gate \"Create a Passkey\" (/_ui/identity/webauthn/AddPasskeyUi)".to_owned(), "nothing happened there for 4.0 s".to_owned()],
        quoted: None,
        owner: Owner::Suite,
        remedy: "Give the test user a passkey before the run and the browser a virtual authenticator that holds it.".to_owned(),
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1".to_owned(),
    }
}

fn two_failures() -> CaseResult {
    let failure = |code: &str, title: &str| Diagnostic {
        code: code.to_owned(),
        title: title.to_owned(),
        place: None,
        notes: Vec::new(),
        hint: None,
    };
    let failures = vec![
        failure("strength", "the login counts as weak, not as phishing-resistant"),
        failure("text", "the page does not say `Sœ <b>welcome</b> & hello`"),
    ];
    result(Verdict::Failed, 75_300, failures)
}

fn broken() -> CaseResult {
    let failure = Diagnostic {
        code: "browser-gone".to_owned(),
        title: "the browser ended while a page was loading".to_owned(),
        place: None,
        notes: vec!["chromedriver: disconnected: not connected to DevTools".to_owned()],
        hint: Some("run with fewer workers: each browser needs about 200 MB".to_owned()),
    };
    CaseResult {
        actions: Vec::new(),
        journal: Vec::new(),
        login_history: Vec::new(),
        ..result(Verdict::Broken, 2_050, vec![failure])
    }
}

fn action(at_ms: u64, what: &str, page: &str) -> Action {
    let url = format!("https://acme--uat.sandbox.my.salesforce.localhost:8443/{page}");
    Action { at_ms, what: what.to_owned(), page: page.to_owned(), url }
}

/// A PNG of two by one pixels.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGNgmPAfAAKFAcL4nTJ7AAAAAElFTkSuQmCC";
