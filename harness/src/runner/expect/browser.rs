//! Expectations on what the browser shows and holds.

use vestibule_model::PageName;
use vestibule_simulator::realm::HostRole;

use super::Mismatch;
use super::witness::{BrowserView, Witness};
use crate::outcome::Survival;
use crate::runner::error::RunError;
use crate::scenario::model::{CookieExpectation, Expect, Expectation, HostName};
use crate::trace::redact_url;

/// The expectations on the page and the cookies.
pub(super) async fn shown(
    expectation: Expectation,
    expect: &Expect,
    view: BrowserView<'_>,
    witness: &Witness<'_>,
) -> Result<Option<Mismatch>, RunError> {
    Ok(match expectation {
        Expectation::Page => expect.page.as_ref().and_then(|name| page(name.value, view)),
        Expectation::Url => expect.url.as_ref().and_then(|part| url(&part.value, view)),
        Expectation::Text => expect.text.as_ref().and_then(|part| text(&part.value, view)),
        _ => match &expect.cookie {
            Some(expected) => cookie(&expected.value, view, witness).await?,
            None => None,
        },
    })
}

fn page(expected: PageName, view: BrowserView<'_>) -> Option<Mismatch> {
    let actual = view.page.name;
    (actual != expected).then(|| Mismatch {
        title: format!("the login ended on another page: {actual}"),
        expected: expected.to_string(),
        actual: actual.to_string(),
        notes: vec![described(view)],
    })
}

/// Whether the users are signed in, by the realm's own state; those of a suite's own as they were when it was judged.
pub(super) fn signed_in(expected: bool, witness: &Witness<'_>) -> Option<Mismatch> {
    let user = witness.user?;
    let actual = match witness.survival {
        Some(survival) => matches!(survival, Survival::Survived | Survival::FailedLater),
        None => witness.realm.sessions.signed_in_after(user, witness.sessions_before),
    };
    let say = |signed_in: bool| if signed_in { "signed in" } else { "not signed in" }.to_owned();
    (actual != expected).then(|| Mismatch {
        title: format!("`{user}` is {}", say(actual)),
        expected: say(expected),
        actual: say(actual),
        notes: witness.browser.map(described).into_iter().collect(),
    })
}

fn url(expected: &str, view: BrowserView<'_>) -> Option<Mismatch> {
    (!view.page.url().contains(expected)).then(|| Mismatch {
        title: "the URL is another one".to_owned(),
        expected: format!("a URL that contains `{expected}`"),
        actual: redact_url(view.page.url()),
        notes: Vec::new(),
    })
}

fn text(expected: &str, view: BrowserView<'_>) -> Option<Mismatch> {
    (!view.page.text().contains(expected)).then(|| Mismatch {
        title: "the page does not show the text".to_owned(),
        expected: format!("`{expected}`"),
        actual: first_words(view.page.text()),
        notes: vec![described(view)],
    })
}

async fn cookie(
    expected: &CookieExpectation,
    view: BrowserView<'_>,
    witness: &Witness<'_>,
) -> Result<Option<Mismatch>, RunError> {
    let hosts = &witness.realm.hosts;
    let role = match expected.host {
        HostName::MyDomain => HostRole::MyDomain,
        HostName::Lightning => HostRole::Lightning,
        HostName::Setup => HostRole::Setup,
        HostName::Login => HostRole::Login,
        HostName::Idp => match witness.case.scenario.idps.keys().next() {
            Some(key) => HostRole::Idp(key.clone()),
            None => return Err(RunError::Step("there is no identity provider".to_owned())),
        },
    };
    let present = view.session.cookie_names(&hosts.origin(&role)).await?.contains(&expected.name);
    let say = |present: bool| {
        let verb = if present { "holds" } else { "does not hold" };
        format!("the browser {verb} `{}` for {}", expected.name, hosts.name(&role))
    };
    Ok((present != expected.present).then(|| Mismatch {
        title: say(present),
        expected: say(expected.present),
        actual: say(present),
        notes: Vec::new(),
    }))
}

fn described(view: BrowserView<'_>) -> String {
    let error = view.page.error().map(|error| format!(", error \"{error}\"")).unwrap_or_default();
    format!("page: \"{}\" at {}{error}", view.page.title(), redact_url(view.page.url()))
}

fn first_words(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().take(20).collect();
    if words.is_empty() { "nothing".to_owned() } else { format!("`{} …`", words.join(" ")) }
}
