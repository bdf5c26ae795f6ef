//! One case after the other.

use std::time::Duration;

use reqwest::Certificate;
use tokio::net::TcpStream;
use tokio::sync::watch;
use url::Url;
use vestibule_certs::{CertStore, cache_folder};
use vestibule_model::with_causes;
use vestibule_simulator::attacks::{Case, Delivery, Expected, Reason};

use super::detector::shown_text;
use super::error::AttackError;
use super::http_visitor::HttpSettings;
use super::logout::{LogoutSeen, NO_LOGOUT};
use super::plan::{AttackPlan, BrowserUse};
use super::proof::{Proved, ended_at, prove, told};
use super::proved_attack::ProvedAttack;
use super::provider::Provider;
use super::visit::{Arrival, Lost, SentMessage, Visit, VisitError};
use super::visitor::{Visitor, Visitors};
use crate::outcome::{AppAnswer, AttackOutcome, AttackTarget, AttackedCase, EndedEarly, LoginEnding};
use crate::stopwatch::{self, Stopwatch};

/// What a run tells while it goes on.
#[derive(Debug)]
pub(crate) enum Progress<'a> {
    /// Our identity provider answers, and the app is waited for.
    Waiting {
        /// Its metadata or discovery document.
        document: &'a str,
        /// Where a login at the app begins.
        start: &'a Url,
    },
    /// The proof has succeeded.
    Proved {
        /// The page that tells who is signed in.
        check: &'a Url,
        /// How logins are driven.
        driven_by: &'a str,
        /// What a reader of the results must know.
        notes: &'a [String],
    },
    /// A case is over.
    Done {
        /// Its number, which begins with 1.
        number: usize,
        /// It, with the answer of the app.
        case: &'a AttackedCase,
    },
}

/// Runs a plan until its end, or until `stop` says so; then the outcome holds what has run by then.
///
/// # Errors
/// If nothing can be said about the app.
pub(crate) async fn run(
    plan: &AttackPlan,
    mut stop: watch::Receiver<bool>,
    mut tell: impl FnMut(Progress<'_>),
) -> Result<AttackOutcome, AttackError> {
    let (started_at, watch) = (format!("{:.0}", stopwatch::now()), Stopwatch::start());
    plan.allowed.check(&plan.start)?;
    if let Some(check) = &plan.check {
        plan.allowed.check(check)?;
    }
    let certs = CertStore::open(&cache_folder(), stopwatch::now())?;
    let mut provider = Provider::start(plan.provider.clone(), certs).await?;
    let ran = tokio::select! {
        biased;
        () = stopped(&mut stop) => Err(AttackError::Interrupted),
        proved = ready(plan, &mut provider, &mut tell) => proved,
    };
    let (proved, visitors, driven_by) = match ran {
        Ok(ready) => ready,
        Err(error) => {
            provider.end().await;
            return Err(error);
        }
    };
    tell(Progress::Proved { check: &proved.check, driven_by: &driven_by, notes: &proved.notes });
    let mut cases: Vec<AttackedCase> = plan.cases.iter().map(|&case| AttackedCase { case, answer: None }).collect();
    let ended_early = {
        let mut attack = ProvedAttack { plan, provider: &mut provider, visitors: &visitors, proved: &proved };
        let mut attack = std::pin::pin!(attack.every_case(&mut cases, &mut tell));
        tokio::select! {
            biased;
            ended = &mut attack => ended,
            () = stopped(&mut stop) => Ok(Some(EndedEarly::Interrupted)),
        }
    };
    visitors.end().await;
    provider.end().await;
    let mut notes = proved.notes;
    let ended_early = ended_early.unwrap_or_else(|error| {
        // What has run by then still says what it says.
        notes.push(format!("failed to {}", with_causes(&error)));
        Some(EndedEarly::Broken)
    });
    Ok(AttackOutcome {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at,
        duration_ms: watch.elapsed_ms(),
        target: AttackTarget {
            start: plan.start.to_string(),
            check: proved.check.to_string(),
            signed_in_when: plan.sign.to_string(),
            protocol: plan.protocol,
            driven_by,
            elsewhere: plan.allowed.elsewhere().map(str::to_owned).collect(),
            library: plan.library.clone(),
        },
        cases,
        notes,
        ended_early,
        payloads_hidden: plan.hide_payloads,
    })
}

/// Waits for the app, and proves the plan. Returns how logins are driven too.
async fn ready(
    plan: &AttackPlan,
    provider: &mut Provider,
    tell: &mut impl FnMut(Progress<'_>),
) -> Result<(Proved, Visitors, String), AttackError> {
    let settings = settings(plan, provider)?;
    tell(Progress::Waiting { document: &provider.document_url(), start: &plan.start });
    if !is_up(&plan.start, plan.wait).await {
        return Err(AttackError::NotUp { start: plan.start.clone(), wait: plan.wait });
    }
    let pin = provider.spki_pin().to_owned();
    let visitors = match plan.browser {
        BrowserUse::Always => Visitors::browsers(&settings, &pin).await?,
        BrowserUse::Auto | BrowserUse::Never => Visitors::Http(settings.clone()),
    };
    let browsers = async || Visitors::browsers(&settings, &pin).await.map_err(AttackError::from);
    let (mut proved, visitors) = prove(plan, provider, visitors, browsers).await?;
    if plan.cases.iter().any(|case| case.protocol.is_logout()) {
        let mut attack = ProvedAttack { plan, provider, visitors: &visitors, proved: &proved };
        proved.logs_out = match attack.good_logout_works().await {
            Ok(works) => works,
            Err(error) => {
                visitors.end().await;
                return Err(error);
            }
        };
        if !proved.logs_out {
            proved.notes.push(NO_LOGOUT.to_owned());
        }
    }
    let driven_by = visitors.name();
    Ok((proved, visitors, driven_by))
}

fn settings(plan: &AttackPlan, provider: &Provider) -> Result<HttpSettings, AttackError> {
    let given = plan.authorities.iter().map(Vec::as_slice);
    let pems = std::iter::once(provider.ca_pem().as_bytes()).chain(given);
    let mut authorities = Vec::new();
    for pem in pems {
        authorities.extend(Certificate::from_pem_bundle(pem).map_err(AttackError::Authority)?);
    }
    HttpSettings::new(plan.allowed.clone(), provider.origins(), authorities, plan.limit).map_err(AttackError::Client)
}

impl ProvedAttack<'_> {
    /// Runs the cases, and fills in how the app answered. Returns why it ended before the last.
    async fn every_case(
        &mut self,
        cases: &mut [AttackedCase],
        tell: &mut impl FnMut(Progress<'_>),
    ) -> Result<Option<EndedEarly>, AttackError> {
        // A key set that the app keeps would spoil the cases after it.
        let mut order: Vec<usize> = (0..cases.len()).collect();
        let place = |case: &Case| (case.is_in_key_set(), case.protocol.is_logout());
        order.sort_by_key(|index| place(cases[*index].case));
        let (mut unproved, mut keeps_wrong_keys) = (Vec::new(), false);
        for (number, index) in (1..).zip(order.iter().copied()) {
            let (case, watch) = (cases[index].case, Stopwatch::start());
            let seen = if keeps_wrong_keys {
                CaseSeen::of(LoginEnding::DoesNotApply, "the app has kept the wrong key set of an earlier case")
            } else {
                self.one_case(case).await?
            };
            let broke = matches!(seen.ending, LoginEnding::Cut | LoginEnding::OutOfTime);
            if matches!(seen.ending, LoginEnding::Refused | LoginEnding::StillSignedIn) {
                unproved.push(index);
            }
            let sent =
                seen.sent.filter(|_| !self.plan.hide_payloads).map(|SentMessage(text)| self.provider.redacted(&text));
            cases[index].answer = Some(AppAnswer {
                ending: seen.ending,
                seen: self.provider.redacted(&seen.told),
                sent,
                duration_ms: watch.elapsed_ms(),
            });
            tell(Progress::Done { number, case: &cases[index] });
            if broke && !is_up(&self.plan.start, COME_BACK).await {
                return Ok(Some(EndedEarly::TargetGone));
            }
            let due = case.is_in_key_set() || unproved.len() >= PROVED_AGAIN_AFTER || number == order.len();
            if !due || unproved.is_empty() {
                continue;
            }
            let logouts = unproved.iter().any(|index| cases[*index].case.protocol.is_logout());
            if self.still_works(logouts).await? {
                unproved.clear();
            } else if case.is_in_key_set() {
                (unproved, keeps_wrong_keys) = (Vec::new(), true);
            } else {
                for index in unproved {
                    if let Some(answer) = &mut cases[index].answer {
                        answer.ending = LoginEnding::NotBroughtAbout;
                    }
                }
                return Ok(Some(EndedEarly::LoginBroken));
            }
        }
        Ok(None)
    }

    /// Whether a good answer still makes a session, and with `logouts` a good logout still ends it: an app that refuses everything
    /// says nothing by that.
    async fn still_works(&mut self, logouts: bool) -> Result<bool, AttackError> {
        if logouts {
            return self.good_logout_works().await;
        }
        let Self { plan, provider, visitors, proved } = self;
        provider.answer_with(&[]).await?;
        let answers = provider.answers();
        let visitor = visitors.newcomer().await?;
        let looked = match visitor.sign_in(&plan.start, true, &answers).await {
            Ok(_) => visitor.look(&proved.check, &plan.sign, proved.settle).await,
            Err(error) => Err(error),
        };
        visitor.leave().await;
        match looked {
            Ok(looked) => Ok(looked.arrival.seen().is_some_and(|seen| plan.sign.holds(seen))),
            Err(VisitError::Lost(_)) => Ok(false),
            Err(VisitError::Browser(error)) => Err(error.into()),
        }
    }

    /// One login with the answer of a case.
    async fn one_case(&mut self, case: &'static Case) -> Result<CaseSeen, AttackError> {
        if case.protocol.is_logout() {
            return self.logout_case(case).await;
        }
        let Self { plan, provider, visitors, proved } = self;
        if proved.takes_strangers && case.expected == Expected::Refuse(Reason::User) {
            return Ok(CaseSeen::of(LoginEnding::DoesNotApply, "the app signs in users it has never heard of"));
        }
        if case.is_encrypted() && !plan.provider.can_encrypt() {
            return Ok(CaseSeen::of(
                LoginEnding::DoesNotApply,
                "the metadata of the app have no certificate for encryption",
            ));
        }
        provider.answer_with(&[case.fault()]).await?;
        let answers = provider.answers();
        let visitor = visitors.newcomer().await?;
        let login = async {
            let delivered = match case.delivery {
                Delivery::Once => visitor.sign_in(&plan.start, true, &answers).await.map(Some),
                Delivery::Twice | Delivery::OtherBrowser => visitor.deliver_again(&plan.start, case.delivery).await,
            };
            let Some(visit) = delivered? else { return Ok(None) };
            let looked = visitor.look(&proved.check, &plan.sign, proved.settle).await?;
            Ok::<Option<(Visit, Visit)>, VisitError>(Some((visit, looked)))
        };
        // A page may take as long as it likes in several steps; all of them together may not.
        let ended = tokio::time::timeout(plan.limit.saturating_mul(2), login).await;
        visitor.leave().await;
        let ended = ended.unwrap_or(Err(VisitError::Lost(Lost::OutOfTime)));
        Ok(match ended {
            Err(VisitError::Browser(error)) => return Err(error.into()),
            Err(VisitError::Lost(lost)) => CaseSeen::lost(&lost),
            Ok(None) => CaseSeen::of(
                LoginEnding::DoesNotApply,
                "only plain HTTP can deliver an answer twice, or by another browser",
            ),
            Ok(Some(_)) if answers() == 0 => {
                let why = provider.refusals().pop().unwrap_or_else(|| "the app did not ask for one".to_owned());
                CaseSeen::of(LoginEnding::NotBroughtAbout, format!("our identity provider gave no answer: {why}"))
            }
            Ok(Some((mut visit, looked))) => {
                let signed_in = looked.arrival.seen().is_some_and(|seen| plan.sign.holds(seen));
                if signed_in && case.is_in_key_set() && !provider.was_asked_for_keys() {
                    return Ok(CaseSeen::of(LoginEnding::DoesNotApply, "the app keeps keys, and did not ask for them"));
                }
                let status = visit.arrival.seen().map(|seen| seen.status).filter(|status| *status >= 500);
                let elsewhere = !proved.leads_elsewhere && matches!(visit.arrival, Arrival::LedElsewhere { .. });
                let must_refuse = matches!(case.expected, Expected::Refuse(_));
                let ending = match status {
                    _ if signed_in && (must_refuse || !elsewhere) => {
                        let Some(ending) = session_of(case, proved, &looked) else {
                            return Ok(CaseSeen::of(LoginEnding::DoesNotApply, NAMELESS));
                        };
                        ending
                    }
                    Some(status) if Some(status) != proved.refusal => LoginEnding::ServerError,
                    _ if elsewhere => LoginEnding::SentElsewhere,
                    _ => LoginEnding::Refused,
                };
                CaseSeen { ending, told: format!("the login {}", ended_at(&visit.arrival)), sent: visit.sent.pop() }
            }
        })
    }

    /// One login that works, and the logout of a case.
    async fn logout_case(&mut self, case: &'static Case) -> Result<CaseSeen, AttackError> {
        if !self.proved.logs_out {
            return Ok(CaseSeen::of(LoginEnding::DoesNotApply, NO_LOGOUT));
        }
        self.provider.answer_with(&[case.fault()]).await?;
        let logout = self.logout_by(case);
        let ended = tokio::time::timeout(self.plan.limit.saturating_mul(4), logout).await;
        match ended.unwrap_or(Err(VisitError::Lost(Lost::OutOfTime))) {
            Ok(LogoutSeen { ending, told, visit }) => {
                Ok(CaseSeen { ending, told, sent: visit.and_then(|mut visit| visit.sent.pop()) })
            }
            Err(VisitError::Browser(error)) => Err(error.into()),
            Err(VisitError::Lost(lost)) => Ok(CaseSeen::lost(&lost)),
        }
    }
}

/// How one login or logout ended.
struct CaseSeen {
    ending: LoginEnding,
    told: String,
    sent: Option<SentMessage>,
}

impl CaseSeen {
    fn of(ending: LoginEnding, told: impl Into<String>) -> Self {
        Self { ending, told: told.into(), sent: None }
    }

    fn lost(lost: &Lost) -> Self {
        let ending = if *lost == Lost::OutOfTime { LoginEnding::OutOfTime } else { LoginEnding::Cut };
        Self::of(ending, format!("the app {}", told(lost)))
    }
}

/// Whose session it is, of those who have a part of the signed name and the whole; `None` if that cannot be seen.
fn session_of(case: &Case, proved: &Proved, looked: &Visit) -> Option<LoginEnding> {
    // An app with a list of users knows nobody by the whole name.
    let Some(end) = case.name_ends_in.filter(|_| proved.takes_strangers) else { return Some(LoginEnding::SignedIn) };
    let whole = looked.arrival.seen().is_some_and(|seen| shown_text(&seen.body).contains(end));
    if whole {
        return Some(LoginEnding::SignedInByWholeName);
    }
    proved.shows_name.then_some(LoginEnding::SignedIn)
}

/// Whether somebody listens at an address, within this time.
async fn is_up(url: &Url, within: Duration) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let host = if super::hosts::is_here(url) && host.ends_with("localhost") { "localhost".to_owned() } else { host };
    let port = url.port_or_known_default().unwrap_or_default();
    let tried = async {
        while TcpStream::connect((host.as_str(), port)).await.is_err() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(within, tried).await.is_ok()
}

/// Waits until the run is to end. Whoever dropped the other end will not say so any more.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Visitor {
    /// Delivers a good answer in a way that is not good; `None` if this visitor cannot.
    async fn deliver_again(&self, start: &Url, delivery: Delivery) -> Result<Option<Visit>, VisitError> {
        match self {
            Self::Http(visitor) => visitor.deliver_again(start, delivery).await.map(Some).map_err(VisitError::Lost),
            Self::Browser(_) => Ok(None),
        }
    }
}

/// After so many refusals, a good login must work again.
const PROVED_AGAIN_AFTER: usize = 20;
/// Why a name of which a part may have been read says nothing.
const NAMELESS: &str = "the app signs in users it has never heard of, and does not show whom";
/// How long an app that broke may take to get up again.
const COME_BACK: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
