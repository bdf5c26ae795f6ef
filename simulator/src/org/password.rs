//! Passwords, compared without a hint at how far they are right: alone at the login page, and with what must follow them
//! in a login through the API (contract G1.6). Every login through the API with a password is checked here.

use vestibule_model::{LoginKind, LoginStatus, Secret, SessionLevel, VerificationMethod};

use super::attempt::LoginAttempt;
use super::dispatcher::{decide_once, words_of};
use super::{Org, lockout, methods};
use crate::http::RequestContext;
use crate::policy::{BlockReason, Outcome, PasswordSuffix, accepts_unneeded_token, password_suffix};
use crate::realm::{Event, User, VerificationResult};

/// Whether a given text is this secret.
pub(super) fn is(secret: &Secret, given: &str) -> bool {
    let expected = secret.reveal();
    expected.len() == given.len() && openssl::memcmp::eq(expected.as_bytes(), given.as_bytes())
}

/// How a login through the API with a password comes in.
pub(super) struct Route {
    /// The route.
    pub(super) kind: LoginKind,
    /// `LoginType` label for Login History.
    pub(super) login_type: &'static str,
}

/// A login through the API that is admitted.
pub(super) struct Admitted {
    /// The user.
    pub(super) user: User,
    /// The level of the session.
    pub(super) level: SessionLevel,
}

/// A login through the API that is refused.
pub(super) struct Refused {
    /// Key of the user, if the username is of one.
    pub(super) user: Option<String>,
    /// What its row in Login History says.
    pub(super) status: LoginStatus,
    /// Why.
    pub(super) why: ApiRefusal,
}

/// Why a login through the API is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ApiRefusal {
    /// Nobody has the username, or the password or what follows it is wrong, or the user is locked out. The caller does not
    /// learn which.
    WrongCredentials,
    /// The password is right, but nothing follows it where something must.
    SuffixMissing,
    /// The rules do not admit the user.
    NotAdmitted(BlockReason),
    /// The rules want a verification, which this route cannot give.
    MfaRequired,
}

/// What follows the password, where something must or nothing needs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Suffix {
    Right,
    Missing,
    /// Counts as a wrong password.
    Wrong,
    /// Counts as a wrong code.
    WrongCode,
}

/// Checks username and password of a login through the API, and asks the rules. Everything is recorded but the row in Login
/// History, which needs to know the caller.
pub(super) fn check(
    org: &Org,
    request: &RequestContext,
    route: &Route,
    username: &str,
    typed: &str,
) -> Result<Admitted, Refused> {
    let realm = &org.realm;
    let Some(user) = realm.users.by_username(username.trim()) else {
        realm.record(Event::PasswordChecked { user: None, accepted: false });
        return Err(Refused { user: None, status: LoginStatus::InvalidPassword, why: ApiRefusal::WrongCredentials });
    };
    let key = user.key.clone();
    let attempt = LoginAttempt::new(&key, route.kind.clone(), route.login_type, &request.host);
    let refused = |status, why| Err(Refused { user: Some(key.clone()), status, why });

    let behind = behind(&user.password, typed);
    realm.record(Event::PasswordChecked { user: Some(key.clone()), accepted: behind.is_some() });
    if lockout::is_locked(org, &user) {
        return refused(LoginStatus::PasswordLockout, ApiRefusal::WrongCredentials);
    }
    let needed = password_suffix(&realm.rulebook, &realm.org_facts(), &user.facts(org.now()), &attempt.evidence(realm));
    let suffix = match behind {
        None => Suffix::Wrong,
        Some("") if needed == PasswordSuffix::Nothing => Suffix::Right,
        Some("") => Suffix::Missing,
        Some(code) if needed == PasswordSuffix::TotpCode => code_behind(org, &key, code),
        Some(token) => token_behind(org, &user, token, needed),
    };
    match suffix {
        Suffix::Right | Suffix::Missing => {}
        Suffix::Wrong => {
            lockout::count_bad_password(org, &key);
            return refused(LoginStatus::InvalidPassword, ApiRefusal::WrongCredentials);
        }
        Suffix::WrongCode => return refused(LoginStatus::MultiFactorRequired, ApiRefusal::WrongCredentials),
    }
    let level = match decide_once(org, &user, &attempt) {
        Outcome::Allow { session_level } => session_level,
        Outcome::Block { reason } => return refused(words_of(reason).0, ApiRefusal::NotAdmitted(reason)),
        Outcome::Verify { .. } | Outcome::Enrol { .. } => {
            return refused(LoginStatus::MultiFactorRequired, ApiRefusal::MfaRequired);
        }
    };
    if suffix == Suffix::Missing {
        let status = match needed {
            PasswordSuffix::TotpCode => LoginStatus::MultiFactorRequired,
            PasswordSuffix::SecurityToken | PasswordSuffix::Nothing => LoginStatus::SecurityTokenRequired,
        };
        return refused(status, ApiRefusal::SuffixMissing);
    }
    lockout::forgive_passwords(org, &key);
    Ok(Admitted { user, level })
}

/// What was typed behind the password; `None` if the text does not begin with it.
fn behind<'a>(password: &Secret, typed: &'a str) -> Option<&'a str> {
    let (start, rest) = typed.split_at_checked(password.reveal().len())?;
    is(password, start).then_some(rest)
}

fn token_behind(org: &Org, user: &User, typed: &str, needed: PasswordSuffix) -> Suffix {
    let wanted = needed == PasswordSuffix::SecurityToken || accepts_unneeded_token(&org.realm.rulebook);
    let right = wanted && user.security_token.as_ref().is_some_and(|token| is(token, typed));
    if right { Suffix::Right } else { Suffix::Wrong }
}

fn code_behind(org: &Org, key: &str, typed: &str) -> Suffix {
    let checked = methods::check_code(org, key, &[VerificationMethod::TotpApp], &methods::typed(typed));
    let right = checked.is_some_and(|(_, result)| result == VerificationResult::Accepted);
    if right { Suffix::Right } else { Suffix::WrongCode }
}
