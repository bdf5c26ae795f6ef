//! The code sent by email: for device activation, and for the step-up of a user without a verifier (contract C3.4, C7.3,
//! M1.10).

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use vestibule_model::{PageName, SessionLevel};

use super::dispatcher::{self, Login, Next};
use super::flow::Step;
use super::frame::Frame;
use super::lockout::count_bad_code;
use super::methods::{BAD_CODE, typed};
use super::{Org, cookies, paths, recognition};
use crate::http::{Form, RequestContext};
use crate::realm::{Event, LockoutCause, User, VerificationResult};

/// The page, and the link that sends the code again.
pub(super) fn routes() -> Router<Arc<Org>> {
    Router::new().route(paths::EMAIL, get(page).post(answer)).route(paths::EMAIL_RESEND, get(resend))
}

/// What the code is for.
#[derive(Clone, Copy)]
enum Purpose {
    /// A session of this level in a browser that is then recognised.
    Activation(SessionLevel),
    /// A report.
    StepUp,
}

async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| show(login, None))
}

async fn answer(State(org): State<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        let purpose = match login.flow.step {
            Step::ActivateDevice { level } => Purpose::Activation(level),
            Step::ConfirmByEmail => Purpose::StepUp,
            _ => return Next::Stale,
        };
        let code = typed(fields.text("emc"));
        let remembered = recognition::wanted(&org, &fields);
        let right = login.flow.sent_code.as_ref().is_some_and(|sent| sent.reveal() == code);
        let now = org.now();
        let key = login.flow.attempt.user.clone();
        let device = recognition::device(&org, &request);
        let result = org.realm.users.update(&key, |user| {
            if user.is_locked(now) {
                return (VerificationResult::LockedOut, false);
            }
            if right {
                user.failed_codes = 0;
                if remembered && matches!(purpose, Purpose::Activation(_)) {
                    user.devices.insert(device.clone());
                }
                return (VerificationResult::Accepted, false);
            }
            let counted = count_bad_code(user, VerificationResult::Wrong, now);
            (counted, counted == VerificationResult::LockedOut)
        });
        let (result, locked_now) = result.unwrap_or((VerificationResult::Wrong, false));
        if locked_now {
            org.realm.record(Event::UserLockedOut { user: key.clone(), by: LockoutCause::Codes });
        }
        if code.is_empty() {
            org.realm.record(Event::CodeLeftEmpty { user: key.clone() });
        }
        let accepted = result == VerificationResult::Accepted;
        org.realm.record(match purpose {
            Purpose::Activation(_) => Event::DeviceActivationChecked { user: key, accepted },
            Purpose::StepUp => Event::StepUpCodeChecked { user: key, accepted },
        });
        match purpose {
            _ if !accepted => show(login, Some(BAD_CODE)),
            Purpose::Activation(level) => {
                if remembered {
                    login.cookies.extend(cookies::device(&device));
                }
                Next::Finalize(level)
            }
            Purpose::StepUp => Next::SteppedUp,
        }
    })
}

async fn resend(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| {
        if let (Step::ActivateDevice { .. } | Step::ConfirmByEmail, Some(user)) = (&login.flow.step, login.user()) {
            dispatcher::send_code(login, &user);
        }
        Next::Resume
    })
}

fn show(login: &Login<'_>, error: Option<&str>) -> Next {
    if !matches!(login.flow.step, Step::ActivateDevice { .. } | Step::ConfirmByEmail) {
        return Next::Resume;
    }
    let template = EmailTemplate {
        page: PageName::VerifyEmail,
        frame: Frame::new(login, error),
        address: login.user().as_ref().map(masked).unwrap_or_default(),
        resend: format!("{}?vcsrf={}&vir=1", paths::EMAIL_RESEND, login.flow.vcsrf.reveal()),
        dont_ask_again: login.org.settings().dont_ask_again,
    };
    login.show(PageName::VerifyEmail, &template)
}

/// `a***@acme.example`.
fn masked(user: &User) -> String {
    let (name, domain) = user.email.split_once('@').unwrap_or((&user.email, ""));
    format!("{}***@{domain}", name.chars().take(1).collect::<String>())
}

#[derive(Template)]
#[template(path = "org/verify_email.html")]
struct EmailTemplate {
    page: PageName,
    frame: Frame,
    address: String,
    resend: String,
    dont_ask_again: bool,
}
