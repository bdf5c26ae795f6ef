//! The messages byte by byte, with fixed ids and a fixed clock.

use super::fixture::{IDP, SSO, good_response, unsigned_response};
use super::requests::good_request;
use crate::saml::IdpMetadata;

#[test]
fn the_messages_are_written_as_before() {
    let idp = IdpMetadata {
        entity_id: IDP.to_owned(),
        sso_url: SSO.to_owned(),
        certificates: vec![b"first certificate".to_vec(), b"second certificate".to_vec()],
        want_authn_requests_signed: true,
        ..IdpMetadata::default()
    };

    vestibule_snapshots::settings("saml").bind(|| {
        insta::assert_snapshot!("response", lines(&unsigned_response(&good_response())));
        insta::assert_snapshot!("authn-request", lines(&good_request().to_xml().unwrap()));
        insta::assert_snapshot!("idp-metadata", lines(&idp.to_xml().unwrap()));
    });
}

/// One tag per line, so that a difference is readable.
fn lines(xml: &str) -> String {
    xml.replace("><", ">\n<")
}
