//! Logins that the org refused outright.

use vestibule_model::{LoginKind, LoginStatus};
use vestibule_simulator::policy::{BlockReason, Decision, Outcome};
use vestibule_simulator::realm::{Event, LockoutCause, VerificationResult};

use super::sso::Weak;
use crate::diagnosis::cause::Proof;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::Owner;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "locked-out",
        what: "The user is locked out after too many wrong passwords or codes; even correct ones are refused now.",
        needs: "a verification answered with `locked-out`, or the Login History status \"Password lockout\"",
        owner: Owner::Suite,
        remedy: "Stop after the second refused code instead of retrying in a loop, give each parallel worker its own user, and let an admin unlock this user.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: locked_out,
    },
    Cause {
        id: "wrong-password",
        what: "The org refused the username or the password.",
        needs: "the last password that the org checked was wrong",
        owner: Owner::Suite,
        remedy: "Read username and password from the environment of the run (VESTIBULE_USERNAME, VESTIBULE_PASSWORD; `--env` maps them to your names), not from a stored secret of the real org.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: wrong_password,
    },
    Cause {
        id: "login-route-retired",
        what: "The vendor has ended the way by which the suite logs in; the page, and other ways, still let the user in.",
        needs: "the last decision is `block`, because the route is retired",
        owner: Owner::Suite,
        remedy: "Get the token by the JWT bearer or the client credentials flow instead of the username-password flow or SOAP login().",
        fact: "https://help.salesforce.com/s/articleView?id=release-notes.rn_security_unpw_flow_retirement.htm&release=262&type=5",
        prove: route_retired,
    },
    Cause {
        id: "login-blocked",
        what: "The rules of the org refuse this login, whatever the suite does.",
        needs: "the last decision is `block`",
        owner: Owner::OrgAdmin,
        remedy: "Change the user or the org, as the evidence says: activate or unfreeze the user, widen the login IP ranges or hours of the profile, enable built-in authenticators and security keys, lift the API-only restriction, or allow passwordless login.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: blocked,
    },
];

fn locked_out(evidence: &Evidence) -> Option<Proof> {
    let by_code = evidence.verifications().next_back() == Some(VerificationResult::LockedOut);
    let row = evidence.login_row().filter(|row| row.status == LoginStatus::PasswordLockout);
    let locked_now = evidence.events().rev().find_map(|event| match event {
        Event::UserLockedOut { by: LockoutCause::Passwords, .. } => Some("wrong passwords"),
        Event::UserLockedOut { by: LockoutCause::Codes, .. } => Some("wrong codes"),
        _ => None,
    });
    if !by_code && row.is_none() && locked_now.is_none() {
        return None;
    }
    let wrong = evidence.verifications().filter(|result| *result != VerificationResult::Accepted).count();
    let user = &evidence.user.key;
    let mut proof =
        Proof::new(format!("The user `{user}` is locked out, so even a correct password or code is refused."));
    if let Some(what) = locked_now {
        proof = proof.because(format!("{what} locked the user out during this run"));
    }
    if by_code {
        proof = proof.because(format!("{wrong} codes were refused; the last one found the user locked out"));
    }
    Some(match row {
        Some(row) => proof.because(format!("Login History: {}", row.status)),
        None => proof,
    })
}

fn wrong_password(evidence: &Evidence) -> Option<Proof> {
    let (user, accepted) = evidence.events().rev().find_map(|event| match event {
        Event::PasswordChecked { user, accepted } => Some((user.as_deref(), *accepted)),
        _ => None,
    })?;
    if accepted {
        return None;
    }
    let checked = |event: &&Event| matches!(event, Event::PasswordChecked { .. });
    let tries = evidence.events().filter(checked).count();
    let sentence = match user {
        Some(user) => format!("The org refused the password that was typed for `{user}`."),
        None => "The org refused the login: no user has the username that was typed.".to_owned(),
    };
    let times = if tries == 1 { "1 password was" } else { &format!("{tries} passwords were") };
    let mut proof = Proof::new(sentence).because(format!("{times} checked; the last one was wrong"));
    proof.evidence.extend(evidence.login_row().map(|row| format!("Login History: {}", row.status)));
    Some(proof)
}

fn route_retired(evidence: &Evidence) -> Option<Proof> {
    let decision = evidence.decision()?;
    let Outcome::Block { reason: BlockReason::RouteRetired } = &decision.outcome else { return None };
    let route = match evidence.login_kind() {
        Some(LoginKind::OauthPassword) => "the OAuth username-password flow",
        Some(LoginKind::SoapLogin) => "SOAP login()",
        _ => "a way to log in",
    };
    let proof = Proof::new(format!("The suite logs in by {route}, which the vendor has ended."));
    Some(deciding(proof, decision, evidence))
}

fn blocked(evidence: &Evidence) -> Option<Proof> {
    let decision = evidence.decision()?;
    let Outcome::Block { reason } = &decision.outcome else { return None };
    // What the identity provider sent has causes of its own, and an owner of its own.
    if *reason == BlockReason::WeakSsoLogin && Weak::of(evidence).is_some() {
        return None;
    }
    let sentence = match reason {
        BlockReason::UserInactive => "The org refuses this login: the user is deactivated.",
        BlockReason::UserFrozen => "The org refuses this login: the user is frozen.",
        BlockReason::UserLockedOut => "The org refuses this login: the user is locked out.",
        BlockReason::OutsideLoginIpRanges => {
            "The org refuses this login: it comes from an address outside the login IP ranges of the user's profile."
        }
        BlockReason::OutsideLoginHours => {
            "The org refuses this login: it comes outside the login hours of the user's profile."
        }
        BlockReason::OnlySingleSignOn => "The org refuses this login: the user may log in only through single sign-on.",
        BlockReason::RouteRetired => "The org refuses this login: the vendor has ended this way to log in.",
        BlockReason::SoapLoginDisabled => "The org refuses this login: SOAP login() is disabled in this org.",
        BlockReason::UseAnyApiAuthMissing => {
            "The org refuses this login: SOAP login() needs the permission \"Use Any API Auth\", which the user lacks."
        }
        BlockReason::NoMethodAvailable => {
            "The org refuses this login: the user must register a method, and the org has enabled none that is strong enough."
        }
        BlockReason::ApiOnlyUser => "The org refuses this login: the user may only log in through the API.",
        BlockReason::WebViewCannotUsePasskey => {
            "The org refuses this login: the WebView of this Mobile SDK cannot run the passkey ceremony."
        }
        BlockReason::PasswordlessNotAllowed => "The org refuses this login: passwordless login is not allowed here.",
        BlockReason::PasskeyNotRegistered => {
            "The org refuses this login: it was passwordless, and the user has no passkey."
        }
        BlockReason::WeakSsoLogin => "The org refuses this login: the identity provider sent no sufficient signal.",
    };
    let proof = deciding(Proof::new(sentence), decision, evidence);
    Some(Proof { also: is_about_the_way(*reason).then_some(ANOTHER_WAY), ..proof })
}

/// Adds the rule that decided.
fn deciding(proof: Proof, decision: &Decision, evidence: &Evidence) -> Proof {
    let rules = decision.rules.iter().rev().take(1);
    let decided = evidence.org_decided();
    let rules = rules.map(|rule| format!("{decided}: {} (rule `{}`, {})", rule.why, rule.id, rule.source));
    rules.fold(proof, Proof::because)
}

/// Whether the org refuses this way to log in, and not the user.
fn is_about_the_way(reason: BlockReason) -> bool {
    match reason {
        BlockReason::OnlySingleSignOn
        | BlockReason::RouteRetired
        | BlockReason::SoapLoginDisabled
        | BlockReason::UseAnyApiAuthMissing
        | BlockReason::WebViewCannotUsePasskey
        | BlockReason::PasswordlessNotAllowed
        | BlockReason::PasskeyNotRegistered => true,
        BlockReason::UserInactive
        | BlockReason::UserFrozen
        | BlockReason::UserLockedOut
        | BlockReason::OutsideLoginIpRanges
        | BlockReason::OutsideLoginHours
        | BlockReason::NoMethodAvailable
        | BlockReason::ApiOnlyUser
        | BlockReason::WeakSsoLogin => false,
    }
}

/// Said where the user could get in by another way.
const ANOTHER_WAY: &str = "Or let the suite sign this user in by a way that the org allows.";
