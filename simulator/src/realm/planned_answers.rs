//! What the identity providers of a realm are to say in their next answers, each once.

use std::collections::{BTreeMap, VecDeque};

use parking_lot::Mutex;
use vestibule_model::{AnswerSpec, IdpSpec};

/// The answers that are planned, by the key of the identity provider, in order.
#[derive(Debug, Default)]
pub struct PlannedAnswers {
    planned: Mutex<Planned>,
}

#[derive(Debug, Default)]
struct Planned {
    by_idp: BTreeMap<String, VecDeque<(u64, AnswerSpec)>>,
    number: u64,
}

/// One answer that was planned, for as long as it was not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedAnswer(u64);

/// More answers are planned than any test needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("plan another answer: {MOST} are waiting")]
pub struct TooManyPlanned;

impl PlannedAnswers {
    /// Those of the specifications.
    pub(super) fn of(idps: &BTreeMap<String, IdpSpec>) -> Self {
        let planned = Self::default();
        for (key, idp) in idps {
            for answer in &idp.next {
                let _the_rest_is_left_out = planned.plan(key, answer.clone());
            }
        }
        planned
    }

    /// Plans the next answer of an identity provider, after those that are planned already.
    ///
    /// # Errors
    ///
    /// If too many are waiting.
    pub fn plan(&self, idp: &str, answer: AnswerSpec) -> Result<PlannedAnswer, TooManyPlanned> {
        let mut planned = self.planned.lock();
        let number = planned.number.saturating_add(1);
        let waiting = planned.by_idp.entry(idp.to_owned()).or_default();
        if waiting.len() >= MOST {
            return Err(TooManyPlanned);
        }
        waiting.push_back((number, answer));
        planned.number = number;
        Ok(PlannedAnswer(number))
    }

    /// Changes an answer that was not given yet. Returns whether there was one.
    pub fn change(&self, PlannedAnswer(number): PlannedAnswer, change: impl FnOnce(&mut AnswerSpec)) -> bool {
        let mut planned = self.planned.lock();
        let mut waiting = planned.by_idp.values_mut().flatten();
        match waiting.find(|(known, _)| *known == number) {
            Some((_, answer)) => {
                change(answer);
                true
            }
            None => false,
        }
    }

    /// The answers of an identity provider that are waiting, the next one first.
    pub fn waiting(&self, idp: &str) -> Vec<AnswerSpec> {
        let planned = self.planned.lock();
        planned.by_idp.get(idp).into_iter().flatten().map(|(_, answer)| answer.clone()).collect()
    }

    /// Forgets the answers of an identity provider that are waiting. Returns how many there were.
    pub fn forget(&self, idp: &str) -> usize {
        self.planned.lock().by_idp.remove(idp).map_or(0, |waiting| waiting.len())
    }

    /// The user whom the next answer of an identity provider is meant for, if for a certain one.
    pub(crate) fn user_of_next(&self, idp: &str) -> Option<String> {
        self.planned.lock().by_idp.get(idp)?.front()?.1.user.clone()
    }

    /// The next answer for a login of this user, which is not waiting any more.
    pub(crate) fn take(&self, idp: &str, user: &str) -> Option<AnswerSpec> {
        let mut planned = self.planned.lock();
        let waiting = planned.by_idp.get_mut(idp)?;
        let is_meant = |(_, answer): &(u64, AnswerSpec)| answer.user.as_ref().is_none_or(|meant| meant == user);
        let position = waiting.iter().position(is_meant)?;
        waiting.remove(position).map(|(_, answer)| answer)
    }
}

/// Of one identity provider.
const MOST: usize = 1000;

#[cfg(test)]
mod tests {
    use vestibule_model::Fault;

    use super::*;

    fn answer(user: Option<&str>, amr: &str) -> AnswerSpec {
        AnswerSpec { user: user.map(str::to_owned), amr: Some(vec![amr.to_owned()]), ..AnswerSpec::default() }
    }

    #[test]
    fn each_answer_is_given_once_and_in_order_to_the_user_it_is_meant_for() {
        let planned = PlannedAnswers::default();
        for (idp, answer) in [
            ("okta", answer(Some("boss"), "hwk")),
            ("okta", answer(None, "swk")),
            ("okta", answer(Some("rep"), "pin")),
            ("entra", answer(None, "sms")),
        ] {
            planned.plan(idp, answer).unwrap();
        }

        let taken = |idp: &str, user: &str| planned.take(idp, user).and_then(|answer| answer.amr?.pop());
        assert_eq!(planned.user_of_next("okta").as_deref(), Some("boss"));
        assert_eq!(taken("okta", "rep").as_deref(), Some("swk"), "the first is for another user");
        assert_eq!(taken("okta", "rep").as_deref(), Some("pin"));
        assert_eq!(taken("okta", "rep"), None);
        assert_eq!(taken("okta", "boss").as_deref(), Some("hwk"));
        assert_eq!(taken("okta", "boss"), None, "each once");
        assert_eq!((planned.waiting("entra").len(), planned.forget("entra"), planned.forget("entra")), (1, 1, 0));
    }

    #[test]
    fn an_answer_is_changed_until_it_is_given() {
        let planned = PlannedAnswers::default();
        let first = planned.plan("okta", answer(None, "pwd")).unwrap();

        assert!(planned.change(first, |answer| answer.faults.push(Fault::Expired)));
        assert_eq!(planned.take("okta", "rep").unwrap().faults, [Fault::Expired]);
        assert!(!planned.change(first, |answer| answer.faults.clear()));
    }

    #[test]
    fn no_more_are_kept_than_any_test_needs() {
        let planned = PlannedAnswers::default();
        for _ in 0..MOST {
            planned.plan("okta", AnswerSpec::default()).unwrap();
        }

        assert_eq!(planned.plan("okta", AnswerSpec::default()), Err(TooManyPlanned));
        assert!(planned.plan("entra", AnswerSpec::default()).is_ok());
    }
}
