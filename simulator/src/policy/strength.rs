//! What a login proved altogether.

use super::audience::Audience;
use super::login_inputs::{LoginInputs, LoginRoute};
use super::rule::{Fired, Rule};
use super::rulebook::Sourced;
use super::signal;
use vestibule_model::{Strength, VerificationMethod};

/// The tier that the login reached by a verification at the org or by a signal, whichever is stronger.
pub(super) fn proved(login: &LoginInputs<'_>, fired: &mut Fired) -> Strength {
    let signalled = (login.route == LoginRoute::Sso).then(|| signal::strength(login, fired));
    let answered = login.evidence.verified_with.map(|method| {
        let tier = method_tier(login, method);
        let rule = match method {
            VerificationMethod::TemporaryCode => Rule::TemporaryCodeAnswered,
            _ => Rule::VerifierAnswered,
        };
        fired.add(rule, tier, format!("the user verified with the {method}, which is {}", tier.value));
        tier.value
    });
    let nothing = &login.book().verifiers.none;
    if signalled.is_none() && answered.is_none() && login.route == LoginRoute::Direct {
        let why = format!("the login used only a password, which is {}", nothing.value);
        fired.add(Rule::PasswordOnly, nothing, why);
    }
    signalled.max(answered).unwrap_or(nothing.value)
}

/// The tier of a verification method for this user.
pub(super) fn method_tier<'a>(login: &LoginInputs<'a>, method: VerificationMethod) -> &'a Sourced<Strength> {
    login.book().verifiers.tier(method, login.audience == Audience::Privileged)
}
