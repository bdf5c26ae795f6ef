//! The messages of single logout: written by the schema, verified by xmlsec1, and read back.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use vestibule_certs::{KeyAlgorithm, KeyState};

use super::fixture::{Files, IDP, SP, assert_valid, key, minutes, now, replace, rsa, run, trusted};
use crate::saml::logout::LogoutFault;
use crate::saml::{
    LogoutRequest, LogoutResponse, LogoutSettings, NameId, ReceivedLogout, Status, VerifiedLogout, name_id_format,
    status,
};

const SLO: &str = "https://okta.localhost:8443/saml/slo";

fn request() -> LogoutRequest {
    LogoutRequest {
        id: "_out".to_owned(),
        issue_instant: now(),
        not_on_or_after: Some(now() + minutes(5)),
        destination: SLO.to_owned(),
        issuer: SP.to_owned(),
        name_id: NameId { value: "rep <7>".to_owned(), format: Some(name_id_format::PERSISTENT.to_owned()) },
        session_indexes: vec!["_session1".to_owned(), "_session2".to_owned()],
    }
}

fn response(status: Status) -> LogoutResponse {
    LogoutResponse {
        id: "_done".to_owned(),
        issue_instant: now(),
        destination: SLO.to_owned(),
        issuer: IDP.to_owned(),
        in_response_to: "_out".to_owned(),
        status,
    }
}

fn settings() -> LogoutSettings {
    LogoutSettings {
        logout_url: SLO.to_owned(),
        trusted_certificates: vec![trusted(&rsa())],
        must_be_signed: true,
        clock_skew: LogoutSettings::CLOCK_SKEW,
        now: now(),
        weaknesses: std::collections::BTreeSet::new(),
    }
}

fn query(url: &str) -> &str {
    url.split_once('?').unwrap().1
}

fn xml_of(form_value: &str) -> String {
    String::from_utf8(STANDARD.decode(form_value).unwrap()).unwrap()
}

#[test]
fn every_message_arrives_unchanged_by_both_bindings() {
    let key = rsa();
    let partial = Status::error(status::SUCCESS, status::PARTIAL_LOGOUT);
    for status in [Status::success(), partial, Status::error(status::RESPONDER, status::REQUEST_DENIED)] {
        let response = response(status);
        let by_redirect = ReceivedLogout::by_redirect(query(&response.to_url(Some("back"), &key).unwrap()));
        let by_post = ReceivedLogout::by_post(&response.to_form_value(&key).unwrap(), None);
        for received in [by_redirect, by_post] {
            assert_eq!(received.unwrap().verify(&settings()), Ok(VerifiedLogout::Response(response.clone())));
        }
    }
    let by_redirect = ReceivedLogout::by_redirect(query(&request().to_url(&key).unwrap())).unwrap();
    let by_post = ReceivedLogout::by_post(&request().to_form_value(&key).unwrap(), Some("back")).unwrap();

    assert_eq!(by_redirect.claimed_issuer().unwrap(), SP);
    assert_eq!(by_redirect.verify(&settings()), Ok(VerifiedLogout::Request(request(), None)));
    assert_eq!(by_post.verify(&settings()), Ok(VerifiedLogout::Request(request(), Some("back".to_owned()))));
}

#[test]
fn only_a_full_success_is_complete() {
    let complete = |code, sub_code| match sub_code {
        Some(sub_code) => response(Status::error(code, sub_code)).is_complete(),
        None => response(Status { code: code.to_owned(), ..Status::success() }).is_complete(),
    };

    assert!(complete(status::SUCCESS, None));
    assert!(!complete(status::SUCCESS, Some(status::PARTIAL_LOGOUT)));
    assert!(!complete(status::RESPONDER, None));
}

#[test]
fn the_messages_are_valid_by_the_oasis_schema_and_verify_with_xmlsec1() {
    let files = Files::new();
    let key = rsa();
    let pem = openssl::x509::X509::from_der(key.certificate_der()).unwrap().to_pem().unwrap();
    let certificate = files.write("certificate.pem", pem);
    let partial = Status::error(status::SUCCESS, status::PARTIAL_LOGOUT);
    for (message, name) in [
        (request().to_form_value(&key).unwrap(), "LogoutRequest"),
        (response(partial).to_form_value(&key).unwrap(), "LogoutResponse"),
    ] {
        let xml = xml_of(&message);
        assert_valid(&xml, "saml-schema-protocol-2.0.xsd");
        let message = files.write("message.xml", &xml);
        let output = run(Command::new("xmlsec1")
            .args(["--verify", "--id-attr:ID", &format!("urn:oasis:names:tc:SAML:2.0:protocol:{name}")])
            .args(["--enabled-key-data", "rsa,ec", "--pubkey-cert-pem"])
            .arg(&certificate)
            .arg(message));
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn what_anybody_could_have_sent_is_not_acted_on() {
    let own = rsa();
    let foreign = key(KeyAlgorithm::Rsa2048, KeyState::Foreign);
    let good = xml_of(&request().to_form_value(&own).unwrap());
    let forged = request().to_form_value(&foreign).unwrap();
    let unsigned = {
        let signature = super::fixture::cut(&good, "<ds:Signature ", "</ds:Signature>");
        replace(&good, signature, "")
    };
    let verdict = |xml: &str, settings: &LogoutSettings| {
        ReceivedLogout::by_post(&STANDARD.encode(xml), None).unwrap().verify(settings)
    };

    assert!(verdict(&good, &settings()).is_ok());
    assert_eq!(verdict(&unsigned, &settings()), Err(LogoutFault::Unsigned));
    assert_eq!(verdict(&xml_of(&forged), &settings()), Err(LogoutFault::SignatureInvalid));
    let changed = replace(&good, "rep &lt;7&gt;", "rep &lt;8&gt;");
    assert_eq!(verdict(&changed, &settings()), Err(LogoutFault::SignatureInvalid));
    let same_id = replace(&good, "</samlp:LogoutRequest>", "<x ID=\"_out\"></x></samlp:LogoutRequest>");
    assert!(matches!(ReceivedLogout::by_post(&STANDARD.encode(&same_id), None), Err(LogoutFault::Unreadable)));
    let elsewhere = LogoutSettings { logout_url: format!("{SLO}/other"), ..settings() };
    assert!(matches!(verdict(&good, &elsewhere), Err(LogoutFault::WrongDestination { .. })));
    let unknown = LogoutSettings { trusted_certificates: Vec::new(), ..settings() };
    assert_eq!(verdict(&good, &unknown), Err(LogoutFault::SignatureInvalid), "nothing verifies it");
    let open = LogoutSettings { must_be_signed: false, ..unknown };
    assert!(verdict(&unsigned, &open).is_ok(), "where nobody knows a certificate, a signature proves nothing");
}

#[test]
fn the_skew_of_the_clocks_is_a_setting() {
    let own = rsa();
    let url = request().to_url(&own).unwrap();
    let at = |later: SignedDuration, skew: i64| {
        let settings = LogoutSettings { now: now() + later, clock_skew: SignedDuration::from_secs(skew), ..settings() };
        ReceivedLogout::by_redirect(query(&url)).unwrap().verify(&settings).map(|_| ())
    };

    assert_eq!(at(SignedDuration::from_secs(-60), 60), Ok(()));
    assert_eq!(at(SignedDuration::from_secs(-61), 60), Err(LogoutFault::OutOfTime(now())));
    assert_eq!(at(minutes(5), 0), Err(LogoutFault::Expired(now() + minutes(5))));
    assert_eq!(at(minutes(5), 1), Ok(()));
    assert_eq!(at(minutes(6), 60), Err(LogoutFault::Expired(now() + minutes(5))));
    assert_eq!(at(minutes(7), 60), Err(LogoutFault::OutOfTime(now())));
}

#[test]
fn what_is_no_message_of_single_logout_is_none() {
    for (message, name) in [
        ("%%%".to_owned(), "no base64"),
        (STANDARD.encode("<a/>"), "another document"),
        (STANDARD.encode("<!DOCTYPE a><a/>"), "a document type"),
        ("A".repeat(1_000_000), "too large"),
        (String::new(), "nothing"),
    ] {
        assert!(matches!(ReceivedLogout::by_post(&message, None), Err(LogoutFault::Unreadable)), "{name}");
    }
    for query in ["", "SAMLRequest=%25", "SAMLRequest=AAAA&SAMLRequest=AAAA", "RelayState=x"] {
        assert!(matches!(ReceivedLogout::by_redirect(query), Err(LogoutFault::Unreadable)), "{query}");
    }
}
