//! The answer as text.

use std::fmt::{Arguments, Write};

use vestibule_model::Owner;
use vestibule_simulator::inspect::SignatureCheck;
use vestibule_simulator::policy::SignalRating;

use super::{Answer, Product};
use crate::cli::output::decision_words::{outcome, word};
use crate::cli::rated_signals::RatedSignal;
use crate::cli::sso_login::SsoLogin;
use crate::diagnosis::Visible;

pub(super) fn answer(answer: &Answer) -> String {
    let mut text = String::new();
    line(&mut text, "Message", &message(answer));
    line(&mut text, "Issuer", answer.issuer.as_deref().unwrap_or("none is named"));
    if let Some(product) = &answer.product {
        line(&mut text, "Product", &format!("{}, by the issuer", product.preset));
    }
    line(&mut text, "Signature", &signature(answer));
    if let Some(refusal) = &answer.refusal {
        line(&mut text, "Refused", &format!("{refusal} (owner: {})", Owner::IdpAdmin.word()));
    }
    line(&mut text, "Rulebook", &format!("{}, {}, {}", answer.rulebook, word(&answer.org_kind), answer.date));

    text.push_str("\nSignals\n");
    if answer.signals.is_empty() {
        text.push_str("  none\n");
    }
    for signal in &answer.signals {
        let unsigned = if answer.signed.is_empty() || signal.signed { "" } else { "; no signature covers it" };
        write(&mut text, format_args!("  {}{unsigned}\n", rated(signal)));
    }
    if !answer.other_attributes.is_empty() {
        let names = answer.other_attributes.join(", ");
        write(&mut text, format_args!("  not shown, as they say nothing about the sign-in: {names}\n"));
    }
    if !answer.redacted.is_empty() {
        write(&mut text, format_args!("  not shown, as it names the user or signs: {}\n", answer.redacted.join(", ")));
    }
    for login in &answer.logins {
        write_login(&mut text, login, answer.refusal.is_some());
    }
    let stopped = answer.logins.iter().any(|login| login.finding.is_some());
    if let Some(Product { preset, fix: Some(fix) }) = answer.product.as_ref().filter(|_| stopped) {
        write(&mut text, format_args!("\nAt {preset}\n"));
        row(&mut text, "fix", fix);
        row(&mut text, "more", &format!("vestibule presets {preset}"));
    }
    text
}

fn message(answer: &Answer) -> String {
    let wrappings: Vec<String> = answer.wrappings.iter().map(ToString::to_string).collect();
    match wrappings.as_slice() {
        [] => answer.kind.name().to_owned(),
        some => format!("{}, in {}", answer.kind.name(), some.join(", in it ")),
    }
}

fn signature(answer: &Answer) -> String {
    if answer.signed.is_empty() {
        return "none; times and audiences were not checked".to_owned();
    }
    let on = answer.signed.join(" and ");
    match &answer.signature {
        SignatureCheck::NotChecked => format!("on {on}; NOT CHECKED, nor were times and audiences"),
        SignatureCheck::Verified { of } => {
            format!("on {on}; verified: it covers the {of}. Times and audiences were not checked")
        }
        SignatureCheck::Refused { why } => format!("on {on}; DOES NOT VERIFY: {why}"),
    }
}

fn rated(rated: &RatedSignal) -> String {
    let rating = match rated.rating {
        SignalRating::Listed(tier) => tier.to_string(),
        SignalRating::Unlisted => "in no tier".to_owned(),
        SignalRating::NotRead => "not read by the org".to_owned(),
    };
    let near = rated.near_miss.as_ref().map(|near| format!("; {near}")).unwrap_or_default();
    format!("`{}` in {}: {rating}{near}", Visible(&rated.signal.value), rated.signal.carrier)
}

fn write_login(text: &mut String, login: &SsoLogin, refused: bool) {
    let condition = if refused { ", if the org took the message" } else { "" };
    let article = if login.user.starts_with('e') { "an" } else { "a" };
    write(text, format_args!("\nLogin by {article} {} on {}{condition}\n", login.user, login.date));
    row(text, "outcome", &outcome(&login.outcome));
    row(text, "proved", &login.strength.to_string());
    for rule in &login.rules {
        row(text, "rule", &format!("{}: {} ({}: {})", rule.id, rule.why, rule.confidence.mark(), rule.source));
    }
    match &login.finding {
        Some(finding) => {
            row(text, "why", &finding.sentence);
            row(text, "owner", finding.owner.word());
            row(text, "fix", &finding.remedy);
            row(text, "more", &format!("vestibule causes {}", finding.cause));
        }
        None => match login.enforcement.begins.filter(|_| !login.enforcement.in_force) {
            Some(begins) => row(text, "fix", &format!("nothing until {begins}, when MFA is enforced")),
            None => row(text, "fix", "nothing to change"),
        },
    }
}

fn line(text: &mut String, name: &str, value: &str) {
    write(text, format_args!("{name:<12} {}\n", on_one_line(value)));
}

fn row(text: &mut String, name: &str, value: &str) {
    write(text, format_args!("  {name:<8} {}\n", on_one_line(value)));
}

/// A value of the message may have line breaks, which the list of signals shows.
fn on_one_line(value: &str) -> String {
    value.replace(['\n', '\r'], " ")
}

fn write(text: &mut String, arguments: Arguments<'_>) {
    text.write_fmt(arguments).expect("invariant: a String takes every text");
}
