//! Requests that are malformed, from a seeded generator, against every endpoint of the org and what is beside it: SOAP, SOQL,
//! JSON, forms, JWT, and requests and answers of SAML. `make malformed` draws 10,000 of them.
//!
//! Each seed is one request, which is right but for one to three faults.

mod bad_input;
mod chance;
mod draw;
mod endpoints;
mod judged;
mod world;

use std::collections::BTreeMap;
use std::panic;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use strum::IntoEnumIterator as _;

use self::chance::Chance;
use self::draw::{Draw, Kind};
use self::judged::Answer;
use self::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_requests_that_are_spoilt_are_right_before() {
    let world = World::new().await;
    for (kind, sign) in [
        (Kind::Soap, "<sessionId>"),
        (Kind::Soql, "\"records\":[{"),
        (Kind::Json, "\"my-domain\":\"acme\""),
        (Kind::Form, "\"access_token\""),
        (Kind::Jwt, "\"access_token\""),
        (Kind::SamlResponse, ""),
        (Kind::SamlRequest, "name=\"SAMLResponse\""),
    ] {
        let draw = kind.draw(&world, &mut Chance::none());

        let answer = ask(&world, &draw).await.unwrap();

        assert!(!answer.is_refusal() && answer.body.contains(sign), "{kind:?} {draw:?}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_malformed_request_fails_the_server_or_is_refused_without_a_reason() {
    let panics = panics_of_servers();
    let world = World::new().await;
    let first = number("VESTIBULE_MALFORMED_SEED").unwrap_or(0);
    let draws = number("VESTIBULE_MALFORMED_DRAWS").unwrap_or(USUAL_DRAWS);
    let kinds: Vec<Kind> = Kind::iter().collect();
    let mut refused: BTreeMap<Kind, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in first..first + draws {
        let kind = kinds[usize::try_from(seed).unwrap() % kinds.len()];
        let draw = kind.draw(&world, &mut Chance::of(seed));
        let answer = ask(&world, &draw).await;
        let fault = match &answer {
            Ok(answer) => answer.fault(&draw),
            Err(why) => Some(why.clone()),
        };
        let panicked = std::mem::take(&mut *panics.lock().unwrap());
        if let Some(fault) = fault.or_else(|| panicked.first().cloned()) {
            wrong.push(told(seed, kind, &draw, &fault, answer.ok().as_ref()));
        } else if answer.is_ok_and(|answer| answer.is_refusal()) {
            *refused.entry(kind).or_default() += 1;
        }
    }

    assert!(wrong.is_empty(), "{} of {draws} requests\n\n{}", wrong.len(), wrong.join("\n\n"));
    for kind in kinds.into_iter().filter(|_| draws >= USUAL_DRAWS) {
        assert!(refused.contains_key(&kind), "no request is refused, so that nothing is shown: {kind:?}");
    }
}

async fn ask(world: &World, draw: &Draw) -> Result<Answer, String> {
    let mut request = world.client.request(draw.method.clone(), &draw.url).timeout(LONG);
    for (name, value) in &draw.headers {
        request = request.header(*name, value);
    }
    let response = request.body(draw.body.clone()).send().await;
    Answer::of(response.map_err(|error| format!("no answer: {error:?}"))?).await
}

/// What was found, and how to see it again.
fn told(seed: u64, kind: Kind, draw: &Draw, fault: &str, answer: Option<&Answer>) -> String {
    let short = |text: &str| text.chars().take(400).collect::<String>();
    let (url, body) = (short(&draw.url), short(&String::from_utf8_lossy(&draw.body)));
    let answered = answer.map(|answer| format!("{} {}", answer.status, short(&answer.body))).unwrap_or_default();
    format!(
        "{kind:?}, {fault}\n  {} {url}\n  {:?}\n  {body:?}\n  {answered}\n  again: VESTIBULE_MALFORMED_SEED={seed} \
         VESTIBULE_MALFORMED_DRAWS=1 cargo test -p vestibule-simulator --test it malformed",
        draw.method, draw.headers
    )
}

/// What panics on a thread of a runtime. Tests that fail panic on threads of their own.
fn panics_of_servers() -> Arc<Mutex<Vec<String>>> {
    let found: Arc<Mutex<Vec<String>>> = Arc::default();
    let (keeper, usual) = (Arc::clone(&found), panic::take_hook());
    panic::set_hook(Box::new(move |info| {
        if thread::current().name().is_some_and(|name| name.starts_with("tokio-")) {
            keeper.lock().unwrap().push(format!("a panic: {info}"));
        }
        usual(info);
    }));
    found
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}: `{text}` is no number")))
}

const USUAL_DRAWS: u64 = 420;
/// Longer than any answer takes.
const LONG: Duration = Duration::from_secs(60);
