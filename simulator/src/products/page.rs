//! Pages and errors of the products. Every page is recorded in the journal.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::state::Product;
use crate::http::routing::get;
use crate::http::{self as kit, ContentType, IDP_POLICY, asset, excerpt};
use crate::realm::Event;
use vestibule_model::PageName;

/// Answers with a page and records it.
pub(super) fn show(product: &Product, path: &str, page: PageName, template: &impl Template) -> Response {
    show_as(StatusCode::OK, product, path, page, template)
}

/// Refuses a request with the error page, and records why.
pub(super) fn refuse(product: &Product, path: &str, status: StatusCode, why: &str) -> Response {
    product.realm.record(Event::RequestRefused {
        host: product.role(),
        path: path.to_owned(),
        status: status.as_u16(),
        why: why.to_owned(),
    });
    let (title, why) = (status.canonical_reason().unwrap_or_default(), excerpt(why));
    let template = ErrorTemplate { page: PageName::ProductError, product: &product.key, title, why: &why };
    show_as(status, product, path, PageName::ProductError, &template)
}

/// The style sheet of every page.
pub(super) fn assets() -> Router<Arc<Product>> {
    Router::new().route("/assets/product.css", get(|| asset(ContentType::Css, STYLE)))
}

fn show_as(status: StatusCode, product: &Product, path: &str, page: PageName, template: &impl Template) -> Response {
    product.realm.record(Event::PageServed { page, host: product.role(), path: path.to_owned() });
    kit::html(status, IDP_POLICY, template)
        .unwrap_or_else(|_| (StatusCode::NOT_ACCEPTABLE, "A page template did not render.").into_response())
}

#[derive(Template)]
#[template(path = "products/error.html")]
struct ErrorTemplate<'a> {
    page: PageName,
    product: &'a str,
    title: &'a str,
    why: &'a str,
}

const STYLE: &str = include_str!("../../templates/idp/idp.css");
