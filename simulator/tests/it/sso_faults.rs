//! The org refuses each fault of an identity provider with the documented text.

use strum::IntoEnumIterator as _;
use vestibule_model::Fault;
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use crate::sso_realm::TestRealm;

/// The text in Login History with SAML and with OpenID Connect.
const FAULTS: [(Fault, &str, &str); 6] = [
    (Fault::IssuerOther, "Failed: Issuer Mismatched", "Failed: Issuer Mismatched"),
    (Fault::AudienceOther, "Failed: Audience Invalid", "Failed: Audience Invalid"),
    (Fault::RecipientOther, "Failed: Recipient Mismatched", "Failed: Audience Invalid"),
    (Fault::RequestOther, "Failed: InResponseTo Invalid", "Failed: Replay Detected"),
    (Fault::Expired, "Failed: Assertion Expired", "Failed: Assertion Expired"),
    (Fault::NotYetValid, "Failed: Assertion Expired", "Failed: Assertion Expired"),
];

#[tokio::test]
async fn the_org_refuses_every_fault_under_the_documented_text() {
    assert_eq!(Fault::iter().collect::<Vec<_>>(), FAULTS.map(|(fault, ..)| fault), "each fault has a row");
    for (fault, saml, oidc) in FAULTS {
        for (protocol, expected) in [(IdpProtocol::Saml, saml), (IdpProtocol::Oidc, oidc)] {
            assert_eq!(found(IdpSpec::new(protocol).fault(fault)).await, expected, "{fault} {protocol:?}");
        }
    }
}

/// What an org says of a login through this identity provider.
async fn found(idp: IdpSpec) -> &'static str {
    let saml = idp.protocol == IdpProtocol::Saml;
    let test = TestRealm::start(idp).await;
    let start = if saml { test.saml_start() } else { test.oidc_start() };

    test.browser().go(&start).await;

    if test.accepted().is_empty() { test.last_login().status.text() } else { "accepted" }
}
