//! `GET /services/data/vNN.0/query?q=SELECT …`, and its further pages (contract H6.4), or with
//! `columns=true` what it selects (contract H6.6).

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::answer::{error, fault};
use super::select::{Failure, described, run};
use super::soql::parse;
use super::version;
use crate::http::{RequestContext, excerpt};
use crate::org::{Org, not_simulated};

/// No row here is ever deleted, so `queryAll` finds the same rows.
pub(super) async fn query(
    Extension(org): Extension<Arc<Org>>,
    Path(version): Path<String>,
    headers: HeaderMap,
    request: RequestContext,
) -> Response {
    let user = match version::caller(&org, &request, &version) {
        Ok((user, _)) => user,
        Err(response) => return *response,
    };
    let text = request.query.text("q");
    let found = parse(text).map_err(Failure::Fault).and_then(|query| {
        let found = run(&org, &user, &version, &query)?;
        // A query that is wrong is refused, whatever is asked about it.
        let described = (request.query.text("columns") == "true").then(|| described(&org, &user, &version, &query));
        Ok((found, described.transpose()?))
    });
    let (found, described) = match found {
        Ok(found) => found,
        Err(Failure::Fault(wrong)) => return fault(&wrong, text),
        Err(Failure::NotSimulated(wrong, object)) => {
            not_simulated::record(&org, &request, &Method::GET, Some(excerpt(&format!("FROM {object}"))));
            return fault(&wrong, text);
        }
    };
    if let Some(columns) = described {
        return Json(columns).into_response();
    }
    let size = batch_size(&headers);
    if found.records.len() <= size {
        let answer = json!({ "totalSize": found.total, "done": true, "records": found.records });
        return Json(answer).into_response();
    }
    let records: Arc<[Value]> = found.records.into();
    let cursor = format!("01g{}", org.realm.entropy.alphanumeric(12));
    org.cursors.keep(&cursor, &user.key, Arc::clone(&records));
    page(&records, &version, (cursor.as_str(), 0), size)
}

/// The page at which a locator points: `01g…-2000`.
pub(super) async fn more(
    Extension(org): Extension<Arc<Org>>,
    Path((version, locator)): Path<(String, String)>,
    headers: HeaderMap,
    request: RequestContext,
) -> Response {
    let user = match version::caller(&org, &request, &version) {
        Ok((user, _)) => user,
        Err(response) => return *response,
    };
    let place = locator.rsplit_once('-').and_then(|(cursor, from)| Some((cursor, from.parse::<usize>().ok()?)));
    let found = place.and_then(|(cursor, from)| Some((org.cursors.find(cursor, &user.key)?, cursor, from)));
    match found {
        Some((records, cursor, from)) if from < records.len() => {
            page(&records, &version, (cursor, from), batch_size(&headers))
        }
        _ => error(StatusCode::BAD_REQUEST, "INVALID_QUERY_LOCATOR", "invalid query locator"),
    }
}

fn page(records: &[Value], version: &str, (cursor, from): (&str, usize), size: usize) -> Response {
    let end = from.saturating_add(size).min(records.len());
    let mut answer = json!({
        "totalSize": records.len(),
        "done": end == records.len(),
        "records": records.get(from..end).unwrap_or_default(),
    });
    if end < records.len() {
        answer["nextRecordsUrl"] = json!(format!("/services/data/{version}/query/{cursor}-{end}"));
    }
    Json(answer).into_response()
}

/// `Sforce-Query-Options: batchSize=200`.
///
/// Source: REST API Developer Guide, "Query Options Header": 200 to 2,000, by default 2,000.
fn batch_size(headers: &HeaderMap) -> usize {
    let options = headers.get("sforce-query-options").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asked = options.split([',', ';']).find_map(|option| {
        let (name, size) = option.split_once('=')?;
        name.trim().eq_ignore_ascii_case("batchSize").then(|| size.trim().parse::<usize>().ok()).flatten()
    });
    asked.map_or(LARGEST_BATCH, |size| size.clamp(SMALLEST_BATCH, LARGEST_BATCH))
}

const SMALLEST_BATCH: usize = 200;
const LARGEST_BATCH: usize = 2_000;
