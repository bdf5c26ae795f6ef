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
    /// Keeps an answer for a user. Of too many, the oldest of this user gives way.
    pub(crate) fn keep(&self, id: &str, user: &str, records: Arc<[Value]>) {
        let mut cursors = self.0.lock();
        let of_user = |cursor: &Cursor| cursor.user == user;
        if cursors.iter().filter(|cursor| of_user(cursor)).count() >= MOST_OPEN
            && let Some(oldest) = cursors.iter().position(of_user)
        {
            cursors.remove(oldest);
        }
        if cursors.len() >= MOST_OF_ALL {
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
/// A bound for the memory of one realm.
const MOST_OF_ALL: usize = 20 * MOST_OPEN;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::Value;

    use super::{Cursors, MOST_OF_ALL, MOST_OPEN};

    fn none() -> Arc<[Value]> {
        Vec::<Value>::new().into()
    }

    #[test]
    fn many_answers_for_one_user_leave_those_of_another() {
        let cursors = Cursors::default();
        cursors.keep("of admin", "admin", none());

        for number in 0..=MOST_OPEN {
            cursors.keep(&number.to_string(), "rep", none());
        }

        assert!(cursors.find("of admin", "admin").is_some() && cursors.find("of admin", "rep").is_none());
        assert!(cursors.find("0", "rep").is_none() && cursors.find("1", "rep").is_some());
    }

    #[test]
    fn of_too_many_users_the_oldest_answer_gives_way() {
        let cursors = Cursors::default();
        for number in 0..=MOST_OF_ALL {
            cursors.keep("one", &number.to_string(), none());
        }

        assert!(cursors.find("one", "0").is_none() && cursors.find("one", "1").is_some());
    }
}
