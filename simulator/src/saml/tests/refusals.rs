//! Responses with one wrong value, properly signed: each is refused for exactly that reason.

use jiff::{SignedDuration, Timestamp};
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_model::{Carrier, SamlSigning, Signal, Weakness};

use super::fixture::{
    ACS, IDP, PASSWORD_PROTECTED_TRANSPORT, REQUEST_ID, SP, cut, good_response, good_settings, key, minutes, now,
    refusal, replace, rsa, signed, trusted, unsigned_response, verify, with_assertion,
};
use crate::saml::canonical::date_time;
use crate::saml::names::ASSERTION_NS;
use crate::saml::{
    ResponseRejection, ResponseSpec, Status, TrustedCertificate, VerifySettings, claimed, conditions,
    response_form_value, sign_response, status,
};
use crate::xml::{self, XmlRejection};

#[test]
fn a_good_response_tells_who_signed_in_and_how() {
    for what in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
        let verified = verify(&signed(&good_response(), what), &good_settings()).unwrap();

        assert_eq!(verified.response_id, "_response1");
        assert_eq!(verified.assertion_id, "_assertion1");
        assert_eq!(verified.remember_until, now() + minutes(5 + 3));
        assert_eq!(verified.issuer, IDP);
        assert_eq!(verified.name_id.value, "alice <&> \"x\"@acme.example");
        assert_eq!(verified.attribute("note").unwrap().values, ["a\tb\r\nc ]]> <é>"]);
        assert_eq!(verified.session_index.as_deref(), Some("_session1"));
        assert_eq!(verified.in_response_to.as_deref(), Some(REQUEST_ID));
        assert_eq!(verified.authn_instant, now());
        let class = Signal::new(PASSWORD_PROTECTED_TRANSPORT, Carrier::AuthnContextClassRef);
        assert_eq!(verified.signals(&[]), [class]);
        assert_eq!(verified.signals(&["amr"]).len(), 4);
        assert_eq!(verified.signals(&["AMR", "authnmethodsreferences"]).len(), 1);
    }
}

#[test]
fn a_login_without_a_class_ref_carries_no_such_signal() {
    let spec = with_assertion(|assertion| assertion.authn.class_ref = None);

    let verified = verify(&signed(&spec, SamlSigning::Assertion), &good_settings()).unwrap();

    assert_eq!(verified.signals(&[]), []);
}

#[test]
fn the_issuer_can_be_read_before_anything_is_verified() {
    let claimed = claimed(&response_form_value(&unsigned_response(&good_response()))).unwrap();

    assert_eq!((claimed.issuer.as_str(), claimed.in_response_to.as_deref()), (IDP, Some(REQUEST_ID)));
}

type Change = fn(&mut ResponseSpec);
type Settings = fn(&mut VerifySettings);
type Expected = fn(&ResponseRejection) -> bool;

#[test]
fn one_wrong_value_is_refused_for_that_reason() {
    let table: &[(&str, Change, Expected, &str)] = &[
        (
            "issuer",
            |spec| spec.issuer = "https://evil.example".to_owned(),
            |why| matches!(why, ResponseRejection::IssuerMismatched { .. }),
            "Failed: Issuer Mismatched",
        ),
        (
            "destination",
            |spec| spec.destination = Some("https://other.example/acs".to_owned()),
            |why| matches!(why, ResponseRejection::WrongDestination { .. }),
            "Failed: Recipient Mismatched",
        ),
        (
            "recipient",
            |spec| subject(spec).recipient = "https://other.example/acs".to_owned(),
            |why| matches!(why, ResponseRejection::RecipientMismatched { .. }),
            "Failed: Recipient Mismatched",
        ),
        (
            "audience",
            |spec| subject(spec).audience = "https://other.example".to_owned(),
            |why| matches!(why, ResponseRejection::AudienceInvalid { .. }),
            "Failed: Audience Invalid",
        ),
        (
            "expired",
            |spec| subject(spec).not_on_or_after = now() - minutes(3),
            |why| matches!(why, ResponseRejection::Expired { part: "assertion", .. }),
            "Failed: Assertion Expired",
        ),
        (
            "not yet valid",
            |spec| subject(spec).not_before = now() + minutes(3) + SignedDuration::from_secs(1),
            |why| matches!(why, ResponseRejection::NotYetValid { part: "assertion", .. }),
            "Failed: Assertion Expired",
        ),
        (
            "issued in the future",
            |spec| spec.issue_instant = now() + minutes(4),
            |why| matches!(why, ResponseRejection::NotYetValid { part: "Response", .. }),
            "Failed: Assertion Expired",
        ),
        (
            "session over",
            |spec| subject(spec).authn.session_not_on_or_after = Some(now() - minutes(4)),
            |why| matches!(why, ResponseRejection::Expired { part: "session at the identity provider", .. }),
            "Failed: Assertion Expired",
        ),
        (
            "no name",
            |spec| subject(spec).name_id.value.clear(),
            |why| matches!(why, ResponseRejection::MissingPart { missing: "NameID", .. }),
            "Failed: Assertion Invalid",
        ),
        (
            "no assertion",
            |spec| spec.assertion = None,
            |why| matches!(why, ResponseRejection::MissingPart { missing: "Assertion", .. }),
            "Failed: Assertion Invalid",
        ),
        (
            "error status together with an assertion",
            |spec| spec.status = Status::error(status::RESPONDER, status::NO_AUTHN_CONTEXT),
            |why| matches!(why, ResponseRejection::StatusNotSuccess { .. }),
            "Failed: Status Invalid",
        ),
    ];
    for (name, change, expected, text) in table {
        for what in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
            let mut spec = good_response();
            change(&mut spec);

            let why = refusal(&signed(&spec, what));

            assert!(expected(&why), "{name} {what:?}: {why:?}");
            assert_eq!(why.login_history_status().text(), *text, "{name}");
        }
    }
}

fn subject(spec: &mut ResponseSpec) -> &mut crate::saml::SubjectSpec {
    spec.assertion.as_mut().unwrap()
}

#[test]
fn the_skew_forgives_exactly_three_minutes() {
    let barely = with_assertion(|assertion| assertion.not_on_or_after = now() - minutes(3) + minutes(1) / 60);

    verify(&signed(&barely, SamlSigning::Both), &good_settings()).unwrap();
}

/// Contract D1.7.
#[test]
fn a_message_is_too_old_after_five_minutes_and_the_skew_whatever_it_says() {
    let mut spec = with_assertion(|assertion| assertion.not_on_or_after = now() + minutes(60));
    spec.issue_instant = now();
    let xml = signed(&spec, SamlSigning::Both);
    let at = |later: SignedDuration| verify(&xml, &VerifySettings { now: now() + later, ..good_settings() });

    at(minutes(8) - SignedDuration::from_secs(1)).unwrap();
    let why = at(minutes(8)).unwrap_err();
    assert_eq!(why, ResponseRejection::TooOld { part: "Response", issued_at: now(), longest: 5 });
    assert_eq!(why.login_history_status().text(), "Failed: Assertion Expired");
}

#[test]
fn blanks_at_the_edges_of_a_value_count_and_are_named() {
    let table: &[(Change, &str)] = &[
        (|spec| spec.issuer = format!("\n  {IDP}"), "white space before it"),
        (|spec| subject(spec).audience = format!("{SP} "), "white space after it"),
        (|spec| subject(spec).recipient = format!(" {ACS} "), "white space around it"),
        (|spec| spec.destination = Some(format!("{ACS}\n")), "white space after it"),
    ];
    for (change, blanks) in table {
        let mut spec = good_response();
        change(&mut spec);

        let why = refusal(&signed(&spec, SamlSigning::Assertion)).to_string();

        assert!(why.contains(blanks), "{why}");
    }
}

#[test]
fn the_same_response_is_refused_by_another_org() {
    let table: &[(&str, Settings, Expected)] = &[
        (
            "no certificate",
            |settings| settings.trusted_certificates.clear(),
            |why| matches!(why, ResponseRejection::NoTrustedCertificate),
        ),
        (
            "a fresh login required",
            |settings| {
                settings.now += minutes(4);
                settings.max_authentication_age = Some(SignedDuration::ZERO);
            },
            |why| matches!(why, ResponseRejection::AuthenticationTooOld { .. }),
        ),
        (
            "a small limit",
            |settings| settings.max_bytes = 100,
            |why| matches!(why, ResponseRejection::Xml(XmlRejection::TooLarge { .. })),
        ),
    ];
    for (name, change, expected) in table {
        let mut settings = good_settings();
        change(&mut settings);

        let why = verify(&signed(&good_response(), SamlSigning::Both), &settings).unwrap_err();

        assert!(expected(&why), "{name}: {why:?}");
    }
}

#[test]
fn the_response_and_the_signed_confirmation_answer_the_same_request_or_none() {
    let spec = |in_response_to: Option<&str>| ResponseSpec {
        in_response_to: in_response_to.map(str::to_owned),
        ..good_response()
    };
    let shell = |of: Option<&str>| of.map(|id| format!(" InResponseTo=\"{id}\"")).unwrap_or_default();
    let answers = [None, Some(REQUEST_ID), Some("_other")];
    for confirmation in answers {
        let xml = signed(&spec(confirmation), SamlSigning::Assertion);
        let head_end = xml.find('>').unwrap();
        for response in answers {
            let head = xml[..head_end].replace(&shell(confirmation), "");
            let changed = format!("{head}{}{}", shell(response), &xml[head_end..]);

            let verdict = verify(&changed, &good_settings()).map(|verified| verified.in_response_to);

            let differs = ResponseRejection::InResponseToDiffers {
                response: response.map(str::to_owned),
                confirmation: confirmation.map(str::to_owned),
            };
            let expected = if response == confirmation { Ok(confirmation.map(str::to_owned)) } else { Err(differs) };
            assert_eq!(verdict, expected, "{response:?} around {confirmation:?}");
        }
    }
}

#[test]
fn what_was_sent_unasked_confirms_no_request_in_any_confirmation() {
    let spec = ResponseSpec { in_response_to: None, ..good_response() };
    let xml = signed(&spec, SamlSigning::Response);
    let confirmation = cut(&xml, "<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>");
    let asked = replace(confirmation, " Recipient=", &format!(" InResponseTo=\"{REQUEST_ID}\" Recipient="));
    for both in [format!("{confirmation}{asked}"), format!("{asked}{confirmation}")] {
        let node = xml::parse(replace(&xml, confirmation, &both).as_bytes(), VerifySettings::MAX_BYTES).unwrap();
        let assertion = node.first(ASSERTION_NS, "Assertion").unwrap();

        let verdict = conditions::check_assertion(&node, assertion, &good_settings());

        let confirmation = Some(REQUEST_ID.to_owned());
        assert_eq!(verdict, Err(ResponseRejection::InResponseToDiffers { response: None, confirmation }));
    }
}

#[test]
fn a_replay_is_known_until_nothing_can_hold_any_more() {
    let xml = signed(&good_response(), SamlSigning::Response);
    let confirmation = cut(&xml, "<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>");
    let conditions = cut(&xml, "<saml:Conditions ", ">");
    let at = |after: i64| date_time(now() + minutes(after));
    let ends = |text: &str, after: i64| text.replace(&at(5), &at(after));
    // Ends in minutes from now: of the first confirmation, of the second, of the conditions; and when all is over.
    for (first, second, condition, last) in [(5, 60, 60, 60), (60, 5, 60, 60), (5, -30, 60, 60), (5, 4, 3, 5)] {
        let both = format!("{}{}", ends(confirmation, first), ends(confirmation, second));
        let node = xml::parse(
            replace(&replace(&xml, confirmation, &both), conditions, &ends(conditions, condition)).as_bytes(),
            VerifySettings::MAX_BYTES,
        )
        .unwrap();
        let assertion = node.first(ASSERTION_NS, "Assertion").unwrap();

        let verified = conditions::check_assertion(&node, assertion, &good_settings()).unwrap();

        assert_eq!(verified.remember_until, now() + minutes(last + 3), "{first} {second} {condition}");
        let mut careless = good_settings();
        careless.weaknesses.insert(Weakness::SkipExpiry);
        let verified = conditions::check_assertion(&node, assertion, &careless).unwrap();
        assert_eq!(verified.remember_until, Timestamp::MAX, "what is over holds too");
    }
}

#[test]
fn an_error_response_tells_its_status_signed_or_not() {
    let mut spec = good_response();
    spec.assertion = None;
    spec.status = Status::error(status::RESPONDER, status::NO_PASSIVE);
    let expected = ResponseRejection::StatusNotSuccess {
        code: status::RESPONDER.to_owned(),
        sub_code: Some(status::NO_PASSIVE.to_owned()),
    };

    assert_eq!(refusal(&signed(&spec, SamlSigning::Response)), expected);
    assert_eq!(refusal(&unsigned_response(&spec)), expected);
}

#[test]
fn only_the_configured_keys_are_trusted() {
    let by = |state| {
        let key = key(KeyAlgorithm::Rsa2048, state);
        sign_response(&good_response(), SamlSigning::Assertion, &key).unwrap()
    };

    let foreign = by(KeyState::Foreign);
    let without_certificate = replace(&foreign, cut(&foreign, "<ds:KeyInfo>", "</ds:KeyInfo>"), "");
    assert_eq!(refusal(&without_certificate), ResponseRejection::SignatureInvalid);
    let mismatch = refusal(&foreign);
    assert_eq!(mismatch, ResponseRejection::CertificateMismatch);
    assert_eq!(mismatch.login_history_status().text(), "Failed: Signature Invalid/Configured Certificate Mismatch");
    assert_eq!(refusal(&by(KeyState::RolledOver)), ResponseRejection::CertificateMismatch);

    let both = vec![trusted(&rsa()), trusted(&key(KeyAlgorithm::Rsa2048, KeyState::RolledOver))];
    let settings = VerifySettings { trusted_certificates: both, ..good_settings() };
    verify(&by(KeyState::RolledOver), &settings).unwrap();
}

#[test]
fn an_expired_certificate_verifies_nothing_and_the_refusal_names_it() {
    let key = key(KeyAlgorithm::Rsa2048, KeyState::Expired);
    let xml = sign_response(&good_response(), SamlSigning::Both, &key).unwrap();
    let expired = TrustedCertificate { expired: true, ..trusted(&key) };
    let settings = VerifySettings { trusted_certificates: vec![expired, trusted(&rsa())], ..good_settings() };

    assert_eq!(verify(&xml, &settings), Err(ResponseRejection::CertificateExpired));
    verify(&signed(&good_response(), SamlSigning::Both), &settings).unwrap();
}

#[test]
fn the_shell_of_a_signed_assertion_is_checked_as_it_was_received() {
    let xml = signed(&good_response(), SamlSigning::Assertion);
    let head_end = xml.find('>').unwrap();
    let shell = |from: &str, to: &str| format!("{}{}", replace(&xml[..head_end], from, to), &xml[head_end..]);
    let destination = format!("Destination=\"{ACS}\"");

    assert!(matches!(
        refusal(&shell(&destination, "Destination=\"https://evil.example/acs\"")),
        ResponseRejection::WrongDestination { .. }
    ));
    assert!(matches!(refusal(&shell(REQUEST_ID, "_other")), ResponseRejection::InResponseToDiffers { .. }));
    assert!(matches!(refusal(&shell("Version=\"2.0\"", "Version=\"1.1\"")), ResponseRejection::WrongVersion { .. }));
    verify(&shell(&destination, ""), &good_settings()).unwrap();
}

#[test]
fn several_audiences_may_name_the_org() {
    let audiences = vec!["https://saml.salesforce.com".to_owned(), SP.to_owned()];
    let settings = VerifySettings { audiences, ..good_settings() };

    verify(&signed(&good_response(), SamlSigning::Both), &settings).unwrap();
}
