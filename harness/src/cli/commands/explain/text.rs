//! The answer as text.

use std::fmt::Write;

use vestibule_simulator::policy::{Enforcement, Explanation, SettingInfo};

use crate::cli::output::decision_words::{outcome, word};

/// The answer; `preset` says what sent the signals.
pub(super) fn explanation(explanation: &Explanation, preset: Option<String>) -> String {
    let mut text = String::new();
    let Explanation { decision, enforcement, .. } = explanation;
    line(&mut text, "Rulebook", &explanation.rulebook);
    line(&mut text, "Org", &format!("{}, {}", word(&explanation.org.kind), explanation.date));
    line(&mut text, "User", &format!("{} ({})", explanation.user.profile, word(&enforcement.audience)));
    line(&mut text, "Login", &login(explanation));
    if let Some(preset) = preset {
        line(&mut text, "Preset", &preset);
    }
    line(&mut text, "Outcome", &outcome(&decision.outcome));
    line(&mut text, "Strength", &decision.strength.to_string());
    line(&mut text, "Enforced", &enforced(enforcement));
    line(&mut text, "MFA setting", &setting(explanation));
    line(&mut text, "Login page", &word(&explanation.login_page));

    text.push_str("\nWhy\n");
    for rule in &decision.rules {
        write(&mut text, format_args!("  {}: {}\n", rule.id, rule.why));
        write(&mut text, format_args!("      {:<3}  {}\n", rule.confidence.mark(), rule.source));
    }
    if !explanation.banners.is_empty() {
        text.push_str("\nBanners\n");
        for banner in &explanation.banners {
            write(&mut text, format_args!("  {}\n", banner.text()));
        }
    }
    text
}

pub(super) fn settings(settings: &[SettingInfo]) -> String {
    let mut text = String::new();
    for setting in settings {
        write(&mut text, format_args!("{} = {}\n", setting.name, setting.value));
        write(&mut text, format_args!("    {:<3}  {}\n", setting.confidence.mark(), setting.source));
        for (value, source) in &setting.rivals {
            write(&mut text, format_args!("    but  {value}: {source}\n"));
        }
    }
    text
}

fn line(text: &mut String, name: &str, value: &str) {
    write(text, format_args!("{name:<12} {value}\n"));
}

fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("invariant: a String takes every text");
}

fn login(explanation: &Explanation) -> String {
    let evidence = &explanation.evidence;
    let mut text = word(&evidence.login);
    for signal in &evidence.signals {
        write(&mut text, format_args!(", `{}` in {}", signal.value, signal.carrier));
    }
    if let Some(method) = evidence.verified_with {
        write(&mut text, format_args!(", {method} answered"));
    }
    text
}

fn enforced(enforcement: &Enforcement) -> String {
    let mark = enforcement.confidence.mark();
    match (enforcement.since, enforcement.begins) {
        (Some(since), _) => format!("since {since} ({mark}: {})", enforcement.source),
        (None, Some(begins)) => format!("not yet, from {begins} on ({mark}: {})", enforcement.source),
        (None, None) => "never".to_owned(),
    }
}

fn setting(explanation: &Explanation) -> String {
    let setting = explanation.mfa_setting;
    let state = if setting.active { "active" } else { "off" };
    format!("{state}, {}", if setting.can_be_changed { "can be changed" } else { "greyed out" })
}
