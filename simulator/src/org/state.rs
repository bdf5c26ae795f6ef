//! What the pages of one org share.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::cursors::Cursors;
use super::flow::{Flows, Interstitial};
use super::handover::Handovers;
use super::oauth_state::OauthState;
use super::passkeys::Verification;
use super::return_url::ReturnUrl;
use super::sso_state::SsoState;
use crate::realm::{Component, Expiring, HostRole, Kept, OrgSpec, Realm};
use vestibule_model::Secret;

/// The running org: its realm and the logins that are under way.
pub(crate) struct Org {
    /// The realm.
    pub(crate) realm: Arc<Realm>,
    /// Logins under way.
    pub(crate) flows: Flows,
    /// The pages that may come between a login and its destination, in order.
    pub(crate) interstitials: Vec<&'static Interstitial>,
    /// One-time tickets that carry a login or a session from one host of the org to another.
    pub(crate) handovers: Handovers,
    /// Passwordless ceremonies that wait for their assertion, with the key of the user.
    pub(crate) passwordless: Expiring<(String, Verification)>,
    /// The users to whom links for a new password were sent, and those who opened one, by what they brought, each with the
    /// password at that time.
    pub(crate) password_links: Expiring<(String, Secret)>,
    /// What single sign-on remembers: requests that wait for an answer, and answers that are used.
    pub(crate) sso: SsoState,
    /// What the OAuth endpoints remember.
    pub(crate) oauth: OauthState,
    /// Long answers to queries, of which a client still asks for the rest.
    pub(crate) cursors: Cursors,
}

/// What a login keeps may be secret, so only the realm is named.
impl fmt::Debug for Org {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Org").field("org_id", &self.realm.org_id).finish_non_exhaustive()
    }
}

impl Org {
    /// How the org is set up.
    pub(crate) fn settings(&self) -> &OrgSpec {
        &self.realm.spec.org
    }

    /// An error as pages show it.
    pub(crate) fn error_text(&self, text: &str) -> String {
        if self.settings().error_prefix { format!("Error: {text}") } else { text.to_owned() }
    }

    /// Now, on the clock of the org.
    pub(crate) fn now(&self) -> Timestamp {
        self.realm.clock.now(Component::Org)
    }

    /// The absolute URL of a path on the My Domain host.
    pub(crate) fn my_domain_url(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::MyDomain, path)
    }

    /// Reads a `retURL` or `startURL`.
    pub(crate) fn return_url(&self, raw: &str) -> ReturnUrl {
        ReturnUrl::read(raw, &self.realm.hosts)
    }

    pub(super) fn new(realm: Arc<Realm>, interstitials: Vec<&'static Interstitial>) -> Arc<Self> {
        Arc::new(Self {
            flows: Flows::new(&realm),
            interstitials,
            handovers: Handovers::new(&realm),
            passwordless: Expiring::new(Kept::PasskeyCeremonies, &realm.journal),
            password_links: Expiring::new(Kept::PasswordLinks, &realm.journal),
            sso: SsoState::new(&realm),
            oauth: OauthState::new(&realm),
            cursors: Cursors::default(),
            realm,
        })
    }
}
