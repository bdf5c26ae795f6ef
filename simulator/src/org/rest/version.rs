//! The versions of the REST API (contract H6.5).

use std::ops::RangeInclusive;

use axum::Json;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{self, error};
use crate::http::RequestContext;
use crate::org::Org;
use crate::realm::{OrgSession, User};

/// The list of the versions that are served.
pub(super) async fn list() -> Json<Value> {
    let version = |number: u32| {
        json!({
            "label": label(number),
            "url": format!("/services/data/v{number}.0"),
            "version": format!("{number}.0"),
        })
    };
    Json(SERVED.map(version).collect())
}

/// The caller of a resource of this version.
///
/// # Errors
///
/// The answer to a request for a version that is not served, or without a valid session.
pub(super) fn caller(org: &Org, request: &RequestContext, version: &str) -> Result<(User, OrgSession), Box<Response>> {
    check(version)?;
    answer::caller(org, request)
}

/// Checks that this path segment names a served version: `v66.0`.
fn check(segment: &str) -> Result<(), Box<Response>> {
    if number(segment).is_some_and(|number| SERVED.contains(&number)) {
        return Ok(());
    }
    let unknown = || error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist");
    Err(Box::new(retired(segment).unwrap_or_else(unknown)))
}

/// The answer to a request for a retired version; `None` if this path segment names none.
pub(super) fn retired(segment: &str) -> Option<Response> {
    let number = number(segment).filter(|number| RETIRED.contains(number))?;
    Some(error(StatusCode::GONE, "GONE", &format!("API version {number}.0 is retired")))
}

/// The number of the version that a path segment names: 66 for `v66.0`.
pub(super) fn number(segment: &str) -> Option<u32> {
    let digits = segment.strip_prefix('v')?.strip_suffix(".0")?;
    digits.parse().ok().filter(|_| !digits.starts_with(['+', '0']))
}

/// The name of a release: three a year, of which Spring '14 had version 30.
fn label(number: u32) -> String {
    let since = number.saturating_sub(30);
    let (season, year) = match since % 3 {
        0 => ("Spring", 14),
        1 => ("Summer", 14),
        _ => ("Winter", 15),
    };
    format!("{season} '{}", since / 3 + year)
}

const SERVED: RangeInclusive<u32> = 31..=66;
/// The last of them since Summer '25.
const RETIRED: RangeInclusive<u32> = 1..=30;
