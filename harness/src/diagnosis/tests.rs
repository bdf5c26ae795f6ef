//! Each cause with evidence that proves it and a near miss that does not.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vestibule_model::{LoginKind, PageName, Strength};
use vestibule_simulator::policy::{Confidence, Decision, FiredRule, Outcome, Rule};
use vestibule_simulator::realm::{Entry, Event, HostRole, PasswordHolds};

use super::*;
use crate::outcome::{Command, Owner, WebDriverCommand};

mod before_the_login;
mod behind_the_login;
mod several_sign_ins;

/// A cause, evidence that proves it, and the same with one thing changed.
struct Row {
    cause: &'static str,
    proof: Evidence,
    near_miss: Evidence,
    /// The true cause of the near miss; `None` where nothing is wrong.
    told_as: Option<&'static str>,
}

fn rows() -> Vec<Row> {
    before_the_login::rows().into_iter().chain(behind_the_login::rows()).collect()
}

#[test]
fn each_cause_is_found_by_its_evidence_and_not_by_a_near_miss() {
    let mut lies = Vec::new();
    for (at, Row { cause, proof, near_miss, told_as }) in rows().into_iter().enumerate() {
        let found = diagnose(&proof).unwrap();
        assert_eq!(found.cause, cause, "{found:?}");
        assert!(!found.evidence.is_empty(), "{cause} shows nothing of what was seen");
        assert!(found.sentence.ends_with('.'), "{}", found.sentence);

        assert_ne!(told_as, Some(cause), "row {at}");
        let told = diagnose(&near_miss).map(|finding| finding.cause);
        if told.as_deref() != told_as {
            lies.push(format!("row {at}: the near miss of {cause} is told as {told:?}, not as {told_as:?}"));
        }
    }
    assert!(lies.is_empty(), "{}", lies.join("\n"));
}

#[test]
fn nothing_is_found_where_the_user_is_signed_in() {
    for Row { cause, proof, .. } in rows().into_iter().filter(|row| !row.proof.signed_in) {
        assert_eq!(diagnose(&Evidence { signed_in: true, ..proof }), None, "{cause}");
    }
}

#[test]
fn every_cause_has_a_row_here_and_what_a_reader_needs() {
    let here: BTreeSet<_> = rows().into_iter().map(|row| row.cause).collect();
    let all: Vec<_> = causes().iter().map(|cause| cause.id).collect();

    let unique: BTreeSet<_> = all.iter().copied().collect();
    assert_eq!(unique.len(), all.len(), "an id is given twice");
    assert_eq!(here, unique);
    assert_eq!(all.last(), Some(&"unknown"));
    for cause in causes() {
        assert!(cause.fact.starts_with("https://"), "{}", cause.id);
        assert!(cause.remedy.ends_with('.') && cause.what.ends_with('.'), "{}", cause.id);
        assert_eq!(cause.owner == Owner::Unknown, cause.id == "unknown");
    }
}

#[test]
fn the_most_specific_cause_wins() {
    // A suite that reports success at the gate has two faults; the false success must be fixed first.
    let mut evidence = at_the_gate();
    evidence.exit = Some(crate::outcome::Exit::Code(0));
    assert_eq!(diagnose(&evidence).unwrap().cause, "wrong-page-taken-for-home");

    // A refused session, then a wrong password: the password is the newer problem.
    let evidence = seen([
        Event::SessionCookieRefused { host: HostRole::MyDomain, path: "/".to_owned() },
        page(PageName::Login),
        before_the_login::with_password(PasswordHolds::Present),
        Event::PasswordChecked { user: Some("rep".to_owned()), accepted: false },
        page(PageName::Login),
    ]);
    assert_eq!(diagnose(&evidence).unwrap().cause, "wrong-password");
}

#[test]
fn what_the_org_decided_is_told_with_the_date_of_the_org() {
    let blocked = Outcome::Block { reason: vestibule_simulator::policy::BlockReason::UserFrozen };
    let blocked = seen([decided(blocked, Strength::Weak, &[Rule::UserFrozen]), page(PageName::LoginRefused)]);
    for evidence in [at_the_gate(), blocked] {
        let told = |org_date| diagnose(&Evidence { org_date, ..evidence.clone() }).unwrap().evidence.join("\n");
        let dated = told(Some(jiff::civil::date(2026, 9, 1)));
        assert!(dated.contains("the org decided, on its date 2026-09-01: a rule said so (rule `"), "{dated}");
        assert!(told(None).contains("the org decided: a rule said so (rule `"), "{}", told(None));
    }
}

fn seen(events: impl IntoIterator<Item = Event>) -> Evidence {
    seen_by(UserEvidence { key: "rep".to_owned(), ..UserEvidence::default() }, events)
}

fn seen_by(user: UserEvidence, events: impl IntoIterator<Item = Event>) -> Evidence {
    use Strength::{PhishingResistant, Standard, Weak};

    let journal = events.into_iter().zip(0..).map(|(event, seq)| Entry { seq, at: Timestamp::UNIX_EPOCH, event });
    Evidence {
        journal: SignIns::read(journal.collect(), &user.key, user.username_remembered),
        user,
        sso: SsoEvidence {
            listed: [("swk", PhishingResistant), ("fido", PhishingResistant), ("okta_verify", Standard), ("pwd", Weak)]
                .map(|(name, tier)| (name.to_owned(), tier))
                .to_vec(),
            read_attributes: vec!["amr".to_owned()],
            ..SsoEvidence::default()
        },
        ..Evidence::default()
    }
}

fn on(name: PageName) -> Evidence {
    seen([page(name)])
}

fn page(page: PageName) -> Event {
    Event::PageServed { page, host: HostRole::MyDomain, path: "/".to_owned() }
}

fn decided(outcome: Outcome, strength: Strength, rules: &[Rule]) -> Event {
    let rule = |id: &Rule| FiredRule {
        id: *id,
        why: "a rule said so".to_owned(),
        source: "a test".to_owned(),
        confidence: Confidence::Inferred,
    };
    let decision = Decision { outcome, strength, rules: rules.iter().map(rule).collect() };
    Event::Decided { user: "rep".to_owned(), decision }
}

fn enrol() -> Outcome {
    Outcome::Enrol { methods: Vec::new(), gate: vestibule_model::EnrolmentGate::Hard }
}

fn at_the_gate() -> Evidence {
    seen([decided(enrol(), Strength::Weak, &[Rule::EnrolMethod]), page(PageName::CreatePasskey)])
}

fn started(kind: LoginKind) -> Event {
    Event::LoginStarted { user: Some("rep".to_owned()), kind }
}

fn failed(what: WebDriverCommand, target: &str, error: &str) -> Command {
    Command {
        at_ms: 900,
        session: 0,
        what,
        target: Some(target.to_owned()),
        page: Some("/".to_owned()),
        error: Some(error.to_owned()),
        repeated: 0,
    }
}
