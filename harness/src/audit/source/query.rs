//! Queries that go on where an org lacks a field or hides an object.

use std::collections::BTreeSet;

use serde_json::Value;

use super::connection::Connection;
use super::trouble::Trouble;

/// What is asked of one object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// The object.
    pub(super) object: &'static str,
    /// Whether it is one of the Tooling API.
    pub(super) tooling: bool,
    /// The fields without which its rows say nothing.
    pub(super) needed: &'static [&'static str],
    /// Further fields, and what is not known without each; nothing is said of one whose text is empty.
    pub(super) wanted: &'static [(&'static str, &'static str)],
    /// What follows the object: condition, order, limit.
    pub(super) rest: &'static str,
}

/// What an org says of an object.
#[derive(Debug)]
pub(super) struct Found {
    /// Its rows.
    pub(super) rows: Vec<Value>,
    /// The fields that it does not have, each with what is not known for that.
    pub(super) missing: Vec<(&'static str, &'static str)>,
}

/// Asks an org a question.
///
/// # Errors
/// If it gives no answer, or does not show the object.
pub(super) async fn ask(connection: &Connection, version: &str, question: &Question) -> Result<Found, Trouble> {
    ask_where(connection, version, question, question.rest).await
}

/// Asks it about some rows: `rest` follows the object in place of what the question has.
///
/// # Errors
/// As [`ask`].
pub(super) async fn ask_where(
    connection: &Connection,
    version: &str,
    question: &Question,
    rest: &str,
) -> Result<Found, Trouble> {
    let mut wanted: Vec<(&str, &str)> = question.wanted.to_vec();
    let mut missing = Vec::new();
    loop {
        let fields: Vec<&str> = question.needed.iter().copied().chain(wanted.iter().map(|(field, _)| *field)).collect();
        let soql = format!("SELECT {} FROM {} {}", fields.join(", "), question.object, rest);
        match rows(connection, version, question.tooling, soql.trim()).await {
            Ok(rows) => return Ok(Found { rows, missing }),
            Err(Trouble::Refused { status: 400, code, message }) if code == "INVALID_FIELD" => {
                let place = wanted.iter().position(|(field, _)| is_of(field, &message));
                let Some(place) = place else { return Err(Trouble::Refused { status: 400, code, message }) };
                missing.push(wanted.remove(place));
            }
            Err(trouble) => return Err(trouble),
        }
    }
}

/// Whether a message is about this field: `No such column 'Status' on entity …`, `understand relationship 'Profile' in …`.
fn is_of(field: &str, message: &str) -> bool {
    // The apostrophe of `Didn't` begins no name.
    let quoted = message.replace("n't ", "nt ");
    let named = quoted.split('\'').nth(1);
    named.is_some_and(|name| field.split('.').chain([field]).any(|part| part.eq_ignore_ascii_case(name)))
}

/// Every row, page after page. What was cut between two pages is asked again from the start, once.
async fn rows(connection: &Connection, version: &str, tooling: bool, soql: &str) -> Result<Vec<Value>, Trouble> {
    match pages(connection, version, tooling, soql).await {
        Err(Trouble::Refused { code, .. }) if code == "INVALID_QUERY_LOCATOR" => {
            pages(connection, version, tooling, soql).await
        }
        Err(Trouble::Incomplete { .. }) => pages(connection, version, tooling, soql).await,
        other => other,
    }
}

async fn pages(connection: &Connection, version: &str, tooling: bool, soql: &str) -> Result<Vec<Value>, Trouble> {
    let path = if tooling { "tooling/query" } else { "query" };
    let mut answer = connection.get(&format!("/services/data/{version}/{path}"), &[("q", soql)]).await?;
    let (mut rows, mut seen): (Vec<Value>, BTreeSet<String>) = (Vec::new(), BTreeSet::new());
    let (total, mut empty) = (number(&answer, "totalSize")?, 0);
    loop {
        let Some(Value::Array(page)) = answer.get_mut("records").map(Value::take) else {
            return Err(Trouble::NotRest("it has no `records`".to_owned()));
        };
        empty += usize::from(page.is_empty());
        if empty > MOST_EMPTY_PAGES {
            return Err(Trouble::NotRest("its pages have no rows, and do not end".to_owned()));
        }
        rows.extend(page);
        if rows.len() > MOST_ROWS {
            return Err(Trouble::NotRest(format!("it has more than {MOST_ROWS} rows")));
        }
        let done = answer.get("done").and_then(Value::as_bool);
        let next = answer.get("nextRecordsUrl").and_then(Value::as_str).map(str::to_owned);
        match (done, next) {
            (Some(false), Some(next)) => {
                if !seen.insert(next.clone()) {
                    return Err(Trouble::NotRest("its pages lead back to one another".to_owned()));
                }
                answer = connection.get(&next, &[]).await?;
            }
            (Some(true), _) if rows.len() >= total => return Ok(rows),
            (Some(_), _) => return Err(Trouble::Incomplete { got: rows.len(), total }),
            (None, _) => return Err(Trouble::NotRest("it does not say whether it is `done`".to_owned())),
        }
    }
}

fn number(answer: &Value, key: &str) -> Result<usize, Trouble> {
    let number = answer.get(key).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| Trouble::NotRest(format!("it has no `{key}`")))
}

/// The newest version of the API that the org and this program know: `v66.0`.
///
/// # Errors
/// If the org gives no list of versions.
pub(super) async fn version(connection: &Connection) -> Result<String, Trouble> {
    let answer = connection.get("/services/data", &[]).await?;
    let Value::Array(listed) = answer else {
        return Err(Trouble::NotRest("it is no list of versions".to_owned()));
    };
    let number = |one: &Value| one.get("version")?.as_str()?.strip_suffix(".0")?.parse::<u32>().ok();
    let newest = listed.iter().filter_map(number).filter(|number| *number <= NEWEST_VERSION).max();
    let newest = newest.ok_or_else(|| Trouble::NotRest("it lists no version that is known here".to_owned()))?;
    Ok(format!("v{newest}.0"))
}

/// Contract H6.5.
const NEWEST_VERSION: u32 = 66;
/// Far above the users, assignments and logins of an org that anybody audits at once.
const MOST_ROWS: usize = 2_000_000;
/// Each costs a question.
const MOST_EMPTY_PAGES: usize = 10;
