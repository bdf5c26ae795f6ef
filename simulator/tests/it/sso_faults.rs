//! The org refuses each fault of an identity provider with the documented text.

use vestibule_simulator::idp::Fault;
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use crate::sso_realm::TestRealm;

/// The text in Login History with SAML and with OpenID Connect.
const ROWS: [(Fault, &str, &str); 8] = [
    (Fault::ForeignKey, OTHER_KEY, OTHER_KEY),
    (Fault::RolledOverKey, OTHER_KEY, ACCEPTED),
    (Fault::IssuerOther, "Failed: Issuer Mismatched", "Failed: Issuer Mismatched"),
    (Fault::AudienceOther, "Failed: Audience Invalid", "Failed: Audience Invalid"),
    (Fault::RecipientOther, "Failed: Recipient Mismatched", "Failed: Audience Invalid"),
    (Fault::RequestOther, "Failed: InResponseTo Invalid", "Failed: Replay Detected"),
    (Fault::Expired, "Failed: Assertion Expired", "Failed: Assertion Expired"),
    (Fault::NotYetValid, "Failed: Assertion Expired", "Failed: Assertion Expired"),
];

#[tokio::test]
async fn the_org_refuses_every_fault_under_the_documented_text() {
    assert_eq!(Fault::names(), ROWS.map(|(fault, ..)| <&str>::from(fault)), "each fault has a row");
    for (fault, saml, oidc) in ROWS {
        for (protocol, expected) in [(IdpProtocol::Saml, saml), (IdpProtocol::Oidc, oidc)] {
            let test = TestRealm::start(IdpSpec::new(protocol).fault(fault)).await;
            let start = if protocol == IdpProtocol::Saml { test.saml_start() } else { test.oidc_start() };

            test.browser().go(&start).await;

            let status = test.last_login().status;
            let found = if test.accepted().is_empty() { status.as_str() } else { ACCEPTED };
            assert_eq!(found, expected, "{fault:?} {protocol:?}");
        }
    }
}

#[tokio::test]
async fn a_fault_that_does_not_exist_is_told_on_the_error_page() {
    let test = TestRealm::start(IdpSpec::new(IdpProtocol::Saml).fault("audience-othr")).await;

    let page = test.browser().go(&test.saml_start()).await;

    assert!(page.body.contains("Failed to apply the fault `audience-othr`"), "{}", page.body);
    assert!(test.issued().is_empty());
}

const OTHER_KEY: &str = "Failed: Signature Invalid/Configured Certificate Mismatch";
/// A new key in the JWKS is no fault: the org reads the JWKS at each login.
const ACCEPTED: &str = "accepted";
