//! The signals of each preset, as the org receives them in a real login.

use strum::IntoEnumIterator;
use vestibule_simulator::idp::presets;
use vestibule_simulator::realm::{IdpProtocol, IdpSpec, MethodUsed, SamlSigning};

use crate::sso_realm::TestRealm;

#[tokio::test]
async fn every_preset_reaches_the_org_unchanged_over_saml() {
    for name in presets::names() {
        for method in MethodUsed::iter() {
            let Ok(signals) = presets::signals(name, IdpProtocol::Saml, method) else { continue };
            let preset = Some(name.to_owned());
            let idp = IdpSpec { preset, method, signing: SamlSigning::Both, ..IdpSpec::new(IdpProtocol::Saml) };
            let test = TestRealm::start(idp).await;

            test.browser().go(&test.idp("/saml/idp-initiated")).await;

            assert_eq!(test.issued(), [signals], "{name} {method:?}");
            assert_eq!(test.accepted(), test.issued(), "{name} {method:?}");
        }
    }
}

#[tokio::test]
async fn every_preset_reaches_the_org_unchanged_over_openid_connect() {
    for name in presets::names() {
        for method in MethodUsed::iter() {
            let Ok(mut signals) = presets::signals(name, IdpProtocol::Oidc, method) else { continue };
            // A preset lists the context first; an ID token lists the methods first.
            signals.sort_by_key(|signal| signal.carrier.clone());
            let idp = IdpSpec { preset: Some(name.to_owned()), method, ..IdpSpec::new(IdpProtocol::Oidc) };
            let test = TestRealm::start(idp).await;

            test.browser().go(&test.oidc_start()).await;

            assert_eq!(test.issued(), [signals], "{name} {method:?}");
            assert_eq!(test.accepted(), test.issued(), "{name} {method:?}");
        }
    }
}
