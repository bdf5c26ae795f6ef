//! The code that is sent, by email or text message: for device activation, and for the step-up of a user without a verifier
//! (contract C3.4, C3.5, C7.3, M1.10).

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use axum::{Extension, Router};
use vestibule_model::{PageName, SessionLevel};

use super::dispatcher::{self, Login, Next};
use super::flow::Step;
use super::frame::Frame;
use super::lockout::count_bad_code;
use super::methods::{BAD_CODE, typed};
use super::{Org, cookies, paths, recognition};
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext};
use crate::realm::{Event, LockoutCause, User, VerificationResult};

/// The pages, and the links that send the code again.
pub(super) fn routes() -> Router {
    Router::new()
        .route(paths::EMAIL, get(page).merge(post(answer)))
        .route(paths::EMAIL_RESEND, get(resend))
        .route(paths::SMS, get(page).merge(post(answer)))
        .route(paths::SMS_RESEND, get(resend))
}

/// What the code is for.
#[derive(Clone, Copy)]
enum Purpose {
    /// A session of this level in a browser that is then recognised.
    Activation(SessionLevel),
    /// A report.
    StepUp,
}

async fn page(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| show(login, None))
}

async fn answer(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        let purpose = match login.flow.step {
            Step::ActivateDevice { level } => Purpose::Activation(level),
            Step::ConfirmByEmail => Purpose::StepUp,
            _ => return Next::Stale,
        };
        let code = typed(fields.text(if login.flow.sent_by_sms { "smc" } else { "emc" }));
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
                    user.devices.insert(&device);
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

async fn resend(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| {
        if let (Step::ActivateDevice { .. } | Step::ConfirmByEmail, Some(user)) = (&login.flow.step, login.user()) {
            dispatcher::send_code(login, &user);
        }
        Next::Resume
    })
}

fn show(login: &Login<'_>, error: Option<&str>) -> Next {
    let waits = matches!(login.flow.step, Step::ActivateDevice { .. } | Step::ConfirmByEmail);
    // The other page asks for a code that was not sent.
    if !waits || login.request.path != login.flow.sent_code_path() {
        return Next::Resume;
    }
    let by_sms = login.flow.sent_by_sms;
    let (page, field, again) = if by_sms {
        (PageName::VerifySms, "smc", paths::SMS_RESEND)
    } else {
        (PageName::VerifyEmail, "emc", paths::EMAIL_RESEND)
    };
    let template = SentCodeTemplate {
        page,
        frame: Frame::new(login, error),
        field,
        address: login.user().as_ref().map(masked).unwrap_or_default(),
        resend: format!("{again}?vcsrf={}&vir=1", login.flow.vcsrf.reveal()),
        dont_ask_again: login.org.settings().dont_ask_again,
    };
    login.show(page, &template)
}

/// `*******1234`, `a***@acme.example`.
fn masked(user: &User) -> String {
    if let Some(phone) = &user.phone {
        let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
        let shown = digits.len().saturating_sub(4);
        return digits.iter().enumerate().map(|(at, digit)| if at < shown { '*' } else { *digit }).collect();
    }
    let (name, domain) = user.email.split_once('@').unwrap_or((&user.email, ""));
    format!("{}***@{domain}", name.chars().take(1).collect::<String>())
}

#[derive(Template)]
#[template(path = "org/verify_sent_code.html")]
struct SentCodeTemplate {
    page: PageName,
    frame: Frame,
    /// `id` and `name` of the field.
    field: &'static str,
    address: String,
    resend: String,
    dont_ask_again: bool,
}
