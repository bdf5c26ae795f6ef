//! What a request may ask for: contexts, names, users, sets of attributes.

use std::collections::BTreeMap;

use vestibule_model::{
    AttributeConsumingService, AttributeNameFormat, RequestedAttribute, ServiceProviderSpec, UserSpec,
};
use vestibule_simulator::realm::{IdpSpec, OnRequestedContext, RealmSpec, SamlSigning, SignInPage};

use super::{APP, APP_ACS, SHOP, SHOP_ACS, between, by_post, idp, party, request};
use crate::sso_realm::{TestRealm, xml_of};

const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

fn class(name: &str) -> String {
    format!("urn:oasis:names:tc:SAML:2.0:ac:classes:{name}")
}

async fn answer(test: &TestRealm, entity_id: &str, attributes: &str, children: &str) -> String {
    xml_of(&by_post(test, &test.browser(), &request(test, entity_id, attributes, children)).await)
}

#[tokio::test]
async fn a_context_is_compared_as_the_request_says() {
    let spec = IdpSpec {
        class_ref: Some(class("PasswordProtectedTransport")),
        on_requested_context: OnRequestedContext::Refuse,
        ..idp(party(APP_ACS), party(SHOP_ACS))
    };
    let test = TestRealm::start(spec).await;
    for (comparison, name, met) in [
        ("exact", "PasswordProtectedTransport", true),
        ("exact", "Password", false),
        ("minimum", "Password", true),
        ("minimum", "X509", false),
        ("maximum", "X509", true),
        ("maximum", "Password", false),
        ("better", "Password", true),
        ("better", "PasswordProtectedTransport", false),
    ] {
        let asked = format!(
            "<samlp:RequestedAuthnContext Comparison=\"{comparison}\"><saml:AuthnContextClassRef>{}\
             </saml:AuthnContextClassRef></samlp:RequestedAuthnContext>",
            class(name)
        );

        let response = answer(&test, APP, "", &asked).await;

        let status = if met { "status:Success" } else { "status:NoAuthnContext" };
        assert!(response.contains(status), "{comparison} {name}: {response}");
        assert_eq!(response.contains("<saml:Assertion "), met, "{comparison} {name}");
    }
}

#[tokio::test]
async fn a_persistent_name_is_made_only_where_that_is_allowed() {
    let test = TestRealm::start(idp(party(APP_ACS), party(SHOP_ACS))).await;
    let policy = |more: &str| format!("<samlp:NameIDPolicy Format=\"{PERSISTENT}\" {more}/>");
    let never = policy("AllowCreate=\"false\"");

    let refused = answer(&test, APP, "", &never).await;
    let created = answer(&test, APP, "", &policy("AllowCreate=\"true\"")).await;
    let known = answer(&test, APP, "", &never).await;
    let elsewhere = answer(&test, SHOP, "", &never).await;
    let unsaid = answer(&test, SHOP, "", &policy("")).await;

    assert!(refused.contains("status:InvalidNameIDPolicy"), "{refused}");
    let name = |xml: &str| between(xml, "<saml:NameID ", "</saml:NameID>").to_owned();
    assert_eq!(name(&created), name(&known));
    assert!(elsewhere.contains("status:InvalidNameIDPolicy"), "the name of the app is none of the shop: {elsewhere}");
    assert_ne!(name(&unsaid), name(&created));
}

#[tokio::test]
async fn a_name_for_somebody_else_is_refused_and_a_service_provider_has_a_usual_format() {
    let app = ServiceProviderSpec { name_id_format: Some(EMAIL.to_owned()), ..party(APP_ACS) };
    let test = TestRealm::start(idp(app, party(SHOP_ACS))).await;
    let qualified = |qualifier: &str| format!("<samlp:NameIDPolicy SPNameQualifier=\"{qualifier}\"/>");

    let own = answer(&test, APP, "", &qualified(APP)).await;
    let of_another = answer(&test, APP, "", &qualified(SHOP)).await;
    let asked = answer(&test, APP, "", &format!("<samlp:NameIDPolicy Format=\"{PERSISTENT}\"/>")).await;

    assert!(own.contains(&format!("Format=\"{EMAIL}\">rep@acme.example<")), "{own}");
    assert!(of_another.contains("status:InvalidNameIDPolicy"), "{of_another}");
    assert!(asked.contains(&format!("Format=\"{PERSISTENT}\"")), "{asked}");
}

fn with_ann(spec: &mut RealmSpec) {
    let mut ann = UserSpec::new("Standard User").username("ann@acme.example").password("Pw1-of-ann");
    ann.federation_id = Some("ann-8".to_owned());
    spec.users.insert("ann".to_owned(), ann);
}

fn subject(format: &str, name: &str) -> String {
    let format = if format.is_empty() { String::new() } else { format!(" Format=\"{format}\"") };
    format!("<saml:Subject><saml:NameID{format}>{name}</saml:NameID></saml:Subject>")
}

#[tokio::test]
async fn a_request_names_the_user_it_wants() {
    let test = TestRealm::with(idp(party(APP_ACS), party(SHOP_ACS)), with_ann).await;
    for (format, name) in [("", "ann"), ("", "ann-8"), (EMAIL, "ANN@acme.example")] {
        let response = answer(&test, APP, "", &subject(format, name)).await;
        assert!(response.contains(">ann-8</saml:NameID>"), "{format} {name}: {response}");
    }
    let pairwise = format!("<samlp:NameIDPolicy Format=\"{PERSISTENT}\"/>");
    let named = answer(&test, APP, "", &format!("{}{pairwise}", subject("", "ann"))).await;
    let name = between(&named, "<saml:NameID ", "</saml:NameID>").split_once('>').unwrap().1;
    let again = answer(&test, APP, "", &subject(PERSISTENT, name)).await;
    assert!(again.contains(">ann-8</saml:NameID>"), "{again}");
    let of_another = answer(&test, SHOP, "", &subject(PERSISTENT, name)).await;
    assert!(of_another.contains("status:UnknownPrincipal"), "a name of the app: {of_another}");
    let unknown = answer(&test, APP, "", &subject("", "nobody")).await;
    assert!(unknown.contains("status:UnknownPrincipal") && !unknown.contains("<saml:Assertion "), "{unknown}");
}

#[tokio::test]
async fn an_answer_about_another_user_is_none() {
    let only_rep =
        IdpSpec { sign_in: SignInPage::AutomaticAs("rep".to_owned()), ..idp(party(APP_ACS), party(SHOP_ACS)) };
    let test = TestRealm::with(only_rep, with_ann).await;
    let response = answer(&test, APP, "", &subject("", "ann")).await;
    assert!(response.contains("status:AuthnFailed") && !response.contains("<saml:Assertion "), "{response}");

    let by_form = IdpSpec { sign_in: SignInPage::Own, ..idp(party(APP_ACS), party(SHOP_ACS)) };
    let test = TestRealm::with(by_form, with_ann).await;
    let asked = by_post(&test, &test.browser(), &request(&test, APP, "", &subject("", "ann-8"))).await;
    assert!(asked.body.contains("value=\"ann@acme.example\""), "the page knows whom to expect: {}", asked.body);

    let test = TestRealm::with(idp(party(APP_ACS), party(SHOP_ACS)), with_ann).await;
    let browser = test.browser();
    by_post(&test, &browser, &request(&test, APP, "", &subject("", "rep"))).await;
    let passive = by_post(&test, &browser, &request(&test, APP, "IsPassive=\"true\"", &subject("", "ann"))).await;
    assert!(xml_of(&passive).contains("status:NoPassive"), "the session is of another: {}", xml_of(&passive));
}

fn with_attributes(spec: &mut RealmSpec) {
    let several = vec!["admins".to_owned(), "staff".to_owned()];
    let nested = "<NameID xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\" NameQualifier=\"a&amp;b\">7 &lt; 8</NameID>";
    spec.users.get_mut("rep").unwrap().attributes = BTreeMap::from([
        ("mail".to_owned(), vec!["rep@acme.example".to_owned()]),
        ("groups".to_owned(), several),
        ("urn:oid:1.3.6.1.4.1.5923.1.1.1.10".to_owned(), vec![nested.to_owned()]),
    ]);
}

#[tokio::test]
async fn a_request_chooses_a_set_of_attributes() {
    let wanted = |name: &str, name_format| RequestedAttribute { name: name.to_owned(), name_format };
    let services = vec![
        AttributeConsumingService {
            index: Some(3),
            default: None,
            attributes: vec![wanted("mail", Some(AttributeNameFormat::Basic)), wanted("unknown", None)],
        },
        AttributeConsumingService { index: None, default: Some(true), attributes: vec![wanted("groups", None)] },
    ];
    let app = ServiceProviderSpec { attribute_services: services, ..party(APP_ACS) };
    let spec = IdpSpec { amr: Some(vec!["pwd".to_owned()]), ..idp(app, party(SHOP_ACS)) };
    let test = TestRealm::with(spec, with_attributes).await;

    let mail = answer(&test, APP, "AttributeConsumingServiceIndex=\"3\"", "").await;
    let groups = answer(&test, APP, "", "").await;
    let everything = answer(&test, SHOP, "AttributeConsumingServiceIndex=\"9\"", "").await;
    let unknown = answer(&test, APP, "AttributeConsumingServiceIndex=\"9\"", "").await;

    let basic = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
    assert!(mail.contains(&format!("Name=\"mail\" NameFormat=\"{basic}\"")) && !mail.contains("groups"), "{mail}");
    assert!(groups.contains(">admins<") && groups.contains(">staff<") && !groups.contains("mail"), "{groups}");
    assert!(mail.contains(">pwd<") && groups.contains(">pwd<"), "a signal is never left out");
    assert!(everything.contains("mail") && everything.contains("groups"), "the shop has no sets: {everything}");
    assert!(unknown.contains("status:RequestUnsupported"), "{unknown}");
    let unreadable =
        by_post(&test, &test.browser(), &request(&test, APP, "AttributeConsumingServiceIndex=\"x\"", "")).await;
    assert_eq!((unreadable.status, unreadable.name()), (400, "idp-error"), "{}", unreadable.body);
}

#[tokio::test]
async fn names_of_attributes_have_a_format_and_values_may_be_elements() {
    let eptid = "urn:oid:1.3.6.1.4.1.5923.1.1.1.10";
    let spec = IdpSpec {
        attribute_name_format: Some(AttributeNameFormat::Basic),
        xml_attributes: vec![eptid.to_owned()],
        ..idp(party(APP_ACS), party(SHOP_ACS))
    };
    let test = TestRealm::with(spec.clone(), with_attributes).await;

    let xml = answer(&test, APP, "", "").await;

    assert_eq!(xml.matches("attrname-format:basic").count(), 3, "{xml}");
    let element = "<saml:AttributeValue><NameID xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
                   NameQualifier=\"a&amp;b\">7 &lt; 8</NameID></saml:AttributeValue>";
    assert!(xml.contains(element), "{xml}");
    for (value, why) in [("no element", "is not an element"), ("<a>b<c/></a>", "cannot be sent")] {
        let test = TestRealm::with(spec.clone(), |spec| {
            let attributes = BTreeMap::from([(eptid.to_owned(), vec![value.to_owned()])]);
            spec.users.get_mut("rep").unwrap().attributes = attributes;
        })
        .await;
        let refused = by_post(&test, &test.browser(), &request(&test, APP, "", "")).await;
        assert_eq!(refused.status, 400, "{value}");
        assert!(refused.body.contains(why), "{value}: {}", refused.body);
    }
}

#[tokio::test]
async fn lifetimes_and_the_skew_of_clocks_are_settings() {
    let spec = IdpSpec { session_lifetime: Some(3600), clock_skew: Some(120), ..idp(party(APP_ACS), party(SHOP_ACS)) };
    let test = TestRealm::start(spec).await;
    let plain = TestRealm::start(idp(party(APP_ACS), party(SHOP_ACS))).await;
    let instant =
        |xml: &str, name: &str| between(xml, &format!(" {name}=\""), "\"").parse::<jiff::Timestamp>().unwrap();

    let xml = answer(&test, APP, "", "").await;
    let usual = answer(&plain, APP, "", "").await;

    let session = instant(&xml, "SessionNotOnOrAfter").duration_since(instant(&xml, "AuthnInstant"));
    assert_eq!(session.as_secs(), 3600);
    let skew = |xml: &str| instant(xml, "IssueInstant").duration_since(instant(xml, "NotBefore")).as_secs();
    assert!((119..=120).contains(&skew(&xml)) && skew(&usual) <= 0, "{} {}", skew(&xml), skew(&usual));
    assert!(!usual.contains("SessionNotOnOrAfter"), "{usual}");
}

#[tokio::test]
async fn an_assertion_is_signed_for_who_wants_it() {
    let app = ServiceProviderSpec { want_assertions_signed: true, ..party(APP_ACS) };
    let spec = IdpSpec { signing: SamlSigning::Response, ..idp(app, party(SHOP_ACS)) };
    let test = TestRealm::start(spec).await;

    for (entity_id, signatures) in [(APP, 2), (SHOP, 1)] {
        let xml = answer(&test, entity_id, "", "").await;
        assert_eq!(xml.matches("<ds:Signature ").count(), signatures, "{entity_id}: {xml}");
    }
}
