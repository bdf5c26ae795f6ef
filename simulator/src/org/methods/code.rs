//! Codes: the page that takes a TOTP code, or a temporary code in the same field (contract C3.1, C3.2, M1.9), and
//! "Connect an Authenticator App" with QR code, key and first code (contract C5.7).

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_model::{PageName, Secret, VerificationMethod};

use super::{Descriptor, totp};
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext};
use crate::org::dispatcher::{self, Login, Next};
use crate::org::flow::{Flow, Step};
use crate::org::frame::Frame;
use crate::org::recognition::recognise_if_ticked;
use crate::org::{Org, paths};
use crate::qr;
use crate::realm::{Component, Event, LockoutCause, VerificationResult};
use crate::totp::typed;

pub(super) const DESCRIPTOR: Descriptor = Descriptor {
    methods: &[VerificationMethod::TotpApp, VerificationMethod::TemporaryCode],
    verify: || get(verification).merge(post(verify)),
    enrol: Some(|| get(enrolment).merge(post(enrol))),
};

async fn verification(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| show_verification(login, None))
}

async fn verify(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        let code = typed(fields.text("tc"));
        let Some(offered) = offered(login.flow) else {
            return Next::Stale;
        };
        let Some((method, result)) = check(&org, &login.flow.attempt.user, &offered, &code) else {
            return Next::Stale;
        };
        match result {
            VerificationResult::Accepted => {
                recognise_if_ticked(login, &fields);
                Next::Proved(method)
            }
            VerificationResult::Wrong
            | VerificationResult::Replayed
            | VerificationResult::Stale
            | VerificationResult::LockedOut
            | VerificationResult::Denied
            | VerificationResult::ReportedDenied
            | VerificationResult::TimedOut => show_verification(login, Some(BAD_CODE)),
        }
    })
}

/// Checks a code that a user gave, counts it if it is bad, and records what came of it. `None` if there is no such user.
pub(in crate::org) fn check(
    org: &Org,
    key: &str,
    offered: &[VerificationMethod],
    code: &str,
) -> Option<(VerificationMethod, VerificationResult)> {
    let now = org.now();
    let checked = org.realm.users.update(key, |user| {
        let placed = totp::placed(user, code, now).filter(|_| offered.contains(&VerificationMethod::TotpApp));
        let mistyped = totp::mistyped(user, code);
        let locked = user.is_locked(now);
        let (method, result) = totp::check(user, offered, code, now, &org.settings().weaknesses);
        (placed, mistyped, !locked && result == VerificationResult::LockedOut, method, result)
    });
    let (placed, mistyped, locked_now, method, result) = checked?;
    let user = || key.to_owned();
    if let Some((steps_off, seconds_left)) = placed {
        org.realm.record(Event::TotpCodePosted { user: user(), steps_off, seconds_left });
    }
    if code.is_empty() {
        org.realm.record(Event::CodeLeftEmpty { user: user() });
    }
    // A temporary code may have letters.
    if let Some(holds) = mistyped.filter(|_| result != VerificationResult::Accepted) {
        org.realm.record(Event::CodeMistyped { user: user(), holds });
    }
    if locked_now {
        org.realm.record(Event::UserLockedOut { user: user(), by: LockoutCause::Codes });
    }
    org.realm.record(Event::VerificationChecked { user: user(), method, result });
    Some((method, result))
}

fn show_verification(login: &mut Login<'_>, error: Option<&str>) -> Next {
    let Some(offered) = offered(login.flow) else {
        return Next::Resume;
    };
    let several = choose_first(login.flow, &offered);
    let temporary = offered.contains(&VerificationMethod::TemporaryCode);
    let page = if offered.contains(&VerificationMethod::TotpApp) {
        PageName::VerifyTotp
    } else {
        PageName::VerifyTemporaryCode
    };
    let template = VerificationTemplate {
        page,
        frame: Frame::new(login, error),
        max_length: (!temporary).then_some(6),
        temporary: page == PageName::VerifyTemporaryCode,
        chooser: several.then_some(paths::CHOOSE_VERIFIER),
        dont_ask_again: login.org.settings().dont_ask_again,
    };
    login.show(page, &template)
}

/// The methods of this page that the login offers; `None` if the login is at another page.
fn offered(flow: &Flow) -> Option<Vec<VerificationMethod>> {
    let Step::Verify { methods, .. } = &flow.step else {
        return None;
    };
    let here = methods.iter().copied().filter(|method| DESCRIPTOR.methods.contains(method));
    Some(here.collect::<Vec<_>>()).filter(|here| !here.is_empty())
}

/// Makes this page the login's current page; returns whether there are other methods.
fn choose_first(flow: &mut Flow, offered: &[VerificationMethod]) -> bool {
    let Step::Verify { methods, chosen, .. } = &mut flow.step else {
        return false;
    };
    if let Some(first) = offered.first()
        && !offered.contains(chosen)
    {
        *chosen = *first;
    }
    methods.len() > offered.len()
}

async fn enrolment(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| show_enrolment(login, None))
}

async fn enrol(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        let Some(secret) = offered_secret(login.flow) else {
            return Next::Stale;
        };
        let code = typed(fields.text("t"));
        let now = org.realm.clock.unix(Component::Org);
        let Some(step) = totp::of_secret(&secret, "").and_then(|totp| totp.check(&code, now)) else {
            return show_enrolment(login, Some(BAD_CODE));
        };
        if login.is_locked_out() {
            return show_enrolment(login, None);
        }
        let user = login.flow.attempt.user.clone();
        let method = VerificationMethod::TotpApp;
        org.realm.users.update(&user, |user| {
            user.totp_secret = Some(secret);
            user.last_totp_step = Some(step);
        });
        org.realm.record(Event::VerifierEnrolled { user, method });
        Next::Proved(method)
    })
}

fn show_enrolment(login: &mut Login<'_>, error: Option<&str>) -> Next {
    let frame = Frame::new(login, error);
    let secret = offered_secret(login.flow);
    let qr = secret.as_ref().and_then(|secret| qr::svg(&totp::of_secret(secret, &frame.username)?.to_url().ok()?));
    let (Some(secret), Some(qr)) = (secret, qr) else {
        return Next::Resume;
    };
    let (qr, key) = (STANDARD.encode(qr), secret.reveal().to_owned());
    let template = EnrolmentTemplate { page: PageName::ConnectAuthenticatorApp, frame, qr, key };
    login.show(PageName::ConnectAuthenticatorApp, &template)
}

/// The secret that this login may register; `None` if no authenticator app is offered.
fn offered_secret(flow: &Flow) -> Option<Secret> {
    match &flow.step {
        Step::Enrol { methods, totp_secret, .. } if methods.contains(&VerificationMethod::TotpApp) => {
            Some(totp_secret.clone())
        }
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "org/verify_code.html")]
struct VerificationTemplate {
    page: PageName,
    frame: Frame,
    max_length: Option<u8>,
    temporary: bool,
    chooser: Option<&'static str>,
    dont_ask_again: bool,
}

#[derive(Template)]
#[template(path = "org/connect_totp.html")]
struct EnrolmentTemplate {
    page: PageName,
    frame: Frame,
    qr: String,
    key: String,
}

/// Inferred wording. The page shows the same for a wrong, a stale and a replayed code; the journal tells them apart.
pub(in crate::org) const BAD_CODE: &str = "Your verification code is incorrect or has expired. Try again.";
