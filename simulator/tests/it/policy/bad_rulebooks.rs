//! The message for a bad rulebook says where the fault is, what is valid, and what was probably meant.

use vestibule_model::diagnostic::render;
use vestibule_simulator::policy::Rulebook;

#[test]
fn a_typo_in_a_key_is_suggested() {
    refused("typo-in-a-key", &GOOD.replace("carriers:", "cariers:"));
}

#[test]
fn a_typo_in_a_value_is_suggested() {
    let bad = GOOD.replacen("value: last-segment", "value: last-segmnt", 1);
    refused("typo-in-a-value", &bad);
}

#[test]
fn a_typo_in_a_method_is_refused() {
    refused("typo-in-a-method", &GOOD.replacen("  totp-app:", "  totp-ap:", 1));
}

#[test]
fn a_method_in_the_order_that_is_worth_nothing_known_is_refused() {
    refused("method-without-tier", &GOOD.replacen("  security-key: {", "  # {", 1));
}

#[test]
fn a_method_that_the_order_leaves_out_is_refused() {
    refused(
        "method-not-in-order",
        &GOOD.replacen("totp-app, salesforce-authenticator]", "salesforce-authenticator]", 1),
    );
}

#[test]
fn a_method_that_the_order_names_twice_is_refused() {
    let bad = GOOD.replacen("totp-app, salesforce-authenticator]", "totp-app, salesforce-authenticator, totp]", 1);
    refused("method-listed-twice", &bad);
}

#[test]
fn a_temporary_code_in_the_order_is_refused() {
    let bad =
        GOOD.replacen("totp-app, salesforce-authenticator]", "totp-app, salesforce-authenticator, temporary-code]", 1);
    refused("method-not-enrolled", &bad);
}

#[test]
fn a_method_under_both_its_names_is_refused() {
    let passkey = "  passkey: { value: weak, source: 'ours', confidence: INF }\n  security-key: {";
    refused("method-under-both-names", &GOOD.replacen("  security-key: {", passkey, 1));
}

#[test]
fn a_value_without_a_source_is_refused() {
    let bad = GOOD.replacen("source: 'public audit tool", "rivals: [] # '", 1);
    refused("value-without-a-source", &bad);
}

#[test]
fn an_empty_source_is_refused() {
    let bad = GOOD.replacen("source: 'inferred: the default level'", "source: ' '", 1);
    refused("empty-source", &bad);
}

#[test]
fn a_confidence_that_only_a_run_can_set_is_refused() {
    let bad = GOOD.replacen("confidence: INF", "confidence: SET", 1);
    refused("confidence-set", &bad);
}

#[test]
fn a_day_that_does_not_exist_is_refused() {
    refused("day-that-does-not-exist", &GOOD.replacen("value: 2026-07-20", "value: 2026-07-32", 1));
}

#[test]
fn a_stagger_of_no_days_is_refused() {
    refused("stagger-of-no-days", &GOOD.replacen("stagger-days: { value: 7,", "stagger-days: { value: 0,", 1));
}

#[test]
fn a_signal_in_two_tiers_is_refused() {
    refused("signal-in-two-tiers", &GOOD.replacen("[pwd, sms", "[swk, Sms, sms", 1));
}

#[test]
fn a_duplicate_key_is_refused() {
    refused("duplicate-key", &GOOD.replacen("title:", "name: again\ntitle:", 1));
}

#[test]
fn tab_indentation_is_refused() {
    refused("tab-indentation", &GOOD.replacen("  phishing-resistant:", "\tphishing-resistant:", 1));
}

#[test]
fn an_empty_file_is_refused() {
    refused("empty-file", "");
}

#[test]
fn nonsense_of_a_megabyte_is_refused() {
    let faults = Rulebook::parse("big.yaml", &"[".repeat(1_100_000)).unwrap_err();

    assert_eq!(faults[0].code, "file-too-large");
}

#[test]
fn an_anchor_bomb_is_refused() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n";
    assert!(Rulebook::parse("bomb.yaml", bomb).is_err());
}

fn refused(name: &str, text: &str) {
    assert_ne!(text, GOOD, "the fault was not made");
    let faults = Rulebook::parse("my-rules.yaml", text).unwrap_err();
    let shown: Vec<_> = faults.iter().map(|fault| render(fault, false, 120)).collect();
    vestibule_snapshots::settings("policy").bind(|| insta::assert_snapshot!(name, shown.join("\n\n")));
}

const GOOD: &str = include_str!("../../../rulebooks/salesforce-2026-05-05.yaml");
