//! One-time tickets that carry a session, or a login under way, from one host of the org to another.
//!
//! A browser keeps the cookies of the My Domain host and of the Lightning host apart, so a URL carries a ticket across
//! (`frontdoor.jsp` to `contentDoor` to Lightning, contract C1.12). A ticket works once, for one minute.

use jiff::SignedDuration;

use crate::realm::{Component, Expiring, Kept, Realm, later};
use vestibule_model::Secret;

/// What a ticket carries.
#[derive(Clone)]
pub(crate) enum Handover {
    /// A session id.
    Session(Secret),
    /// The id of a login under way.
    Flow(Secret),
}

/// The tickets that have not been used yet.
pub(crate) struct Handovers(Expiring<Handover>);

impl Handovers {
    pub(super) fn new(realm: &Realm) -> Self {
        Self(Expiring::new(Kept::Tickets, &realm.journal))
    }

    /// Issues a ticket.
    pub(crate) fn issue(&self, realm: &Realm, handover: Handover) -> Secret {
        let ticket = realm.entropy.token();
        let now = realm.clock.now(Component::Org);
        self.0.put(&ticket, handover, later(now, LIFETIME), now);
        Secret::new(ticket)
    }

    /// Redeems a ticket; `None` if it is unknown, used or expired.
    pub(crate) fn redeem(&self, realm: &Realm, ticket: &str) -> Option<Handover> {
        self.0.take(ticket, realm.clock.now(Component::Org))
    }
}

const LIFETIME: SignedDuration = SignedDuration::from_secs(60);
