//! Pages and refusals of the org. Every page and every refusal is recorded in the journal.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::{Org, page_behaviour, page_markup};
use crate::http::{ORG_POLICY, RequestContext, html, html_text, org_policy, sentence};
use crate::realm::Event;
use vestibule_model::{PageName, Weakness};

/// Answers with a page and records it.
pub(crate) fn show(org: &Org, request: &RequestContext, page: PageName, template: &impl Template) -> Response {
    show_with_status(org, request, page, StatusCode::OK, template)
}

/// Answers with a page that has these inline event handlers, and records it.
pub(crate) fn show_with_handlers(
    org: &Org,
    request: &RequestContext,
    page: PageName,
    handlers: &[&str],
    template: &impl Template,
) -> Response {
    shown(org, request, page, StatusCode::OK, &org_policy(handlers), template)
}

/// Answers with a page and this status, and records it.
pub(crate) fn show_with_status(
    org: &Org,
    request: &RequestContext,
    page: PageName,
    status: StatusCode,
    template: &impl Template,
) -> Response {
    shown(org, request, page, status, ORG_POLICY, template)
}

fn shown(
    org: &Org,
    request: &RequestContext,
    page: PageName,
    status: StatusCode,
    policy: &str,
    template: &impl Template,
) -> Response {
    let Ok(text) = template.render() else { return not_rendered(org, request) };
    let settings = org.settings().page(page);
    let text = with_weaknesses(text, &org.settings().weaknesses);
    let text = page_markup::with_markup(text, &settings);
    let response = html_text(status, policy, page_behaviour::with_script(text, page, &settings));
    let served = Event::PageServed { page, host: request.host.clone(), path: request.path.clone() };
    if settings.delay.is_zero() {
        org.realm.record(served);
        return response;
    }
    page_behaviour::held_back(response, settings.delay, served)
}

/// The page, which says loudly which checks the org leaves out on purpose.
fn with_weaknesses(text: String, weaknesses: &BTreeSet<Weakness>) -> String {
    if weaknesses.is_empty() {
        return text;
    }
    let names: Vec<&str> = weaknesses.iter().map(Into::into).collect();
    let warning = format!(
        "<p role=\"alert\" class=\"weaknesses\">This simulated org leaves out checks on purpose: {}. No answer that it accepts \
         proves anything.</p>",
        names.join(", ")
    );
    text.replacen("<body>", &format!("<body>\n{warning}"), 1)
}

/// The answer in place of a page whose template did not render.
pub(crate) fn not_rendered(org: &Org, request: &RequestContext) -> Response {
    refuse(org, request, StatusCode::INTERNAL_SERVER_ERROR, "a page template did not render")
}

/// Answers with a plain page that says what was wrong, and records the refusal.
pub(crate) fn refuse(org: &Org, request: &RequestContext, status: StatusCode, why: &str) -> Response {
    record_refused_request(org, request, status, why);
    let reason = status.canonical_reason().unwrap_or_default();
    let sentence = sentence(why);
    let template = RefusedTemplate { page: PageName::Unknown, status: status.as_u16(), reason, sentence };
    html(status, ORG_POLICY, &template).unwrap_or_else(|_| status.into_response())
}

/// Records that a request was refused with this status.
pub(crate) fn record_refused_request(org: &Org, request: &RequestContext, status: StatusCode, why: &str) {
    org.realm.record(Event::RequestRefused {
        host: request.host.clone(),
        path: request.path.clone(),
        status: status.as_u16(),
        why: why.to_owned(),
    });
}

/// JSON that is safe inside a `script` element: nothing in it can end the element.
pub(crate) fn json_for_script(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[derive(Template)]
#[template(path = "org/refused.html")]
struct RefusedTemplate<'a> {
    page: PageName,
    status: u16,
    reason: &'a str,
    sentence: String,
}
