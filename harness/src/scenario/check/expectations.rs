//! Expectations that contradict each other or that this org cannot meet.

use vestibule_model::yaml::{ReadError, Spanned};
use vestibule_model::{LoginPage, PageName, SignInRoute};

use super::{error, moments};
use crate::scenario::model::{Expect, Expectation, Scenario, SignInStep, Step};

/// Every impossible expectation.
pub(super) fn check(scenario: &Scenario) -> Vec<ReadError> {
    moments(scenario).flat_map(|(expect, before)| check_one(scenario, expect, before)).collect()
}

/// `before` are the steps after which the expectation is judged.
fn check_one(scenario: &Scenario, expect: &Expect, before: &[Spanned<Step>]) -> Vec<ReadError> {
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
        if is_of_a_product(page.value) && scenario.products.is_empty() {
            let title = format!("`{}` is a page of a product, and there is none", page.value);
            errors.push(impossible(title, page.span, "needs `products`"));
        }
        let passwordless = scenario.org.allows_passwordless();
        let needed = |shown| login_page_of(page.value, shown, passwordless);
        if let Some(needed) = scenario.org.login_page.and_then(needed) {
            let title = format!("an org with this `login-page` has no page `{}`", page.value);
            errors.push(impossible(title, page.span, &format!("needs `login-page: {needed}`")));
        }
    }
    let sign_ins: Vec<&SignInStep> = before.iter().filter_map(|step| sign_in(&step.value)).collect();
    if let Some(signals) = &expect.signals
        && !sign_ins.iter().any(|step| step.via.value.is_sso())
    {
        let title = "signals come from an identity provider, and no step goes to one".to_owned();
        errors.push(impossible(title, signals.span, "needs a step with `via: sso`"));
    }
    if let Some(page) = &expect.page
        && page.value == PageName::Password
        && !sign_ins.iter().any(|step| step.via.value == SignInRoute::Password)
    {
        let title = "no step goes to the password page".to_owned();
        errors.push(impossible(title, page.span, "needs a step with `via: password`"));
    }
    // A scenario without steps is told so.
    if sign_ins.is_empty() && !scenario.steps.is_empty() {
        let of_a_login = expect.entries().into_iter().filter(|(expectation, _)| is_of_a_login(*expectation));
        errors.extend(of_a_login.map(|(expectation, span)| {
            let title = format!("`{expectation}` is about a login, and nobody signs in before it");
            impossible(title, span, "needs a `sign-in` step before it")
        }));
    }
    errors
}

fn sign_in(step: &Step) -> Option<&SignInStep> {
    match step {
        Step::SignIn(step) => Some(step),
        _ => None,
    }
}

/// Whether it says something about a login, so that it could not fail, or not hold, where nobody signs in.
fn is_of_a_login(expectation: Expectation) -> bool {
    match expectation {
        Expectation::SignedIn
        | Expectation::Strength
        | Expectation::Outcome
        | Expectation::Rules
        | Expectation::Cause => true,
        // Signals and the survival of a suite have rules of their own.
        Expectation::Signals
        | Expectation::Survival
        | Expectation::Page
        | Expectation::Url
        | Expectation::Cookie
        | Expectation::Text
        | Expectation::Journal
        | Expectation::LoginHistory
        | Expectation::Snapshot => false,
    }
}

fn is_before_home(page: PageName) -> bool {
    !page.info().needs_session && !matches!(page, PageName::Inbox | PageName::Unknown)
}

fn is_of_a_product(page: PageName) -> bool {
    matches!(
        page,
        PageName::ProductSignIn
            | PageName::ProductCode
            | PageName::ProductPairing
            | PageName::ProductHome
            | PageName::ProductError
    )
}

/// The `login-page` that a page needs, if the org shows another one.
fn login_page_of(page: PageName, shown: LoginPage, passwordless: bool) -> Option<&'static str> {
    match (page, shown) {
        (PageName::Login, LoginPage::TwoStep | LoginPage::PasskeyFirst) => Some("classic"),
        (PageName::Username | PageName::Password, LoginPage::Classic) => Some("two-step"),
        (PageName::LoginPasskey, LoginPage::Classic) => Some("passkey-first"),
        (PageName::LoginPasskey, LoginPage::TwoStep) if !passwordless => Some("passkey-first"),
        _ => None,
    }
}
