//! What a realm keeps for its report: the requests that it answered and the messages that its org received.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_simulator::realm::{MessageKind, ReceivedMessage};

use crate::sso_realm::{Browser, Page, TestRealm, pairs, xml_of};

#[tokio::test]
async fn a_response_is_kept_decoded_with_its_signal_and_without_what_would_let_anyone_send_it_again() {
    let test = TestRealm::saml().await;
    let (browser, page) = answered(&test).await;
    let xml = xml_of(&page);

    browser.post(&page.action(), &page.hidden()).await;

    let kept = only(&test);
    assert_eq!((kept.kind, kept.idp.is_some()), (MessageKind::SamlResponse, true));
    assert!(!kept.signed.is_empty() && !kept.signals.is_empty(), "{kept:?}");
    assert!(kept.text.contains("<saml:NameID"), "{}", kept.text);
    for name in ["SignatureValue", "DigestValue", "X509Certificate"] {
        let value = element(&xml, name);
        assert!(value.len() > 20 && !kept.text.contains(&value), "{name}");
        assert!(kept.text.contains(&format!("<ds:{name}>…</ds:{name}>")), "{}", kept.text);
    }
}

#[tokio::test]
async fn a_refused_response_is_kept_as_well() {
    let test = TestRealm::saml().await;
    let (browser, page) = answered(&test).await;
    let xml = xml_of(&page).replace(">rep-7<", ">boss@acme.example<");

    browser.post(&page.action(), &pairs(&[("SAMLResponse", &STANDARD.encode(&xml))])).await;

    assert!(only(&test).text.contains("boss@acme.example"));
}

#[tokio::test]
async fn requests_are_kept_with_the_names_of_their_parameters_only() {
    let test = TestRealm::saml().await;
    let (browser, page) = answered(&test).await;
    browser.post(&page.action(), &page.hidden()).await;

    let requests = test.realm.requests.all();

    let acs = requests.iter().filter(|request| request.method == "POST" && request.path == "/?so=…");
    assert_eq!(acs.count(), 1, "{requests:?}");
    assert!(requests.iter().all(|request| request.status >= 200 && !request.host.contains(':')), "{requests:?}");
    assert!(requests.is_sorted_by_key(|request| request.after));
    let mut pages = requests.iter().filter(|request| request.status == 200);
    assert!(pages.all(|page| page.bytes.is_some_and(|bytes| bytes > 100)), "{requests:?}");
}

async fn answered(test: &TestRealm) -> (Browser, Page) {
    let browser = test.browser();
    let request = browser.get(&test.saml_start()).await;
    let answer = browser.post(&request.action(), &request.hidden()).await;
    (browser, answer)
}

fn only(test: &TestRealm) -> ReceivedMessage {
    let mut kept = test.realm.messages.all();
    assert_eq!(kept.len(), 1);
    kept.remove(0)
}

fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("{name}>")).unwrap();
    rest.split_once("</").unwrap().0.to_owned()
}
