//! The logins of a realm that is served, cut out of its journal for the start page.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule_model::LoginKind;
use vestibule_simulator::policy::{Outcome, Rulebook, SignalRating};
use vestibule_simulator::realm::{Entry, Event, ProtocolVerdict, Realm, ReceivedMessage};

use super::decisions::answer;
use crate::cli::output::decision_words::{outcome, word};
use crate::cli::rated_signals::RatedSignals;
use crate::diagnosis::{SsoEvidence, Visible, diagnose_message};
use crate::outcome::{Finding, Message};

/// One login: what the journal says of it, and the message that it came with.
#[derive(Debug)]
pub(super) struct Login {
    /// Key of the user; `None` if the org does not know whose it is.
    user: Option<String>,
    /// Entries of the journal, at least one, oldest first.
    entries: Vec<Entry>,
    /// The SAML `Response` or the ID token.
    message: Option<ReceivedMessage>,
}

/// The last logins of a realm, oldest first.
pub(super) fn last_logins(realm: &Realm) -> Vec<Login> {
    let from = realm.journal.length().saturating_sub(JOURNAL_ENTRIES);
    let mut logins = logins(realm.journal.since(from), realm.messages.all());
    let surplus = logins.len().saturating_sub(MOST_LOGINS);
    logins.split_off(surplus)
}

/// Cuts a journal into logins. A login begins with a wrong password, with a first proof, or with the answer of an identity
/// provider; what then happens to its user belongs to it.
fn logins(journal: Vec<Entry>, messages: Vec<ReceivedMessage>) -> Vec<Login> {
    let mut logins: Vec<Login> = Vec::new();
    let mut messages = messages.into_iter().peekable();
    for entry in journal {
        match &entry.event {
            Event::SsoAnswerReceived { .. } => {
                let mut message = None;
                while let Some(next) = messages.next_if(|next| next.journal_from <= entry.seq) {
                    message = Some(next);
                }
                logins.push(Login { user: None, message, entries: vec![entry] });
            }
            Event::LoginStarted { user, kind } => {
                let user = user.clone();
                let sso = matches!(kind, LoginKind::Saml | LoginKind::Oidc);
                match logins.last_mut().filter(|last| sso && last.is_accepted_answer()) {
                    Some(answered) => {
                        answered.user = user;
                        answered.entries.push(entry);
                    }
                    None => logins.push(Login { user, message: None, entries: vec![entry] }),
                }
            }
            Event::PasswordChecked { user, accepted: false } => {
                logins.push(Login { user: user.clone(), message: None, entries: vec![entry] });
            }
            // They come before the first proof of the next login.
            Event::LoginFormPosted { .. }
            | Event::PasswordChecked { .. }
            | Event::IdpSignedIn { .. }
            | Event::IdpSignInRefused { .. } => {}
            event => {
                // The row of a refused answer follows it, and names nobody.
                let row_of_nobody = matches!(event, Event::LoginRecorded(row) if row.user.is_none());
                let user = event.user().map(str::to_owned);
                let mut newest_first = logins.iter_mut().rev();
                let login = if row_of_nobody {
                    newest_first.next().filter(|last| last.user.is_none())
                } else {
                    user.and_then(|user| newest_first.find(|login| login.user.as_ref() == Some(&user)))
                };
                if let Some(login) = login {
                    login.entries.push(entry);
                }
            }
        }
    }
    logins
}

impl Login {
    /// What names it: the position of its first entry.
    pub(super) fn id(&self) -> u64 {
        self.entries.first().map_or(0, |entry| entry.seq)
    }

    /// One line of the start page's list.
    pub(super) fn summary(&self) -> Value {
        let (word, verdict) = self.state();
        let last = self.entries.last().map_or(0, |entry| entry.seq);
        let at = self.entries.first().map(|entry| entry.at.strftime("%H:%M:%S").to_string());
        json!({ "id": self.id(), "last": last, "at": at, "word": word, "verdict": verdict, "title": self.title() })
    }

    /// Everything about it, in the form of the details of a report.
    pub(super) fn details(&self, rulebook: &Rulebook) -> Value {
        let message = self.message.as_ref().map(|message| Message {
            at_ms: millis(message.after),
            kind: message.kind.name().to_owned(),
            idp: message.idp.clone().unwrap_or_else(|| "an unknown provider".to_owned()),
            text: message.text.clone(),
            signals: message.signals.clone(),
            signed: message.signed.clone(),
        });
        let rows = self.entries.iter().filter_map(|entry| match &entry.event {
            Event::LoginRecorded(row) => Some(row),
            _ => None,
        });
        let (messages, rows) = (Vec::from_iter(message), Vec::from_iter(rows));
        let inspected = self.message.as_ref().map(|message| self.inspected(message, rulebook));
        json!({ "messages": messages, "journal": self.entries, "login-history": rows, "inspected": inspected })
    }

    /// Where each signal of the message is and what it is worth, as `vestibule inspect` says it, and what to change if it was
    /// not enough.
    fn inspected(&self, message: &ReceivedMessage, rulebook: &Rulebook) -> Value {
        let RatedSignals { telling, others } = RatedSignals::of(&message.found, rulebook);
        let rows = telling.iter().map(|rated| {
            let tier = match rated.rating {
                SignalRating::Listed(tier) => tier.to_string(),
                SignalRating::Unlisted => "in no tier".to_owned(),
                SignalRating::NotRead => "not read".to_owned(),
            };
            json!({
                "value": Visible(&rated.signal.value).to_string(),
                "place": rated.signal.carrier.to_string(),
                "tier": tier,
                "signed": rated.signed,
                "near-miss": rated.near_miss,
            })
        });
        let rows: Vec<_> = rows.collect();
        json!({ "signals": rows, "not-shown": others, "finding": self.finding(rulebook) })
    }

    /// Why the answer was not enough, where it was accepted.
    fn finding(&self, rulebook: &Rulebook) -> Option<Finding> {
        let events = || self.entries.iter().map(|entry| &entry.event);
        let signals = events().find_map(|event| match event {
            Event::SsoAnswerReceived { signals, verdict: ProtocolVerdict::Accepted, .. } => Some(signals),
            _ => None,
        })?;
        let kind = events().find_map(|event| match event {
            Event::LoginStarted { kind, .. } => Some(kind.clone()),
            _ => None,
        })?;
        let decision = events().find_map(|event| match event {
            Event::Decided { decision, .. } => Some(decision.clone()),
            _ => None,
        })?;
        diagnose_message(kind, signals, decision, SsoEvidence::of(rulebook))
    }

    /// Whether it is an answer of an identity provider that was accepted and of which nothing more is known yet.
    fn is_accepted_answer(&self) -> bool {
        let [only] = self.entries.as_slice() else { return false };
        matches!(only.event, Event::SsoAnswerReceived { verdict: ProtocolVerdict::Accepted, .. })
    }

    /// A word, and the verdict whose colour it has.
    fn state(&self) -> (&'static str, &'static str) {
        let telling = self.entries.iter().rev().find_map(|entry| match &entry.event {
            Event::SessionOpened { gated: false, .. } => Some(("home", "passed")),
            Event::Decided { decision, .. } => Some(match decision.outcome {
                Outcome::Allow { .. } => ("allow", "passed"),
                Outcome::Verify { .. } => ("verify", "broken"),
                Outcome::Enrol { .. } => ("enrol", "broken"),
                Outcome::Block { .. } => ("block", "failed"),
            }),
            Event::SsoAnswerReceived { verdict: ProtocolVerdict::Refused { .. }, .. } => Some(("refused", "failed")),
            Event::PasswordChecked { accepted: false, .. } => Some(("refused", "failed")),
            _ => None,
        });
        telling.unwrap_or(("begun", "skipped"))
    }

    fn title(&self) -> String {
        let told = self.entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Decided { decision, .. } => {
                Some(format!("{}; strength {}", outcome(&decision.outcome), decision.strength))
            }
            Event::SsoAnswerReceived { verdict: ProtocolVerdict::Refused { why, .. }, .. } => Some(why.clone()),
            Event::PasswordChecked { accepted: false, .. } => Some("wrong password".to_owned()),
            _ => None,
        });
        let route = self.entries.iter().find_map(|entry| match &entry.event {
            Event::LoginStarted { kind, .. } => Some(format!(" via {}", word(kind))),
            _ => None,
        });
        let sent = self.entries.iter().find_map(|entry| match &entry.event {
            Event::SsoAnswerReceived { idp, signals, verdict: ProtocolVerdict::Accepted } => {
                Some(answer(idp.as_deref(), signals))
            }
            _ => None,
        });
        let user = self.user.as_deref().unwrap_or("unknown user");
        let known: Vec<String> = told.into_iter().chain(sent).collect();
        format!("{user}{}: {}", route.unwrap_or_default(), known.join("; "))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The most logins that the start page lists.
const MOST_LOGINS: usize = 20;
/// The most entries of the journal that are looked at: enough for that many logins.
const JOURNAL_ENTRIES: u64 = 4_000;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use vestibule_model::{Carrier, SessionLevel, Signal};
    use vestibule_simulator::realm::{FoundSignal, MessageKind};

    use super::*;

    #[test]
    fn each_login_has_its_own_entries_and_message() {
        let accepted = ProtocolVerdict::Accepted;
        let refused = ProtocolVerdict::Refused {
            code: "x".to_owned(),
            why: "it is old".to_owned(),
            context: None,
            request: None,
        };
        let events = [
            started("ann", LoginKind::PasswordUi),
            Event::PasswordChecked { user: Some("bob".to_owned()), accepted: false },
            answered(accepted.clone()),
            started("bob", LoginKind::Saml),
            opened("ann"),
            answered(refused),
            answered(accepted),
            started("ann", LoginKind::Oidc),
            opened("bob"),
        ];
        let journal = (0..).zip(events).map(|(seq, event)| Entry { seq, at: Timestamp::UNIX_EPOCH, event });

        let logins = logins(journal.collect(), vec![message(2, "first"), message(6, "second")]);

        let found: Vec<_> = logins
            .iter()
            .map(|login| {
                let entries: Vec<u64> = login.entries.iter().map(|entry| entry.seq).collect();
                (login.user.as_deref(), entries, login.message.as_ref().map(|message| message.text.as_str()))
            })
            .collect();
        assert_eq!(
            found,
            [
                (Some("ann"), vec![0, 4], None),
                (Some("bob"), vec![1], None),
                (Some("bob"), vec![2, 3, 8], Some("first")),
                (None, vec![5], None),
                (Some("ann"), vec![6, 7], Some("second")),
            ]
        );
        let words: Vec<_> = logins.iter().map(|login| login.summary()["word"].as_str().unwrap().to_owned()).collect();
        assert_eq!(words, ["home", "refused", "home", "refused", "begun"]);
        assert_eq!(logins[3].summary()["title"], "unknown user: it is old");
        assert_eq!(logins[2].summary()["title"], "bob via saml: okta sent no signal");
        let details = logins[2].details(&Rulebook::newest());
        let message = &details["messages"][0];
        assert_eq!((message["text"].as_str(), message["kind"].as_str()), (Some("first"), Some("SAML Response")));
        assert_eq!(details["journal"].as_array().unwrap().len(), 3);
        let signal = &details["inspected"]["signals"][0];
        assert_eq!((&signal["value"], &signal["tier"]), (&"pwd,swk".into(), &"in no tier".into()));
        assert_eq!(signal["near-miss"], "several values in one: `pwd`, `swk`");
    }

    fn started(user: &str, kind: LoginKind) -> Event {
        Event::LoginStarted { user: Some(user.to_owned()), kind }
    }

    fn opened(user: &str) -> Event {
        Event::SessionOpened { user: user.to_owned(), session: 1, level: SessionLevel::Standard, gated: false }
    }

    fn answered(verdict: ProtocolVerdict) -> Event {
        Event::SsoAnswerReceived { idp: Some("okta".to_owned()), signals: Vec::new(), verdict }
    }

    fn message(journal_from: u64, text: &str) -> ReceivedMessage {
        ReceivedMessage {
            after: Duration::ZERO,
            journal_from,
            kind: MessageKind::SamlResponse,
            idp: Some("okta".to_owned()),
            text: text.to_owned(),
            signals: Vec::new(),
            signed: Vec::new(),
            found: vec![FoundSignal {
                signal: Signal::new("pwd,swk", Carrier::SamlAttribute("amr".to_owned())),
                signed: true,
            }],
        }
    }
}
