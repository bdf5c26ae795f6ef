//! The `scope` parameter.

use std::collections::BTreeSet;

use super::error::OauthError;
use super::parameters::Parameters;
use crate::realm::App;
use vestibule_model::OauthScope;

/// The scopes that an app asks for; without the parameter, all of its own.
///
/// # Errors
/// If one of them is unknown, or not selected for the app.
pub(super) fn asked(app: &App, parameters: &Parameters<'_>) -> Result<BTreeSet<OauthScope>, OauthError> {
    let given = parameters.text("scope");
    if given.trim().is_empty() {
        return Ok(app.spec.scopes.clone());
    }
    given.split_whitespace().map(|word| scope(app, word)).collect()
}

fn scope(app: &App, word: &str) -> Result<OauthScope, OauthError> {
    let scope: Option<OauthScope> = word.parse().ok();
    scope.filter(|scope| allows(&app.spec.scopes, *scope)).ok_or_else(|| {
        let why = match scope {
            Some(scope) => format!("the scope `{scope}` is not selected for the app"),
            None => "the app asks for a scope that does not exist".to_owned(),
        };
        OauthError::new("invalid_scope", "the requested scope is not allowed", why).of_app(app)
    })
}

/// `full` holds everything but a refresh token, and what says who the user is needs no selection (inferred).
fn allows(selected: &BTreeSet<OauthScope>, scope: OauthScope) -> bool {
    match scope {
        OauthScope::Id | OauthScope::Profile | OauthScope::Email | OauthScope::Address | OauthScope::Phone => true,
        OauthScope::RefreshToken | OauthScope::OfflineAccess => brings_refresh_token(selected),
        other => selected.contains(&other) || selected.contains(&OauthScope::Full),
    }
}

/// Whether a grant with these scopes comes with a refresh token.
pub(super) fn brings_refresh_token(scopes: &BTreeSet<OauthScope>) -> bool {
    scopes.contains(&OauthScope::RefreshToken) || scopes.contains(&OauthScope::OfflineAccess)
}

/// The value of `scope` in an answer.
pub(super) fn text(scopes: &BTreeSet<OauthScope>) -> String {
    scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
