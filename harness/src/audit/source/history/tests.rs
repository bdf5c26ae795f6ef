use serde_json::json;

use super::*;

#[test]
fn a_row_tells_the_route_the_app_and_what_the_identity_provider_said() {
    type Expected = Option<(LoginKind, Option<&'static str>, Option<&'static [&'static str]>, bool)>;
    let rows: [(Value, bool, Expected); 16] = [
        (
            json!({ "LoginType": "Remote Access 2.0", "Application": "Browser" }),
            true,
            Some((LoginKind::Frontdoor, None, Some(&[]), true)),
        ),
        (
            json!({ "LoginType": "Application", "Application": "Browser" }),
            true,
            Some((LoginKind::PasswordUi, None, Some(&[]), true)),
        ),
        (json!({ "LoginType": "SAML Sfdc Initiated SSO" }), true, Some((LoginKind::Saml, None, None, true))),
        (json!({ "LoginType": "SAML Idp Initiated SSO" }), true, Some((LoginKind::Saml, None, None, true))),
        (json!({ "LoginType": "Third Party SSO" }), true, Some((LoginKind::Oidc, None, Some(&[]), true))),
        (
            json!({ "LoginType": "Third Party SSO", "AuthMethodReference": "pwd,swk" }),
            true,
            Some((LoginKind::Oidc, None, Some(&["pwd", "swk"]), true)),
        ),
        (
            json!({ "LoginType": "Remote Access 2.0", "LoginSubType": "oauthpassword", "Application": "Data Sync" }),
            true,
            Some((LoginKind::OauthPassword, Some("Data Sync"), Some(&[]), true)),
        ),
        (
            json!({ "LoginType": "Remote Access 2.0", "LoginSubType": "OAuth Username-Password", "Application": "Data Sync" }),
            true,
            Some((LoginKind::OauthPassword, Some("Data Sync"), Some(&[]), true)),
        ),
        (
            json!({ "LoginType": "Remote Access 2.0", "LoginSubType": "oauthclientcredential", "Application": "ERP" }),
            true,
            Some((LoginKind::ClientCredentials, Some("ERP"), Some(&[]), true)),
        ),
        (
            json!({ "LoginType": "Remote Access 2.0", "LoginSubType": "oauthcode", "Application": "Mail" }),
            true,
            Some((LoginKind::OauthWebServer, Some("Mail"), Some(&[]), true)),
        ),
        (
            json!({ "LoginType": "Remote Access 2.0", "LoginSubType": null, "Application": "CI" }),
            true,
            Some((LoginKind::Api, Some("CI"), Some(&[]), true)),
        ),
        (
            json!({ "LoginType": "Remote Access 2.0", "Application": "CI" }),
            false,
            Some((LoginKind::Api, Some("CI"), Some(&[]), false)),
        ),
        (
            json!({ "LoginType": "Other Apex API", "ApiType": "SOAP Partner", "Application": "Loader" }),
            true,
            Some((LoginKind::SoapLogin, Some("Loader"), Some(&[]), true)),
        ),
        (json!({ "LoginType": "Other Apex API", "ApiType": "Bulk" }), true, None),
        (
            json!({ "LoginType": "PasswordlessPasskeyLogin" }),
            true,
            Some((LoginKind::Passwordless, None, Some(&[]), true)),
        ),
        (json!({ "LoginType": "Customer Service Portal" }), true, None),
    ];
    for (row, sub_types, expected) in rows {
        let found = use_of(&row, sub_types);
        let shape = found.as_ref().map(|one| {
            let said = match &one.signals {
                Signals::Said(said) => Some(said.iter().map(String::as_str).collect::<Vec<_>>()),
                Signals::NotShown => None,
            };
            (one.login.clone(), one.app.as_deref(), said, one.flow_known)
        });
        let expected = expected.map(|(login, app, said, known)| (login, app, said.map(<[&str]>::to_vec), known));
        assert_eq!(shape, expected, "{row}");
    }
}

#[test]
fn a_login_that_failed_shows_no_way_in() {
    let row = |status: &str| json!({ "UserId": "005A", "LoginType": "Application", "Status": status, "LoginTime": "2026-11-02T12:00:00.000+0000" });

    let found = uses(&[row("Success"), row("Invalid Password"), row("Multi-factor required")], true);

    assert_eq!(found["005A"].len(), 2);
    assert_eq!(found["005A"][0].last, Some(jiff::civil::date(2026, 11, 2)));
}

#[test]
fn a_method_that_was_answered_is_one_that_the_user_has() {
    let row = |method: &str, status: &str| json!({ "UserId": "005A", "VerificationMethod": method, "Status": status });

    let seen = verified(&[
        row("Totp", "Succeeded"),
        row("WebAuthnRoamingAuthenticator", "AutomatedSuccess"),
        row("BuiltInAuthenticator", "Denied"),
        row("Email", "Succeeded"),
    ]);

    assert_eq!(seen["005A"], BTreeSet::from([VerificationMethod::SecurityKey, VerificationMethod::TotpApp]));
}

#[test]
fn values_are_told_apart_however_they_are_written() {
    for said in ["pwd mfa", "pwd,mfa", "[\"pwd\",\"mfa\"]", "pwd;mfa"] {
        assert_eq!(values(said), BTreeSet::from(["mfa".to_owned(), "pwd".to_owned()]), "{said}");
    }
}
