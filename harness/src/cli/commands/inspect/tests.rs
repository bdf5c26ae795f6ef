//! The command on messages of foreign identity providers.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;

#[test]
fn each_signal_gets_its_tier_and_what_was_probably_meant() {
    for (message, lines) in [
        (
            amr(&["pwd", "mfa", "swk"]),
            &[
                "`pwd` in the SAML attribute amr: weak",
                "`mfa` in the SAML attribute amr: in no tier",
                "`swk` in the SAML attribute amr: phishing-resistant",
            ][..],
        ),
        (amr(&["pwd,mfa,swk"]), &["in no tier; several values in one: `pwd`, `mfa`, `swk`"]),
        (amr(&["[\"pwd\", \"swk\"]"]), &["several values in one: `pwd`, `swk`"]),
        (
            amr(&["\n        swk\n      "]),
            &["`\\n        swk\\n      `", "the org knows `swk`: they differ by blanks or line breaks"],
        ),
        (amr(&["okta-verify"]), &["the org knows `okta_verify`: they differ by one letter"]),
        (amr(&["\"swk\""]), &["in no tier; the org knows `swk`: they differ by quotation marks"]),
        (amr(&["'swk' "]), &["in no tier; the org knows `swk`: they differ by quotation marks"]),
        (amr(&["https://acme.example/claims/swk/"]), &["`swk`: they differ in what comes after the name"]),
        (amr(&["pwd-mfa-swk"]), &["in no tier; several values in one: `pwd`, `mfa`, `swk`"]),
        (amr(&["FIDO\u{200b}2"]), &["`FIDO\\u{200b}2` in the SAML attribute amr: in no tier; the org knows `fido2`"]),
        (
            response("\n  urn:oasis:names:tc:SAML:2.0:ac:classes:X509\n", &[]),
            &["in AuthnContextClassRef: in no tier; the org knows `X509`: they differ by blanks or line breaks"],
        ),
        (
            response(UNSPECIFIED, &[("AMR", &["mfa"])]),
            &["not read by the org; the org looks in the attribute `amr`: they differ by upper and lower case"],
        ),
        (
            response(UNSPECIFIED, &[("http://acme.example/authnmethodsreferences", &["x"])]),
            &["claims/authnmethodsreferences`: they differ in what comes before the last part"],
        ),
        (
            response(UNSPECIFIED, &[("department", &["swk"])]),
            &["not read by the org; the value is phishing-resistant, but the org looks only in the attributes amr and"],
        ),
        (token(&json!("pwd swk")), &["`amr` must be a JSON array with one string for each value"]),
        (token(&json!(["pwd swk"])), &["`pwd swk` in the ID token's amr: in no tier; several values in one"]),
        (token(&json!([])), &["Signals\n  none\n"]),
    ] {
        let shown = shown(&message, &[]);
        for line in lines {
            assert!(shown.contains(line), "{line}\n\n{shown}");
        }
    }
}

#[test]
fn a_message_that_is_not_enough_has_a_cause_an_owner_and_a_fix() {
    for (message, of_employee, of_privileged) in [
        (amr(&["pwd", "mfa", "swk"]), None, None),
        (amr(&["okta_verify"]), None, Some("signal-not-phishing-resistant")),
        (amr(&["mfa"]), Some("signal-unlisted"), Some("signal-unlisted")),
        (amr(&["pwd"]), Some("signal-weak"), Some("signal-weak")),
        (amr(&["pwd,mfa,swk"]), Some("signals-joined"), Some("signals-joined")),
        (amr(&[" swk"]), Some("signal-misspelt"), Some("signal-misspelt")),
        (response(UNSPECIFIED, &[]), Some("signal-missing"), Some("signal-missing")),
        (response(UNSPECIFIED, &[("AMR", &["swk"])]), Some("signal-misplaced"), Some("signal-misplaced")),
        (token(&json!("swk")), Some("signal-not-an-array"), Some("signal-not-an-array")),
        (token(&json!(["hwk"])), None, None),
    ] {
        let answer: Value = serde_json::from_str(&shown(&message, &["--json"])).unwrap();

        for (login, cause) in [(0_usize, of_employee), (1, of_privileged)] {
            let finding = &answer["logins"][login]["finding"];
            assert_eq!(finding["cause"].as_str(), cause, "{message}: {answer:#}");
            assert_eq!(finding["owner"].as_str(), cause.map(|_| "idp-admin"), "{answer:#}");
        }
        assert_eq!(answer["signature-checked"], false);
    }
}

#[test]
fn nobody_is_told_that_a_signature_is_right() {
    let unsigned = shown(&amr(&["swk"]), &[]);
    let signed = shown(&token(&json!(["swk"])), &[]);

    assert!(
        unsigned.contains("Refused      neither the Response nor the Assertion is signed (owner: IdP admin)"),
        "{unsigned}"
    );
    assert!(unsigned.contains("Login by an employee on 2026-12-01, if the org took the message"), "{unsigned}");
    assert!(signed.contains("Signature    on ID token; NOT CHECKED"), "{signed}");
    assert!(!signed.contains("Refused"), "{signed}");
}

#[test]
fn a_signal_in_another_claim_is_a_near_miss_and_claims_about_the_user_are_not_shown() {
    let token = |extra: Value| {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let mut claims = json!({ "iss": "https://acme.okta.com", "sub": "rep@acme", "aud": "org", "exp": 2, "iat": 1 });
        for (name, value) in extra.as_object().unwrap() {
            claims[name] = value.clone();
        }
        format!("{}.{}.c2lnbmF0dXJl", part(&json!({ "alg": "RS256", "kid": "1" })), part(&claims))
    };
    let shown = shown(&token(json!({ "AMR": ["swk"], "methods": ["hwk"], "department": "shoe polish" })), &[]);

    for line in [
        "`swk` in the ID token's claim AMR: not read by the org; the org looks in the claim `amr`",
        "`hwk` in the ID token's claim methods: not read by the org; the value is phishing-resistant",
        "not shown, as they say nothing about the sign-in: department",
        "not shown, as it names the user or signs: iss, sub, aud, exp, iat, signature",
        "Product      okta, by the issuer",
        "vestibule presets okta",
    ] {
        assert!(shown.contains(line), "{line}\n\n{shown}");
    }
    assert!(!shown.contains("shoe polish"), "{shown}");
    let json: Value = serde_json::from_str(&self::shown(&token(json!({ "AMR": ["swk"] })), &["--json"])).unwrap();
    assert_eq!(json["redacted"], json!(["iss", "sub", "aud", "exp", "iat", "signature"]));
    assert_eq!(json["signals"][0]["signed"], true);
    assert_eq!(json["logins"][0]["finding"]["cause"], "signal-misplaced");
}

#[test]
fn a_signature_is_judged_with_the_keys_that_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let jwks = folder.path().join("jwks.json");
    std::fs::write(&jwks, "{\"keys\":[]}").unwrap();
    let path = jwks.to_str().unwrap();

    let refused = shown(&token(&json!(["swk"])), &["--jwks", path]);
    let json = shown(&token(&json!(["swk"])), &["--jwks", path, "--json"]);
    let none = shown_or_error(&token(&json!(["swk"])), &["--cert", path]).unwrap_err();
    let missing = shown_or_error(&token(&json!(["swk"])), &["--jwks", "/no/such/jwks"]).unwrap_err();

    assert!(refused.contains("Signature    on ID token; DOES NOT VERIFY: "), "{refused}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(json["signature"]["refused"]["why"].is_string() && json["signature-checked"] == true, "{json}");
    assert!(written(&none).contains("neither PEM nor DER"), "{}", written(&none));
    assert!(written(&missing).contains("failed to read /no/such/jwks"), "{}", written(&missing));
}

#[test]
fn one_user_is_judged_by_the_profile() {
    let shown = |profile: &str| shown(&amr(&["okta_verify"]), &["--profile", profile]);

    let (admin, user) = (shown("System Administrator"), shown("Standard User"));

    assert!(admin.contains("Login by a privileged user") && !admin.contains("employee"), "{admin}");
    assert!(admin.contains("signal-not-phishing-resistant"), "{admin}");
    assert!(user.contains("Login by an employee") && !user.contains("privileged"), "{user}");
}

#[test]
fn the_rules_the_day_and_the_kind_of_org_are_those_that_are_named() {
    let weak = amr(&["mfa"]);

    let before = shown(&weak, &["--date", "2026-01-15"]);
    let changed = shown(&weak, &["--set", "signals.unlisted=standard"]);
    let older = shown(&weak, &["--rulebook", "salesforce-2026-05-05", "--org-kind", "sandbox"]);

    assert!(before.contains("Login by an employee on 2026-01-15"), "{before}");
    assert!(before.contains("nothing until 2026-") && before.contains("vestibule causes signal-unlisted"), "{before}");
    assert!(changed.contains("proved   standard"), "{changed}");
    assert!(older.contains("Rulebook     salesforce-2026-05-05, sandbox, 2026-12-01"), "{older}");
}

#[test]
fn neither_the_message_nor_a_secret_in_it_is_printed() {
    // No key: the frame of one around the first bytes that all of them share.
    let label = "PRIVATE KEY";
    let key = format!("-----BEGIN {label}-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END {label}-----");
    let key = key.as_str();
    let inner = token(&json!(["swk"]));
    let attributes: [(&str, &[&str]); 3] =
        [("email", &["ada@acme.example"]), ("amr", &[key, &inner]), ("phone", &["4711"])];
    let messages = [
        response(UNSPECIFIED, &attributes),
        token(&json!([key, inner])),
        token(&json!("x".repeat(5000))),
        token(&json!(["\u{1b}[2J"])),
    ];
    for message in &messages {
        for arguments in [&[][..], &["--json"]] {
            let shown = shown(message, arguments);

            for secret in ["ada@acme.example", "4711", "MIIEvQ", "c2lnbmF0dXJl", "rep@acme", "\u{1b}", &"x".repeat(300)]
            {
                assert!(!shown.contains(secret), "{secret:?} is in\n{shown}");
            }
            assert!(!shown.contains(&STANDARD.encode(message)[..40]) && !shown.contains(&message[..40]), "{shown}");
        }
    }
    let (part, _) = inner.rsplit_once('.').unwrap();
    let named = said(&inspect_arguments(&[part]), "").unwrap_err();
    assert!(!written(&named).contains(&inner[..20]), "{}", written(&named));
}

#[test]
fn a_message_in_place_of_a_file_is_read_too() {
    let xml = amr(&["swk"]);
    let form = STANDARD.encode(&xml);
    let field = format!("SAMLResponse={form}");
    let claims = json!({ "iss": "https://idp.example", "sub": "rep", "aud": "org", "amr": ["swk"] }).to_string();
    for message in [xml, form, field, token(&json!(["swk"])), claims] {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let arguments = inspect_arguments(&[&message]);

        inspect(&arguments, date(2026, 12, 1), &mut Console::new(&mut out, &mut err, PLAIN)).unwrap();

        let (out, err) = (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap());
        assert!(out.contains("`swk`") && out.contains("phishing-resistant"), "{out}");
        assert!(err.starts_with("warning: ") && err.contains("`vestibule inspect -`"), "{err}");
        assert!(!out.contains(&message[..40]) && !err.contains(&message[..40]), "{out}{err}");
    }
    for nothing in ["<samlp:Resp", r#"{"amr""#, "[1, 2]"] {
        let error = written(&said(&inspect_arguments(&[nothing]), "").unwrap_err());
        assert!(error.contains("failed to find a SAML response or an ID token in it"), "{error}");
    }
    let another = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>";
    let error = written(&said(&inspect_arguments(&[another]), "").unwrap_err());
    assert!(error.contains("another kind, AuthnRequest"), "{error}");
    let missing = written(&said(&inspect_arguments(&["respons.xml"]), "").unwrap_err());
    assert!(missing.contains("failed to read respons.xml"), "{missing}");
}

#[test]
fn what_is_no_message_is_answered_with_where_to_find_one() {
    for (pasted, what, hint) in [
        ("", "in an empty text", "network tab"),
        ("hello", "failed to find a SAML response or an ID token in it", "`id_token` of the token response"),
        (
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>",
            "another kind, AuthnRequest",
            "take the answer of the identity provider",
        ),
    ] {
        let error = shown_or_error(pasted, &[]).unwrap_err();

        assert_eq!(error.code(), ExitCode::Usage);
        let text = written(&error);
        assert!(text.contains(what) && text.contains(hint), "{text}");
    }
    let missing = said(&inspect_arguments(&["/no/such/file"]), "").unwrap_err();
    assert!(written(&missing).contains("failed to read /no/such/file"), "{}", written(&missing));
}

fn shown(message: &str, arguments: &[&str]) -> String {
    shown_or_error(message, arguments).unwrap_or_else(|error| panic!("{}", written(&error)))
}

fn shown_or_error(message: &str, arguments: &[&str]) -> Result<String, CliError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("message");
    let path = file.display().to_string();
    said(&inspect_arguments(&[&[path.as_str()], arguments].concat()), message)
}

/// Runs the command after this text is written to its file, where there is a text.
fn said(args: &InspectArgs, text: &str) -> Result<String, CliError> {
    if args.file.parent().is_some_and(Path::is_dir) {
        std::fs::write(&args.file, text).unwrap();
    }
    let (mut out, mut err) = (Vec::new(), Vec::new());
    inspect(args, date(2026, 12, 1), &mut Console::new(&mut out, &mut err, PLAIN))?;
    Ok(String::from_utf8(out).unwrap())
}

fn inspect_arguments(words: &[&str]) -> InspectArgs {
    parse(words).unwrap_or_else(|error| panic!("{error}"))
}

fn written(error: &CliError) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    error.write(&mut Console::new(&mut out, &mut err, PLAIN)).unwrap();
    String::from_utf8(err).unwrap()
}

/// A response with these values in the attribute `amr`.
fn amr(values: &[&str]) -> String {
    response(UNSPECIFIED, &[("amr", values)])
}

/// An unsigned response of a foreign identity provider.
fn response(class_ref: &str, attributes: &[(&str, &[&str])]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let value = |value: &&str| format!("<saml:AttributeValue>{}</saml:AttributeValue>", escape(value));
    let attribute = |(name, values): &(&str, &[&str])| {
        let values: String = values.iter().map(value).collect();
        format!("<saml:Attribute Name=\"{}\">{values}</saml:Attribute>", escape(name))
    };
    let attributes: String = attributes.iter().map(attribute).collect();
    let issuer = "<saml:Issuer>https://idp.example/metadata</saml:Issuer>";
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r\" Version=\"2.0\">{issuer}<samlp:Status>\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         <saml:Assertion ID=\"_a\" Version=\"2.0\">{issuer}<saml:Subject><saml:NameID>rep@acme.example</saml:NameID>\
         </saml:Subject><saml:AuthnStatement><saml:AuthnContext><saml:AuthnContextClassRef>{class_ref}\
         </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
         <saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion></samlp:Response>"
    )
}

/// An ID token of a foreign identity provider; its signature is none.
fn token(amr: &Value) -> String {
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let claims =
        json!({ "iss": "https://idp.example", "sub": "rep@acme", "aud": "org", "exp": 2, "iat": 1, "amr": amr });
    format!("{}.{}.c2lnbmF0dXJl", part(json!({ "alg": "RS256", "kid": "1" })), part(claims))
}

const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
const PLAIN: TerminalTraits =
    TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
