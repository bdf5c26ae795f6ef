//! Before the first case: a good login works, and the sign of a session says "no" whenever there is none.

use std::time::Duration;

use url::Url;
use vestibule_simulator::attacks::{Case, Delivery, Expected, Reason};

use super::detector::shown_text;
use super::error::AttackError;
use super::plan::{AttackPlan, BrowserUse};
use super::provider::{Provider, STRANGER};
use super::visit::{Arrival, Lost, Visit, VisitError};
use super::visitor::Visitors;
use crate::stopwatch::Stopwatch;

/// What the proof has shown.
#[derive(Debug)]
pub(super) struct Proved {
    /// The page that tells who is signed in.
    pub(super) check: Url,
    /// How long it takes at most until it does.
    pub(super) settle: Duration,
    /// The status with which the app answers a login that it rightly refuses.
    pub(super) refusal: Option<u16>,
    /// Whether a good login leads to a host that nobody named.
    pub(super) leads_elsewhere: bool,
    /// Whether the app signs in users it has never heard of.
    pub(super) takes_strangers: bool,
    /// Whether the page shows the name of whoever is signed in.
    pub(super) shows_name: bool,
    /// Whether a good logout at the identity provider ends the session at the app; `false` where no case asks for it.
    pub(super) logs_out: bool,
    /// What a reader of the results must know.
    pub(super) notes: Vec<String>,
}

/// A good login that made a session.
struct GoodLogin {
    check: Url,
    settle: Duration,
    leads_elsewhere: bool,
}

/// Why a good login made no session.
enum NoLogin {
    /// As an error; a browser could not do better.
    Error(AttackError),
    /// Where script may be needed.
    Unseen {
        error: AttackError,
        /// Whether our identity provider was asked.
        asked: bool,
    },
}

/// Proves a plan with the visitors that it asks for; may turn from plain HTTP to browsers.
pub(super) async fn prove(
    plan: &AttackPlan,
    provider: &mut Provider,
    visitors: Visitors,
    browsers: impl AsyncFnOnce() -> Result<Visitors, AttackError>,
) -> Result<(Proved, Visitors), AttackError> {
    let by_first = good_login(plan, provider, &visitors).await;
    let (good, visitors) = match by_first {
        Ok(good) => (good, visitors),
        Err(NoLogin::Error(error)) => return Err(error),
        Err(NoLogin::Unseen { error, .. }) if plan.browser != BrowserUse::Auto => return Err(error),
        Err(NoLogin::Unseen { error: without_script, .. }) => {
            visitors.end().await;
            // Whoever has no browser is told what is wrong without one.
            let Ok(browsers) = browsers().await else { return Err(without_script) };
            let by_browser = good_login(plan, provider, &browsers).await;
            match by_browser {
                Ok(good) => (good, browsers),
                Err(NoLogin::Unseen { asked: false, .. }) => {
                    browsers.end().await;
                    return Err(without_script);
                }
                Err(NoLogin::Error(error) | NoLogin::Unseen { error, .. }) => {
                    browsers.end().await;
                    return Err(error);
                }
            }
        }
    };
    let proved = says_no(plan, provider, &visitors, good).await;
    match proved {
        Ok(proved) => Ok((proved, visitors)),
        Err(error) => {
            visitors.end().await;
            Err(error)
        }
    }
}

/// Signs in with a good answer.
async fn good_login(plan: &AttackPlan, provider: &mut Provider, visitors: &Visitors) -> Result<GoodLogin, NoLogin> {
    let broken = |error: AttackError| NoLogin::Error(error);
    provider.answer_with(&[]).await.map_err(|error| broken(error.into()))?;
    let answers = provider.answers();
    let visitor = visitors.newcomer().await.map_err(|error| broken(error.into()))?;
    let visit = match visitor.sign_in(&plan.start, true, &answers).await {
        Ok(visit) => visit,
        Err(VisitError::Browser(error)) => return Err(broken(error.into())),
        Err(VisitError::Lost(lost)) => {
            let why = format!("the app {}", told(&lost));
            return Err(broken(no_login(why, "look at the log of the app; --timeout gives a login more time")));
        }
    };
    let ended = ended_at(&visit.arrival);
    if answers() == 0 {
        let refused = provider.refusals().pop();
        let (why, advice) = match refused {
            Some(why) => (
                format!("our identity provider refuses the request of the app: {why}"),
                "register the app as it names itself: --sp entity=ID,acs=URL or --client id=ID,redirect=URL".to_owned(),
            ),
            None => (
                format!("the app does not ask our identity provider: the login {ended}"),
                format!(
                    "set the app up with {}, and name with --start the address that begins a login there",
                    provider.document_url()
                ),
            ),
        };
        let error = AttackError::NoGoodLogin { why, advice };
        let refused = !provider.refusals().is_empty();
        return Err(if refused { NoLogin::Error(error) } else { NoLogin::Unseen { error, asked: false } });
    }
    let check = match (&plan.check, &visit.arrival) {
        (Some(check), _) => check.clone(),
        (None, Arrival::Stayed { seen, posted: false }) => seen.url.clone(),
        (None, Arrival::Stayed { seen, posted: true }) if seen.status < 400 => {
            let error = AttackError::NoCheckPage { url: seen.url.clone() };
            return Err(NoLogin::Unseen { error, asked: true });
        }
        (None, _) => {
            let why = format!("our identity provider has answered, and then the login {ended}");
            let advice = "look at the log of the app, which says why it refuses the good answer: does it trust our key, and \
                          know the user?";
            return Err(NoLogin::Unseen { error: no_login(why, advice), asked: true });
        }
    };
    plan.allowed.check(&check).map_err(|error| broken(error.into()))?;
    let watch = Stopwatch::start();
    let looked = visitor.look(&check, &plan.sign, plan.limit).await;
    let took = watch.elapsed();
    visitor.leave().await;
    let looked = match looked {
        Ok(looked) => looked,
        Err(VisitError::Browser(error)) => return Err(broken(error.into())),
        Err(VisitError::Lost(lost)) => {
            let why = format!("after the login, {check}: the app {}", told(&lost));
            return Err(broken(no_login(why, "look at the log of the app")));
        }
    };
    if looked.arrival.seen().is_some_and(|seen| plan.sign.holds(seen)) {
        let settle = took.saturating_mul(3).max(LEAST_SETTLE).min(plan.limit);
        let leads_elsewhere = matches!(visit.arrival, Arrival::LedElsewhere { .. });
        return Ok(GoodLogin { check, settle, leads_elsewhere });
    }
    let why = format!(
        "our identity provider has answered, and the login {ended}; but then `{}` does not hold: {} {}",
        plan.sign,
        without_query(&check),
        ended_at(&looked.arrival)
    );
    let advice = "if the app refuses the good answer, its log says why: does it trust our key, know the user, and expect the \
                  attributes that are sent? If it accepts it, name another sign with --signed-in-when or another page with --check";
    Err(NoLogin::Unseen { error: no_login(provider.redacted(&why), advice), asked: true })
}

/// Looks for the sign where it must not be.
async fn says_no(
    plan: &AttackPlan,
    provider: &mut Provider,
    visitors: &Visitors,
    good: GoodLogin,
) -> Result<Proved, AttackError> {
    let GoodLogin { check, settle, leads_elsewhere } = good;
    let always = |when| AttackError::SignAlwaysHolds { sign: plan.sign.to_string(), check: check.clone(), when };
    let holds = |visit: Result<Visit, VisitError>| match visit {
        Ok(visit) => Ok(visit.arrival.seen().is_some_and(|seen| plan.sign.holds(seen))),
        Err(VisitError::Browser(error)) => Err(AttackError::from(error)),
        Err(VisitError::Lost(lost)) => {
            let why = format!("without a login, {check}: the app {}", told(&lost));
            Err(no_login(why, "look at the log of the app, or name another page with --check"))
        }
    };

    let stranger = visitors.newcomer().await?;
    let without_login = holds(stranger.look(&check, &plan.sign, settle).await)?;
    stranger.leave().await;
    if without_login {
        return Err(always("although nobody has signed in"));
    }

    let quitter = visitors.newcomer().await?;
    let never = || 0;
    match quitter.sign_in(&plan.start, false, &never).await {
        Ok(_) | Err(VisitError::Lost(_)) => {}
        Err(VisitError::Browser(error)) => return Err(error.into()),
    }
    let after_half = holds(quitter.look(&check, &plan.sign, settle).await)?;
    quitter.leave().await;
    if after_half {
        return Err(always("although the login failed: it began, but the identity provider never answered"));
    }

    provider.answer_for_stranger().await?;
    let answers = provider.answers();
    let unknown = visitors.newcomer().await?;
    let (takes_strangers, shows_name) = match unknown.sign_in(&plan.start, true, &answers).await {
        Ok(_) => {
            let looked = unknown.look(&check, &plan.sign, settle).await;
            let shown = looked.as_ref().ok().and_then(|visit| visit.arrival.seen());
            let shows_name = shown.is_some_and(|seen| shown_text(&seen.body).contains(STRANGER));
            (holds(looked)?, shows_name)
        }
        Err(VisitError::Lost(_)) => (false, false),
        Err(VisitError::Browser(error)) => return Err(error.into()),
    };
    unknown.leave().await;

    let (mut refusal, mut notes) = (None, Vec::new());
    if takes_strangers {
        let why = "the app signs in users it has never heard of";
        notes.push(format!("{why}, so cases about names that nobody has do not apply to it"));
    }
    if let Some(case) = refused_login(plan) {
        provider.answer_with(&[case.fault()]).await?;
        let answers = provider.answers();
        let unwanted = visitors.newcomer().await?;
        if let Ok(visit) = unwanted.sign_in(&plan.start, true, &answers).await {
            refusal = visit.arrival.seen().map(|seen| seen.status);
        }
        unwanted.leave().await;
    }
    if let Some(status) = refusal.filter(|status| *status >= 500) {
        notes.push(format!(
            "the app answers a login that it rightly refuses with status {status}, so this status is not a finding here"
        ));
    }
    Ok(Proved { check, settle, refusal, leads_elsewhere, takes_strangers, shows_name, logs_out: false, notes })
}

/// A case in which the identity provider itself reports an error, which every app has to understand.
fn refused_login(plan: &AttackPlan) -> Option<&'static Case> {
    let plain = |case: &&Case| {
        case.protocol == plan.protocol
            && case.delivery == Delivery::Once
            && case.expected == Expected::Refuse(Reason::Status)
    };
    vestibule_simulator::attacks::catalogue().iter().find(plain)
}

/// Where a login ended, as the end of a sentence.
pub(super) fn ended_at(arrival: &Arrival) -> String {
    match arrival {
        Arrival::AtIdp => "goes to our identity provider".to_owned(),
        Arrival::LedElsewhere { host } => format!("leads to {host}, to which nothing was sent"),
        Arrival::Endless => "leads from one address to the next without end".to_owned(),
        Arrival::Stayed { seen, .. } => {
            let text = shown_text(&seen.body);
            let shown: String = text.chars().take(LONGEST_EXCERPT).collect();
            let shown = if shown.is_empty() { "no text".to_owned() } else { format!("\"{shown}\"") };
            format!("stays at {} (status {}): {shown}", without_query(&seen.url), seen.status)
        }
    }
}

/// What an app did instead of answering.
pub(super) fn told(lost: &Lost) -> String {
    match lost {
        Lost::OutOfTime => "gave no answer in time".to_owned(),
        Lost::Refused => "refused the connection".to_owned(),
        Lost::Cut(why) => format!("cut the connection: {why}"),
    }
}

fn no_login(why: String, advice: &str) -> AttackError {
    AttackError::NoGoodLogin { why, advice: advice.to_owned() }
}

/// Codes and messages are in the query.
fn without_query(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// A page that needs script is given at least this long.
const LEAST_SETTLE: Duration = Duration::from_millis(500);
/// Of the text of a page, in characters.
const LONGEST_EXCERPT: usize = 160;
