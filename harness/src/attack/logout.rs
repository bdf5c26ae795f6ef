//! A login that works, and a logout at the identity provider after it: does the session at the app end?

use vestibule_simulator::attacks::{Case, Delivery, Expected};

use super::error::AttackError;
use super::proof::ended_at;
use super::proved_attack::ProvedAttack;
use super::visit::{Arrival, Visit, VisitError};
use crate::outcome::LoginEnding;

/// What became of a session.
pub(super) enum SessionSeen {
    /// There was none: the login did not work.
    None {
        /// How it ended, as the end of a sentence.
        login: String,
    },
    /// It was there before the logout, and looked at after it.
    Left {
        /// Whether it has ended.
        ended: bool,
        /// The way of the browser through the logout.
        visit: Visit,
    },
}

/// What a case of logout shows.
pub(super) struct LogoutSeen {
    pub(super) ending: LoginEnding,
    pub(super) told: String,
    pub(super) visit: Option<Visit>,
}

impl ProvedAttack<'_> {
    /// Whether a good logout ends the session at the app: an app that ignores all of them says nothing by that.
    pub(super) async fn good_logout_works(&mut self) -> Result<bool, AttackError> {
        self.provider.answer_with(&[]).await?;
        let seen = self.sign_in_and_out().await;
        match seen {
            Ok(SessionSeen::Left { ended, .. }) => Ok(ended),
            Ok(SessionSeen::None { .. }) | Err(VisitError::Lost(_)) => Ok(false),
            Err(VisitError::Browser(error)) => Err(error.into()),
        }
    }

    /// A login that works, and the logout of a case; where it sends the message of an earlier logout, a good one before it.
    pub(super) async fn logout_by(&self, case: &Case) -> Result<LogoutSeen, VisitError> {
        let seen = |ending, told: String, visit| LogoutSeen { ending, told, visit };
        if case.delivery == Delivery::Twice {
            match self.sign_in_and_out().await? {
                SessionSeen::Left { ended: true, .. } => {}
                SessionSeen::Left { ended: false, .. } => {
                    let why =
                        "a logout that names only the user does not end the session, so that a replay says nothing";
                    return Ok(seen(LoginEnding::DoesNotApply, why.to_owned(), None));
                }
                SessionSeen::None { login } => return Ok(seen(LoginEnding::NotBroughtAbout, login, None)),
            }
        }
        Ok(match self.sign_in_and_out().await? {
            SessionSeen::None { login } => {
                seen(LoginEnding::NotBroughtAbout, format!("the good login before it {login}"), None)
            }
            SessionSeen::Left { ended: true, visit } => {
                seen(LoginEnding::SignedOut, "the session has ended".to_owned(), Some(visit))
            }
            SessionSeen::Left { ended: false, visit } => {
                let told = format!("the session goes on; the logout {}", ended_at(&visit.arrival));
                let status = visit.arrival.seen().map(|seen| seen.status).filter(|status| *status >= 500);
                let breaks = status.is_some() && status != self.proved.refusal;
                let elsewhere = !self.proved.leads_elsewhere && matches!(visit.arrival, Arrival::LedElsewhere { .. });
                let ending = match case.expected {
                    _ if breaks => LoginEnding::ServerError,
                    Expected::Refuse(_) if elsewhere => LoginEnding::SentElsewhere,
                    _ => LoginEnding::StillSignedIn,
                };
                seen(ending, told, Some(visit))
            }
        })
    }

    async fn sign_in_and_out(&self) -> Result<SessionSeen, VisitError> {
        let Self { plan, provider, visitors, proved } = self;
        let answers = provider.answers();
        let visitor = visitors.newcomer().await?;
        let done = async {
            let login = visitor.sign_in(&plan.start, true, &answers).await?;
            let there = visitor.look(&proved.check, &plan.sign, proved.settle).await?;
            if !there.arrival.seen().is_some_and(|seen| plan.sign.holds(seen)) {
                return Ok(SessionSeen::None { login: ended_at(&login.arrival) });
            }
            let visit = match provider.sign_out_url() {
                Some(url) => visitor.log_out(&url).await?,
                None => Visit::default(),
            };
            let left = visitor.look(&proved.check, &plan.sign, proved.settle).await?;
            let ended = !left.arrival.seen().is_some_and(|seen| plan.sign.holds(seen));
            Ok(SessionSeen::Left { ended, visit })
        };
        let done = done.await;
        visitor.leave().await;
        done
    }
}

/// Why cases of logout do not apply.
pub(super) const NO_LOGOUT: &str =
    "a good logout at our identity provider does not end the session at the app, so cases of logout do not apply to it";
