//! The rule that gives the outcome cites the value that gave it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use vestibule_model::{
    Carrier, LoginKind, OrgFacts, OrgSpec, Signal, StaggerDay, UserFacts, UserSpec, VerificationMethod,
};
use vestibule_simulator::policy::{Decision, Evidence, FiredRule, Origin, Rule, Rulebook, decide};

/// A login of a user in a production org that enforcement has reached.
struct Login {
    /// Settings: the source of a value that is set names the setting.
    set: BTreeMap<&'static str, &'static str>,
    profile: &'static str,
    verifiers: BTreeSet<VerificationMethod>,
    amr: Vec<&'static str>,
    verified_with: Option<VerificationMethod>,
}

#[test]
fn a_signal_that_is_stronger_than_the_answered_method_is_what_is_cited() {
    let login = Login {
        set: BTreeMap::from([("verifiers.temporary-code", "standard")]),
        amr: vec!["swk"],
        verified_with: Some(VerificationMethod::TemporaryCode),
        ..a_login()
    };

    let deciding = deciding(&login);

    assert_eq!((deciding.id, deciding.source.as_str()), (Rule::RequirementMet, TIERS));
}

#[test]
fn an_answered_method_that_is_stronger_than_the_signal_is_what_is_cited() {
    let login = Login {
        set: BTreeMap::from([("verifiers.temporary-code", "standard")]),
        amr: vec!["pwd"],
        verified_with: Some(VerificationMethod::TemporaryCode),
        ..a_login()
    };

    let deciding = deciding(&login);

    assert_eq!((deciding.id, deciding.source.as_str()), (Rule::RequirementMet, "setting verifiers.temporary-code"));
}

#[test]
fn a_signal_in_no_tier_that_is_enough_is_cited_as_one() {
    for amr in [vec!["mfa"], vec!["pwd", "mfa"]] {
        let login = Login { set: BTreeMap::from([("signals.unlisted", "standard")]), amr, ..a_login() };

        let deciding = deciding(&login);

        assert_eq!((deciding.id, deciding.source.as_str()), (Rule::RequirementMet, "setting signals.unlisted"));
    }
}

#[test]
fn a_verification_cites_what_demands_it() {
    let verifiers = BTreeSet::from([VerificationMethod::SecurityKey]);
    let set = BTreeMap::from([("privileged.demands", "phishing-resistant")]);
    let admin = Login { set, profile: "System Administrator", verifiers: verifiers.clone(), ..a_login() };
    let employee = Login { verifiers, ..a_login() };

    let (admin, employee) = (deciding(&admin), deciding(&employee));

    assert_eq!((admin.id, admin.source.as_str()), (Rule::VerifyRegistered, "setting privileged.demands"));
    assert_eq!(
        (employee.id, employee.source.as_str()),
        (Rule::VerifyRegistered, "help 005321561, \"What's Changing\"")
    );
}

#[test]
fn a_login_of_which_nothing_is_demanded_cites_the_level_of_its_session() {
    let set = BTreeMap::from([("sessions.sso-signal", "high-assurance")]);
    let login = Login { set, amr: vec!["swk"], ..a_login() };
    let before = date(2026, 5, 10);

    let decision = decision(&login, before);

    let last = decision.rules.last().unwrap();
    assert_eq!((last.id, last.source.as_str()), (Rule::NothingDemanded, "setting sessions.sso-signal"));
}

fn deciding(login: &Login) -> FiredRule {
    decision(login, date(2026, 11, 2)).rules.pop().unwrap()
}

fn decision(login: &Login, day: jiff::civil::Date) -> Decision {
    let book = login.set.iter().fold(Rulebook::newest(), |book, (name, value)| book.with_setting(name, value).unwrap());
    let mut org: OrgFacts = OrgSpec::production("acme", day).facts("", false);
    org.stagger_day = Some(StaggerDay::default());
    let mut user: UserFacts = UserSpec::new(login.profile).facts();
    user.verifiers = login.verifiers.clone();
    let evidence = Evidence {
        login: if login.amr.is_empty() { LoginKind::PasswordUi } else { LoginKind::Oidc },
        through_sso: !login.amr.is_empty(),
        verified_with: login.verified_with,
        signals: login.amr.iter().map(|value| Signal::new(*value, Carrier::IdTokenAmr)).collect(),
        salesforce_mfa_for_sso: false,
        origin: Origin::default(),
    };
    decide(&book, &org, &user, &evidence, day)
}

fn a_login() -> Login {
    Login {
        set: BTreeMap::new(),
        profile: "Standard User",
        verifiers: BTreeSet::new(),
        amr: Vec::new(),
        verified_with: None,
    }
}

const TIERS: &str = "help 005321561, \"Authentication Strength Tiers\"";
