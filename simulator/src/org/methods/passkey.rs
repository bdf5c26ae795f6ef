//! Passkeys: "Log In With a Passkey", and the gate itself, "Create a Passkey" (contract C1.6, C5.1).

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use vestibule_model::{PageName, VerificationMethod};
use webauthn_rs::prelude::{PublicKeyCredential, RegisterPublicKeyCredential};

use super::Descriptor;
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext};
use crate::org::dispatcher::{self, Login, Next};
use crate::org::flow::Step;
use crate::org::frame::Frame;
use crate::org::passkeys::PasskeyError;
use crate::org::{Org, page, passkeys, paths};
use crate::realm::{Event, VerificationResult};

pub(super) const DESCRIPTOR: Descriptor = Descriptor {
    methods: &[VerificationMethod::BuiltInAuthenticator, VerificationMethod::SecurityKey],
    verify: || get(verification).merge(post(verify)),
    enrol: Some(|| get(enrolment).merge(post(enrol))),
};

async fn verification(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| show_verification(login, None))
}

async fn verify(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        let Step::Verify { ceremony, chosen, .. } = &mut login.flow.step else {
            return Next::Stale;
        };
        let Some(ceremony) = ceremony.take() else {
            return Next::Stale;
        };
        let expected = *chosen;
        let key = login.flow.attempt.user.clone();
        let credential = serde_json::from_str::<PublicKeyCredential>(fields.text("credential")).ok();
        let answered =
            credential.map(|credential| passkeys::finish_verification(&org.realm, &key, &ceremony, &credential));
        let (method, result) = match answered {
            Some(Ok(method)) => (method, VerificationResult::Accepted),
            Some(Err(PasskeyError::LockedOut)) => (expected, VerificationResult::LockedOut),
            Some(Err(_)) | None => (expected, VerificationResult::Wrong),
        };
        org.realm.record(Event::VerificationChecked { user: key, method, result });
        match result {
            VerificationResult::Accepted => Next::Proved(method),
            _ => show_verification(login, Some("We couldn't verify your passkey. Try again.")),
        }
    })
}

fn show_verification(login: &mut Login<'_>, error: Option<&str>) -> Next {
    let frame = Frame::new(login, error);
    let by_choice = login.flow.method_chosen;
    let Step::Verify { methods, chosen, ceremony } = &mut login.flow.step else {
        return Next::Resume;
    };
    let Some(first) = first_passkey(methods) else {
        return Next::Resume;
    };
    if !chosen.is_passkey() {
        *chosen = first;
    }
    // Who chose a security key is asked for it alone, and so for a built-in authenticator.
    let only = by_choice.then_some(*chosen);
    let Ok((options, state)) = passkeys::start_verification(&login.org.realm, &login.flow.attempt.user, only) else {
        return Next::Resume;
    };
    *ceremony = Some(Box::new(state));
    let template = VerificationTemplate {
        page: PageName::VerifyPasskey,
        frame,
        options: page::json_for_script(&options),
        chooser: (methods.len() > 1).then_some(paths::CHOOSE_VERIFIER),
    };
    login.show(PageName::VerifyPasskey, &template)
}

async fn enrolment(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| show_enrolment(login, None))
}

async fn enrol(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        let Step::Enrol { methods, ceremony, .. } = &mut login.flow.step else {
            return Next::Stale;
        };
        let (Some(ceremony), Some(default)) = (ceremony.take(), first_passkey(methods)) else {
            return Next::Stale;
        };
        if login.is_locked_out() {
            return show_enrolment(login, None);
        }
        let credential = serde_json::from_str::<RegisterPublicKeyCredential>(fields.text("credential")).ok();
        let finished = credential
            .and_then(|credential| passkeys::finish_registration(&org.realm, &ceremony, &credential, default).ok());
        match finished {
            Some(method) => Next::Proved(method),
            None => show_enrolment(login, Some("We couldn't register your passkey. Try again.")),
        }
    })
}

fn show_enrolment(login: &mut Login<'_>, error: Option<&str>) -> Next {
    let frame = Frame::new(login, error);
    let Step::Enrol { methods, ceremony, .. } = &mut login.flow.step else {
        return Next::Resume;
    };
    let started = passkeys::start_registration(&login.org.realm, &login.flow.attempt.user);
    let (Some(_), Ok((options, registration))) = (first_passkey(methods), started) else {
        return Next::Resume;
    };
    *ceremony = Some(Box::new(registration));
    let others = methods.iter().any(|method| *method != VerificationMethod::BuiltInAuthenticator);
    let template = EnrolmentTemplate {
        page: PageName::CreatePasskey,
        frame,
        options: page::json_for_script(&options),
        autostart: login.org.settings().gate_autostart,
        chooser: others.then_some(paths::ADD_OTHER),
    };
    login.show(PageName::CreatePasskey, &template)
}

fn first_passkey(methods: &[VerificationMethod]) -> Option<VerificationMethod> {
    methods.iter().copied().find(|method| method.is_passkey())
}

#[derive(Template)]
#[template(path = "org/verify_passkey.html")]
struct VerificationTemplate {
    page: PageName,
    frame: Frame,
    options: String,
    chooser: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "org/create_passkey.html")]
struct EnrolmentTemplate {
    page: PageName,
    frame: Frame,
    options: String,
    autostart: bool,
    chooser: Option<&'static str>,
}
