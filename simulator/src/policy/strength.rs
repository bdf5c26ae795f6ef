//! What a login proved altogether.

use super::audience::Audience;
use super::case::{Case, Route};
use super::rule::{Fired, Rule};
use super::rulebook::Sourced;
use super::signal;
use vestibule_model::{Strength, VerificationMethod};

/// The tier of what was proved: a verification method answered at the org, or a signal, whichever is stronger.
pub(super) fn proved(case: &Case<'_>, fired: &mut Fired) -> Strength {
    let signalled = (case.route == Route::Sso).then(|| signal::strength(case, fired));
    let answered = case.evidence.verified_with.map(|method| {
        let tier = method_tier(case, method);
        let rule = match method {
            VerificationMethod::TemporaryCode => Rule::TemporaryCodeAnswered,
            _ => Rule::VerifierAnswered,
        };
        fired.add(rule, tier, format!("the {method} was answered, which is {}", tier.value));
        tier.value
    });
    let nothing = &case.book().verifiers.none;
    if signalled.is_none() && answered.is_none() && case.route == Route::Direct {
        let why = format!("nothing but a password was proved, which is {}", nothing.value);
        fired.add(Rule::PasswordOnly, nothing, why);
    }
    signalled.max(answered).unwrap_or(nothing.value)
}

/// The tier of a verification method in the hands of this user.
pub(super) fn method_tier<'a>(case: &Case<'a>, method: VerificationMethod) -> &'a Sourced<Strength> {
    case.book().verifiers.tier(method, case.audience == Audience::Privileged)
}
