//! Expectations that contradict each other or that this org cannot meet.

use vestibule_model::{LoginPage, PageName, SignInRoute};

use super::{error, expects};
use crate::scenario::model::{Expect, Scenario, Step};
use crate::scenario::read::ReadError;

/// Every impossible expectation.
pub(super) fn check(scenario: &Scenario) -> Vec<ReadError> {
    expects(scenario).flat_map(|expect| check_one(scenario, expect)).collect()
}

fn check_one(scenario: &Scenario, expect: &Expect) -> Vec<ReadError> {
    let impossible = |title: String, span, label: &str| error("impossible-expectation", title, span, label);
    let mut errors = Vec::new();
    if let (Some(page), Some(signed_in)) = (&expect.page, &expect.signed_in) {
        if signed_in.value && is_before_home(page.value) {
            let title = format!("nobody is signed in on the page `{}`", page.value);
            errors.push(impossible(title, signed_in.span, "contradicts `page`"));
        } else if !signed_in.value && page.value == PageName::Home {
            let title = "the page `home` is shown only to signed-in users".to_owned();
            errors.push(impossible(title, signed_in.span, "contradicts `page`"));
        }
    }
    if let Some(page) = &expect.page {
        if matches!(page.value, PageName::IdpSignIn | PageName::IdpError) && scenario.idps.is_empty() {
            let title = format!("`{}` is a page of an identity provider, and there is none", page.value);
            errors.push(impossible(title, page.span, "needs `idp`"));
        }
        if let Some(needed) = scenario.org.login_page.and_then(|shown| login_page_of(page.value, shown)) {
            let title = format!("an org with this `login-page` has no page `{}`", page.value);
            errors.push(impossible(title, page.span, &format!("needs `login-page: {needed}`")));
        }
    }
    let any_sso = scenario.steps.iter().any(|step| match &step.value {
        Step::SignIn(sign_in) => sign_in.via.value.is_sso(),
        _ => false,
    });
    if let Some(signals) = &expect.signals
        && !any_sso
    {
        let title = "signals come from an identity provider, and no step goes to one".to_owned();
        errors.push(impossible(title, signals.span, "needs a step with `via: sso`"));
    }
    let types_password =
        |step: &Step| matches!(step, Step::SignIn(sign_in) if sign_in.via.value == SignInRoute::Password);
    if let Some(page) = &expect.page
        && page.value == PageName::Password
        && !scenario.steps.iter().any(|step| types_password(&step.value))
    {
        let title = "no step goes to the password page".to_owned();
        errors.push(impossible(title, page.span, "needs a step with `via: password`"));
    }
    errors
}

fn is_before_home(page: PageName) -> bool {
    !page.info().needs_session && !matches!(page, PageName::Inbox | PageName::Unknown)
}

/// The `login-page` that a page needs, if the org shows another one.
fn login_page_of(page: PageName, shown: LoginPage) -> Option<&'static str> {
    match (page, shown) {
        (PageName::Login, LoginPage::TwoStep | LoginPage::PasskeyFirst) => Some("classic"),
        (PageName::Username | PageName::Password, LoginPage::Classic) => Some("two-step"),
        (PageName::LoginPasskey, LoginPage::Classic | LoginPage::TwoStep) => Some("passkey-first"),
        _ => None,
    }
}
