//! What users granted to apps: approvals, and grants with their access and refresh tokens. An access token is the id of an
//! API session; what else it stands for is here.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::clock::later;
use super::event::Kept;
use super::expiring::Expiring;
use super::journal::Journal;
use vestibule_model::{OauthFlow, OauthScope, Secret, SessionLevel};

/// What the tokens of one authorization stand for.
#[derive(Debug, Clone)]
pub struct OauthGrant {
    /// Name of the app.
    pub app: String,
    /// Key of the user.
    pub user: String,
    /// Scopes.
    pub scopes: BTreeSet<OauthScope>,
    /// How the app got it.
    pub flow: OauthFlow,
    /// Security level of its sessions.
    pub level: SessionLevel,
    /// Its access tokens and UI sessions, of which some may have ended.
    pub(crate) sessions: Vec<Secret>,
}

/// The approvals and grants of one org.
#[derive(Debug)]
pub struct OauthGrants {
    /// By user and app.
    approvals: Expiring<()>,
    /// By number.
    grants: Expiring<OauthGrant>,
    /// By the token itself.
    tokens: Expiring<Token>,
    begun: AtomicU64,
}

#[derive(Clone)]
struct Token {
    /// Number of its grant.
    grant: String,
    kind: TokenKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    Access,
    Refresh { used: bool },
}

impl OauthGrants {
    pub(super) fn new(journal: &Arc<Journal>) -> Self {
        Self {
            approvals: Expiring::new(Kept::OauthTokens, journal),
            grants: Expiring::new(Kept::OauthTokens, journal),
            tokens: Expiring::new(Kept::OauthTokens, journal),
            begun: AtomicU64::default(),
        }
    }

    /// Remembers that this user approved this app.
    pub(crate) fn approve(&self, user: &str, app: &str, now: Timestamp) {
        self.approvals.put(&approval(user, app), (), later(now, LIFETIME), now);
    }

    /// Whether this user approved this app.
    pub(crate) fn is_approved(&self, user: &str, app: &str, now: Timestamp) -> bool {
        self.approvals.get(&approval(user, app), now).is_some()
    }

    /// Begins a grant; returns its number.
    pub(crate) fn begin(&self, grant: OauthGrant, now: Timestamp) -> String {
        let number = self.begun.fetch_add(1, Ordering::Relaxed).to_string();
        self.grants.put(&number, grant, later(now, LIFETIME), now);
        number
    }

    /// Adds the access token of an API session to a grant. Returns what [`Self::keep_session`] returns.
    pub(crate) fn keep_access_token(&self, grant: &str, sid: &Secret, now: Timestamp) -> Vec<Secret> {
        let token = Token { grant: grant.to_owned(), kind: TokenKind::Access };
        self.tokens.put(sid.reveal(), token, later(now, LIFETIME), now);
        self.keep_session(grant, sid, now)
    }

    /// Adds a session to a grant, so that it ends with it. Returns the sessions that must end now, since they would outlive it:
    /// those for which the grant has no room any more, or this one, if the grant has just been revoked.
    pub(crate) fn keep_session(&self, grant: &str, sid: &Secret, now: Timestamp) -> Vec<Secret> {
        let surplus = self.grants.update(grant, now, |grant| {
            grant.sessions.push(sid.clone());
            let surplus = grant.sessions.len().saturating_sub(MOST_SESSIONS);
            grant.sessions.drain(..surplus).collect::<Vec<_>>()
        });
        surplus.unwrap_or_else(|| vec![sid.clone()])
    }

    /// Adds a refresh token to a grant.
    pub(crate) fn keep_refresh_token(&self, grant: &str, token: &Secret, now: Timestamp) {
        let kept = Token { grant: grant.to_owned(), kind: TokenKind::Refresh { used: false } };
        self.tokens.put(token.reveal(), kept, later(now, LIFETIME), now);
    }

    /// Every grant that is not revoked, with its number.
    pub(crate) fn all(&self, now: Timestamp) -> Vec<(String, OauthGrant)> {
        self.grants.all(now)
    }

    /// The grant of an access token, if it is not revoked.
    pub(crate) fn of_access_token(&self, token: &str, now: Timestamp) -> Option<OauthGrant> {
        let kept = self.tokens.get(token, now).filter(|kept| kept.kind == TokenKind::Access)?;
        self.grants.get(&kept.grant, now)
    }

    /// Whether a session may be used for what each of these scopes allows: an access token if its grant has one of them or
    /// `full`, any other session always.
    pub(crate) fn allows(&self, sid: &str, scopes: &[OauthScope], now: Timestamp) -> bool {
        self.of_access_token(sid, now).is_none_or(|grant| {
            grant.scopes.contains(&OauthScope::Full) || scopes.iter().any(|scope| grant.scopes.contains(scope))
        })
    }

    /// The grant of a refresh token and its number, if it is not revoked.
    pub(crate) fn of_refresh_token(&self, token: &str, now: Timestamp) -> Option<(String, OauthGrant)> {
        let kept = self.tokens.get(token, now).filter(|kept| kept.kind != TokenKind::Access)?;
        Some((kept.grant.clone(), self.grants.get(&kept.grant, now)?))
    }

    /// The grant of a refresh token that can still be used.
    pub(crate) fn of_unused_refresh_token(&self, token: &str, now: Timestamp) -> Option<OauthGrant> {
        let unused = TokenKind::Refresh { used: false };
        let kept = self.tokens.get(token, now).filter(|kept| kept.kind == unused)?;
        self.grants.get(&kept.grant, now)
    }

    /// Uses up a refresh token; returns whether this is the first use.
    pub(crate) fn use_up(&self, token: &str, now: Timestamp) -> bool {
        let used = TokenKind::Refresh { used: true };
        let before = self.tokens.update(token, now, |kept| std::mem::replace(&mut kept.kind, used));
        before == Some(TokenKind::Refresh { used: false })
    }

    /// Ends the grant of a token; returns it, and with it the sessions that end too.
    pub(crate) fn revoke(&self, token: &str, now: Timestamp) -> Option<OauthGrant> {
        let kept = self.tokens.take(token, now)?;
        self.grants.take(&kept.grant, now)
    }
}

fn approval(user: &str, app: &str) -> String {
    // The key of a user has no line break: it is the key of a mapping on one line.
    format!("{user}\n{app}")
}

/// "Refresh token is valid until revoked": far longer than a realm exists, and short enough that the oldest ends first.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365 * 5);
/// Those that were opened before are long over, or end.
const MOST_SESSIONS: usize = 100;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use jiff::Timestamp;
    use vestibule_model::{OauthFlow, OauthScope, Secret, SessionLevel};

    use super::{MOST_SESSIONS, OauthGrant, OauthGrants};
    use crate::realm::Journal;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_revoked_grant_takes_all_its_tokens_with_it() {
        let (grants, number) = begun();
        let [first, second, refresh] = ["access 1", "access 2", "refresh"].map(Secret::new);
        grants.keep_access_token(&number, &first, NOW);
        grants.keep_access_token(&number, &second, NOW);
        grants.keep_refresh_token(&number, &refresh, NOW);

        let revoked = grants.revoke("access 1", NOW).unwrap();

        assert_eq!(revoked.sessions, [first, second]);
        assert!(grants.of_access_token("access 2", NOW).is_none() && grants.of_refresh_token("refresh", NOW).is_none());
        assert!(grants.revoke("access 2", NOW).is_none(), "it is revoked already");
    }

    #[test]
    fn a_session_that_comes_after_the_end_of_its_grant_must_end_too() {
        let (grants, number) = begun();
        grants.keep_refresh_token(&number, &Secret::new("refresh"), NOW);
        assert!(grants.revoke("refresh", NOW).is_some());

        let late = grants.keep_access_token(&number, &Secret::new("late"), NOW);

        assert_eq!(late, [Secret::new("late")]);
        assert!(grants.of_access_token("late", NOW).is_none());
    }

    #[test]
    fn a_refresh_token_is_used_up_once_and_is_no_access_token() {
        let (grants, number) = begun();
        grants.keep_refresh_token(&number, &Secret::new("refresh"), NOW);
        grants.keep_access_token(&number, &Secret::new("access"), NOW);

        assert!(grants.of_access_token("refresh", NOW).is_none() && grants.of_refresh_token("access", NOW).is_none());
        assert_eq!((grants.use_up("refresh", NOW), grants.use_up("refresh", NOW)), (true, false));
        assert!(grants.of_refresh_token("refresh", NOW).is_some(), "a second use is known as one");
    }

    #[test]
    fn an_approval_is_one_of_one_user_for_one_app() {
        let grants = OauthGrants::new(&Arc::new(Journal::default()));
        grants.approve("rep", "CI", NOW);

        assert!(grants.is_approved("rep", "CI", NOW));
        assert!(!grants.is_approved("rep", "CLI", NOW) && !grants.is_approved("admin", "CI", NOW));
    }

    #[test]
    fn a_grant_that_is_used_for_ever_does_not_grow_for_ever() {
        let (grants, number) = begun();

        let sid = |number: usize| Secret::new(number.to_string());
        for one in 0..MOST_SESSIONS {
            assert!(grants.keep_access_token(&number, &sid(one), NOW).is_empty());
        }

        assert_eq!(grants.keep_access_token(&number, &sid(MOST_SESSIONS), NOW), [sid(0)], "it has no room any more");
        assert_eq!(grants.keep_session(&number, &sid(MOST_SESSIONS + 1), NOW), [sid(1)]);
        let kept = grants.of_access_token("2", NOW).unwrap().sessions;
        assert_eq!((kept.len(), kept.last()), (MOST_SESSIONS, Some(&sid(MOST_SESSIONS + 1))));
    }

    fn begun() -> (OauthGrants, String) {
        let grants = OauthGrants::new(&Arc::new(Journal::default()));
        let grant = OauthGrant {
            app: "CI".to_owned(),
            user: "rep".to_owned(),
            scopes: BTreeSet::from([OauthScope::Api]),
            flow: OauthFlow::WebServer,
            level: SessionLevel::Standard,
            sessions: Vec::new(),
        };
        let number = grants.begin(grant, NOW);
        (grants, number)
    }
}
