//! An `AuthnRequest` arrives by both bindings, and a bad one is refused with a status.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded::byte_serialize;
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_model::AcsBinding;

use super::fixture::{ACS, SP, SSO, cut, key, minutes, now, replace, rsa, trusted};
use crate::saml::canonical::date_time;
use crate::saml::signature::SignatureFault;
use crate::saml::structure_fault::StructureFault;
use crate::saml::{
    Acs, AuthnRequest, Comparison, NameId, NameIdPolicy, RequestRejection, RequestSettings, RequestedAuthnContext,
    ServiceProvider, TrustedCertificate, inflate, name_id_format, post_form, receive_post, receive_redirect,
    redirect_url, status,
};
use crate::xml::XmlRejection;

pub(super) fn good_request() -> AuthnRequest {
    AuthnRequest {
        id: "_request1".to_owned(),
        issue_instant: now(),
        destination: Some(SSO.to_owned()),
        acs_url: Some(ACS.to_owned()),
        issuer: SP.to_owned(),
        force_authn: true,
        is_passive: false,
        name_id_policy: Some(NameIdPolicy {
            format: Some(name_id_format::UNSPECIFIED.to_owned()),
            allow_create: Some(true),
            sp_name_qualifier: None,
        }),
        requested_authn_context: Some(RequestedAuthnContext {
            comparison: Comparison::Minimum,
            class_refs: ["X509", "Password"]
                .map(|name| format!("urn:oasis:names:tc:SAML:2.0:ac:classes:{name}"))
                .to_vec(),
        }),
    }
}

fn providers() -> Vec<ServiceProvider> {
    let certificates = [KeyAlgorithm::EcP256, KeyAlgorithm::Rsa2048];
    vec![ServiceProvider {
        entity_id: SP.to_owned(),
        acs: vec![Acs::first(ACS.to_owned()), Acs { index: 1, ..Acs::first(format!("{SP}/second")) }],
        authn_requests_signed: false,
        signing_certificates: certificates.map(|algorithm| trusted(&key(algorithm, KeyState::Valid))).to_vec(),
        registered: true,
        valid_until: None,
    }]
}

fn settings(providers: &[ServiceProvider]) -> RequestSettings<'_> {
    RequestSettings {
        sso_url: SSO,
        service_providers: providers,
        accept_loopback: false,
        want_authn_requests_signed: false,
        now: now(),
        max_bytes: RequestSettings::MAX_BYTES,
    }
}

fn query(url: &str) -> &str {
    url.split_once('?').unwrap().1
}

fn post_refusal(xml: &str) -> RequestRejection {
    receive_post(&STANDARD.encode(xml), None, &settings(&providers())).expect_err("the request must be refused")
}

#[test]
fn a_request_arrives_unchanged_by_both_bindings() {
    let providers = providers();
    let relay_state = "/lightning/page/home?a=1&b=<ü> \"";
    for algorithm in [None, Some(KeyAlgorithm::Rsa2048), Some(KeyAlgorithm::EcP256)] {
        let key = algorithm.map(|algorithm| key(algorithm, KeyState::Valid));
        let url = redirect_url(SSO, &good_request(), Some(relay_state), key.as_deref()).unwrap();
        let form = post_form(&good_request(), Some(relay_state), key.as_deref()).unwrap();

        let by_redirect = receive_redirect(query(&url), &settings(&providers)).unwrap();
        let by_post = receive_post(&form.saml_request, form.relay_state.as_deref(), &settings(&providers)).unwrap();

        for received in [by_redirect, by_post] {
            assert_eq!(received.request, good_request());
            assert_eq!(received.acs_url, ACS);
            assert_eq!(received.relay_state.as_deref(), Some(relay_state));
            assert_eq!(received.signed, algorithm.is_some());
        }
    }
}

#[test]
fn the_service_provider_chooses_its_acs_by_index_or_leaves_it_to_the_idp() {
    let mut request = good_request();
    request.acs_url = None;
    let xml = request.to_xml().unwrap();
    let indexed = replace(&xml, " Destination=", " AssertionConsumerServiceIndex=\"1\" Destination=");
    let providers = providers();
    let acs = |xml: &str| receive_post(&STANDARD.encode(xml), None, &settings(&providers)).unwrap().acs_url;

    assert_eq!(acs(&xml), ACS);
    assert_eq!(acs(&indexed), format!("{SP}/second"));
    let unknown = replace(&xml, " Destination=", " AssertionConsumerServiceIndex=\"7\" Destination=");
    assert!(matches!(post_refusal(&unknown), RequestRejection::ForeignAcsUrl { .. }));
}

#[test]
fn the_default_and_the_binding_of_an_acs_come_from_metadata() {
    let acs = |url: &str, index, binding, default| Acs { url: format!("{SP}/{url}"), index, binding, default };
    let mut provider = providers().remove(0);
    provider.acs = vec![
        acs("artifact", 4, AcsBinding::HttpArtifact, Some(true)),
        acs("both", 5, AcsBinding::HttpArtifact, None),
        acs("both", 6, AcsBinding::HttpPost, Some(false)),
        acs("unsaid", 7, AcsBinding::HttpPost, None),
        acs("default", 8, AcsBinding::HttpPost, Some(true)),
    ];
    let chosen = |provider: &ServiceProvider, attribute: &str| {
        let xml = AuthnRequest { acs_url: None, ..good_request() }.to_xml().unwrap();
        let xml = replace(&xml, " Destination=", &format!(" {attribute} Destination="));
        let providers = [provider.clone()];
        receive_post(&STANDARD.encode(xml), None, &settings(&providers)).map(|received| received.acs_url)
    };
    let post_only = Err(RequestRejection::UnsupportedBinding { found: AcsBinding::HttpPost.urn().to_owned() });

    assert_eq!(chosen(&provider, ""), Ok(format!("{SP}/default")));
    assert_eq!(chosen(&provider, "AssertionConsumerServiceIndex=\"7\""), Ok(format!("{SP}/unsaid")));
    assert_eq!(chosen(&provider, "AssertionConsumerServiceIndex=\"4\""), post_only);
    assert_eq!(chosen(&provider, &format!("AssertionConsumerServiceURL=\"{SP}/artifact\"")), post_only);
    assert_eq!(chosen(&provider, &format!("AssertionConsumerServiceURL=\"{SP}/both\"")), Ok(format!("{SP}/both")));
    provider.acs.truncate(4);
    assert_eq!(chosen(&provider, ""), Ok(format!("{SP}/unsaid")), "the first that does not say `false`");
    provider.acs.truncate(3);
    assert_eq!(chosen(&provider, ""), Ok(format!("{SP}/both")), "the first at all");
}

#[test]
fn a_request_chooses_among_the_bindings_of_an_answer() {
    let mut provider = providers().remove(0);
    provider.acs.push(Acs { index: 4, binding: AcsBinding::HttpArtifact, ..Acs::first(format!("{SP}/artifact")) });
    provider.acs.push(Acs { index: 5, binding: AcsBinding::Paos, ..Acs::first(format!("{SP}/ecp")) });
    let chosen = |binding: Option<&str>, attribute: &str| {
        let xml = AuthnRequest { acs_url: None, ..good_request() }.to_xml().unwrap();
        let asked = binding.map(|binding| format!(" ProtocolBinding=\"{binding}\"")).unwrap_or_default();
        let xml = replace(&xml, &format!(" ProtocolBinding=\"{}\"", AcsBinding::HttpPost.urn()), &asked);
        let xml = replace(&xml, " Destination=", &format!(" {attribute} Destination="));
        let providers = [provider.clone()];
        let received = receive_post(&STANDARD.encode(xml), None, &settings(&providers));
        received.map(|received| (received.acs_url, received.binding))
    };
    let artifact = Ok((format!("{SP}/artifact"), AcsBinding::HttpArtifact));
    let unsupported = |found: &str| Err(RequestRejection::UnsupportedBinding { found: found.to_owned() });

    assert_eq!(chosen(None, ""), Ok((ACS.to_owned(), AcsBinding::HttpPost)));
    assert_eq!(chosen(Some(AcsBinding::HttpArtifact.urn()), ""), artifact);
    assert_eq!(chosen(None, "AssertionConsumerServiceIndex=\"4\""), artifact);
    assert_eq!(chosen(None, &format!("AssertionConsumerServiceURL=\"{SP}/artifact\"")), artifact);
    let asked = Some(AcsBinding::HttpArtifact.urn());
    let refused = unsupported(AcsBinding::HttpArtifact.urn());
    assert_eq!(chosen(asked, &format!("AssertionConsumerServiceURL=\"{ACS}\"")), refused, "it takes POST only");
    for unknown in [AcsBinding::Paos.urn(), AcsBinding::HttpPostSimpleSign.urn(), "urn:unknown"] {
        assert_eq!(chosen(Some(unknown), ""), unsupported(unknown));
    }
    assert_eq!(chosen(None, "AssertionConsumerServiceIndex=\"5\""), unsupported(AcsBinding::Paos.urn()));
}

#[test]
fn a_request_names_a_user_by_a_name_and_by_nothing_else() {
    let saml = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
    let with = |subject: &str| {
        let xml = good_request().to_xml().unwrap();
        let xml =
            replace(&xml, "</saml:Issuer>", &format!("</saml:Issuer><saml:Subject {saml}>{subject}</saml:Subject>"));
        receive_post(&STANDARD.encode(xml), None, &settings(&providers())).map(|received| received.subject)
    };
    let email = name_id_format::EMAIL;

    let named = with(&format!("<saml:NameID Format=\"{email}\"> rep@acme.example </saml:NameID>")).unwrap();
    assert_eq!(named, Some(NameId { value: "rep@acme.example".to_owned(), format: Some(email.to_owned()) }));
    for wrong in [
        "",
        "<saml:NameID></saml:NameID>",
        "<saml:NameID>a<saml:NameID>b</saml:NameID></saml:NameID>",
        "<saml:BaseID/>",
        "<saml:NameID>a</saml:NameID><saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"/>",
    ] {
        let refused = with(wrong).unwrap_err();
        assert!(matches!(refused, RequestRejection::UnsupportedSubject { .. }), "{wrong}: {refused}");
        assert_eq!(refused.status().sub_code.as_deref(), Some(status::REQUEST_UNSUPPORTED), "{wrong}");
    }
}

#[test]
fn metadata_that_is_out_of_date_gives_no_answer() {
    let until = |valid_until| {
        let mut provider = providers().remove(0);
        provider.valid_until = Some(valid_until);
        let providers = [provider];
        receive_post(&STANDARD.encode(good_request().to_xml().unwrap()), None, &settings(&providers)).map(|_| ())
    };

    assert_eq!(until(now() + minutes(1)), Ok(()));
    let expired = RequestRejection::MetadataExpired { issuer: SP.to_owned(), valid_until: now() };
    assert_eq!(until(now()), Err(expired));
}

#[test]
fn who_is_not_registered_is_answered_on_this_machine_only_and_where_that_is_allowed() {
    let providers = providers();
    let closed = settings(&providers);
    let open = RequestSettings { accept_loopback: true, ..closed };
    let stranger = |acs_url: Option<&str>| AuthnRequest {
        issuer: "urn:my-app".to_owned(),
        acs_url: acs_url.map(str::to_owned),
        ..good_request()
    };
    let received = |request: &AuthnRequest, settings: &RequestSettings<'_>| {
        let form = post_form(request, None, Some(&rsa())).unwrap();
        receive_post(&form.saml_request, None, settings)
    };
    let here = "http://127.0.0.1:5000/acs";

    let by_post = received(&stranger(Some(here)), &open).unwrap();
    let url = redirect_url(SSO, &stranger(Some(here)), None, None).unwrap();
    let by_redirect = receive_redirect(query(&url), &open).unwrap();
    for one in [by_post, by_redirect] {
        assert_eq!((one.acs_url.as_str(), one.registered, one.signed), (here, false, false), "nothing was verified");
    }
    let known = received(&good_request(), &open).unwrap();
    assert!(known.registered && known.signed);

    let unknown = RequestRejection::UnknownServiceProvider { issuer: "urn:my-app".to_owned() };
    assert_eq!(received(&stranger(Some(here)), &closed), Err(unknown));
    for elsewhere in ["https://evil.example/acs", "http://localhost.evil.example/", "javascript:alert(1)", "/acs"] {
        let (found, issuer) = (elsewhere.to_owned(), "urn:my-app".to_owned());
        let refused = Err(RequestRejection::AcsOnAnotherMachine { found, issuer });
        assert_eq!(received(&stranger(Some(elsewhere)), &open), refused);
    }
    let missing = RequestRejection::MissingPart("AssertionConsumerServiceURL");
    assert_eq!(received(&stranger(None), &open), Err(missing));
    let foreign = AuthnRequest { acs_url: Some(here.to_owned()), ..good_request() };
    assert!(matches!(received(&foreign, &open), Err(RequestRejection::ForeignAcsUrl { .. })), "it is registered");
    let wanted = RequestSettings { want_authn_requests_signed: true, ..open };
    assert_eq!(received(&stranger(Some(here)), &wanted), Err(RequestRejection::UnsignedThoughWanted));
}

/// The message, why it is refused, and the status with its sub-code.
type BadRequest = (String, RequestRejection, (&'static str, Option<&'static str>));

#[test]
fn a_bad_request_is_refused_with_a_status() {
    let xml = good_request().to_xml().unwrap();
    let requester = (status::REQUESTER, None);
    let denied = (status::REQUESTER, Some(status::REQUEST_DENIED));
    let too_high = (status::VERSION_MISMATCH, Some(status::REQUEST_VERSION_TOO_HIGH));
    let too_low = (status::VERSION_MISMATCH, Some(status::REQUEST_VERSION_TOO_LOW));
    let table: Vec<BadRequest> = vec![
        (format!("<!DOCTYPE a>{xml}"), XmlRejection::Doctype.into(), requester),
        ("x".repeat(70_000), XmlRejection::TooLarge { limit: RequestSettings::MAX_BYTES }.into(), requester),
        (
            xml.replace("AuthnRequest", "LogoutRequest"),
            RequestRejection::UnexpectedRoot { found: "LogoutRequest".to_owned() },
            (status::REQUESTER, Some(status::REQUEST_UNSUPPORTED)),
        ),
        (replace(&xml, " ID=\"_request1\"", ""), RequestRejection::MissingPart("ID"), requester),
        (
            replace(&xml, "ID=\"_request1\"", "ID=\"1\""),
            RequestRejection::Unreadable { part: "ID", found: "1".to_owned() },
            requester,
        ),
        (
            replace(&xml, &format!("\"{}\"", date_time(now())), "\"2026-08-03T10:00Z\""),
            RequestRejection::Unreadable { part: "IssueInstant", found: "2026-08-03T10:00Z".to_owned() },
            requester,
        ),
        (replace(&xml, &format!(">{SP}<"), "><"), RequestRejection::MissingPart("Issuer"), requester),
        (
            replace(&xml, "Version=\"2.0\"", "Version=\"3.0\""),
            RequestRejection::WrongVersion { found: "3.0".to_owned() },
            too_high,
        ),
        (
            replace(&xml, "Version=\"2.0\"", "Version=\"1.1\""),
            RequestRejection::WrongVersion { found: "1.1".to_owned() },
            too_low,
        ),
        (
            replace(&xml, SSO, "https://evil.example/sso"),
            RequestRejection::WrongDestination {
                found: "https://evil.example/sso".to_owned(),
                expected: SSO.to_owned(),
            },
            denied,
        ),
        (
            replace(&xml, &format!(">{SP}<"), ">https://evil.example<"),
            RequestRejection::UnknownServiceProvider { issuer: "https://evil.example".to_owned() },
            denied,
        ),
        (
            replace(&xml, ACS, "https://evil.example/acs"),
            RequestRejection::ForeignAcsUrl { found: "https://evil.example/acs".to_owned(), issuer: SP.to_owned() },
            denied,
        ),
        (
            replace(&xml, "bindings:HTTP-POST", "bindings:HTTP-Artifact"),
            RequestRejection::UnsupportedBinding {
                found: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact".to_owned(),
            },
            (status::REQUESTER, Some(status::UNSUPPORTED_BINDING)),
        ),
        (
            replace(&xml, "Comparison=\"minimum\"", "Comparison=\"most\""),
            RequestRejection::Unreadable { part: "Comparison", found: "most".to_owned() },
            requester,
        ),
    ];
    for (xml, expected, (code, sub_code)) in table {
        let why = post_refusal(&xml);

        assert_eq!(why, expected);
        let status = why.status();
        assert_eq!((status.code.as_str(), status.sub_code.as_deref()), (code, sub_code));
        assert_eq!(status.message, Some(why.to_string()));
    }
}

#[test]
fn what_is_no_request_at_all_is_refused() {
    let providers = providers();
    let post = |value: &str| receive_post(value, None, &settings(&providers)).unwrap_err();
    let redirect = |query: &str| receive_redirect(query, &settings(&providers)).unwrap_err();

    assert_eq!(post(""), RequestRejection::Missing);
    assert_eq!(post("***"), RequestRejection::NotBase64);
    assert!(matches!(post(&STANDARD.encode("hello")), RequestRejection::Xml(XmlRejection::NotWellFormed(_))));
    assert_eq!(redirect("RelayState=x"), RequestRejection::Missing);
    assert_eq!(redirect("SAMLRequest=***"), RequestRejection::NotBase64);
    assert_eq!(redirect("SAMLRequest=eHh4eHh4"), RequestRejection::NotDeflated);
    let url = redirect_url(SSO, &good_request(), None, None).unwrap();
    let twice = format!("{0}&{0}", query(&url));
    assert_eq!(redirect(&twice), RequestRejection::DuplicateParameter("SAMLRequest"));
}

#[test]
fn a_deflate_bomb_is_not_inflated() {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let megabyte = vec![b'a'; 1024 * 1024];
    for _ in 0..64 {
        encoder.write_all(&megabyte).unwrap();
    }
    let bomb = STANDARD.encode(encoder.finish().unwrap());
    assert!(bomb.len() < 100 * 1024, "a bomb is small: {}", bomb.len());
    let query = format!("SAMLRequest={}", byte_serialize(bomb.as_bytes()).collect::<String>());

    let why = receive_redirect(&query, &settings(&providers())).unwrap_err();

    assert_eq!(why, XmlRejection::TooLarge { limit: RequestSettings::MAX_BYTES }.into());
}

#[test]
fn what_is_inflated_is_whole_and_within_its_limit() {
    let xml = "<samlp:AuthnRequest/>".repeat(20);
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(xml.as_bytes()).unwrap();
    let deflated = encoder.finish().unwrap();
    let followed = [&deflated[..], b"more"].concat();
    let cut = &deflated[..deflated.len() - 1];

    for limit in [xml.len(), xml.len() + 1, RequestSettings::MAX_BYTES] {
        for whole in [&deflated, &followed] {
            assert_eq!(inflate(whole, limit).as_deref(), Ok(xml.as_bytes()), "{limit}");
        }
        assert_eq!(inflate(cut, limit), Err(RequestRejection::NotDeflated), "{limit}");
    }
    for limit in [0, 1, xml.len() - 1] {
        assert_eq!(inflate(&deflated, limit), Err(XmlRejection::TooLarge { limit }.into()), "{limit}");
    }
    assert_eq!(inflate(b"", 9), Err(RequestRejection::NotDeflated));
}

#[test]
fn a_signed_request_by_redirect_cannot_be_changed() {
    let key = rsa();
    let url = redirect_url(SSO, &good_request(), Some("/a"), Some(&key)).unwrap();
    let query = query(&url);
    let providers = providers();
    let refusal = |query: &str| receive_redirect(query, &settings(&providers)).unwrap_err();

    assert_eq!(refusal(&replace(query, "RelayState=%2Fa", "RelayState=%2Fb")), RequestRejection::SignatureInvalid);
    assert_eq!(refusal(&replace(query, "&RelayState=%2Fa", "")), RequestRejection::SignatureInvalid);
    assert_eq!(refusal(&replace(query, "rsa-sha256", "ecdsa-sha256")), RequestRejection::SignatureInvalid);
    assert!(matches!(refusal(&replace(query, "rsa-sha256", "rsa-sha1")), RequestRejection::WeakAlgorithm { .. }));
    let sig_alg = query.split('&').find(|part| part.starts_with("SigAlg=")).unwrap();
    assert_eq!(refusal(&replace(query, &format!("&{sig_alg}"), "")), RequestRejection::MissingPart("SigAlg"));
    let signature = query.split('&').find(|part| part.starts_with("Signature=")).unwrap();
    assert_eq!(refusal(&replace(query, &format!("&{signature}"), "")), RequestRejection::MissingPart("Signature"));
}

#[test]
fn an_unsigned_request_is_refused_where_the_idp_wants_or_the_service_provider_promises_a_signature() {
    use RequestRejection::{UnsignedThoughPromised, UnsignedThoughWanted};
    let rows = [
        (false, false, None),
        (true, false, Some(UnsignedThoughWanted)),
        (false, true, Some(UnsignedThoughPromised)),
        (true, true, Some(UnsignedThoughWanted)),
    ];
    for (wanted, promised, refused) in rows {
        let mut providers = providers();
        providers[0].authn_requests_signed = promised;
        let settings = RequestSettings { want_authn_requests_signed: wanted, ..settings(&providers) };
        for key in [None, Some(&*rsa())] {
            let expected = if key.is_some() { None } else { refused.clone() };
            let url = redirect_url(SSO, &good_request(), Some("/a"), key).unwrap();
            let form = post_form(&good_request(), Some("/a"), key).unwrap();

            let by_redirect = receive_redirect(query(&url), &settings);
            let by_post = receive_post(&form.saml_request, Some("/a"), &settings);

            assert_eq!(by_redirect.err(), expected, "{wanted} {promised}");
            assert_eq!(by_post.err(), expected, "{wanted} {promised}");
        }
    }
}

#[test]
fn a_certificate_that_has_expired_proves_nothing_and_is_named() {
    let key = rsa();
    let url = redirect_url(SSO, &good_request(), None, Some(&key)).unwrap();
    let form = post_form(&good_request(), None, Some(&key)).unwrap();
    let mut providers = providers();
    providers[0].signing_certificates = vec![TrustedCertificate { expired: true, ..trusted(&key) }];
    let expired = RequestRejection::CertificateExpired;

    assert_eq!(receive_redirect(query(&url), &settings(&providers)), Err(expired.clone()));
    assert_eq!(receive_post(&form.saml_request, None, &settings(&providers)), Err(expired));
    providers[0].signing_certificates.push(trusted(&key));
    assert!(receive_redirect(query(&url), &settings(&providers)).unwrap().signed);
    assert!(receive_post(&form.saml_request, None, &settings(&providers)).unwrap().signed);
}

/// saml-bindings 3.4.4.1: the signature must be taken out of the message, and covers the query instead.
#[test]
fn a_signature_inside_the_message_is_refused_by_redirect() {
    let key = rsa();
    let form = post_form(&good_request(), None, Some(&key)).unwrap();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&STANDARD.decode(form.saml_request).unwrap()).unwrap();
    let deflated = STANDARD.encode(encoder.finish().unwrap());
    let query = format!("SAMLRequest={}", byte_serialize(deflated.as_bytes()).collect::<String>());

    assert_eq!(receive_redirect(&query, &settings(&providers())), Err(RequestRejection::SignatureInMessage));
}

#[test]
fn an_ecdsa_signature_is_understood_in_the_form_of_xml_signature_too() {
    let key = key(KeyAlgorithm::EcP256, KeyState::Valid);
    let url = redirect_url(SSO, &good_request(), None, Some(&key)).unwrap();
    let (signed, signature) = query(&url).split_once("&Signature=").unwrap();
    let encoded = url::form_urlencoded::parse(format!("s={signature}").as_bytes()).next().unwrap().1.into_owned();
    let der = openssl::ecdsa::EcdsaSig::from_der(&STANDARD.decode(encoded).unwrap()).unwrap();
    let raw = [der.r().to_vec_padded(32).unwrap(), der.s().to_vec_padded(32).unwrap()].concat();
    let raw = STANDARD.encode(raw);
    let raw = byte_serialize(raw.as_bytes()).collect::<String>();

    let received = receive_redirect(&format!("{signed}&Signature={raw}"), &settings(&providers())).unwrap();

    assert!(received.signed);
}

#[test]
fn a_signature_by_a_stranger_or_without_a_known_certificate_is_refused() {
    let foreign = key(KeyAlgorithm::Rsa2048, KeyState::Foreign);
    let url = redirect_url(SSO, &good_request(), None, Some(&foreign)).unwrap();
    let form = post_form(&good_request(), None, Some(&foreign)).unwrap();
    let mut providers = providers();

    assert_eq!(receive_redirect(query(&url), &settings(&providers)), Err(RequestRejection::SignatureInvalid));
    assert_eq!(receive_post(&form.saml_request, None, &settings(&providers)), Err(RequestRejection::SignatureInvalid));
    providers[0].signing_certificates.clear();
    assert_eq!(receive_redirect(query(&url), &settings(&providers)), Err(RequestRejection::NoCertificate));
    assert_eq!(receive_post(&form.saml_request, None, &settings(&providers)), Err(RequestRejection::NoCertificate));
}

/// A genuine signed request inside another one that borrows its signature. The attribute `x:ID` is what libxml2 finds first
/// when it is asked for an `ID`.
#[test]
fn a_signed_request_wrapped_in_another_is_refused() {
    let key = rsa();
    let form = post_form(&good_request(), None, Some(&key)).unwrap();
    let genuine = String::from_utf8(STANDARD.decode(form.saml_request).unwrap()).unwrap();
    let signature = cut(&genuine, "<ds:Signature ", "</ds:Signature>");
    let inner = replace(&genuine, signature, "");
    let evil = replace(&genuine, "ForceAuthn=\"true\"", "ForceAuthn=\"false\"");
    let wrapped = |id: &str| {
        let outer = replace(&evil, " ID=\"_request1\"", &format!(" {id}"));
        replace(
            &outer,
            "</samlp:AuthnRequest>",
            &format!("<samlp:Extensions>{inner}</samlp:Extensions></samlp:AuthnRequest>"),
        )
    };
    let twice = RequestRejection::Structure(StructureFault::DuplicateId("_request1".to_owned()));

    for id in [
        "ID=\"_request1\"",
        "xmlns:x=\"urn:x\" x:ID=\"_evil\" ID=\"_request1\"",
        "xmlns:x=\"urn:x\" ID=\"_request1\" x:ID=\"_evil\"",
    ] {
        assert_eq!(post_refusal(&wrapped(id)), twice, "{id}");
    }
    let elsewhere = SignatureFault::ReferenceElsewhere { found: "#_request1".to_owned() };
    assert_eq!(post_refusal(&wrapped("ID=\"_evil\"")), elsewhere.into());
}

#[test]
fn a_weak_signature_in_a_posted_request_is_refused() {
    let key = rsa();
    let form = post_form(&good_request(), None, Some(&key)).unwrap();
    let xml = String::from_utf8(STANDARD.decode(form.saml_request).unwrap()).unwrap();
    let sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";

    assert_eq!(
        post_refusal(&replace(&xml, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", sha1)),
        RequestRejection::MalformedSignature(SignatureFault::SignatureMethod(sha1.to_owned()))
    );
    assert_eq!(post_refusal(&replace(&xml, "ForceAuthn=\"true\"", "")), RequestRejection::SignatureInvalid);
}
