//! The details that a report may show about a case, collected from the realm and the browser after its last step.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use vestibule_simulator::realm::Realm;

use super::run_context::RunContext;
use super::shots::Shots;
use crate::browser::{PageCopy, WebDriverSession};
use crate::outcome::{Details, Message, Request, Shot, Verdict};
use crate::stopwatch::Stopwatch;

/// What can only be read from the open page.
#[derive(Debug, Default)]
pub(super) struct LastPage {
    /// PNG, base64, if the case did not pass.
    pub(super) screenshot: Option<String>,
    dom_text: Vec<String>,
    shot: Option<Shot>,
}

/// Reads the open page before it is gone. Nothing here can break a case: what cannot be read is left out.
pub(super) async fn last_page(
    session: &WebDriverSession,
    shots: Shots,
    verdict: Verdict,
    clock: &Stopwatch,
) -> LastPage {
    let mut last = LastPage::default();
    if verdict != Verdict::Passed {
        last.dom_text = session.dom_text().await.unwrap_or_default();
    }
    if shots.of(verdict) {
        let page = session.page().await.map(|page| page.name.to_string()).unwrap_or_default();
        last.shot = session.small_picture().await.ok().map(|image| Shot { at_ms: clock.elapsed_ms(), page, image });
        if verdict != Verdict::Passed {
            last.screenshot = session.screenshot().await.ok().map(|png| STANDARD.encode(png));
        }
    }
    last
}

/// Collects the rest. Nothing here can break a case either.
pub(super) async fn collect(
    realm: &Realm,
    session: &WebDriverSession,
    keeps_shots: bool,
    clock: &Stopwatch,
    last: &LastPage,
) -> Details {
    let of_realm = of_realm(realm, clock.elapsed());
    let lines = session.console().await.unwrap_or_default();
    // They are known for each line, or for none.
    let console_at_ms = lines.iter().map(|line| line.at_ms(clock)).collect::<Option<Vec<u64>>>().unwrap_or_default();
    let console = lines.into_iter().map(|line| line.text).collect();
    let mut shots = if keeps_shots { shots_of_pages(session, clock).await } else { Vec::new() };
    shots.extend(last.shot.clone());
    Details { console, console_at_ms, outline: last.dom_text.clone(), shots, ..of_realm }
}

/// Pictures of the pages before the last one. Drawing them navigates away from the page.
async fn shots_of_pages(session: &WebDriverSession, clock: &Stopwatch) -> Vec<Shot> {
    let mut copies = session.take_copies();
    // The last page has its own picture.
    copies.pop();
    drawn(session, copies, clock).await
}

/// Pictures of the pages that a suite's browsers showed, drawn in our own browser. Nothing here can break a case.
pub(super) async fn shots_of_suite(run: &RunContext, copies: Vec<PageCopy>, clock: &Stopwatch) -> Vec<Shot> {
    if copies.is_empty() {
        return Vec::new();
    }
    let Ok(session) = run.session().await else { return Vec::new() };
    let shots = drawn(&session, copies, clock).await;
    // A browser that can no longer be closed ends with its driver.
    let _closed = session.close().await;
    shots
}

async fn drawn(session: &WebDriverSession, copies: Vec<PageCopy>, clock: &Stopwatch) -> Vec<Shot> {
    let seen: Vec<_> = copies.iter().map(|copy| clock.elapsed().saturating_sub(copy.age())).collect();
    let pictures = session.draw(&copies).await.unwrap_or_default();
    let shots = copies.into_iter().zip(seen).zip(pictures);
    shots.map(|((copy, seen), image)| Shot { at_ms: millis(seen), page: copy.page, image }).collect()
}

/// What the realm recorded about a case of this age. The realm counts time from its own start, a report from the start
/// of the case.
pub(super) fn of_realm(realm: &Realm, case_age: Duration) -> Details {
    let lead = case_age.saturating_sub(realm.clock.age());
    let requests = realm.requests.all().into_iter().map(|request| Request {
        at_ms: millis(lead + request.after),
        method: request.method,
        host: request.host,
        path: request.path,
        status: request.status,
        took_ms: millis(request.took),
        bytes: request.bytes,
    });
    let messages = realm.messages.all().into_iter().map(|message| Message {
        at_ms: millis(lead + message.after),
        kind: message.kind.name().to_owned(),
        idp: message.idp.unwrap_or_else(|| "unknown".to_owned()),
        text: message.text,
        signals: message.signals,
        signed: message.signed,
    });
    Details { requests: requests.collect(), messages: messages.collect(), ..Details::default() }
}

/// The journal about a case of this age. A report counts the time of an entry from the start of the case, since the realm's
/// own clock may be anywhere.
pub(super) fn journal(realm: &Realm, case_age: Duration) -> Vec<Value> {
    let entries = realm.journal.all_with_ages().into_iter().filter_map(|(entry, age)| {
        let mut value = serde_json::to_value(entry).ok()?;
        if let (Some(age), Some(fields)) = (age, value.as_object_mut()) {
            fields.insert("at-ms".to_owned(), millis(case_age.saturating_sub(age)).into());
        }
        Some(value)
    });
    entries.collect()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
