//! What is kept from the pages of a case: pictures and an outline, without typed text.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_model::Secret;

use super::chromium::{Chromium, serve};

const FORM: &str = "<!doctype html><title>Login</title><style>h1 { color: rgb(1, 2, 3) }</style>\
    <script>var leaked = 'script-secret'</script><h1>Log In</h1>\
    <label for=username>Username</label><input id=username>\
    <label for=password>Password</label><input id=password type=password value=written-secret>\
    <input type=hidden name=token value=hidden-secret><p id=key>JBSW Y3DP</p>\
    <button id=Login>Log In</button><a id=forgot href='/forgot?token=link-secret'>Forgot?</a>";

#[tokio::test]
async fn each_page_is_copied_once_without_secrets_and_drawn_later() {
    let chromium = Chromium::start().await;
    let session = &chromium.session;
    let port = serve(pages()).await;
    session.goto(&format!("http://a.localhost:{port}/form")).await.unwrap();
    session.page().await.unwrap();
    session.type_into("#password", &Secret::new("typed-secret".to_owned())).await.unwrap();
    session.page().await.unwrap();
    session.goto(&format!("http://a.localhost:{port}/second")).await.unwrap();
    session.page().await.unwrap();

    let outline = session.dom_text().await.unwrap();
    let small = session.small_picture().await.unwrap();
    let copies = session.take_copies();
    let pictures = session.draw(&copies).await.unwrap();

    let titles: Vec<_> = copies.iter().map(|copy| copy.html().contains("Second")).collect();
    assert_eq!(titles, [false, true], "one copy of each page");
    for secret in ["typed-secret", "written-secret", "hidden-secret", "script-secret", "link-secret", "JBSW"] {
        assert!(!copies[0].html().contains(secret), "{secret}: {}", copies[0].html());
    }
    assert!(copies[0].html().contains("rgb(1, 2, 3)"), "its style came along");
    assert_eq!(outline, ["title: Second", "heading: Second"]);
    assert_eq!(pictures.len(), 2);
    for picture in pictures.iter().chain([&small]) {
        assert_eq!(&STANDARD.decode(picture).unwrap()[8..12], b"WEBP");
    }
    assert!(session.take_copies().is_empty());
    chromium.stop().await;
}

#[tokio::test]
async fn the_outline_names_what_a_person_can_use_and_nothing_that_was_typed() {
    let chromium = Chromium::start().await;
    let port = serve(pages()).await;
    chromium.session.goto(&format!("http://a.localhost:{port}/form")).await.unwrap();
    chromium.session.type_into("#username", &Secret::new("typed-name".to_owned())).await.unwrap();

    let outline = chromium.session.dom_text().await.unwrap();

    assert_eq!(
        outline,
        [
            "title: Login",
            "heading: Log In",
            "field #username text Username (focused)",
            "field #password password Password",
            "button #Login Log In",
            "link #forgot Forgot?",
        ]
    );
    chromium.stop().await;
}

fn pages() -> Router {
    let second = "<!doctype html><title>Second</title><h1>Second</h1>";
    Router::new()
        .route("/form", get(|| async { Html(FORM) }))
        .route("/second", get(move || async move { Html(second) }))
}
