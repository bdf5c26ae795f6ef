//! What would stop a login that brings these signals, before anybody logs in with them.

use jiff::Timestamp;
use vestibule_model::{LoginKind, Signal};
use vestibule_simulator::policy::Decision;
use vestibule_simulator::realm::{Entry, Event, ProtocolVerdict};

use super::causes::{signal_form, sso};
use super::{Evidence, SignIns, SsoEvidence};
use crate::outcome::Finding;

/// The cause of a login by this route that ends with this decision; `None` where the signals are enough for it.
pub(crate) fn diagnose_message(
    kind: LoginKind,
    signals: &[Signal],
    decision: Decision,
    rules: SsoEvidence,
) -> Option<Finding> {
    let (user, idp) = ("user".to_owned(), "idp".to_owned());
    let signals = signals.to_vec();
    let events = [
        Event::SsoAnswerIssued { idp: idp.clone(), signals: signals.clone() },
        Event::SsoAnswerReceived { idp: Some(idp), signals, verdict: ProtocolVerdict::Accepted },
        Event::LoginStarted { user: Some(user.clone()), kind },
        Event::Decided { user: user.clone(), decision },
    ];
    let entries = events.into_iter().zip(0..).map(|(event, seq)| Entry { seq, at: Timestamp::UNIX_EPOCH, event });
    let evidence =
        Evidence { journal: SignIns::of_one_actor(entries.collect(), &user), sso: rules, ..Evidence::default() };
    let mut causes = signal_form::CAUSES.iter().chain(sso::CAUSES);
    causes.find_map(|cause| Some(cause.finding((cause.prove)(&evidence)?)))
}
