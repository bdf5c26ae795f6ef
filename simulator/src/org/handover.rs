//! One-time tickets that carry a session, or a login under way, from one host of the org to another.
//!
//! A browser keeps the cookies of the My Domain host and of the Lightning host apart, so a URL carries a ticket across
//! (`frontdoor.jsp` to `contentDoor` to Lightning, facts C1). A ticket is good once and for a minute.

use std::collections::{BTreeMap, VecDeque};

use parking_lot::Mutex;

use crate::realm::{Component, Realm, Secret};

/// What a ticket carries.
pub(crate) enum Cargo {
    /// A session id.
    Session(Secret),
    /// The id of a login under way.
    Flow(Secret),
}

/// The tickets that have not been used yet: bounded and expiring.
#[derive(Default)]
pub(crate) struct Handovers {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    by_ticket: BTreeMap<String, (u64, Cargo)>,
    order: VecDeque<String>,
}

impl Handovers {
    /// Issues a ticket.
    pub(crate) fn issue(&self, realm: &Realm, cargo: Cargo) -> Secret {
        let ticket = realm.entropy.token();
        let expires = realm.clock.unix(Component::Org).saturating_add(LIFETIME_SECONDS);
        let mut kept = self.kept.lock();
        kept.by_ticket.insert(ticket.clone(), (expires, cargo));
        kept.order.push_back(ticket.clone());
        if kept.order.len() > CAPACITY
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.by_ticket.remove(&oldest);
        }
        Secret::new(ticket)
    }

    /// Uses a ticket up; `None` where it is unknown, used or expired.
    pub(crate) fn redeem(&self, realm: &Realm, ticket: &str) -> Option<Cargo> {
        let (expires, cargo) = self.kept.lock().by_ticket.remove(ticket)?;
        (realm.clock.unix(Component::Org) < expires).then_some(cargo)
    }
}

const LIFETIME_SECONDS: u64 = 60;
/// More tickets than any run has in flight; the oldest goes first.
const CAPACITY: usize = 1024;
