//! The words for what the rules decided.

use serde::Serialize;
use vestibule_model::{EnrolmentGate, VerificationMethod};
use vestibule_simulator::policy::Outcome;

/// `enrol built-in authenticator; the page can be left`.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Allow { session_level } => format!("allow, session level {}", word(session_level)),
        Outcome::Verify { methods } => format!("verify with {}", list(methods)),
        Outcome::Enrol { methods, gate: EnrolmentGate::Hard } => format!("enrol {}", list(methods)),
        Outcome::Enrol { methods, gate: EnrolmentGate::Leavable } => {
            format!("enrol {}; the page can be left", list(methods))
        }
        Outcome::Block { reason } => format!("block: {}", word(reason)),
    }
}

/// The word for a value, as in scenario files.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(variant)) => variant.keys().cloned().collect(),
        _ => String::new(),
    }
}

fn list(methods: &[VerificationMethod]) -> String {
    methods.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
