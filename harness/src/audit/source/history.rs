//! How users and integrations log in, by what the org recorded (contract H1.1 to H1.9, H2.1). Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vestibule_model::{LoginKind, VerificationMethod};

use super::row::{day, shown, text};
use crate::audit::facts::{Signals, Use};

/// The ways in which each user, by id, got a session. `sub_types` says whether the org shows the flow of a login.
pub(super) fn uses(rows: &[Value], sub_types: bool) -> BTreeMap<String, Vec<Use>> {
    let mut uses: BTreeMap<String, Vec<Use>> = BTreeMap::new();
    for row in rows {
        let succeeded = text(row, "Status").is_some_and(|status| SUCCESSES.contains(&status));
        if let (true, Some(user), Some(one)) = (succeeded, text(row, "UserId"), use_of(row, sub_types)) {
            uses.entry(user.to_owned()).or_default().push(one);
        }
    }
    uses
}

/// What a row of Login History says of the way; `None` for one that is not a login of its own.
fn use_of(row: &Value, sub_types: bool) -> Option<Use> {
    let sub_type = text(row, "LoginSubType").unwrap_or_default().to_lowercase();
    let soap = text(row, "ApiType").is_some_and(|of| of.contains("SOAP"));
    let (login, flow_known) = match text(row, "LoginType").unwrap_or_default() {
        "Application" => (LoginKind::PasswordUi, true),
        "Passwordless Login" | "PasswordlessPasskeyLogin" => (LoginKind::Passwordless, true),
        "Third Party SSO" => (LoginKind::Oidc, true),
        kind if kind.starts_with("SAML") => (LoginKind::Saml, true),
        kind if kind.starts_with("Remote Access") => match flow(&sub_type) {
            Some(login) => (login, true),
            // A session of the API that opened the pages.
            None if text(row, "Application") == Some("Browser") => (LoginKind::Frontdoor, true),
            // A token that a password got would say so.
            None => (LoginKind::Api, sub_types),
        },
        "Other Apex API" | "Partner Product" if soap || text(row, "ApiType").is_none() => (LoginKind::SoapLogin, true),
        _ => return None,
    };
    let of_browser = matches!(
        login,
        LoginKind::PasswordUi | LoginKind::Passwordless | LoginKind::Oidc | LoginKind::Saml | LoginKind::Frontdoor
    );
    let app = text(row, "Application").filter(|app| !of_browser && !app.is_empty() && *app != "N/A");
    let said = text(row, "AuthMethodReference").map(values).unwrap_or_default();
    let is_shown = login != LoginKind::Saml || !said.is_empty();
    Some(Use {
        app: app.map(shown),
        signals: if is_shown { Signals::Said(said) } else { Signals::NotShown },
        flow_known,
        last: day(row, "LoginTime"),
        // `Salesforce.com IP` and the like are no addresses.
        from: text(row, "SourceIp").and_then(|address| address.parse().ok()),
        login,
    })
}

/// The flow by `LoginSubType`, which may be written as a code or as its label (contract H1.9).
fn flow(sub_type: &str) -> Option<LoginKind> {
    match sub_type {
        "oauthpassword" | "oauth username-password" => Some(LoginKind::OauthPassword),
        "oauthclientcredential" | "oauth client credential" | "oauth client credentials" => {
            Some(LoginKind::ClientCredentials)
        }
        "oauthcode" | "oauth web server" => Some(LoginKind::OauthWebServer),
        "oauthtoken" | "oauthtokenidtoken" | "oauth user-agent" | "oauth user-agent with id token" => {
            Some(LoginKind::OauthUserAgent)
        }
        "oauthhybridtoken"
        | "oauthhybridauthcode"
        | "oauth user-agent for hybrid apps"
        | "oauth web server for hybrid apps" => Some(LoginKind::OauthHybrid),
        _ => None,
    }
}

/// `pwd, mfa`, `["pwd","mfa"]`.
pub(super) fn values(said: &str) -> BTreeSet<String> {
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']' | '"');
    said.split(separators).filter(|value| !value.is_empty()).map(shown).collect()
}

/// The methods that each user, by id, was seen to use (contract H2.1).
pub(super) fn verified(rows: &[Value]) -> BTreeMap<String, BTreeSet<VerificationMethod>> {
    let mut seen: BTreeMap<String, BTreeSet<VerificationMethod>> = BTreeMap::new();
    for row in rows {
        let succeeded = matches!(text(row, "Status"), Some("Succeeded" | "AutomatedSuccess"));
        let method = match text(row, "VerificationMethod").unwrap_or_default() {
            "BuiltInAuthenticator" | "PwlessPasskey" => VerificationMethod::BuiltInAuthenticator,
            "WebAuthnRoamingAuthenticator" | "U2F" => VerificationMethod::SecurityKey,
            "Totp" => VerificationMethod::TotpApp,
            "SalesforceAuthenticator" => VerificationMethod::SalesforceAuthenticator,
            _ => continue,
        };
        if let (true, Some(user)) = (succeeded, text(row, "UserId")) {
            seen.entry(user.to_owned()).or_default().insert(method);
        }
    }
    seen
}

/// The apps that hold tokens of each user, by id.
pub(super) fn apps(rows: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let mut apps: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        if let (Some(user), Some(app)) = (text(row, "UserId"), text(row, "AppName")) {
            apps.entry(user.to_owned()).or_default().insert(shown(app));
        }
    }
    apps
}

/// A login that waited for a verification is one, too: it shows the way.
const SUCCESSES: [&str; 2] = ["Success", "Multi-factor required"];

#[cfg(test)]
mod tests;
