//! Runs for the tests of the report: a suite in conditions, and a run of many cases.

use serde_json::json;
use vestibule_model::diagnostic::Diagnostic;

use crate::outcome::{
    CaseInfo, CaseResult, Command, ConditionInfo, Details, Exit, Finding, GoodEnd, Message, Owner, Proxied, ProxyFate,
    Request, RunEvent, RunOutcome, SCHEMA, Shot, SuiteResult, Survival, Verdict, WebDriverCommand,
};
use crate::report::sample;

/// A suite in five conditions: one survived, one stopped by the suite, one false green that the IdP admin owns, one
/// that does not apply, one flaky.
pub(super) fn conditions() -> RunOutcome {
    let (suite, idp) = (Owner::Suite, Owner::IdpAdmin);
    let rows = [
        ("classic", suite, true, None, vec![result(Verdict::Passed, Survival::Survived, None)]),
        (
            "passkey-gate-hard",
            suite,
            true,
            Some("2026-07-20"),
            vec![result(Verdict::Failed, Survival::Stopped, Some(finding("gate-not-handled", suite)))],
        ),
        (
            "sso-weak-signal",
            idp,
            true,
            Some("2026-08-03"),
            vec![result(Verdict::Failed, Survival::FalseGreen, Some(finding("weak-signal", idp)))],
        ),
        ("totp-required", suite, false, Some("2026-09-01"), vec![result(Verdict::Failed, Survival::Stopped, None)]),
        (
            "two-step",
            suite,
            true,
            None,
            vec![
                result(Verdict::Failed, Survival::Stopped, Some(finding("page-one-reposted", suite))),
                result(Verdict::Passed, Survival::Survived, None),
            ],
        ),
    ];
    let cases = rows.iter().map(|(name, owner, applies, since, _)| CaseInfo {
        condition: Some(ConditionInfo {
            name: (*name).to_owned(),
            good: GoodEnd::Home,
            owner: *owner,
            applies: *applies,
            since: since.map(str::to_owned),
            confidence: vestibule_model::Confidence::Official,
            remedy: "Handle the page, or ask for it to be switched off.".to_owned(),
            fact: "https://help.salesforce.com/s/articleView?id=005321561".to_owned(),
            causes: Vec::new(),
            org: None,
            not_applied: Vec::new(),
            options: Vec::new(),
        }),
        ..info(&format!("conditions/{name}.yaml:1"), name)
    });
    let cases: Vec<_> = cases.collect();
    let mut attempts = Vec::new();
    for (case, (.., results)) in cases.iter().zip(rows) {
        attempts.extend(results.into_iter().map(|result| (case.id.clone(), result)));
    }
    RunOutcome::fold(&run(cases, attempts))
}

/// A run of this many cases, every tenth of them failed, with the details that a real one has.
pub(super) fn many(count: usize) -> RunOutcome {
    let cases: Vec<_> = (0..count)
        .map(|number| {
            info(
                &format!("enforcement/topic-{}.yaml:{}[{}]", number % 17, 3 + number * 7 % 90, number),
                &format!("An admin of org {number} is stopped at the gate on the day of enforcement [users.rep.verifiers: {number}]"),
            )
        })
        .collect();
    let attempts = cases.iter().enumerate().map(|(number, case)| {
        let failed = number % 10 == 3;
        let verdict = if failed { Verdict::Failed } else { Verdict::Passed };
        let found = failed.then(|| finding("gate-not-handled", Owner::Suite));
        (case.id.clone(), CaseResult { suite: None, ..result(verdict, Survival::Stopped, found) })
    });
    let attempts = attempts.collect();
    RunOutcome::fold(&run(cases, attempts))
}

pub(super) fn details() -> Details {
    let requests = (0..14).map(|number| Request {
        at_ms: 40 * number,
        method: if number % 3 == 0 { "POST" } else { "GET" }.to_owned(),
        host: "acme--uat.sandbox.my.salesforce.localhost".to_owned(),
        path: "/_ui/identity/verification/method/UnifiedPasskeyVerificationUi/e?retURL=…".to_owned(),
        status: if number == 7 { 403 } else { 200 },
        took_ms: number % 5,
        bytes: Some(1_200),
    });
    let command = |at_ms, what, error: Option<&str>| Command {
        at_ms,
        session: 0,
        what,
        target: Some("css #password".to_owned()),
        page: Some("/".to_owned()),
        error: error.map(str::to_owned),
        repeated: u32::from(error.is_some()) * 40,
    };
    Details {
        requests: requests.collect(),
        messages: vec![Message {
            at_ms: 420,
            kind: "SAML Response".to_owned(),
            idp: "okta".to_owned(),
            text: RESPONSE.to_owned(),
            signals: vec!["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned()],
            signed: vec!["Assertion".to_owned()],
        }],
        commands: vec![
            command(60, WebDriverCommand::Open, None),
            command(90, WebDriverCommand::FindElement, Some("no such element")),
        ],
        console_at_ms: vec![480],
        console: vec!["SEVERE https://acme.localhost/ 404 (Not Found)".to_owned()],
        proxied: vec![Proxied {
            at_ms: 10,
            host: "login.salesforce.com:443".to_owned(),
            fate: ProxyFate::RefusedRealHost,
        }],
        shots: (0..4).map(|number| shot(number * 300)).collect(),
        outline: vec!["heading: Create a Passkey".to_owned(), "button: Create Passkey".to_owned()],
    }
}

fn run(cases: Vec<CaseInfo>, attempts: Vec<(String, CaseResult)>) -> Vec<RunEvent> {
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
    let mut free = [100, 160];
    for (number, (case, result)) in attempts.into_iter().enumerate() {
        let worker = number % 2;
        let at_ms = free[worker];
        free[worker] = at_ms + result.duration_ms;
        events.push(RunEvent::CaseStarted { case: case.clone(), worker, at_ms });
        events.push(RunEvent::CaseFinished {
            case,
            attempt: 1,
            again: false,
            at_ms: free[worker],
            result: Box::new(result),
        });
    }
    events.push(RunEvent::RunFinished { at_ms: free[0].max(free[1]) + 40, interrupted: false });
    events
}

fn info(id: &str, title: &str) -> CaseInfo {
    let (file, _) = id.split_once(':').unwrap();
    CaseInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        file: file.to_owned(),
        line: 3,
        tags: vec!["enforcement".to_owned(), "slow".to_owned()],
        condition: None,
        repeat: None,
    }
}

fn result(verdict: Verdict, survival: Survival, finding: Option<Finding>) -> CaseResult {
    let failed = sample::events().into_iter().find_map(|event| match event {
        RunEvent::CaseFinished { result, .. } if result.verdict == Verdict::Failed => Some(*result),
        _ => None,
    });
    let failed = failed.unwrap();
    let failures: Vec<Diagnostic> = if verdict == Verdict::Passed { Vec::new() } else { failed.failures.clone() };
    let mut journal = failed.journal.clone();
    journal.push(json!({ "seq": 2, "at": "2026-08-03T09:30:00.5Z", "event": { "sso-answer-received": {
        "idp": "okta", "signals": [], "verdict": "accepted" } } }));
    journal.push(
        json!({ "seq": 3, "at": "2026-08-03T09:30:00.6Z", "event": { "decided": { "user": "admin", "decision": {
        "outcome": { "enrol": { "methods": ["built-in-authenticator", "security-key"], "gate": "hard" } },
        "strength": "weak",
        "rules": [{ "id": "sso-signal-weak", "why": "the signal `PasswordProtectedTransport` is weak",
            "source": "help 005321561, \"Impact to MFA Exemptions\"", "confidence": "OFF" }] } } } }),
    );
    let output = (0..40).map(|line| format!("{line}: waiting for home\n")).collect::<String>();
    CaseResult {
        actions: failed.actions,
        journal,
        login_history: failed.login_history,
        screenshot: None,
        finding,
        suite: Some(SuiteResult {
            survival,
            command: vec!["npx".to_owned(), "wdio".to_owned()],
            exit: if verdict == Verdict::Passed { Exit::Code(0) } else { Exit::Code(1) },
            output_bytes: 90_000,
            kept_bytes: Some(64_000),
            output,
            failed_at: None,
            artefacts: Vec::new(),
        }),
        details: if verdict == Verdict::Passed { Details { shots: Vec::new(), ..details() } } else { details() },
        ..CaseResult::new(verdict, 1_240, failures)
    }
}

fn finding(cause: &str, owner: Owner) -> Finding {
    Finding {
        cause: cause.to_owned(),
        sentence: "The page \"Create a Passkey\" stood between the login and home, and the suite waited for home."
            .to_owned(),
        evidence: vec![
            "last page: create-passkey".to_owned(),
            "waited for home on `create-passkey` (/_ui/identity/webauthn/AddPasskeyUi), for 10 s".to_owned(),
        ],
        quoted: None,
        owner,
        remedy: "Register a passkey in a virtual authenticator before the first login of the suite.".to_owned(),
        fact: "https://help.salesforce.com/s/articleView?id=005321561".to_owned(),
    }
}

/// As large as a small picture of a page, and as hard to compress.
fn shot(at_ms: u64) -> Shot {
    let mut seed = at_ms + 1;
    let mut noise = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                [usize::try_from(seed >> 58).unwrap() % 62],
        )
    };
    let image = format!("/9j/{}", (0..6000).map(|_| noise()).collect::<String>());
    Shot { at_ms, page: "create-passkey".to_owned(), image }
}

const RESPONSE: &str = "\
<samlp:Response ID=\"_1\" Destination=\"https://acme.my.salesforce.localhost\">
  <saml:Assertion ID=\"_2\">
    <ds:Signature>
      <ds:SignatureValue>…</ds:SignatureValue>
    </ds:Signature>
    <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>
  </saml:Assertion>
</samlp:Response>
";
