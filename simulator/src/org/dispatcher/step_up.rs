//! Step-up: somebody who is signed in verifies again before a report or dashboard opens (contract C7.1 to C7.4).
//!
//! It runs through the pages of a login, as a flow that belongs to the open session. So does the registration of one more
//! passkey.

use std::collections::BTreeSet;

use vestibule_model::{EnrolmentGate, Secret};

use super::login::{Login, Next};
use super::next_step::send_code;
use crate::http::{Fields, RequestContext};
use crate::org::flow::{Step, StepUpFor, StepUpOf};
use crate::org::{Org, cookies, paths};
use crate::policy::{ReportRequest, StepUp, step_up};
use crate::realm::{Event, OrgSession};

/// A step-up that a request needs.
pub(super) struct Needed {
    /// What is asked for.
    pub(super) asked: StepUp,
    /// For which session.
    pub(super) of: StepUpOf,
}

/// The step-up that this request needs; `None` if it may go on.
pub(super) fn needed(org: &Org, request: &RequestContext, posted: &Fields, session: &OrgSession) -> Option<Needed> {
    if !paths::is_report(&request.path) {
        return None;
    }
    let realm = &org.realm;
    let user = realm.users.get(&session.user)?;
    let export = request.query.has("export") || posted.has("export");
    let now = org.now();
    let asked = ReportRequest {
        export,
        since_step_up: session.stepped_up.map(|then| now.duration_since(then)),
        export_verified: export && realm.sessions.take_export(session.sid.reveal()),
        can_get_code: user.addresses().next().is_some(),
    };
    let asked = step_up(&realm.rulebook, &realm.org_facts(), &user.facts(now), &asked, realm.date());
    if asked == StepUp::NotAsked {
        return None;
    }
    realm.record(Event::StepUpRequired { user: session.user.clone(), session: session.number, export });
    let of = StepUpOf { sid: session.sid.clone(), purpose: StepUpFor::Report { export } };
    Some(Needed { asked, of })
}

/// Takes the flow to the page that asks. `None` if there is nothing to ask with.
pub(super) fn ask(login: &mut Login<'_>, asked: StepUp) -> Option<Next> {
    login.flow.step = match asked {
        StepUp::Verify { methods } => {
            let chosen = methods.first().copied()?;
            Step::Verify { methods, chosen, ceremony: None }
        }
        StepUp::EmailedCode => {
            let user = login.user()?;
            send_code(login, &user);
            Step::ConfirmByEmail
        }
        StepUp::NotAsked | StepUp::Blocked => return None,
    };
    Some(Next::Resume)
}

/// Takes the flow to the page that registers a passkey, or first to the one that asks for one that there is (contract C5.15).
/// `None` if the org has no passkeys enabled.
pub(super) fn register(login: &mut Login<'_>) -> Option<Next> {
    let enabled = &login.org.settings().methods;
    let methods: Vec<_> = enabled.iter().copied().filter(|method| method.is_passkey()).collect();
    if methods.is_empty() {
        return None;
    }
    let held: BTreeSet<_> = login.user()?.passkeys.iter().map(|(method, _)| *method).collect();
    let asked_for_one = matches!(login.flow.step, Step::Verify { .. });
    login.flow.step = match held.first().copied().filter(|_| !asked_for_one) {
        Some(chosen) => Step::Verify { methods: held.into_iter().collect(), chosen, ceremony: None },
        None => Step::Enrol {
            methods,
            gate: EnrolmentGate::Leavable,
            ceremony: None,
            totp_secret: Secret::new(login.org.realm.entropy.totp_key()),
        },
    };
    Some(Next::Resume)
}

/// Ends the flow: the session goes on to where it was going. A verification for a registration is followed by it.
pub(super) fn finish(login: &mut Login<'_>) -> Next {
    let Some(StepUpOf { sid, purpose }) = login.flow.step_up.take() else {
        return Next::Resume;
    };
    if purpose == StepUpFor::Registration
        && matches!(login.flow.step, Step::Verify { .. })
        && let Some(next) = register(login)
    {
        login.flow.step_up = Some(StepUpOf { sid, purpose });
        return next;
    }
    let realm = &login.org.realm;
    if let StepUpFor::Report { export } = purpose
        && let Some(session) = realm.sessions.step_up(sid.reveal(), login.org.now(), export)
    {
        realm.record(Event::StepUpPassed { user: login.flow.attempt.user.clone(), session });
    }
    login.flow.sid = Some(sid);
    login.flow.step = Step::Done;
    login.org.flows.end(realm, login.flow, None);
    login.cookies.push(cookies::remove(cookies::FLOW));
    Next::Resume
}
