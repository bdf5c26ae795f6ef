//! A preset that is learned says what the response says, and can be read again.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule_model::IdpProtocol;
use vestibule_simulator::idp::presets;

use super::*;
use crate::cli::output::console::TerminalTraits;
use crate::preset_file::preset_of_file;

const CLASS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
const METHODS: &str = "http://schemas.microsoft.com/claims/authnmethodsreferences";

#[test]
fn what_is_learned_is_read_again_and_sends_what_the_response_said() {
    let attribute = |name: &str| Carrier::SamlAttribute(name.to_owned());
    let class = || Signal::new(CLASS, Carrier::AuthnContextClassRef);
    let okta = response(&[("email", &["ada@acme.example"]), ("amr", &["pwd", "mfa", "swk"])]);
    let har = json!({ "log": { "entries": [{ "request": { "postData": { "params":
        [{ "name": "SAMLResponse", "value": STANDARD.encode(&okta) }] } } }] } });
    let tracer = json!({ "requests": [{ "method": "POST", "post": [["SAMLResponse", STANDARD.encode(&okta)]] }] });
    let okta_signals = || ["pwd", "mfa", "swk"].map(|value| Signal::new(value, attribute("amr")));
    let of_okta = || [vec![class()], okta_signals().to_vec()].concat();
    for (pasted, protocol, expected) in [
        (okta.clone(), IdpProtocol::Saml, of_okta()),
        (STANDARD.encode(&okta), IdpProtocol::Saml, of_okta()),
        (har.to_string(), IdpProtocol::Saml, of_okta()),
        (tracer.to_string(), IdpProtocol::Saml, of_okta()),
        (
            response(&[(METHODS, &["http://schemas.microsoft.com/claims/multipleauthn", " odd: \"value\" # 1\n"])]),
            IdpProtocol::Saml,
            vec![
                class(),
                Signal::new("http://schemas.microsoft.com/claims/multipleauthn", attribute(METHODS)),
                Signal::new(" odd: \"value\" # 1\n", attribute(METHODS)),
            ],
        ),
        (response(&[("authMethods", &["x", "hwk"])]), IdpProtocol::Saml, {
            let values = ["x", "hwk"].map(|value| Signal::new(value, attribute("authMethods")));
            [vec![class()], values.to_vec()].concat()
        }),
        (response(&[("department", &["sales"])]), IdpProtocol::Saml, vec![class()]),
        (
            token(&json!({ "amr": ["pwd", "106", "off", "1.0"], "acr": "1" })),
            IdpProtocol::Oidc,
            [
                vec![Signal::new("1", Carrier::IdTokenAcr)],
                ["pwd", "106", "off", "1.0"].map(|value| Signal::new(value, Carrier::IdTokenAmr)).to_vec(),
            ]
            .concat(),
        ),
        (token(&json!({ "amr": "pwd swk" })), IdpProtocol::Oidc, vec![Signal::new("pwd swk", Carrier::IdTokenAmrText)]),
        (token(&json!({})), IdpProtocol::Oidc, Vec::new()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (trace, file) = (folder.path().join("trace"), folder.path().join("corp.yaml"));
        fs::write(&trace, &pasted).unwrap();
        let args =
            LearnArgs { file: trace, method: Some(MethodUsed::Push), describe: None, output: Some(file.clone()) };

        said(&args).unwrap();

        let text = fs::read_to_string(&file).unwrap();
        let preset = preset_of_file(&file).unwrap_or_else(|fault| panic!("{}: {text}", fault.title()));
        let date = "2026-12-01".parse().unwrap();
        let signals = presets::signals_on(&preset, "corp", protocol, MethodUsed::Push, date).unwrap();
        assert_eq!(signals, expected, "{text}");
        assert!(!text.contains("ada@acme"), "{text}");
    }
}

#[test]
fn a_preset_goes_to_stdout_and_a_response_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    fs::write(&trace, response(&[("amr", &["swk"])])).unwrap();
    let args = |describe: Option<&str>| LearnArgs {
        file: trace.clone(),
        method: None,
        describe: describe.map(str::to_owned),
        output: None,
    };

    let (shown, warned) = said(&args(Some("our own"))).unwrap();
    assert!(shown.contains("describe: our own") && shown.contains("password:") && shown.contains("- swk"), "{shown}");
    assert!(warned.contains("name the method with --method"), "{warned}");

    fs::write(&trace, "hello").unwrap();
    assert_eq!(said(&args(None)).unwrap_err().code(), ExitCode::Usage);
}

fn said(args: &LearnArgs) -> Result<(String, String), CliError> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    learn(args, &mut Console::new(&mut out, &mut err, PLAIN))?;
    Ok((String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap()))
}

fn response(attributes: &[(&str, &[&str])]) -> String {
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
         </saml:Subject><saml:AuthnStatement><saml:AuthnContext><saml:AuthnContextClassRef>{CLASS}\
         </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
         <saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion></samlp:Response>"
    )
}

fn token(said: &Value) -> String {
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let mut claims = json!({ "iss": "https://idp.example", "sub": "rep@acme", "aud": "org", "exp": 2, "iat": 1 });
    for (name, value) in said.as_object().unwrap() {
        claims[name] = value.clone();
    }
    format!("{}.{}.c2lnbmF0dXJl", part(json!({ "alg": "RS256", "kid": "1" })), part(claims))
}

const PLAIN: TerminalTraits =
    TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
