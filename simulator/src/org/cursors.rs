//! The answers to long queries of which a client still asks for the rest (contract H6.4).

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;

/// The answers of which a part was not asked for yet.
#[derive(Default)]
pub(crate) struct Cursors(Mutex<VecDeque<Cursor>>);

struct Cursor {
    id: String,
    user: String,
    records: Arc<[Value]>,
}

impl Cursors {
    /// Keeps an answer for a user. If there are too many, the oldest gives way.
    pub(crate) fn keep(&self, id: &str, user: &str, records: Arc<[Value]>) {
        let mut cursors = self.0.lock();
        if cursors.len() >= MOST_OPEN {
            cursors.pop_front();
        }
        cursors.push_back(Cursor { id: id.to_owned(), user: user.to_owned(), records });
    }

    /// The answer with this id, if it is for this user.
    pub(crate) fn find(&self, id: &str, user: &str) -> Option<Arc<[Value]>> {
        let cursors = self.0.lock();
        let found = cursors.iter().find(|cursor| cursor.id == id && cursor.user == user)?;
        Some(Arc::clone(&found.records))
    }
}

/// As many as the vendor keeps for one user.
const MOST_OPEN: usize = 10;
