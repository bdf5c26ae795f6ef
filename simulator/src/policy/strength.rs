//! What a login proved altogether.

use super::audience::Audience;
use super::login_inputs::{LoginInputs, RouteKind};
use super::rated::Rated;
use super::rule::{Fired, Rule};
use super::rulebook::Sourced;
use super::signal;
use vestibule_model::{Strength, VerificationMethod};

/// What the login proved by a verification at the org or by a signal, whichever is stronger.
pub(super) fn proved<'a>(login: &LoginInputs<'a>, fired: &mut Fired) -> Rated<'a> {
    let signalled = (login.route == RouteKind::Sso).then(|| signal::strength(login, fired));
    let answered = login.evidence.verified_with.map(|method| {
        let tier = method_tier(login, method);
        let rule = match method {
            VerificationMethod::TemporaryCode => Rule::TemporaryCodeAnswered,
            _ => Rule::VerifierAnswered,
        };
        fired.add(rule, tier, format!("the user verified with the {method}, which is {}", tier.value));
        Rated::from(tier)
    });
    let nothing = &login.book().verifiers.none;
    if signalled.is_none() && answered.is_none() && login.route == RouteKind::Direct {
        let why = format!("the login used only a password, which is {}", nothing.value);
        fired.add(Rule::PasswordOnly, nothing, why);
    }
    let both = [signalled, answered].into_iter().flatten();
    both.max_by_key(|proof| proof.tier).unwrap_or_else(|| Rated::from(nothing))
}

/// The tier of a verification method for this user.
pub(super) fn method_tier<'a>(login: &LoginInputs<'a>, method: VerificationMethod) -> &'a Sourced<Strength> {
    login.book().verifiers.tier(method, login.audience == Audience::Privileged)
}
