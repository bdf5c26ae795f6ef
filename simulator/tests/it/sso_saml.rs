//! The ACS of the org refuses every bad answer with the documented text in Login History.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_simulator::org::paths::site_acs;
use vestibule_simulator::realm::{Component, HostRole, IdpProtocol, IdpSpec, UserSpec};

use crate::sso_realm::{Browser, PASSWORD, Page, TestRealm, expect_refusal, page, pairs, xml_of};

/// Contract D2.2.
#[tokio::test]
async fn an_unsigned_answer_is_refused() {
    let (test, browser, page) = answered().await;
    let xml = without_signature(&xml_of(&page));

    let refused = send(&test, &browser, &xml).await;

    expect_refusal(&test, &refused, "Failed: Signature Invalid");
}

#[tokio::test]
async fn a_tampered_answer_is_refused() {
    let (test, browser, page) = answered().await;
    let xml = xml_of(&page).replace(">rep-7<", ">boss@acme.example<");

    let refused = send(&test, &browser, &xml).await;

    expect_refusal(&test, &refused, "Failed: Signature Invalid");
}

/// Contract D2.3.
#[tokio::test]
async fn a_replayed_answer_is_refused_whoever_started_the_login() {
    let test = TestRealm::saml().await;
    for start in [test.saml_start(), test.idp("/saml/idp-initiated")] {
        let browser = test.browser();
        let mut page = browser.get(&start).await;
        if page.body.contains("SAMLRequest") {
            page = browser.post(&page.action(), &page.hidden()).await;
        }
        let xml = xml_of(&page);
        send(&test, &browser, &xml).await;
        let accepted = test.accepted().len();

        let refused = send(&test, &test.browser(), &xml).await;

        expect_refusal(&test, &refused, "Failed: Replay Detected");
        assert_eq!(test.accepted().len(), accepted);
    }
}

#[tokio::test]
async fn an_answer_is_taken_only_from_the_browser_that_asked() {
    let (test, browser, page) = answered().await;
    let stranger = test.browser();
    let of_stranger = asks(&test, &stranger).await;

    for thief in [stranger, test.browser()] {
        let refused = send(&test, &thief, &xml_of(&page)).await;

        expect_refusal(&test, &refused, "Failed: InResponseTo Invalid");
        assert!(!refused.body.contains(&of_stranger), "{}", refused.body);
    }
    assert!(test.accepted().is_empty());
    send(&test, &browser, &xml_of(&page)).await;
    assert_eq!(test.accepted().len(), 1, "the theft did not use the request up");
}

#[tokio::test]
async fn an_answer_of_another_identity_provider_to_a_request_is_refused() {
    let test = TestRealm::with(IdpSpec::new(IdpProtocol::Saml), |spec| {
        spec.idps.insert("adfs".to_owned(), IdpSpec::new(IdpProtocol::Saml));
    })
    .await;
    let browser = test.browser();
    let asked = asks(&test, &browser).await;
    let (okta, adfs) = (&test.trust().idp_entity_id, &test.realm.trust("adfs").unwrap().idp_entity_id);

    let signed = xmlsec1_signs(&test, &answer_by_hand(&test, Some(&asked), |xml| xml.replace(okta, adfs)));
    let refused = send(&test, &browser, &signed).await;

    expect_refusal(&test, &refused, "Failed: InResponseTo Invalid");
}

#[tokio::test]
async fn the_signed_confirmation_says_which_request_is_answered() {
    let test = TestRealm::saml().await;
    let browser = test.browser();
    let (first, second) = (asks(&test, &browser).await, asks(&test, &browser).await);
    let shell = |id: &str| format!(" InResponseTo=\"{id}\"><saml:Issuer>");
    let unasked = xmlsec1_signs(&test, &answer_by_hand(&test, None, |xml| xml));
    let answer = xmlsec1_signs(&test, &answer_by_hand(&test, Some(&first), |xml| xml));
    let forged = [
        ("the answer as if unasked", answer.replacen(&shell(&first), "><saml:Issuer>", 1)),
        ("unasked as if an answer", unasked.replacen("><saml:Issuer>", &shell(&first), 1)),
        ("the answer to another request", answer.replacen(&shell(&first), &shell(&second), 1)),
    ];

    for (what, xml) in forged {
        let refused = send(&test, &browser, &xml).await;

        assert_eq!(test.last_login().status.text(), "Failed: InResponseTo Invalid", "{what}: {xml}");
        expect_refusal(&test, &refused, "Failed: InResponseTo Invalid");
    }
    send(&test, &browser, &answer).await;
    assert_eq!(test.accepted().len(), 1, "the forgeries did not use the request up");
    assert_eq!(test.last_login().login_type, "SAML Sfdc Initiated SSO");
}

#[tokio::test]
async fn two_tabs_of_one_browser_log_in_by_either_protocol() {
    for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
        let test = TestRealm::start(IdpSpec::new(protocol)).await;
        let browser = test.careful_browser();
        let mut tabs = Vec::new();
        for _ in 0..2 {
            tabs.push(match protocol {
                IdpProtocol::Saml => {
                    let page = browser.get(&test.saml_start()).await;
                    browser.post(&page.action(), &page.hidden()).await
                }
                IdpProtocol::Oidc => {
                    let asked = browser.get(&test.oidc_start()).await;
                    browser.get(asked.location.as_deref().unwrap()).await
                }
            });
        }

        for tab in tabs {
            match tab.location {
                Some(callback) => browser.get(&callback).await,
                None => browser.post(&tab.action(), &tab.hidden()).await,
            };
        }

        assert_eq!(test.accepted().len(), 2, "{protocol:?}: {:?}", test.refused_by_org());
    }
}

#[tokio::test]
async fn a_login_that_begins_at_another_host_of_the_org_is_answered_at_my_domain() {
    for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
        let test = TestRealm::start(IdpSpec::new(protocol)).await;
        let start = if protocol == IdpProtocol::Saml { test.saml_start() } else { test.oidc_start() };
        let hosts = &test.realm.hosts;
        let elsewhere = start.replace(&hosts.origin(&HostRole::MyDomain), &hosts.origin(&HostRole::Login));

        test.browser().go(&elsewhere).await;

        assert_eq!(test.accepted().len(), 1, "{protocol:?}: {:?}", test.refused_by_org());
    }
}

#[tokio::test]
async fn a_replay_is_refused_as_long_as_another_confirmation_holds() {
    let test = TestRealm::saml().await;
    let now = test.realm.clock.now(Component::Idp);
    let xml = answer_by_hand(&test, None, |xml| {
        let (before, rest) = xml.split_once("<saml:SubjectConfirmation ").unwrap();
        let (confirmation, after) = rest.split_once("</saml:SubjectConfirmation>").unwrap();
        let [first, second] = [1, 60].map(|minutes| {
            let end = instant(now + SignedDuration::from_mins(minutes));
            with_attribute(confirmation, "NotOnOrAfter", &end)
        });
        let confirmation = |of: &str| format!("<saml:SubjectConfirmation {of}</saml:SubjectConfirmation>");
        format!("{before}{}{}{after}", confirmation(&first), confirmation(&second))
    });
    let xml = xmlsec1_signs(&test, &xml);
    send(&test, &test.browser(), &xml).await;

    // The first confirmation is over, its skew included.
    test.realm.clock.advance(SignedDuration::from_mins(4) + SignedDuration::from_secs(30));
    let refused = send(&test, &test.browser(), &xml).await;

    expect_refusal(&test, &refused, "Failed: Replay Detected");
    assert_eq!(test.accepted().len(), 1);
}

#[tokio::test]
async fn an_assertion_of_another_identity_provider_with_the_same_id_is_no_replay() {
    let test = TestRealm::with(IdpSpec::new(IdpProtocol::Saml), |spec| {
        spec.idps.insert("adfs".to_owned(), IdpSpec::new(IdpProtocol::Saml));
    })
    .await;
    let (okta, adfs) = (&test.trust().idp_entity_id, &test.realm.trust("adfs").unwrap().idp_entity_id);
    let of_okta = xmlsec1_signs(&test, &answer_by_hand(&test, None, |xml| xml));
    let of_adfs = xmlsec1_signs(&test, &answer_by_hand(&test, None, |xml| xml.replace(okta, adfs)));

    send(&test, &test.browser(), &of_okta).await;
    send(&test, &test.browser(), &of_adfs).await;

    assert_eq!(test.accepted().len(), 2, "{:?}", test.refused_by_org());
}

/// Contract D2.1.
#[tokio::test]
async fn an_expired_answer_is_refused() {
    let (test, browser, page) = answered().await;

    test.realm.clock.advance(SignedDuration::from_mins(9));
    let refused = send(&test, &browser, &xml_of(&page)).await;

    expect_refusal(&test, &refused, "Failed: Assertion Expired");
}

/// Contract D2.1.
#[tokio::test]
async fn a_wrapped_answer_is_refused() {
    let (test, browser, page) = answered().await;
    let xml = xml_of(&page);
    let start = xml.find("<saml:Assertion").expect("an assertion");
    let evil =
        without_signature(&xml[start..xml.find("</samlp:Response>").unwrap()]).replace("rep-7", "boss@acme.example");
    let id = evil.split("ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let evil = evil.replace(&id, "_evil");
    let before = format!("{}{evil}{}", &xml[..start], &xml[start..]);
    let after = xml.replace("</samlp:Response>", &format!("{evil}</samlp:Response>"));

    for wrapped in [before, after] {
        let refused = send(&test, &browser, &wrapped).await;
        // Found by its structure, before any signature is checked.
        expect_refusal(&test, &refused, "Failed: Assertion Invalid");
    }
}

/// Contract D2.2.
#[tokio::test]
async fn keys_that_the_org_was_not_given_are_refused() {
    for key_state in [KeyState::Foreign, KeyState::RolledOver, KeyState::Expired] {
        let test = TestRealm::start(IdpSpec { key_state, ..IdpSpec::new(IdpProtocol::Saml) }).await;

        let refused = test.browser().go(&test.saml_start()).await;

        expect_refusal(&test, &refused, "Failed: Signature Invalid/Configured Certificate Mismatch");
    }
}

#[tokio::test]
async fn an_expired_key_is_expired_and_a_valid_one_valid_whatever_the_clock_shows() {
    for frozen_at in ["1999-01-01T00:00:00Z", "2020-08-03T09:00:00Z", "2026-08-03T09:00:00Z", "2099-01-01T00:00:00Z"] {
        for (key_state, accepted) in [(KeyState::Valid, 1), (KeyState::Expired, 0)] {
            let test = TestRealm::with(IdpSpec { key_state, ..IdpSpec::new(IdpProtocol::Saml) }, |spec| {
                spec.clock.frozen_at = Some(frozen_at.parse().unwrap());
            })
            .await;

            let page = test.browser().go(&test.saml_start()).await;

            assert_eq!(test.accepted().len(), accepted, "{key_state:?} {frozen_at}: {}", page.body);
            if accepted == 0 {
                assert!(page.body.contains("the configured certificate has expired"), "{frozen_at}: {}", page.body);
                expect_refusal(&test, &page, "Failed: Signature Invalid/Configured Certificate Mismatch");
            }
        }
    }
}

/// Contract D2.3.
#[tokio::test]
async fn an_answer_to_a_request_that_nobody_sent_is_refused() {
    let (test, _, page) = answered().await;
    let other = TestRealm::saml().await;
    let xml = xml_of(&page);
    let request = xml.split("InResponseTo=\"").nth(1).unwrap().split('"').next().unwrap();

    // Signed with a key of the IdP, by an independent program.
    let signed = xmlsec1_signs(&other, &answer_by_hand(&other, Some(request), |xml| xml));
    let refused = send(&other, &other.browser(), &signed).await;

    expect_refusal(&other, &refused, "Failed: InResponseTo Invalid");
    assert!(test.accepted().is_empty());
}

#[tokio::test]
async fn an_answer_that_xmlsec1_signed_is_accepted() {
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256] {
        let test = TestRealm::start(IdpSpec { algorithm, ..IdpSpec::new(IdpProtocol::Saml) }).await;

        let signed = xmlsec1_signs(&test, &answer_by_hand(&test, None, |xml| xml));
        send(&test, &test.browser(), &signed).await;

        let signals = test.accepted().pop().expect("the answer is accepted");
        let values: Vec<_> = signals.iter().map(|signal| signal.value.as_str()).collect();
        assert_eq!(values, ["urn:oasis:names:tc:SAML:2.0:ac:classes:X509", "pwd", "swk"]);
        assert_eq!(test.last_login().auth_method_reference, None);
    }
}

/// Contract D2.1, D2.3 and D2.4.
#[tokio::test]
async fn one_wrong_value_in_a_well_signed_answer_is_refused_with_its_own_text() {
    type Change = fn(&TestRealm, String) -> String;
    let cases: [(&str, Change, &str); 6] = [
        (
            "audience",
            |test, xml| replaced_in(&xml, "Audience>", &test.trust().sp_entity_id),
            "Failed: Audience Invalid",
        ),
        (
            "recipient",
            |_, xml| xml.replace("Recipient=\"https://", "Recipient=\"https://x"),
            "Failed: Recipient Mismatched",
        ),
        (
            "destination",
            |_, xml| xml.replace("Destination=\"https://", "Destination=\"https://x"),
            "Failed: Recipient Mismatched",
        ),
        (
            "issuer",
            |test, xml| xml.replace(&test.trust().idp_entity_id, "https://other.localhost"),
            "Failed: Issuer Mismatched",
        ),
        ("method", |_, xml| xml.replace("cm:bearer", "cm:sender-vouches"), "Failed: Subject Confirmation Error"),
        ("user", |_, xml| xml.replace("rep-7", "nobody"), "Failed: Username Or SSO Id Invalid"),
    ];
    for (what, change, status) in cases {
        let test = TestRealm::saml().await;

        let signed = xmlsec1_signs(&test, &answer_by_hand(&test, None, |xml| change(&test, xml)));
        let refused = send(&test, &test.browser(), &signed).await;

        assert_eq!(test.last_login().status.text(), status, "{what}");
        expect_refusal(&test, &refused, status);
    }
}

/// What is changed in an answer before it is signed.
type Rewrite = fn(String) -> String;

/// A change, the refusal, and words on its page.
type Malformed = (&'static str, Rewrite, &'static str, &'static str);

#[tokio::test]
async fn a_well_signed_answer_that_two_parties_could_read_differently_is_refused() {
    const INVALID: &str = "Failed: Assertion Invalid";
    const ISSUER: &str = "Failed: Issuer Mismatched";
    let cases: [Malformed; 17] = [
        ("two issuers", |xml| again(&xml, "Issuer"), INVALID, "more than one Issuer"),
        ("two subjects", |xml| again(&xml, "Subject"), INVALID, "more than one Subject"),
        ("two names", |xml| again(&xml, "NameID"), INVALID, "more than one NameID"),
        ("two conditions", |xml| again(&xml, "Conditions"), INVALID, "more than one Conditions"),
        ("two contexts", |xml| again(&xml, "AuthnContext"), INVALID, "more than one AuthnContext"),
        ("two classes", |xml| again(&xml, "AuthnContextClassRef"), INVALID, "more than one AuthnContextClassRef"),
        (
            "two confirmation data",
            |xml| {
                let data = xml.find("<saml:SubjectConfirmationData").unwrap();
                let end = data + xml[data..].find("/>").unwrap() + 2;
                format!("{}{}{}", &xml[..end], &xml[data..end], &xml[end..])
            },
            "Failed: Subject Confirmation Error",
            "more than once",
        ),
        ("split value", |xml| xml.replace(">swk<", ">s<x xmlns=\"\"/>wk<"), INVALID, "AttributeValue holds an element"),
        ("split class", |xml| xml.replace(":X509<", ":X5<x xmlns=\"\"/>09<"), INVALID, "ClassRef holds an element"),
        ("split name", |xml| xml.replace("rep-7", "re<x xmlns=\"\"/>p-7"), INVALID, "NameID holds an element"),
        (
            "split audience",
            |xml| xml.replace("</saml:Audience>", "<x xmlns=\"\"/></saml:Audience>"),
            INVALID,
            "Audience holds an element",
        ),
        (
            "transient issuer",
            |xml| {
                xml.replace(
                    "<saml:Issuer>",
                    "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\">",
                )
            },
            ISSUER,
            "nameid-format:transient",
        ),
        (
            "issuer with blanks",
            |xml| xml.replace("Issuer>", "Issuer> ").replace("</saml:Issuer> ", "</saml:Issuer>"),
            ISSUER,
            "white space before it",
        ),
        (
            "audience with blanks",
            |xml| xml.replace("</saml:Audience>", "\n</saml:Audience>"),
            "Failed: Audience Invalid",
            "white space after it",
        ),
        (
            "recipient with blanks",
            |xml| xml.replace("Recipient=\"", "Recipient=\" "),
            "Failed: Recipient Mismatched",
            "white space before it",
        ),
        (
            "name with blanks",
            |xml| xml.replace(">rep-7<", ">\n  rep-7\n  <"),
            "Failed: Username Or SSO Id Invalid",
            "white space around it",
        ),
        (
            "issued ten minutes ago",
            |xml| {
                let now: Timestamp = attribute_of(&xml, "IssueInstant").parse().unwrap();
                let xml = xml.replace(
                    &instant(now + SignedDuration::from_mins(5)),
                    &instant(now + SignedDuration::from_mins(50)),
                );
                xml.replace(&instant(now), &instant(now - SignedDuration::from_mins(10)))
            },
            "Failed: Assertion Expired",
            "longer ago than 5 minutes",
        ),
    ];
    for (what, change, status, words) in cases {
        let test = TestRealm::saml().await;

        let signed = xmlsec1_signs(&test, &answer_by_hand(&test, None, change));
        let refused = send(&test, &test.browser(), &signed).await;

        assert_eq!(test.last_login().status.text(), status, "{what}: {signed}");
        assert!(refused.body.contains(words), "{what}: {}", refused.body);
        expect_refusal(&test, &refused, status);
    }
}

#[tokio::test]
async fn an_unusual_answer_that_the_specifications_allow_is_accepted() {
    const EXCLUSIVE: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let cases: [(&str, Rewrite); 5] = [
        ("an issuer that says it is an entity", |xml| {
            xml.replace("<saml:Issuer>", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">")
        }),
        ("an attribute whose value is an element", |xml| {
            xml.replace(
                "<saml:AttributeStatement>",
                "<saml:AttributeStatement><saml:Attribute Name=\"urn:oid:1.3.6.1.4.1.5923.1.1.1.10\"><saml:AttributeValue>\
                 <saml:NameID>opaque</saml:NameID></saml:AttributeValue></saml:Attribute>",
            )
        }),
        ("the enveloped transform alone", |xml| xml.replace(EXCLUSIVE, "")),
        ("a canonical form with comments", |xml| xml.replace("xml-exc-c14n#\"", "xml-exc-c14n#WithComments\"")),
        ("no issuer of an unsigned Response", |xml| without_first(&xml, "Issuer")),
    ];
    for (what, change) in cases {
        for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256] {
            let test = TestRealm::start(IdpSpec { algorithm, ..IdpSpec::new(IdpProtocol::Saml) }).await;

            let signed = xmlsec1_signs(&test, &answer_by_hand(&test, None, change));
            let page = send(&test, &test.browser(), &signed).await;

            let signals = test.accepted().pop().unwrap_or_else(|| panic!("{what}: {}", page.body));
            let values: Vec<_> = signals.iter().map(|signal| signal.value.as_str()).collect();
            assert_eq!(values, ["urn:oasis:names:tc:SAML:2.0:ac:classes:X509", "pwd", "swk"], "{what}");
        }
    }
}

#[tokio::test]
async fn a_signal_with_blanks_is_another_one_and_the_rules_say_so() {
    let cases: [(Rewrite, &str); 2] = [
        (
            |xml| xml.replace(":X509<", ":unspecified<").replace(">swk<", ">\n  swk\n  <"),
            "swk\\\\n  ` (with white space around it) is not a recognised value",
        ),
        (
            |xml| xml.replace(">swk<", ">pwd<").replace(">urn:oasis", ">\n  urn:oasis"),
            "X509` (with white space before it) is not a recognised value",
        ),
    ];
    for (change, why) in cases {
        let test = TestRealm::saml().await;

        let page = send(&test, &test.browser(), &xmlsec1_signs(&test, &answer_by_hand(&test, None, change))).await;

        assert_ne!(page.name(), "home", "{why}");
        let events = serde_json::to_string(&test.events()).unwrap();
        assert!(events.contains(why), "{why}: {events}");
    }
}

#[tokio::test]
async fn a_signed_response_names_its_issuer() {
    for (issuer, accepted) in [(true, 1), (false, 0)] {
        let test = TestRealm::saml().await;
        let xml = answer_by_hand(&test, None, |xml| {
            let start = xml.find("<ds:Signature ").unwrap();
            let end = xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
            let signature = xml[start..end].replace("#_by-hand", "#_shell");
            let bare = format!("{}{}", &xml[..start], &xml[end..]);
            let bare = if issuer { bare } else { without_first(&bare, "Issuer") };
            bare.replace("<samlp:Status>", &format!("{signature}<samlp:Status>"))
        });

        let page = send(&test, &test.browser(), &xmlsec1_signs(&test, &xml)).await;

        assert_eq!(test.accepted().len(), accepted, "{}", page.body);
        if !issuer {
            expect_refusal(&test, &page, "Failed: Assertion Invalid");
        }
    }
}

/// Contract D1.1 and D2.6.
#[tokio::test]
async fn an_answer_is_taken_in_base64_once_and_where_it_is_addressed() {
    let (test, browser, page) = answered().await;
    let message = page.field("SAMLResponse");
    let (acs, hosts) = (&test.trust().acs_url, &test.realm.hosts);
    let query = acs.split_once('?').unwrap().1;
    let one = pairs(&[("SAMLResponse", &message)]);
    let elsewhere = |role| format!("{}/?{query}", hosts.origin(&role));
    let my_domain = test.org("/");
    let cases = [
        (acs.clone(), pairs(&[("SAMLResponse", &xml_of(&page))]), "Failed: Assertion Invalid"),
        (acs.clone(), pairs(&[("SAMLResponse", &message), ("SAMLResponse", &message)]), "Failed: Assertion Invalid"),
        (
            acs.clone(),
            pairs(&[("SAMLResponse", &message), ("RelayState", "/a"), ("RelayState", "/b")]),
            "Failed: Assertion Invalid",
        ),
        (elsewhere(HostRole::Lightning), one.clone(), "Failed: Recipient Mismatched"),
        (elsewhere(HostRole::Setup), one.clone(), "Failed: Recipient Mismatched"),
        (elsewhere(HostRole::Login), one.clone(), "Failed: Recipient Mismatched"),
        (format!("{my_domain}?so=00Dother"), one.clone(), "Failed: Invalid Organization Id"),
        (format!("{my_domain}?so="), one.clone(), "Failed: Invalid Organization Id"),
        (format!("{my_domain}?{query}&so=00Dother"), one.clone(), "Failed: Invalid Organization Id"),
        (my_domain.clone(), one.clone(), "Failed: Recipient Mismatched"),
    ];
    for (url, form, status) in cases {
        let refused = browser.post(&url, &form).await;

        assert_eq!(test.last_login().status.text(), status, "{url}: {}", refused.body);
        expect_refusal(&test, &refused, status);
    }

    browser.post(acs, &one).await;
    assert_eq!(test.accepted().len(), 1, "no refusal used the answer up");
}

/// Contract D1.1.
#[tokio::test]
async fn the_bare_root_of_my_domain_is_an_assertion_consumer_service_too() {
    let test = TestRealm::saml().await;
    let xml = answer_by_hand(&test, None, |xml| xml.replace(&test.trust().acs_url, &test.realm.my_domain_origin()));

    let form = pairs(&[("SAMLResponse", &STANDARD.encode(xmlsec1_signs(&test, &xml)))]);
    let page = test.browser().post(&test.org("/"), &form).await;

    assert_eq!(test.accepted().len(), 1, "{}", page.body);
    let with_id = format!("?so={}", &test.realm.org_id[..15]);
    assert!(test.trust().acs_url.ends_with(&with_id), "the other one: {}", test.trust().acs_url);
}

/// Contract D1.2.
#[tokio::test]
async fn the_login_page_of_a_site_is_an_assertion_consumer_service_of_one_setting() {
    let test = TestRealm::saml().await;
    let site = site_acs(&test.realm, test.trust());
    let sent_to = |acs: &str| {
        let xml = answer_by_hand(&test, None, |xml| xml.replace(&test.trust().acs_url, &acs.replace('&', "&amp;")));
        pairs(&[("SAMLResponse", &STANDARD.encode(xmlsec1_signs(&test, &xml)))])
    };
    let (org, setting) = (&test.realm.org_id[..15], &test.trust().config_id);
    assert_eq!(site, test.org(&format!("/login?so={org}&sc={setting}")));
    for (url, status) in [
        (format!("/login?so={org}&sc=0LEother"), "Failed: Recipient Mismatched"),
        (format!("/login?so={org}"), "Failed: Recipient Mismatched"),
        (format!("/login?so=00Dother&sc={setting}"), "Failed: Invalid Organization Id"),
        (format!("/login?sc={setting}"), "Failed: Invalid Organization Id"),
        (format!("/login?so={org}&sc={setting}&sc=0LEother"), "Failed: Assertion Invalid"),
        (format!("/?so={org}"), "Failed: Recipient Mismatched"),
    ] {
        let refused = test.browser().post(&test.org(&url), &sent_to(&site)).await;

        expect_refusal(&test, &refused, status);
    }

    let home = test.browser().post(&site, &sent_to(&site)).await;
    assert_eq!((test.accepted().len(), home.name()), (1, "home"), "{}", home.body);
    let stranger =
        test.browser().request(reqwest::Method::POST, &test.org("/login")).header("origin", "https://evil.example");
    let form = [("username", "rep@acme.example"), ("pw", PASSWORD)];
    assert_eq!(page(stranger.form(&form)).await.status, 403, "only an answer comes from elsewhere");
}

#[tokio::test]
async fn the_session_at_the_org_ends_when_the_identity_provider_says() {
    let test = TestRealm::saml().await;
    let end = instant(test.realm.clock.now(Component::Idp) + SignedDuration::from_mins(20));
    let statement = format!("<saml:AuthnStatement SessionNotOnOrAfter=\"{end}\" ");
    let xml = answer_by_hand(&test, None, |xml| xml.replace("<saml:AuthnStatement ", &statement));
    let browser = test.browser();

    let home = send(&test, &browser, &xmlsec1_signs(&test, &xml)).await;
    assert_eq!(home.name(), "home", "{}", home.body);
    test.realm.clock.advance(SignedDuration::from_mins(22));
    assert_eq!(browser.get(&home.url).await.name(), "home", "the skew is not over");

    test.realm.clock.advance(SignedDuration::from_mins(1));
    let after = browser.get(&home.url).await;

    assert_eq!(after.name(), "username", "{}", after.body);
    assert!(!test.realm.sessions.signed_in("rep"));
}

#[tokio::test]
async fn a_long_text_of_somebody_else_is_cut_wherever_it_is_shown() {
    let long = "x".repeat(50_000);
    let test = TestRealm::saml().await;
    let issuer = test.trust().idp_entity_id.clone();
    let xml = answer_by_hand(&test, None, |xml| xml.replace(&issuer, &format!("https://{long}")));

    let refused = send(&test, &test.browser(), &xml).await;
    expect_refusal(&test, &refused, "Failed: Issuer Mismatched");
    let of_idp = test
        .browser()
        .post(&test.trust().sso_url, &pairs(&[("SAMLRequest", &STANDARD.encode(request_of(&long)))]))
        .await;

    for page in [refused, of_idp] {
        assert!(page.status >= 400 && page.body.len() < 10_000, "{} {}", page.status, page.body.len());
    }
    for event in test.events() {
        let length = serde_json::to_string(&event).unwrap().len();
        assert!(length < 10_000, "an event of {length} characters");
    }
}

#[tokio::test]
async fn a_relay_state_longer_than_eighty_bytes_is_kept_and_not_sent() {
    for (length, sent) in [(80, true), (81, false)] {
        let amr = Some(vec!["swk".to_owned()]);
        let test = TestRealm::start(IdpSpec { amr, ..IdpSpec::new(IdpProtocol::Saml) }).await;
        let path = format!("/lightning/o/{}", "x".repeat(length - "/lightning/o/".len()));
        let start = format!("{}&RelayState={path}", test.saml_start());
        let browser = test.browser();

        let page = browser.get(&start).await;
        assert_eq!(page.body.contains("RelayState"), sent, "{length}");
        let end = browser.go_on(page).await;

        assert!(end.url.ends_with(&path), "{length}: {}", end.url);
    }
}

#[tokio::test]
async fn nonsense_at_the_acs_is_a_refused_login_and_never_a_server_error() {
    let test = TestRealm::saml().await;
    let nonsense = ["", "%%%", "AAAA", "<a", "<samlp:Response/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"];

    for (index, text) in nonsense.iter().enumerate() {
        let form = pairs(&[("SAMLResponse", text)]);
        let page = test.browser().post(&test.trust().acs_url, &form).await;

        assert_eq!(page.name(), "login-refused", "{text}: {}", page.body);
        assert_eq!(test.realm.login_history.all().len(), index + 1, "{text}");
        assert!(test.last_login().status.text().starts_with("Failed: "), "{text}");
    }
}

#[tokio::test]
async fn the_user_is_found_by_federation_id_exactly() {
    let test = TestRealm::with(IdpSpec::new(IdpProtocol::Saml), |spec| {
        let mut boss = UserSpec::new("System Administrator");
        boss.federation_id = Some("REP-7".to_owned());
        spec.users.insert("boss".to_owned(), boss);
    })
    .await;

    test.browser().go(&test.idp("/saml/idp-initiated?user=boss")).await;

    assert_eq!(test.last_login().user.as_deref(), Some("boss"));
}

/// Contract D1.3.
#[tokio::test]
async fn an_unknown_setting_starts_nothing() {
    let test = TestRealm::saml().await;

    let page = test.browser().get(&test.org("/saml/authn-request.jsp?samlSsoConfig=0LEnothing")).await;

    assert_eq!(page.status, 400);
    assert!(test.trust().config_id.starts_with("0LE"), "{}", test.trust().config_id);
}

/// A realm, and an answer that is ready to be posted to its ACS.
async fn answered() -> (TestRealm, Browser, Page) {
    let test = TestRealm::saml().await;
    let browser = test.browser();
    let page = browser.get(&test.saml_start()).await;
    let answer = browser.post(&page.action(), &page.hidden()).await;
    (test, browser, answer)
}

/// An `AuthnRequest` of a service provider that nobody knows.
fn request_of(issuer: &str) -> String {
    format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_a\" Version=\"2.0\" \
         IssueInstant=\"2026-12-01T00:00:00Z\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
         {issuer}</saml:Issuer></samlp:AuthnRequest>"
    )
}

/// Starts a login and returns the `ID` of its `AuthnRequest`.
async fn asks(test: &TestRealm, browser: &Browser) -> String {
    let page = browser.get(&test.saml_start()).await;
    let request = String::from_utf8(STANDARD.decode(page.field("SAMLRequest")).unwrap()).unwrap();
    request.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn send(test: &TestRealm, browser: &Browser, xml: &str) -> Page {
    browser.post(&test.trust().acs_url, &pairs(&[("SAMLResponse", &STANDARD.encode(xml))])).await
}

fn without_signature(xml: &str) -> String {
    let (before, rest) = xml.split_once("<ds:Signature").expect("a signature");
    let (_, after) = rest.split_once("</ds:Signature>").unwrap();
    format!("{before}{after}")
}

/// The last element of this name, twice.
fn again(xml: &str, name: &str) -> String {
    let start = [" ", ">"].iter().filter_map(|end| xml.rfind(&format!("<saml:{name}{end}"))).max().unwrap();
    let end_tag = format!("</saml:{name}>");
    let end = start + xml[start..].find(&end_tag).unwrap() + end_tag.len();
    format!("{}{}{}", &xml[..end], &xml[start..end], &xml[end..])
}

fn without_first(xml: &str, name: &str) -> String {
    let (before, rest) = xml.split_once(&format!("<saml:{name}>")).unwrap();
    format!("{before}{}", rest.split_once(&format!("</saml:{name}>")).unwrap().1)
}

/// The value of the first attribute of this name.
fn attribute_of<'a>(xml: &'a str, name: &str) -> &'a str {
    xml.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap()
}

/// Sets the first attribute of this name.
fn with_attribute(xml: &str, name: &str, value: &str) -> String {
    let (before, rest) = xml.split_once(&format!(" {name}=\"")).unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    format!("{before} {name}=\"{value}\"{after}")
}

/// Replaces the text of an element.
fn replaced_in(xml: &str, element: &str, text: &str) -> String {
    xml.replace(&format!("{element}{text}<"), &format!("{element}https://elsewhere.example<"))
}

/// A `Response` written by hand, with an empty signature for `xmlsec1` to fill.
fn answer_by_hand(test: &TestRealm, in_response_to: Option<&str>, change: impl FnOnce(String) -> String) -> String {
    let trust = test.trust();
    let now = test.realm.clock.now(Component::Idp);
    let until = now + SignedDuration::from_mins(5);
    let (now, until) = (instant(now), instant(until));
    let answers = in_response_to.map(|id| format!(" InResponseTo=\"{id}\"")).unwrap_or_default();
    let method = match trust.spec.algorithm {
        KeyAlgorithm::Rsa2048 => "rsa-sha256",
        KeyAlgorithm::EcP256 => "ecdsa-sha256",
        KeyAlgorithm::EcP384 => "ecdsa-sha384",
        KeyAlgorithm::Ed25519 => panic!("no signature of XML"),
    };
    let signature = format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#{method}\"/>\
         <ds:Reference URI=\"#_by-hand\"><ds:Transforms>\
         <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
         <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/>\
         </ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>"
    );
    let (issuer, acs, audience) = (&trust.idp_entity_id, &trust.acs_url, &trust.sp_entity_id);
    change(format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_shell\" Version=\"2.0\" IssueInstant=\"{now}\" \
         Destination=\"{acs}\"{answers}><saml:Issuer>{issuer}</saml:Issuer>\
         <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         <saml:Assertion ID=\"_by-hand\" Version=\"2.0\" IssueInstant=\"{now}\"><saml:Issuer>{issuer}</saml:Issuer>{signature}\
         <saml:Subject><saml:NameID>rep-7</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <saml:SubjectConfirmationData NotOnOrAfter=\"{until}\" Recipient=\"{acs}\"{answers}/>\
         </saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions NotBefore=\"{now}\" NotOnOrAfter=\"{until}\"><saml:AudienceRestriction>\
         <saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
         <saml:AuthnStatement AuthnInstant=\"{now}\"><saml:AuthnContext><saml:AuthnContextClassRef>\
         urn:oasis:names:tc:SAML:2.0:ac:classes:X509</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
         <saml:AttributeStatement><saml:Attribute Name=\"amr\"><saml:AttributeValue>pwd</saml:AttributeValue>\
         <saml:AttributeValue>swk</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>\
         </saml:Assertion></samlp:Response>"
    ))
}

fn instant(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Signs with the identity provider's key, using the `xmlsec1` program.
fn xmlsec1_signs(test: &TestRealm, template: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let key = test.realm.certs.signing_key(test.trust().spec.algorithm, KeyState::Valid).unwrap();
    let (key_file, xml_file) = (folder.path().join("key.pem"), folder.path().join("answer.xml"));
    std::fs::write(&key_file, key.pkey().private_key_to_pem_pkcs8().unwrap()).unwrap();
    std::fs::write(&xml_file, template).unwrap();
    let output = Command::new("xmlsec1")
        .args(["--sign", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"])
        .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response", "--privkey-pem"])
        .args([&key_file, &xml_file])
        .output()
        .expect("xmlsec1 is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
