//! What a realm keeps for people: the requests that it answered and the messages that its org received.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_simulator::realm::{MessageKind, ReceivedMessage};

use crate::sso_world::{Browser, Page, World, pairs};

#[tokio::test]
async fn a_response_is_kept_decoded_with_its_signal_and_without_what_would_let_anyone_send_it_again() {
    let world = World::saml().await;
    let (browser, page) = answered(&world).await;
    let xml = xml_of(&page);

    browser.post(&page.action(), &page.hidden()).await;

    let kept = only(&world);
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
    let world = World::saml().await;
    let (browser, page) = answered(&world).await;
    let xml = xml_of(&page).replace(">rep-7<", ">boss@acme.example<");

    browser.post(&page.action(), &pairs(&[("SAMLResponse", &STANDARD.encode(&xml))])).await;

    assert!(only(&world).text.contains("boss@acme.example"));
}

#[tokio::test]
async fn requests_are_kept_with_the_names_of_their_parameters_only() {
    let world = World::saml().await;
    let (browser, page) = answered(&world).await;
    browser.post(&page.action(), &page.hidden()).await;

    let requests = world.realm.requests.all();

    let acs = requests.iter().filter(|request| request.method == "POST" && request.path == "/?so=…");
    assert_eq!(acs.count(), 1, "{requests:?}");
    assert!(requests.iter().all(|request| request.status >= 200 && !request.host.contains(':')), "{requests:?}");
    assert!(requests.is_sorted_by_key(|request| request.after));
}

async fn answered(world: &World) -> (Browser, Page) {
    let browser = world.browser();
    let request = browser.get(&world.saml_start()).await;
    let answer = browser.post(&request.action(), &request.hidden()).await;
    (browser, answer)
}

fn xml_of(page: &Page) -> String {
    String::from_utf8(STANDARD.decode(page.field("SAMLResponse")).unwrap()).unwrap()
}

fn only(world: &World) -> ReceivedMessage {
    let mut kept = world.realm.messages.all();
    assert_eq!(kept.len(), 1);
    kept.remove(0)
}

fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("{name}>")).unwrap();
    rest.split_once("</").unwrap().0.to_owned()
}
