//! The router of one product.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use http::StatusCode;

use super::state::Product;
use super::{crm, integration, page, paths, sign_in, vendor_management};
use crate::http::routing::{get, post};
use crate::http::{CrossOrigin, RequestContext};
use crate::realm::{ProductKind, Realm};

/// The routes of one product of a realm, for the host `<key>.localhost`. Sessions live as long as the router, so make one per
/// realm and key. A key that the realm does not know gets a router that serves nothing.
pub(crate) fn router(realm: Arc<Realm>, key: String) -> Router {
    let Some(product) = Product::new(realm, key) else { return Router::new() };
    let pages = match product.kind {
        ProductKind::Crm => with_sign_in(crm::routes()),
        ProductKind::VendorManagement => with_sign_in(vendor_management::routes()),
        ProductKind::Integration => integration::routes(),
    };
    pages
        .merge(page::assets())
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(product)
}

fn with_sign_in(behind: Router<Arc<Product>>) -> Router<Arc<Product>> {
    behind
        .route(paths::SIGN_IN, get(sign_in::get).merge(post(sign_in::post)))
        .route(paths::CODE, get(sign_in::code).merge(post(sign_in::check_code)))
        .route(paths::SIGN_OUT, post(sign_in::sign_out))
}

/// What a page of another origin may do with a path of a product: nothing.
pub(crate) fn cross_origin(_path: &str) -> CrossOrigin {
    CrossOrigin::Refused
}

async fn not_found(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    page::refuse(&product, &context.path, StatusCode::NOT_FOUND, "There is no such page at this product.")
}

async fn wrong_method(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    let why = "This page does not support this HTTP method.";
    page::refuse(&product, &context.path, StatusCode::METHOD_NOT_ALLOWED, why)
}

/// Larger than any form of these pages.
const LARGEST_BODY: usize = 64 * 1024;
