//! Logins by a SAML identity provider that the org knows by its metadata.

use vestibule_simulator::org::paths;
use vestibule_simulator::realm::{IdpDocument, IdpProtocol, IdpSpec, SpEntityId};

use super::{ENTITY, Issuer, SSO, Says, asked, id_of, metadata, post, trusting};
use crate::sso_realm::{TestRealm, expect_refusal, xml_of_request};

const LEADS: &str = "/lightning/o/Lead";

/// Contract C1.15 and D1.4.
#[tokio::test]
async fn an_answer_to_a_request_signs_its_user_in_beside_our_own_identity_provider() {
    let issuer = Issuer::new();
    let test = TestRealm::with(trusting(&[&issuer]), |spec| {
        let amr = Some(vec!["swk".to_owned()]);
        spec.idps.insert("own".to_owned(), IdpSpec { amr, ..IdpSpec::new(IdpProtocol::Saml) });
    })
    .await;
    let browser = test.browser();

    let page = browser.get(&format!("{}&RelayState={LEADS}", test.saml_start())).await;
    assert_eq!((page.action(), page.field("RelayState")), (format!("{SSO}/post"), LEADS.to_owned()));
    let request = xml_of_request(&page);
    assert!(request.contains(&format!("Destination=\"{SSO}/post\"")), "{request}");
    let says = Says { in_response_to: Some(id_of(&request)), ..Says::good(&test) };
    let end = post(&test, &browser, &says.signed_by(&issuer, &test), LEADS).await;

    assert!(end.url.ends_with(LEADS), "{}: {}", end.url, end.body);
    assert_eq!(test.last_login().login_type, "SAML Sfdc Initiated SSO");
    let own = test.realm.trust("own").unwrap();
    let end = test.browser().go(&test.org(&format!("{}&RelayState={LEADS}", paths::sso_start(own)))).await;
    assert!(end.url.ends_with(LEADS), "{}: {}", end.url, end.body);
    assert_eq!(test.accepted().len(), 2, "{:?}", test.refused_by_org());
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_leads_to_its_relay_state() {
    let issuer = Issuer::new();
    let test = TestRealm::start(trusting(&[&issuer])).await;

    let response = Says::good(&test).signed_by(&issuer, &test);
    let end = post(&test, &test.browser(), &response, LEADS).await;

    assert!(end.url.ends_with(LEADS), "{}: {}", end.url, end.body);
    assert_eq!(test.last_login().login_type, "SAML Idp Initiated SSO");
    let again = post(&test, &test.browser(), &response, LEADS).await;
    expect_refusal(&test, &again, "Failed: Replay Detected");
}

#[tokio::test]
async fn a_request_takes_the_binding_that_the_metadata_offers() {
    let issuer = Issuer::new();
    let both = metadata(&[&issuer]);
    let without = |binding: &str| both.replace(&format!("bindings:{binding}"), "bindings:SOAP");
    for (text, wanted, by_redirect) in [
        (both.clone(), "HttpPost", false),
        (both.clone(), "HttpRedirect", true),
        (without("HTTP-POST"), "HttpPost", true),
        (without("HTTP-Redirect"), "HttpRedirect", false),
    ] {
        let metadata = Some(IdpDocument::Text(text));
        let test = TestRealm::start(IdpSpec { metadata, ..IdpSpec::new(IdpProtocol::Saml) }).await;

        let page = test.careful_browser().get(&format!("{}&saml_binding_type={wanted}", test.saml_start())).await;

        match page.location {
            Some(location) => assert!(by_redirect && location.starts_with(&format!("{SSO}/redirect?")), "{location}"),
            None => assert!(!by_redirect && page.action() == format!("{SSO}/post"), "{wanted}: {}", page.body),
        }
    }
}

#[tokio::test]
async fn while_keys_roll_over_both_are_trusted_and_no_other_is() {
    let (old, new, other, expired) = (Issuer::new(), Issuer::new(), Issuer::new(), Issuer::expired());
    let test = TestRealm::start(trusting(&[&old, &new, &expired])).await;

    for (id, issuer) in [("_old", &old), ("_new", &new)] {
        let says = Says { id, ..Says::good(&test) };
        post(&test, &test.browser(), &says.signed_by(issuer, &test), "").await;
    }
    assert_eq!(test.accepted().len(), 2, "{:?}", test.refused_by_org());

    for (id, issuer) in [("_other", &other), ("_expired", &expired)] {
        let says = Says { id, ..Says::good(&test) };
        let refused = post(&test, &test.browser(), &says.signed_by(issuer, &test), "").await;
        expect_refusal(&test, &refused, "Failed: Signature Invalid/Configured Certificate Mismatch");
    }
    let unsigned = Says { id: "_changed", ..Says::good(&test) }.signed_by(&new, &test).replace("rep-7", "boss-1");
    expect_refusal(&test, &post(&test, &test.browser(), &unsigned, "").await, "Failed: Signature Invalid");
}

#[tokio::test]
async fn the_issuer_that_an_answer_names_chooses_the_setting_that_verifies_it() {
    let (issuer, second) = (Issuer::new(), Issuer::new());
    let other = metadata(&[&second]).replace(ENTITY, "urn:acme:second");
    let test = TestRealm::with(trusting(&[&issuer]), |spec| {
        let metadata = Some(IdpDocument::Text(other));
        spec.idps.insert("second".to_owned(), IdpSpec { metadata, ..IdpSpec::new(IdpProtocol::Saml) });
    })
    .await;

    let swapped = Says::good(&test).signed_by(&second, &test);
    let refused = post(&test, &test.browser(), &swapped, "").await;
    expect_refusal(&test, &refused, "Failed: Signature Invalid/Configured Certificate Mismatch");
    let nobody = Says::good(&test).signed_by(&issuer, &test).replace(ENTITY, "urn:nobody");
    expect_refusal(&test, &post(&test, &test.browser(), &nobody, "").await, "Failed: Issuer Mismatched");
    post(&test, &test.browser(), &Says::good(&test).signed_by(&issuer, &test), "").await;
    assert_eq!(test.accepted().len(), 1, "{:?}", test.refused_by_org());
}

/// Contract D1.5.
#[tokio::test]
async fn the_entity_id_of_the_setting_is_the_audience() {
    let issuer = Issuer::new();
    let shared = "https://saml.salesforce.com".to_owned();
    for (entity_id, wrong) in [(SpEntityId::MyDomain, Some(shared.clone())), (SpEntityId::Shared, None)] {
        let test = TestRealm::start(IdpSpec { entity_id, ..trusting(&[&issuer]) }).await;
        let own = test.realm.my_domain_origin();
        let right = if entity_id == SpEntityId::Shared { shared.clone() } else { own.clone() };
        let browser = test.browser();

        let request = asked(&test, &browser).await;
        assert!(request.contains(&format!(">{right}</saml:Issuer>")), "{request}");
        let refused = Says { id: "_wrong", audience: wrong.unwrap_or(own), ..Says::good(&test) };
        let refused = post(&test, &browser, &refused.signed_by(&issuer, &test), "").await;
        expect_refusal(&test, &refused, "Failed: Audience Invalid");
        let accepted = Says { audience: right, in_response_to: Some(id_of(&request)), ..Says::good(&test) };
        post(&test, &browser, &accepted.signed_by(&issuer, &test), "").await;
        assert_eq!(test.accepted().len(), 1, "{entity_id}: {:?}", test.refused_by_org());
    }
}

#[tokio::test]
async fn our_own_identity_provider_takes_the_shared_entity_id_too() {
    let own = IdpSpec { entity_id: SpEntityId::Shared, ..IdpSpec::new(IdpProtocol::Saml) };
    let test = TestRealm::start(own).await;

    test.browser().go(&test.saml_start()).await;

    assert_eq!(test.accepted().len(), 1, "{:?}", test.refused_by_org());
}

#[tokio::test]
async fn a_user_is_found_by_what_the_setting_says() {
    let issuer = Issuer::new();
    let unknown = Some("Failed: Username Or SSO Id Invalid");
    for (identity, attribute, name, attributes, refused) in [
        ("federation-id", None, "rep-7", [("amr", "swk"), ("x", "y")], None),
        ("federation-id", None, "REP-7", [("amr", "swk"), ("x", "y")], unknown),
        ("federation-id", None, "rep@acme.example", [("amr", "swk"), ("x", "y")], unknown),
        ("username", None, "Rep@Acme.Example", [("amr", "swk"), ("x", "y")], None),
        ("username", None, "rep-7", [("amr", "swk"), ("x", "y")], unknown),
        ("user-id", None, "ID18", [("amr", "swk"), ("x", "y")], None),
        ("user-id", None, "ID15", [("amr", "swk"), ("x", "y")], None),
        ("user-id", None, "rep-7", [("amr", "swk"), ("x", "y")], unknown),
        ("federation-id", Some("employee"), "anybody", [("amr", "swk"), ("employee", "rep-7")], None),
        ("username", Some("mail"), "anybody", [("amr", "swk"), ("mail", "rep@acme.example")], None),
        ("federation-id", Some("employee"), "rep-7", [("amr", "swk"), ("employee", "nobody")], unknown),
        ("federation-id", Some("employee"), "rep-7", [("amr", "swk"), ("x", "y")], unknown),
    ] {
        let spec = IdpSpec {
            identity: identity.parse().unwrap(),
            identity_attribute: attribute.map(str::to_owned),
            ..trusting(&[&issuer])
        };
        let test = TestRealm::start(spec).await;
        let id = test.realm.users.get("rep").unwrap().id;
        let name = name.replace("ID18", &id).replace("ID15", &id[..15]);
        let says = Says { name: &name, attributes: &attributes, ..Says::good(&test) };

        let page = post(&test, &test.browser(), &says.signed_by(&issuer, &test), "").await;

        assert_eq!(test.refused_by_org().first().map(String::as_str), refused, "{identity} {attribute:?} {name}");
        match refused {
            Some(status) => expect_refusal(&test, &page, status),
            None => assert_eq!(test.last_login().user.as_deref(), Some("rep"), "{}", page.body),
        }
    }
}

#[tokio::test]
async fn the_metadata_of_the_org_names_the_audience_and_the_address_of_each_setting() {
    let issuer = Issuer::new();
    let test = TestRealm::start(IdpSpec { entity_id: SpEntityId::Shared, ..trusting(&[&issuer]) }).await;

    let url = test.org(&format!("/vestibule/saml-metadata?samlSsoConfig={}", test.trust().config_id));
    let page = test.browser().get(&url).await;

    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("entityID=\"https://saml.salesforce.com\""), "{}", page.body);
    assert!(page.body.contains(&format!("Location=\"{}\"", test.trust().acs_url)), "{}", page.body);
}
