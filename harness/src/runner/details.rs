//! What a report may show of a case, gathered from the realm and the browser after its last step.

use std::time::Duration;

use vestibule_simulator::realm::Realm;

use super::world::World;
use crate::browser::WebDriverSession;
use crate::outcome::{Details, Message, Request};
use crate::stopwatch::Stopwatch;

/// Gathers what there is. Nothing here can break a case: what cannot be read is left out.
pub(super) async fn collect(world: &World, session: &WebDriverSession, clock: &Stopwatch) -> Details {
    Details { console: session.console().await.unwrap_or_default(), ..of_realm(&world.realm, clock.elapsed()) }
}

/// What the realm kept of a case of this age. Its times start with the realm, those of a report with the case.
pub(super) fn of_realm(realm: &Realm, case_age: Duration) -> Details {
    let lead = case_age.saturating_sub(realm.clock.age());
    let requests = realm.requests.all().into_iter().map(|request| Request {
        at_ms: millis(lead + request.after),
        method: request.method,
        host: request.host,
        path: request.path,
        status: request.status,
        took_ms: millis(request.took),
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

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
