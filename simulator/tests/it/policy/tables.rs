//! Every row of the tables holds.

use std::collections::HashSet;

use strum::IntoEnumIterator as _;
use vestibule_model::{EnrolmentGate, SessionLevel, VerificationMethod};
use vestibule_simulator::policy::{
    BannerCondition, Decision, Outcome, Rule, Rulebook, StepUp, asks_for_activation, banners, decide, enforcement,
    login_page, mfa_setting, password_suffix, step_up,
};

use super::row::{Row, Table, tables};

#[test]
fn every_row_of_the_tables_holds() {
    let failures: Vec<_> = tables()
        .iter()
        .flat_map(|(file, table)| table.rows.iter().map(move |row| (file, table, row)))
        .flat_map(|(file, table, row)| {
            check(table, row).into_iter().map(move |failure| format!("{file}: {}: {failure}", row.title))
        })
        .collect();

    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_rulebook_has_rows() {
    let tables = tables();

    let books: HashSet<_> = tables
        .iter()
        .flat_map(|(_, table)| table.rows.iter().map(|row| row.rulebook.as_ref().unwrap_or(&table.rulebook)))
        .map(String::as_str)
        .collect();

    assert_eq!(books, Rulebook::names().into_iter().collect());
}

#[test]
fn titles_are_unique_within_a_table() {
    for (file, table) in tables() {
        let titles: HashSet<_> = table.rows.iter().map(|row| &row.title).collect();
        assert_eq!(titles.len(), table.rows.len(), "{file}");
    }
}

#[test]
fn every_rule_is_expected_by_a_row() {
    let tables = tables();
    let expected: HashSet<_> =
        tables.iter().flat_map(|(_, table)| &table.rows).flat_map(|row| &row.rules).copied().collect();

    // No embedded rulebook reaches this rule: only a custom one can ignore the approval of Support.
    let out_of_reach = Rule::WaiverApprovalInert;
    let missing: Vec<_> = Rule::iter().filter(|rule| !expected.contains(rule) && *rule != out_of_reach).collect();

    assert_eq!(missing, [], "rules that no row expects");
}

fn check(table: &Table, row: &Row) -> Vec<String> {
    let (book, org, user) = (row.rulebook(table), row.org(), row.user());
    let date = row.date.unwrap_or(table.date);
    let mut checks = Checks::default();
    if let Some(expected) = &row.expect {
        assert!(!row.rules.is_empty(), "{}: a decision needs its rules", row.title);
        let decision = decide(&book, &org, &user, &row.evidence(), date);
        checks.same("outcome", &shown(&decision.outcome), &spelled_out(expected));
        if let Some(strength) = row.strength {
            checks.same("strength", &decision.strength, &strength);
        }
        for rule in row.rules.iter().filter(|rule| !decision.fired(**rule)) {
            checks.failures.push(format!("`{rule}` did not fire, but {}", fired(&decision)));
        }
        let deciding = decision.rules.last().map(|last| last.id);
        if deciding.is_none_or(|rule| !GENERIC.contains(&rule) && !row.rules.contains(&rule)) {
            checks.failures.push(format!("the deciding rule is not named: {}", fired(&decision)));
        }
    }
    let enforcement = enforcement(&book, &org, &user, date);
    if let Some(expected) = row.in_force {
        checks.same("in force", &enforcement.in_force, &expected);
        checks.same("since", &enforcement.since, &row.since);
        checks.same("begins", &enforcement.begins, &row.since.or(row.begins));
    }
    if let Some(expected) = &row.setting {
        let setting = mfa_setting(&book, &org, date);
        checks.same("setting", &(setting.active, setting.can_be_changed), &(expected.active, expected.can_be_changed));
    }
    if let Some(expected) = &row.banners {
        let shown: Vec<_> = banners(&book, &org, &user, date).into_iter().map(|banner| banner.condition).collect();
        let expected: Vec<_> = expected.iter().map(BannerCondition::from).collect();
        checks.same("banners", &shown, &expected);
    }
    if let Some(expected) = row.login_page {
        checks.same("login page", &login_page(&book, org.kind, date), &expected);
    }
    if let Some(expected) = row.activation {
        checks.same("activation", &asks_for_activation(&book, &org, &user, &row.evidence(), date), &expected);
    }
    if let Some(expected) = row.suffix {
        checks.same("suffix", &password_suffix(&book, &org, &user, &row.evidence()), &expected);
    }
    if let Some(expected) = &row.step_up {
        let asked = match step_up(&book, &org, &user, &row.report(), date) {
            StepUp::NotAsked => "not-asked".to_owned(),
            StepUp::Verify { methods } => format!("verify: {}", words(&methods)),
            StepUp::EmailedCode => "emailed-code".to_owned(),
            StepUp::Blocked => "blocked".to_owned(),
        };
        checks.same("step-up", &asked, &spelled_out(expected));
    }
    assert!(checks.made > 0, "{}: expects nothing", row.title);
    checks.failures
}

#[derive(Default)]
struct Checks {
    made: usize,
    failures: Vec<String>,
}

impl Checks {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, actual: &T, expected: &T) {
        self.made += 1;
        if actual != expected {
            self.failures.push(format!("{what} is {actual:?}, expected {expected:?}"));
        }
    }
}

fn fired(decision: &Decision) -> String {
    let ids: Vec<_> = decision.rules.iter().map(|rule| <&str>::from(rule.id)).collect();
    format!("[{}]", ids.join(", "))
}

/// An outcome, written as the tables write it.
fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Allow { session_level: SessionLevel::Standard } => "allow standard".to_owned(),
        Outcome::Allow { session_level: SessionLevel::HighAssurance } => "allow high".to_owned(),
        Outcome::Verify { methods } => format!("verify: {}", words(methods)),
        Outcome::Enrol { methods, gate: EnrolmentGate::Hard } => format!("enrol: {}", words(methods)),
        Outcome::Enrol { methods, gate: EnrolmentGate::Leavable } => format!("enrol leavable: {}", words(methods)),
        Outcome::Block { reason } => format!("block: {}", serde_json::to_value(reason).unwrap().as_str().unwrap()),
    }
}

fn words(methods: &[VerificationMethod]) -> String {
    let words: Vec<_> = methods
        .iter()
        .map(|method| match method {
            VerificationMethod::BuiltInAuthenticator => "built-in",
            VerificationMethod::SecurityKey => "security-key",
            VerificationMethod::TotpApp => "totp",
            VerificationMethod::SalesforceAuthenticator => "push",
            VerificationMethod::TemporaryCode => "code",
        })
        .collect();
    words.join(" ")
}

/// Replaces `passkeys` by both passkey methods.
fn spelled_out(expected: &str) -> String {
    expected.replace("passkeys", "built-in security-key")
}

/// Rules that end a decision without giving its reason. The rule before them gives it.
const GENERIC: [Rule; 5] =
    [Rule::NothingDemanded, Rule::RequirementMet, Rule::EnrolMethod, Rule::WeakSsoEnrol, Rule::VerifyRegistered];
