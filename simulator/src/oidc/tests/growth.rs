//! The time to read a token or a document grows in proportion to its size.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_snapshots::growth::assert_linear;

use super::{ISSUER, expected, published};
use crate::oidc::{
    ClientAssertion, ClientMetadata, DpopProof, ProviderDocument, RequestObject, parse_jwks, readable, verify,
};

#[test]
fn eight_times_the_token_takes_about_eight_times_as_long() {
    let members = |size: usize| (0..size / 12).map(|number| format!(",\"m{number}\":\"\"")).collect::<String>();
    type Row<'a> = (&'a str, &'a dyn Fn(usize) -> (String, String));
    let rows: [Row<'_>; 5] = [
        ("members of the header", &|size| (format!("{{\"alg\":\"ES256\"{}}}", members(size)), "{}".to_owned())),
        ("claims", &|size| (HEADER.to_owned(), format!("{{\"sub\":\"rep\"{}}}", members(size)))),
        ("amr", &|size| (HEADER.to_owned(), format!("{{\"amr\":[{}]}}", vec!["\"pwd\""; size / 6].join(",")))),
        ("nested arrays", &|size| {
            (HEADER.to_owned(), format!("{{\"x\":{}{}}}", "[".repeat(size / 2), "]".repeat(size / 2)))
        }),
        ("one long claim", &|size| (HEADER.to_owned(), format!("{{\"sub\":\"{}\"}}", "x".repeat(size)))),
    ];
    let (keys, expected) = (published(), expected());
    for (name, input) in rows {
        let token = |size| {
            let (header, claims) = input(size);
            format!("{}.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
        };
        assert_linear(name, 500, token, |token| {
            assert!(verify(token, &keys, &expected).is_err());
            readable(token);
            // What clients send about themselves.
            assert!(DpopProof::read(token).is_err() && ClientAssertion::read(token).is_err());
            black_box(
                RequestObject::read(token).is_ok_and(|object| object.parameters("app", ISSUER, expected.now).is_ok()),
            );
        });
    }
}

#[test]
fn eight_times_the_document_takes_about_eight_times_as_long() {
    type Row = (&'static str, fn(usize) -> String);
    let rows: [Row; 6] = [
        ("members", |size| {
            let members: String = (0..size / 12).map(|number| format!("\"m{number}\":\"\",")).collect();
            format!("{{{members}\"issuer\":\"https://idp.example\"}}")
        }),
        ("one long value", |size| format!("{{\"issuer\":\"{}\"}}", "x".repeat(size))),
        ("escapes", |size| format!("{{\"issuer\":\"{}\"}}", "\\u0041".repeat(size / 6))),
        ("addresses", |size| {
            let addresses = vec!["\"http://localhost:3000/a\""; size / 26].join(",");
            format!("{{\"redirect_uris\":[{addresses}]}}")
        }),
        ("keys", |size| format!("{{\"keys\":[{}]}}", vec!["{\"kty\":\"oct\",\"k\":\"AA\"}"; size / 24].join(","))),
        ("nested arrays", |size| "[".repeat(size)),
    ];
    for (name, input) in rows {
        assert_linear(name, 4_000, input, |document| {
            let _whatever = ProviderDocument::read(document.as_bytes(), None);
            let _whatever = ClientMetadata::parse(document.as_bytes());
            let _whatever = parse_jwks(document.as_bytes());
        });
    }
}

const HEADER: &str = "{\"alg\":\"ES256\"}";
