//! Operations that a form of a page asks for: its field `operation` is the path of one below the prefix of the API, its other
//! fields are the body.

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::refusal;
use super::router::PREFIX;
use crate::http::{html, see_other};

/// The request that asks the API for what a form asks for. A field `from.condition` is the member `condition` of `from`.
///
/// # Errors
///
/// If the form names no operation.
pub(crate) fn asked_by_form(mut parts: Parts, form: &[u8]) -> Result<Request<Body>, &'static str> {
    let mut body = Map::new();
    let mut operation = String::new();
    for (name, value) in form_urlencoded::parse(form) {
        let value = value.into_owned();
        match name.split_once('.') {
            _ if name == "operation" => operation = value,
            None => drop(body.insert(name.to_string(), value.into())),
            Some((outer, inner)) => {
                let outer = body.entry(outer).or_insert_with(|| Map::new().into());
                if let Value::Object(outer) = outer {
                    outer.insert(inner.to_owned(), value.into());
                }
            }
        }
    }
    let uri = operation.starts_with('/').then(|| format!("{PREFIX}{operation}").parse::<Uri>());
    parts.uri = uri.and_then(Result::ok).ok_or("the form names no operation of the API")?;
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Request::from_parts(parts, Body::from(Value::Object(body).to_string())))
}

/// What the person who sent a form gets for an answer of the API: the page of the realm that the answer is about, or the reason of
/// a refusal. `query` is the query of the page that has the form.
pub(crate) async fn answer_to_form(answer: Response, query: &str) -> Response {
    let status = answer.status();
    let body = to_bytes(answer.into_body(), LARGEST).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() {
        let page = body["my-domain"].as_str().map_or_else(|| "/".to_owned(), |name| format!("/realms/{name}/"));
        return see_other(&format!("{page}?{query}"));
    }
    let why = body["error"].as_str().unwrap_or("The request failed.");
    let page = html(status, POLICY, &RefusedTemplate { why, back: format!("/?{query}") });
    page.unwrap_or_else(|_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "a page template did not render"))
}

#[derive(Template)]
#[template(path = "control/refused.html")]
struct RefusedTemplate<'a> {
    why: &'a str,
    back: String,
}

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
/// Larger than any answer to what a form asks for.
const LARGEST: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::{Method, Request};
    use serde_json::{Value, json};

    use super::asked_by_form;

    #[tokio::test]
    async fn the_fields_of_a_form_are_the_body_of_its_operation() {
        for (form, path, body) in [
            ("operation=/realms/acme/date&date=2026-09-01", "/realms/acme/date", json!({ "date": "2026-09-01" })),
            ("operation=%2Frealms&from.condition=two-step", "/realms", json!({ "from": { "condition": "two-step" } })),
            ("operation=/realms&from=x&from.condition=y", "/realms", json!({ "from": "x" })),
            ("operation=/realms&a.b.c=1&a=2", "/realms", json!({ "a": "2" })),
        ] {
            let (parts, _) = Request::post("/?token=x").body(()).unwrap().into_parts();

            let asked: Request<Body> = asked_by_form(parts, form.as_bytes()).unwrap();

            assert_eq!((asked.method(), asked.uri().path()), (&Method::POST, &*format!("/vestibule/api/v1{path}")));
            let sent: Value = serde_json::from_slice(&to_bytes(asked.into_body(), 1_000).await.unwrap()).unwrap();
            assert_eq!(sent, body, "{form}");
        }
        for form in ["", "date=2026-09-01", "operation=https://evil.example/", "operation=realms", "operation=/%20x y"]
        {
            let (parts, _) = Request::post("/").body(()).unwrap().into_parts();
            assert!(asked_by_form(parts, form.as_bytes()).is_err(), "{form}");
        }
    }
}
