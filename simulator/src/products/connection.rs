//! The connection of an integration to the org: the tokens that it keeps, and its requests that wait for an answer.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::back_channel::{BackChannel, BackChannelError};
use crate::realm::{Expiring, Journal, Kept, Realm};
use vestibule_model::{Secret, SessionLevel};

/// A connection to the org.
#[derive(Clone)]
pub(super) struct Connection {
    /// Key of the user of the org who made it.
    pub(super) user: String,
    /// The access token.
    pub(super) access_token: Secret,
    /// The refresh token, if the org gave one.
    pub(super) refresh_token: Option<Secret>,
    /// Level of the login behind it.
    pub(super) level: SessionLevel,
}

/// The connection that an integration keeps, and what it needs to make one.
pub(super) struct Connections {
    /// Code verifiers (RFC 7636) of the requests that wait for an answer, by `state`.
    pub(super) waiting: Expiring<Secret>,
    kept: Mutex<Option<Connection>>,
    turn: tokio::sync::Mutex<()>,
    channel: OnceLock<BackChannel>,
}

impl Connections {
    pub(super) fn new(journal: &Arc<Journal>) -> Self {
        let waiting = Expiring::new(Kept::ProductSessions, journal);
        Self { waiting, kept: Mutex::default(), turn: tokio::sync::Mutex::default(), channel: OnceLock::new() }
    }

    /// Waits for the turn to use and renew the connection. A refresh token that two send at once is taken for stolen.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// The connection, if there is one.
    pub(super) fn get(&self) -> Option<Connection> {
        self.kept.lock().clone()
    }

    /// Keeps a connection in place of an earlier one.
    pub(super) fn keep(&self, connection: Connection) {
        *self.kept.lock() = Some(connection);
    }

    /// What calls the org.
    pub(super) fn channel(&self, realm: &Realm) -> Result<BackChannel, BackChannelError> {
        if let Some(channel) = self.channel.get() {
            return Ok(channel.clone());
        }
        let channel = BackChannel::new(&realm.certs, &realm.hosts, &[])?;
        Ok(self.channel.get_or_init(|| channel).clone())
    }
}
