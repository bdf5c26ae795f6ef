//! Expectations about what the browser shows and stores.

use vestibule_model::PageName;

use super::Mismatch;
use super::context::{BrowserView, JudgeContext};
use crate::runner::error::Broken;
use crate::scenario::model::{CookieExpectation, Expectation};
use crate::trace::redact_url;

pub(super) fn page(expected: PageName, view: BrowserView<'_>) -> Option<Mismatch> {
    let actual = view.page.name;
    (actual != expected).then(|| Mismatch {
        title: format!("the login ended on a different page: {actual}"),
        expected: expected.to_string(),
        actual: actual.to_string(),
        notes: vec![described(view)],
    })
}

/// Whether the users are signed in, according to the realm; for a suite, as they were when it was judged.
pub(super) fn signed_in(expected: bool, context: &JudgeContext<'_>) -> Result<Option<Mismatch>, Broken> {
    let user = context.observation.user_of(Expectation::SignedIn)?;
    let actual = context.observation.signed_in;
    let say = |signed_in: bool| if signed_in { "signed in" } else { "not signed in" }.to_owned();
    Ok((actual != expected).then(|| Mismatch {
        title: format!("`{user}` is {}", say(actual)),
        expected: say(expected),
        actual: say(actual),
        notes: context.view().map(described).into_iter().collect(),
    }))
}

pub(super) fn url(expected: &str, view: BrowserView<'_>) -> Option<Mismatch> {
    (!view.page.url().contains(expected)).then(|| Mismatch {
        title: "the URL is different".to_owned(),
        expected: format!("a URL that contains `{expected}`"),
        actual: redact_url(view.page.url()),
        notes: Vec::new(),
    })
}

pub(super) fn text(expected: &str, view: BrowserView<'_>) -> Option<Mismatch> {
    (!view.page.text().contains(expected)).then(|| Mismatch {
        title: "the page does not show the text".to_owned(),
        expected: format!("`{expected}`"),
        actual: first_words(view.page.text()),
        notes: vec![described(view)],
    })
}

pub(super) async fn cookie(
    expected: &CookieExpectation,
    view: BrowserView<'_>,
    context: &JudgeContext<'_>,
) -> Result<Option<Mismatch>, Broken> {
    let hosts = &context.realm.hosts;
    let no_idp = || Broken::Step("there is not exactly one identity provider".to_owned());
    let role = context.case.scenario.host_role(expected.host).ok_or_else(no_idp)?;
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
