//! One line on stderr for each decision, so that whoever signs in learns why a login went on or stopped.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vestibule_model::Signal;
use vestibule_redactor::RedactorError;
use vestibule_simulator::policy::Decision;
use vestibule_simulator::realm::{Entry, Event, Journal, ProtocolVerdict, Realm, VerificationResult};

use super::told::Told;
use crate::cli::output::decision_words::{outcome, word};

/// Reads the journal of a realm from where it was left.
#[derive(Debug, Default)]
pub(super) struct DecisionLog {
    /// Position of the next entry.
    next: u64,
    /// The route of the last login of each user.
    routes: BTreeMap<String, String>,
    /// What the last accepted answer of an identity provider said, until a decision is made about it.
    answer: Option<String>,
    /// Whether the answers of identity providers are told when they are sent: there is no org that receives them.
    tells_answers: bool,
    told: Told,
}

impl DecisionLog {
    /// The log of a realm from its start.
    pub(super) fn of(realm: &Realm) -> Self {
        Self { tells_answers: !realm.spec.serves_org, ..Self::default() }
    }

    /// Waits until there is something new.
    pub(super) async fn grown(&self, journal: &Journal) {
        journal.grown_beyond(self.next).await;
    }

    /// The lines of what is new, without any secret of the realm.
    ///
    /// # Errors
    /// If there are more secrets than can be searched for.
    pub(super) fn lines(&mut self, realm: &Realm) -> Result<Vec<String>, RedactorError> {
        let entries = realm.journal.since(self.next);
        let lines: Vec<String> = entries.iter().filter_map(|entry| self.line(entry, realm.spec.org.date)).collect();
        let lines: Vec<(&str, &str)> = lines.iter().filter_map(|line| line.split_once(' ')).collect();
        // Identity providers and forged messages may send anything back.
        let told = self.told.redacted(lines.iter().map(|(_, text)| *text), &realm.secrets)?;
        Ok(lines.iter().zip(told).map(|((time, _), text)| format!("{time} {text}")).collect())
    }

    /// The line of an entry of an org with this date, which is seldom that of the clock.
    fn line(&mut self, entry: &Entry, date: Date) -> Option<String> {
        self.next = entry.seq.saturating_add(1);
        let told = match &entry.event {
            Event::LoginStarted { user: Some(user), kind } => {
                self.routes.insert(user.clone(), word(kind));
                return None;
            }
            Event::SsoAnswerReceived { idp, signals, verdict: ProtocolVerdict::Accepted } => {
                self.answer = Some(answer(idp.as_deref(), signals));
                return None;
            }
            Event::SsoAnswerReceived { idp, verdict: ProtocolVerdict::Refused { why, .. }, .. } => {
                format!("answer of {} refused: {why}", idp.as_deref().unwrap_or("an unknown provider"))
            }
            Event::SsoRequestReceived { idp, verdict: ProtocolVerdict::Refused { why, .. } } => {
                format!("{idp} refused a request: {why}")
            }
            Event::UnregisteredPartyAccepted { idp, party, address } => {
                format!("{idp} answers {party} at {address}, which is on this machine and not registered")
            }
            Event::IdpSignedIn { idp, user } if self.tells_answers => format!("{user} signed in at {idp}"),
            Event::SsoAnswerIssued { idp, signals } if self.tells_answers => answer(Some(idp), signals),
            Event::IdpSignInRefused { idp, user } => {
                format!("{idp} refused the username or the password of {}", somebody(user.as_ref()))
            }
            Event::PasswordChecked { user, accepted: false } => {
                format!("{}: wrong password", somebody(user.as_ref()))
            }
            Event::VerificationChecked { user, method, result } if *result != VerificationResult::Accepted => {
                format!("{user}: {} {}", method.word(), word(result))
            }
            Event::OauthTokenIssued { user, app, flow, .. } => {
                format!("{app} got a token of {user} via {}", word(flow))
            }
            Event::OauthRefused { user, app, error, why } => {
                let app = app.as_deref().unwrap_or("an unknown app");
                format!("{app} was refused for {}: {error}: {why}", somebody(user.as_ref()))
            }
            Event::Decided { user, decision } => self.decided(user, decision, date),
            _ => return None,
        };
        Some(one_line(&format!("{} {told}", entry.at.strftime("%H:%M:%S"))))
    }

    fn decided(&mut self, user: &str, decision: &Decision, date: Date) -> String {
        let route = self.routes.get(user).map(|route| format!(" via {route}")).unwrap_or_default();
        let answer = self.answer.take().map(|answer| format!("; {answer}")).unwrap_or_default();
        let rules: Vec<String> = decision.rules.iter().map(|rule| rule.id.to_string()).collect();
        let (outcome, strength) = (outcome(&decision.outcome), decision.strength);
        format!("{user}{route}: {outcome}; strength {strength}{answer}; rules {} on {date}", rules.join(", "))
    }
}

/// `okta sent pwd in the SAML attribute amr`.
pub(super) fn answer(idp: Option<&str>, signals: &[Signal]) -> String {
    let signals: Vec<String> = signals.iter().map(|signal| format!("{} in {}", signal.value, signal.carrier)).collect();
    let said = if signals.is_empty() { "no signal".to_owned() } else { signals.join(", ") };
    format!("{} sent {said}", idp.unwrap_or("an unknown provider"))
}

fn somebody(user: Option<&String>) -> &str {
    user.map_or("an unknown user", String::as_str)
}

/// The text without what would end its line, move the cursor or turn the direction of reading.
fn one_line(text: &str) -> String {
    let shown = |char: char| !char.is_control() && !matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|char| if shown(char) { char } else { char::REPLACEMENT_CHARACTER }).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use vestibule_model::{
        Carrier, Confidence, EnrolmentGate, LoginKind, OauthFlow, SessionLevel, Strength, VerificationMethod,
    };
    use vestibule_simulator::policy::{BlockReason, FiredRule, Outcome, Rule};

    use super::*;

    #[test]
    fn a_decision_is_one_line_with_route_signals_strength_and_rules() {
        let enrol = Outcome::Enrol {
            methods: vec![VerificationMethod::BuiltInAuthenticator, VerificationMethod::TotpApp],
            gate: EnrolmentGate::Hard,
        };
        let signals = vec![Signal::new("pwd", Carrier::IdTokenAmr)];

        let lines = lines([
            answered(signals, ProtocolVerdict::Accepted),
            Event::LoginStarted { user: Some("rep".to_owned()), kind: LoginKind::Oidc },
            decided(enrol, Strength::Weak, &[Rule::SsoSignalWeak, Rule::WeakSsoEnrol]),
            decided(
                Outcome::Allow { session_level: SessionLevel::HighAssurance },
                Strength::Standard,
                &[Rule::RequirementMet],
            ),
        ]);

        assert_eq!(
            lines,
            [
                "12:00:00 rep via oidc: enrol built-in authenticator, TOTP app; strength weak; okta sent pwd in the ID \
                 token's amr; rules sso-signal-weak, weak-sso-enrol on 2026-09-01",
                "12:00:00 rep via oidc: allow, session level high-assurance; strength standard; rules requirement-met on \
                 2026-09-01",
            ]
        );
    }

    #[test]
    fn what_an_app_gets_and_what_it_does_not_is_told() {
        let issued = Event::OauthTokenIssued {
            user: "rep".to_owned(),
            app: "CI".to_owned(),
            flow: OauthFlow::JwtBearer,
            refreshed: false,
            session: 1,
        };
        let refused = |user: Option<&str>, app: Option<&str>| Event::OauthRefused {
            user: user.map(str::to_owned),
            app: app.map(str::to_owned),
            error: "invalid_grant".to_owned(),
            why: "the code was used before".to_owned(),
        };

        let lines = lines([issued, refused(Some("rep"), Some("CI")), refused(None, None)]);

        assert_eq!(
            lines,
            [
                "12:00:00 CI got a token of rep via jwt-bearer",
                "12:00:00 CI was refused for rep: invalid_grant: the code was used before",
                "12:00:00 an unknown app was refused for an unknown user: invalid_grant: the code was used before",
            ]
        );
    }

    #[test]
    fn what_stops_a_login_before_a_decision_is_told_too() {
        let refused = |why: &str| ProtocolVerdict::Refused {
            code: "x".to_owned(),
            why: why.to_owned(),
            context: None,
            request: None,
        };
        let (method, result) = (VerificationMethod::TotpApp, VerificationResult::Replayed);

        let lines = lines([
            answered(Vec::new(), refused("it is\nold\u{1b}[2J\u{202e}")),
            Event::SsoRequestReceived { idp: "okta".to_owned(), verdict: refused("no such SP") },
            Event::SsoRequestReceived { idp: "okta".to_owned(), verdict: ProtocolVerdict::Accepted },
            Event::IdpSignInRefused { idp: "okta".to_owned(), user: None },
            Event::PasswordChecked { user: Some("rep".to_owned()), accepted: false },
            Event::PasswordChecked { user: Some("rep".to_owned()), accepted: true },
            Event::VerificationChecked { user: "rep".to_owned(), method, result },
            decided(Outcome::Block { reason: BlockReason::UserFrozen }, Strength::Weak, &[Rule::UserFrozen]),
        ]);

        assert_eq!(
            lines,
            [
                "12:00:00 answer of okta refused: it is\u{fffd}old\u{fffd}[2J\u{fffd}",
                "12:00:00 okta refused a request: no such SP",
                "12:00:00 okta refused the username or the password of an unknown user",
                "12:00:00 rep: wrong password",
                "12:00:00 rep: totp replayed",
                "12:00:00 rep: block: user-frozen; strength weak; rules user-frozen on 2026-09-01",
            ]
        );
    }

    #[test]
    fn where_no_org_receives_them_the_answers_themselves_are_told() {
        let events = || {
            let (idp, party, address) = ("okta", "urn:my-app", "http://127.0.0.1:5000/acs");
            [
                Event::UnregisteredPartyAccepted {
                    idp: idp.to_owned(),
                    party: party.to_owned(),
                    address: address.to_owned(),
                },
                Event::IdpSignedIn { idp: idp.to_owned(), user: "rep".to_owned() },
                Event::SsoAnswerIssued { idp: idp.to_owned(), signals: vec![Signal::new("pwd", Carrier::IdTokenAmr)] },
            ]
        };
        let stranger = "12:00:00 okta answers urn:my-app at http://127.0.0.1:5000/acs, which is on this machine and not registered";
        let alone = DecisionLog { tells_answers: true, ..DecisionLog::default() };

        assert_eq!(lines(events()), [stranger]);
        assert_eq!(
            told(alone, events()),
            [stranger, "12:00:00 rep signed in at okta", "12:00:00 okta sent pwd in the ID token's amr"]
        );
    }

    fn lines(events: impl IntoIterator<Item = Event>) -> Vec<String> {
        told(DecisionLog::default(), events)
    }

    fn told(mut log: DecisionLog, events: impl IntoIterator<Item = Event>) -> Vec<String> {
        let at: Timestamp = "2026-11-02T12:00:00Z".parse().unwrap();
        let entries = (0..).zip(events).map(|(seq, event)| Entry { seq, at, event });
        entries.filter_map(|entry| log.line(&entry, jiff::civil::date(2026, 9, 1))).collect()
    }

    fn answered(signals: Vec<Signal>, verdict: ProtocolVerdict) -> Event {
        Event::SsoAnswerReceived { idp: Some("okta".to_owned()), signals, verdict }
    }

    fn decided(outcome: Outcome, strength: Strength, rules: &[Rule]) -> Event {
        let fired = |id: &Rule| FiredRule {
            id: *id,
            why: "because".to_owned(),
            source: "help".to_owned(),
            confidence: Confidence::Official,
        };
        let rules = rules.iter().map(fired).collect();
        Event::Decided { user: "rep".to_owned(), decision: Decision { outcome, strength, rules } }
    }
}
