//! Single sign-on, codes, passkeys, and unknown causes.

use vestibule_model::{Carrier, Signal, VerificationMethod};
use vestibule_simulator::org::CeremonyFailure::{NotAllowedError, SecurityError, Unavailable};
use vestibule_simulator::org::CeremonyReport::{self, AuthenticatorFound, Failed, Started};
use vestibule_simulator::policy::BlockReason;
use vestibule_simulator::realm::{CodeFieldHolds, ContextFault, ProtocolVerdict, RequestFault, VerificationResult};

use super::*;
use crate::outcome::Exit;

pub(super) fn rows() -> Vec<Row> {
    sso().into_iter().chain(codes()).chain(passkeys()).chain(home()).chain([unknown()]).collect()
}

fn sso() -> Vec<Row> {
    let accepted = || ProtocolVerdict::Accepted;
    let refused_for = |context| ProtocolVerdict::Refused {
        code: "Failed: Audience Invalid".to_owned(),
        why: "another org".to_owned(),
        context,
        request: None,
    };
    let refused = || refused_for(None);
    let answer = |verdict| Event::SsoAnswerReceived { idp: Some("okta".to_owned()), signals: Vec::new(), verdict };
    let asked_for = |contexts: &[&str], context| {
        let mut evidence = seen([answer(refused_for(Some(context)))]);
        let contexts = contexts.iter().map(|context| (*context).to_owned()).collect();
        evidence.sso.requested.insert("okta".to_owned(), contexts);
        evidence
    };
    let unlisted = |signals: &[Signal]| weak(signals, signals, &[Rule::SignalUnlisted]);
    let request = |verdict| Event::SsoRequestReceived { idp: "okta".to_owned(), verdict };
    let request_with = |fault| {
        let (code, why) = ("RequestDenied".to_owned(), "its signature".to_owned());
        request(ProtocolVerdict::Refused { code, why, context: None, request: Some(fault) })
    };
    let amr = |value: &str| Signal::new(value, Carrier::SamlAttribute("amr".to_owned()));
    let class = |value: &str| Signal::new(value, Carrier::AuthnContextClassRef);
    let beside = |value: &str| Signal::new(value, Carrier::UserInfo);
    vec![
        Row {
            cause: "sso-answer-refused",
            proof: seen([answer(refused()), page(PageName::LoginRefused)]),
            near_miss: seen([answer(accepted()), page(PageName::LoginRefused)]),
            told_as: Some("unknown"),
        },
        // The org refuses the login because of what the identity provider sent.
        Row {
            cause: "signal-weak",
            proof: blocked_for(BlockReason::WeakSsoLogin, &[amr("pwd")]),
            near_miss: blocked_for(BlockReason::UserFrozen, &[amr("pwd")]),
            told_as: Some("login-blocked"),
        },
        Row {
            cause: "login-blocked",
            proof: blocked_for(BlockReason::UserFrozen, &[amr("pwd")]),
            near_miss: blocked_for(BlockReason::WeakSsoLogin, &[amr("pwd")]),
            told_as: Some("signal-weak"),
        },
        Row {
            cause: "sso-answer-refused",
            proof: seen([answer(refused())]),
            near_miss: seen([answer(refused()), answer(accepted()), page(PageName::LoginRefused)]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "context-refused",
            proof: asked_for(&["X509"], ContextFault::Unmet),
            near_miss: asked_for(&["X509"], ContextFault::Other),
            told_as: Some("context-not-met"),
        },
        Row {
            cause: "context-refused",
            proof: asked_for(&["X509"], ContextFault::Unmet),
            near_miss: asked_for(&[], ContextFault::Unmet),
            told_as: Some("sso-answer-refused"),
        },
        Row {
            cause: "context-not-met",
            proof: asked_for(&["X509"], ContextFault::Other),
            near_miss: asked_for(&["X509"], ContextFault::Unmet),
            told_as: Some("context-refused"),
        },
        Row {
            cause: "signal-not-an-array",
            proof: unlisted(&[Signal::new("pwd swk", Carrier::IdTokenAmrText)]),
            near_miss: unlisted(&[Signal::new("mfa", Carrier::IdTokenAmr)]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "signals-joined",
            proof: unlisted(&[amr("pwd,mfa,swk")]),
            near_miss: unlisted(&[amr("pwd,mfa")]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "signals-joined",
            proof: unlisted(&[amr(r#"["swk"]"#)]),
            near_miss: unlisted(&[Signal::new("a,swk", Carrier::SamlAttribute("department".to_owned()))]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "signal-misspelt",
            proof: unlisted(&[amr("swk\n")]),
            near_miss: unlisted(&[amr("sw")]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "signal-misspelt",
            proof: unlisted(&[amr("okta verify")]),
            near_miss: sso_that_proved(
                Strength::Standard,
                &[amr("okta verify")],
                &[amr("okta verify")],
                &[Rule::SignalUnlisted],
            ),
            told_as: Some("signal-not-phishing-resistant"),
        },
        Row {
            cause: "request-unsigned",
            proof: seen([request_with(RequestFault::Unsigned), page(PageName::IdpError)]),
            near_miss: seen([request_with(RequestFault::CertificateExpired), page(PageName::IdpError)]),
            told_as: Some("request-certificate-expired"),
        },
        Row {
            cause: "request-unsigned",
            proof: seen([request(accepted()), request_with(RequestFault::Unsigned)]),
            near_miss: seen([request_with(RequestFault::Unsigned), request(accepted()), page(PageName::IdpSignIn)]),
            told_as: Some("idp-sign-in-not-handled"),
        },
        Row {
            cause: "request-certificate-expired",
            proof: seen([request_with(RequestFault::CertificateExpired), page(PageName::IdpError)]),
            near_miss: seen([request(refused()), page(PageName::IdpError)]),
            told_as: Some("sso-request-refused"),
        },
        Row {
            cause: "sso-request-refused",
            proof: seen([request(refused()), page(PageName::IdpError)]),
            near_miss: seen([request(accepted()), page(PageName::IdpError)]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "sso-request-refused",
            proof: seen([request(refused())]),
            near_miss: seen([request(refused()), request(accepted()), page(PageName::IdpSignIn)]),
            told_as: Some("idp-sign-in-not-handled"),
        },
        Row {
            cause: "signals-joined",
            proof: unlisted(&[amr("pwd/swk")]),
            near_miss: unlisted(&[amr("https://pwd/swk")]),
            told_as: Some("signal-misspelt"),
        },
        Row {
            cause: "signals-joined",
            proof: unlisted(&[amr("pwd_swk")]),
            near_miss: unlisted(&[amr("acme_swk")]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "signal-misspelt",
            proof: unlisted(&[amr("\"swk\"")]),
            near_miss: unlisted(&[amr("\"swap\"")]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "signals-joined",
            proof: unlisted(&[amr("pwd+swk")]),
            near_miss: unlisted(&[amr("pwd+mfa")]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "idp-sign-in-not-handled",
            proof: seen([request(accepted()), page(PageName::IdpSignIn)]),
            near_miss: seen([request(accepted()), page(PageName::IdpSignIn), page(PageName::CreatePasskey)]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "signal-missing",
            proof: weak(&[class("unspecified")], &[class("unspecified")], &[Rule::SignalUnlisted]),
            near_miss: weak(&[amr("mfa")], &[amr("mfa")], &[Rule::SignalUnlisted]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "signal-weak",
            proof: weak(&[amr("pwd")], &[amr("pwd")], &[Rule::SsoSignalWeak]),
            near_miss: weak(&[amr("mfa")], &[amr("mfa")], &[Rule::SignalUnlisted]),
            told_as: Some("signal-unlisted"),
        },
        Row {
            cause: "signal-unlisted",
            proof: weak(&[amr("mfa")], &[amr("mfa")], &[Rule::SignalUnlisted]),
            near_miss: weak(
                &[amr("mfa"), amr("pwd")],
                &[amr("mfa"), amr("pwd")],
                &[Rule::SignalUnlisted, Rule::SsoSignalWeak],
            ),
            told_as: Some("signal-weak"),
        },
        Row {
            cause: "signal-misplaced",
            proof: weak(&[beside("hwk")], &[], &[Rule::SsoNoRecognisedSignal]),
            near_miss: weak(&[amr("hwk")], &[], &[Rule::SsoNoRecognisedSignal]),
            told_as: Some("signal-lost"),
        },
        Row {
            cause: "signal-lost",
            proof: weak(&[amr("hwk")], &[], &[Rule::SsoNoRecognisedSignal]),
            near_miss: weak(&[], &[], &[Rule::SsoNoRecognisedSignal]),
            told_as: Some("signal-missing"),
        },
        Row {
            cause: "signal-not-phishing-resistant",
            proof: sso_that_proved(
                Strength::Standard,
                &[amr("okta_verify")],
                &[amr("okta_verify")],
                &[Rule::SsoSignalStandard],
            ),
            near_miss: weak(&[amr("mfa")], &[amr("mfa")], &[Rule::SignalUnlisted]),
            told_as: Some("signal-unlisted"),
        },
    ]
}

fn codes() -> Vec<Row> {
    let code = |result| checked(VerificationMethod::TotpApp, result);
    let typed = |steps_off, seconds_left, result| {
        let posted = Event::TotpCodePosted { user: "rep".to_owned(), steps_off, seconds_left };
        seen([page(PageName::VerifyTotp), posted, code(result), page(PageName::VerifyTotp)])
    };
    let refused = |result| seen([code(result), page(PageName::VerifyTotp)]);
    let emailed = |accepted| Event::DeviceActivationChecked { user: "rep".to_owned(), accepted };
    let activated = |before| {
        let mut evidence = on(PageName::VerifyEmail);
        evidence.user.device_activated = before;
        evidence
    };
    let at_the_gate_with_a_code = |expired| {
        let mut evidence = at_the_gate();
        evidence.user.temporary_code_expired = expired;
        evidence
    };
    let temporary =
        |result| seen([checked(VerificationMethod::TemporaryCode, result), page(PageName::VerifyTemporaryCode)]);
    vec![
        Row {
            cause: "totp-missing",
            proof: on(PageName::VerifyTotp),
            near_miss: refused(VerificationResult::Wrong),
            told_as: Some("totp-wrong"),
        },
        Row {
            cause: "totp-reused",
            proof: refused(VerificationResult::Replayed),
            near_miss: refused(VerificationResult::Stale),
            told_as: Some("totp-stale"),
        },
        Row {
            cause: "totp-at-the-edge",
            proof: typed(Some(-2), 26, VerificationResult::Stale),
            near_miss: typed(Some(-2), 4, VerificationResult::Stale),
            told_as: Some("totp-stale"),
        },
        Row {
            cause: "totp-stale",
            proof: typed(Some(-6), 26, VerificationResult::Stale),
            near_miss: typed(Some(-2), 26, VerificationResult::Stale),
            told_as: Some("totp-at-the-edge"),
        },
        Row {
            cause: "totp-wrong",
            proof: typed(None, 26, VerificationResult::Wrong),
            near_miss: seen([
                checked(VerificationMethod::BuiltInAuthenticator, VerificationResult::Wrong),
                page(PageName::VerifyPasskey),
            ]),
            told_as: Some("passkey-refused"),
        },
        Row {
            cause: "totp-ahead",
            proof: typed(Some(2), 26, VerificationResult::Wrong),
            near_miss: typed(None, 26, VerificationResult::Wrong),
            told_as: Some("totp-wrong"),
        },
        Row {
            cause: "totp-wrong",
            proof: typed(None, 26, VerificationResult::Wrong),
            near_miss: typed(Some(2), 26, VerificationResult::Wrong),
            told_as: Some("totp-ahead"),
        },
        Row {
            cause: "email-code-expected",
            proof: activated(false),
            near_miss: seen([emailed(false), page(PageName::VerifyEmail)]),
            told_as: Some("email-code-wrong"),
        },
        Row {
            cause: "device-cookie-missing",
            proof: activated(true),
            near_miss: activated(false),
            told_as: Some("email-code-expected"),
        },
        Row {
            cause: "email-code-wrong",
            proof: seen([emailed(false), page(PageName::VerifyEmail)]),
            near_miss: seen([emailed(true), page(PageName::CreatePasskey)]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "temporary-code-expired",
            proof: temporary(VerificationResult::Stale),
            near_miss: temporary(VerificationResult::Wrong),
            told_as: Some("temporary-code-wrong"),
        },
        Row {
            cause: "temporary-code-expired",
            proof: at_the_gate_with_a_code(true),
            near_miss: at_the_gate_with_a_code(false),
            told_as: Some("gate-not-handled"),
        },
        Row {
            cause: "temporary-code-missing",
            proof: on(PageName::VerifyTemporaryCode),
            near_miss: temporary(VerificationResult::Wrong),
            told_as: Some("temporary-code-wrong"),
        },
        Row {
            cause: "temporary-code-wrong",
            proof: temporary(VerificationResult::Wrong),
            near_miss: temporary(VerificationResult::Stale),
            told_as: Some("temporary-code-expired"),
        },
        Row {
            cause: "push-not-answered",
            proof: on(PageName::VerifyPush),
            near_miss: on(PageName::VerifyTotp),
            told_as: Some("totp-missing"),
        },
        Row {
            cause: "method-not-chosen",
            proof: on(PageName::ChooseVerificationMethod),
            near_miss: seen([
                decided(enrol(), Strength::Weak, &[Rule::EnrolMethod]),
                page(PageName::ChooseVerificationMethod),
            ]),
            told_as: Some("gate-not-handled"),
        },
        Row {
            cause: "totp-missing",
            proof: left_empty(PageName::VerifyTotp, code(VerificationResult::Wrong)),
            near_miss: refused(VerificationResult::Wrong),
            told_as: Some("totp-wrong"),
        },
        Row {
            cause: "temporary-code-missing",
            proof: left_empty(
                PageName::VerifyTemporaryCode,
                checked(VerificationMethod::TemporaryCode, VerificationResult::Wrong),
            ),
            near_miss: temporary(VerificationResult::Wrong),
            told_as: Some("temporary-code-wrong"),
        },
        Row {
            cause: "email-code-expected",
            proof: left_empty(PageName::VerifyEmail, emailed(false)),
            near_miss: seen([emailed(false), page(PageName::VerifyEmail)]),
            told_as: Some("email-code-wrong"),
        },
    ]
}

/// A page of a code that was posted with an empty field, and its verdict.
/// A clock in the wrong time zone is no wrong secret, and what was typed instead of a code is named.
#[test]
fn what_was_typed_into_the_field_of_a_code_is_told() {
    let evidence = |posted: Event| {
        let wrong = checked(VerificationMethod::TotpApp, VerificationResult::Wrong);
        seen([page(PageName::VerifyTotp), posted, wrong, page(PageName::VerifyTotp)])
    };
    for (steps_off, cause, told) in [
        (240, "totp-ahead", "2 h 00 min ahead of now"),
        (-1, "totp-wrong", "not computed from the user's secret"),
        (-239, "totp-stale", "2 h 00 min behind now"),
        (-961, "totp-stale", "8 h 00 min behind now"),
        (660, "totp-ahead", "5 h 30 min ahead of now"),
        (689, "totp-ahead", "5 h 45 min ahead of now"),
    ] {
        let posted = Event::TotpCodePosted { user: "rep".to_owned(), steps_off: Some(steps_off), seconds_left: 9 };
        let found = diagnose(&evidence(posted)).unwrap();
        assert!(found.cause == cause && found.sentence.contains(told), "{steps_off}: {found:?}");
        assert_eq!(found.remedy.contains("Unix time"), cause != "totp-wrong", "{found:?}");
    }
    for (holds, told) in [
        (CodeFieldHolds::TotpSecret, "typed the TOTP secret itself"),
        (CodeFieldHolds::Password, "typed the password"),
        (CodeFieldHolds::Username, "typed the username"),
        (CodeFieldHolds::UnknownText, "no code"),
    ] {
        let found = diagnose(&evidence(Event::CodeMistyped { user: "rep".to_owned(), holds })).unwrap();
        assert!(found.cause == "totp-wrong" && found.sentence.contains(told), "{found:?}");
    }
}

fn left_empty(name: PageName, verdict: Event) -> Evidence {
    seen([page(name), Event::CodeLeftEmpty { user: "rep".to_owned() }, verdict, page(name)])
}

fn passkeys() -> Vec<Row> {
    let asked = |authenticators: &[(u32, usize)], user: UserEvidence| Evidence {
        authenticators: authenticators.to_vec(),
        user,
        ..on(PageName::VerifyPasskey)
    };
    let registered = || UserEvidence { has_passkey: true, ..UserEvidence::default() };
    let held = || UserEvidence { passkey_in_browser: true, ..registered() };
    let unknown_to_the_org = || UserEvidence { passkey_in_browser: true, ..UserEvidence::default() };
    let foreign = || UserEvidence { foreign_rp_id: Some("old.example".to_owned()), ..held() };
    let refused = "Protocol error (WebAuthn.addVirtualAuthenticator): Chrome only supports one internal authenticator per environment";
    vec![
        Row {
            cause: "gate-not-handled",
            proof: at_the_gate(),
            near_miss: on(PageName::CreatePasskey),
            told_as: Some("unknown"),
        },
        Row {
            cause: "second-authenticator",
            proof: asked(&[(0, 1), (0, 0)], held()),
            near_miss: asked(&[(0, 1), (1, 0)], held()),
            told_as: Some("passkey-page-not-handled"),
        },
        Row {
            cause: "second-authenticator",
            proof: Evidence { output: refused.to_owned(), ..at_the_gate() },
            near_miss: Evidence { output: "WebAuthn.addVirtualAuthenticator".to_owned(), ..at_the_gate() },
            told_as: Some("gate-not-handled"),
        },
        Row {
            cause: "second-authenticator",
            proof: refused_to_add("unknown error", &[(0, 1)]),
            near_miss: refused_to_add("unknown error", &[]),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "second-authenticator",
            proof: refused_to_add("unknown error", &[(0, 1)]),
            near_miss: refused_to_add("unsupported operation", &[(0, 1)]),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "ceremony-without-authenticator",
            proof: asked(&[], registered()),
            near_miss: asked(&[(0, 1)], held()),
            told_as: Some("passkey-page-not-handled"),
        },
        Row {
            cause: "ceremony-without-authenticator",
            proof: telling(&[Started], at_the_gate()),
            near_miss: telling(&[AuthenticatorFound, Started], at_the_gate()),
            told_as: Some("ceremony-not-finished"),
        },
        Row {
            cause: "ceremony-refused-by-browser",
            proof: telling(&[Started, Failed(SecurityError), AuthenticatorFound], at_the_gate()),
            near_miss: telling(&[Started, Failed(NotAllowedError)], at_the_gate()),
            told_as: Some("ceremony-without-authenticator"),
        },
        Row {
            cause: "ceremony-refused-by-browser",
            proof: telling(&[Started, Failed(Unavailable)], asked(&[(0, 1)], held())),
            near_miss: telling(&[Started, Failed(SecurityError), Started], asked(&[(0, 1)], held())),
            told_as: Some("ceremony-not-finished"),
        },
        // No authenticator was seen, and yet one answered.
        Row {
            cause: "passkey-refused",
            proof: answered(VerificationResult::Wrong),
            near_miss: asked(&[], registered()),
            told_as: Some("ceremony-without-authenticator"),
        },
        Row {
            cause: "passkey-refused",
            proof: Evidence { authenticators: vec![(0, 1)], ..answered(VerificationResult::Wrong) },
            near_miss: Evidence { user: held(), ..answered(VerificationResult::LockedOut) },
            told_as: Some("locked-out"),
        },
        // What the suite loaded itself may be the user's passkey.
        Row {
            cause: "passkey-not-in-browser",
            proof: asked(&[(0, 0)], registered()),
            near_miss: asked(&[(0, 1)], registered()),
            told_as: Some("passkey-page-not-handled"),
        },
        // A code that was refused before the suite turned to its passkey.
        Row {
            cause: "passkey-page-not-handled",
            proof: Evidence { authenticators: vec![(0, 1)], user: held(), ..after_a_code() },
            near_miss: Evidence { user: registered(), ..after_a_code() },
            told_as: Some("ceremony-without-authenticator"),
        },
        Row {
            cause: "ceremony-not-finished",
            proof: telling(&[AuthenticatorFound, Started, Failed(NotAllowedError)], at_the_gate()),
            near_miss: telling(&[AuthenticatorFound], at_the_gate()),
            told_as: Some("gate-not-clicked"),
        },
        Row {
            cause: "ceremony-not-finished",
            proof: telling(&[Started], asked(&[(0, 1)], held())),
            near_miss: telling(&[AuthenticatorFound], asked(&[(0, 1)], held())),
            told_as: Some("passkey-page-not-handled"),
        },
        Row {
            cause: "gate-not-clicked",
            proof: telling(&[AuthenticatorFound], at_the_gate()),
            near_miss: telling(&[AuthenticatorFound, Started], at_the_gate()),
            told_as: Some("ceremony-not-finished"),
        },
        Row {
            cause: "gate-not-clicked",
            proof: Evidence { authenticators: vec![(0, 0)], ..at_the_gate() },
            near_miss: at_the_gate(),
            told_as: Some("gate-not-handled"),
        },
        Row {
            cause: "passkey-page-not-handled",
            proof: telling(&[AuthenticatorFound], asked(&[(0, 1)], held())),
            near_miss: telling(&[Started], asked(&[(0, 1)], held())),
            told_as: Some("ceremony-not-finished"),
        },
        Row {
            cause: "passkey-of-old-host",
            proof: asked(&[], foreign()),
            near_miss: asked(&[(0, 1)], held()),
            told_as: Some("passkey-page-not-handled"),
        },
        Row {
            cause: "passkey-lost",
            proof: Evidence { user: unknown_to_the_org(), ..at_the_gate() },
            near_miss: Evidence { user: held(), ..at_the_gate() },
            told_as: Some("gate-not-handled"),
        },
        Row {
            cause: "passkey-not-in-browser",
            proof: asked(&[(0, 0)], registered()),
            near_miss: asked(&[(0, 1)], held()),
            told_as: Some("passkey-page-not-handled"),
        },
        Row {
            cause: "passkey-page-not-handled",
            proof: asked(&[(0, 1)], held()),
            near_miss: asked(&[(0, 0)], registered()),
            told_as: Some("passkey-not-in-browser"),
        },
    ]
}

fn home() -> Vec<Row> {
    let at_home = |code, output: &str| Evidence {
        signed_in: true,
        exit: Some(Exit::Code(code)),
        output: output.to_owned(),
        ..seen([proved_at_home(), vec![page(PageName::Home)]].concat())
    };
    let waited = "TimeoutError: page.waitForSelector: Timeout 30000ms exceeded";
    let searched = |page: &str, last: WebDriverCommand| {
        let mut evidence = at_home(1, "");
        let search = Command {
            page: Some(page.to_owned()),
            ..failed(WebDriverCommand::FindElement, "css .x", "no such element")
        };
        evidence.details.commands = vec![search, Command { error: None, ..failed(last, "css .y", "") }];
        evidence
    };
    let end = || WebDriverCommand::EndSession;
    let elsewhere = || {
        let other = Event::PageServed {
            page: PageName::Home,
            host: HostRole::Lightning,
            path: "/lightning/o/Account/list".to_owned(),
        };
        let events = [proved_at_home(), vec![page(PageName::Home), other]].concat();
        Evidence { journal: seen(events).journal, ..at_home(1, waited) }
    };
    let then_another_sign_in = || {
        let events = [proved_at_home(), vec![page(PageName::Home), page(PageName::Username)]].concat();
        Evidence { journal: seen(events).journal, ..at_home(1, waited) }
    };
    let row = |proof, near_miss, told_as| Row { cause: "home-not-recognised", proof, near_miss, told_as };
    let then = |code, events: Vec<Event>| {
        let journal = seen([proved_at_home(), vec![page(PageName::Home)], events].concat()).journal;
        Evidence { journal, ..at_home(code, "") }
    };
    let asked = || Event::StepUpRequired { user: "rep".to_owned(), session: 2, export: false };
    let passed = || Event::StepUpPassed { user: "rep".to_owned(), session: 2 };
    let too_low = |path: &str| Event::SessionLevelTooLow { user: "rep".to_owned(), path: path.to_owned() };
    let refused = |path: &str| Event::RequestRefused {
        host: HostRole::MyDomain,
        path: path.to_owned(),
        status: 403,
        why: "another reason".to_owned(),
    };
    let step_up = |proof, near_miss| Row { cause: "step-up-not-answered", proof, near_miss, told_as: None };
    let level = |proof, near_miss| Row { cause: "session-level-too-low", proof, near_miss, told_as: None };
    let builder = "/sfsites/picasso/core/config/commeditor.jsp";
    vec![
        step_up(then(1, vec![asked()]), then(0, vec![asked()])),
        step_up(then(1, vec![asked(), page(PageName::VerifyTotp)]), then(1, vec![asked(), passed()])),
        step_up(then(1, vec![asked(), passed(), asked()]), then(1, vec![])),
        level(then(1, vec![too_low(builder)]), then(0, vec![too_low(builder)])),
        level(then(1, vec![too_low(builder)]), then(1, vec![refused(builder)])),
        row(at_home(1, waited), at_home(0, waited), None),
        row(
            at_home(1, waited),
            at_home(1, "Error: expect(locator).toBeVisible() failed\n  waiting for locator('x')"),
            None,
        ),
        row(at_home(1, waited), at_home(1, "E       assert 'Home' in page, timed out"), None),
        row(at_home(1, waited), at_home(1, "Error: 500 from https://api.example.com"), None),
        row(at_home(1, waited), Evidence { exit: Some(Exit::OutOfTime), ..at_home(1, waited) }, None),
        row(at_home(1, waited), elsewhere(), None),
        row(at_home(1, waited), then_another_sign_in(), None),
        row(at_home(1, waited), Evidence { signed_in: false, ..at_home(1, waited) }, Some("unknown")),
        row(searched("/lightning/page/home?x=1", end()), searched("/", end()), None),
        row(searched("/lightning/page/home", end()), searched("/lightning/page/home", WebDriverCommand::Click), None),
    ]
}

#[test]
fn a_helper_that_always_waits_for_a_code_is_told_when_to() {
    let told = |output: &str| {
        let journal = seen([proved_at_home(), vec![page(PageName::Home)]].concat()).journal;
        let exit = Some(Exit::Code(1));
        diagnose(&Evidence { signed_in: true, exit, output: output.to_owned(), journal, ..Evidence::default() })
            .unwrap()
    };

    let code = told("TimeoutError: locator.fill: Timeout 30000ms exceeded, waiting for locator('#tc')");
    assert!(code.remedy.contains("asked for no code"), "{}", code.remedy);
    let other = told("TimeoutError: locator.click: Timeout 30000ms exceeded, waiting for locator('#own')");
    assert_eq!(other.cause, code.cause);
    assert!(!other.remedy.contains("asked for no code"), "{}", other.remedy);
}

/// A login that led home.
fn proved_at_home() -> Vec<Event> {
    let session = Event::SessionOpened {
        user: "rep".to_owned(),
        session: 2,
        level: vestibule_model::SessionLevel::Standard,
        gated: false,
    };
    vec![page(PageName::Username), started(LoginKind::PasswordUi), session]
}

fn unknown() -> Row {
    Row {
        cause: "unknown",
        proof: on(PageName::LoginRefused),
        near_miss: on(PageName::VerifyTotp),
        told_as: Some("totp-missing"),
    }
}

/// A single sign-on with a weak signal that ended like this.
fn blocked_for(reason: BlockReason, signals: &[Signal]) -> Evidence {
    let of_the_signal = [Rule::SsoSignalWeak, Rule::WeakSsoBlock];
    let rules = if reason == BlockReason::WeakSsoLogin { &of_the_signal[..] } else { &[Rule::ApiOnlyUserBlocked] };
    seen([
        Event::SsoAnswerIssued { idp: "okta".to_owned(), signals: signals.to_vec() },
        Event::SsoAnswerReceived {
            idp: Some("okta".to_owned()),
            signals: signals.to_vec(),
            verdict: ProtocolVerdict::Accepted,
        },
        started(LoginKind::Saml),
        decided(Outcome::Block { reason }, Strength::Weak, rules),
        page(PageName::LoginRefused),
    ])
}

fn weak(issued: &[Signal], received: &[Signal], rules: &[Rule]) -> Evidence {
    sso_that_proved(Strength::Weak, issued, received, rules)
}

fn sso_that_proved(proved: Strength, issued: &[Signal], received: &[Signal], rules: &[Rule]) -> Evidence {
    let rules: Vec<_> = rules.iter().copied().chain([Rule::WeakSsoEnrol]).collect();
    seen([
        Event::SsoAnswerIssued { idp: "okta".to_owned(), signals: issued.to_vec() },
        Event::SsoAnswerReceived {
            idp: Some("okta".to_owned()),
            signals: received.to_vec(),
            verdict: ProtocolVerdict::Accepted,
        },
        started(LoginKind::Saml),
        decided(enrol(), proved, &rules),
        page(PageName::CreatePasskey),
    ])
}

fn checked(method: VerificationMethod, result: VerificationResult) -> Event {
    Event::VerificationChecked { user: "rep".to_owned(), method, result }
}

/// A passkey that was answered like this, on the page that asks for it.
fn answered(result: VerificationResult) -> Evidence {
    let page = || page(PageName::VerifyPasskey);
    seen([page(), checked(VerificationMethod::BuiltInAuthenticator, result), page()])
}

/// The page that asks for a passkey, behind a temporary code that was refused.
fn after_a_code() -> Evidence {
    let refused = checked(VerificationMethod::TemporaryCode, VerificationResult::Wrong);
    seen([page(PageName::VerifyTemporaryCode), refused, page(PageName::VerifyPasskey)])
}

/// A browser that refused an authenticator on the login page.
fn refused_to_add(error: &str, authenticators: &[(u32, usize)]) -> Evidence {
    let mut evidence = Evidence { authenticators: authenticators.to_vec(), ..on(PageName::Username) };
    evidence.details.commands = vec![failed(WebDriverCommand::AddAuthenticator, "", error)];
    evidence
}

/// What the page of the ceremony told.
fn telling(reports: &[CeremonyReport], mut evidence: Evidence) -> Evidence {
    let request = |report: &CeremonyReport| crate::outcome::Request {
        at_ms: 900,
        method: "POST".to_owned(),
        host: "acme.my.salesforce.localhost".to_owned(),
        path: report.path(),
        status: 204,
        took_ms: 1,
        bytes: None,
    };
    evidence.details.requests = reports.iter().map(request).collect();
    evidence
}

/// A suite may close its browser long before it ends.
#[test]
fn of_a_suite_only_its_last_request_is_known() {
    for (exit, told) in [
        (None, "nothing happened there for 9.0 s"),
        (Some(Exit::Code(1)), "the suite's last request came 9.0 s before its end"),
    ] {
        let found = diagnose(&Evidence { stood_ms: Some(9000), exit, ..at_the_gate() }).unwrap();

        assert_eq!(found.cause, "gate-not-handled");
        assert!(found.evidence.iter().any(|line| line == told), "{found:?}");
    }
}

#[test]
fn a_click_is_asked_for_where_there_was_none_and_never_where_there_was_one() {
    let user = |has_passkey, passkey_in_browser| UserEvidence {
        key: "rep".to_owned(),
        has_passkey,
        passkey_in_browser,
        ..UserEvidence::default()
    };
    let pages = [
        at_the_gate(),
        Evidence { user: user(true, false), ..on(PageName::VerifyPasskey) },
        Evidence { user: user(true, true), ..on(PageName::VerifyPasskey) },
        Evidence { user: user(true, false), ..on(PageName::LoginPasskey) },
    ];
    for page in pages {
        for authenticator in [&[][..], &[AuthenticatorFound]] {
            let without = telling(authenticator, page.clone());
            let with = telling(&[authenticator, &[Started]].concat(), page.clone());

            let (without, with) = (diagnose(&without).unwrap(), diagnose(&with).unwrap());

            assert!(without.remedy.contains("click"), "{without:?}");
            assert!(!with.remedy.contains("click"), "{with:?}");
            let add = "Add a virtual authenticator";
            assert!(authenticator.is_empty() || !(without.remedy + &with.remedy).contains(add), "{authenticator:?}");
        }
    }
}

#[test]
fn both_spellings_of_a_signal_stand_side_by_side() {
    let amr = |value: &str| Signal::new(value, Carrier::IdTokenAmr);
    for (sent, shown, known) in [
        (" swk", "` swk`", "`swk`"),
        ("swk\r\n", "`swk\\r\\n`", "`swk`"),
        ("SWK", "`SWK`", "`swk`"),
        ("http://schemas.example/claims/fid0", "fid0`", "`fido`"),
        ("okta-verify", "`okta-verify`", "`okta_verify`"),
        ("pwd;swk", "`pwd;swk`", "`pwd`, `swk`"),
        ("pwd/swk", "`pwd/swk`", "`pwd`, `swk`"),
        ("pwd+swk", "`pwd+swk`", "`pwd`, `swk`"),
        ("(swk)", "`(swk)`", "`swk`"),
        ("s\u{200b}wk", "`s\\u{200b}wk`", "blanks"),
        ("swk\u{a0}", "`swk\\u{a0}`", "blanks"),
        ("\u{455}wk", "`\\u{455}wk`", "one letter"),
        ("wsk", "`wsk`", "one letter"),
        ("urn:acme:swk", "`urn:acme:swk`", "before the name"),
        (r#"["pwd","swk"]"#, r#"`["pwd","swk"]`"#, "`pwd`, `swk`"),
    ] {
        let found = diagnose(&weak(&[amr(sent)], &[amr(sent)], &[Rule::SignalUnlisted])).unwrap();
        assert!(found.sentence.contains(shown) && found.sentence.contains(known), "{}", found.sentence);
    }
}
