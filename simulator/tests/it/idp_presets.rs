//! What each preset says, as it reaches the org through a real login.

use strum::IntoEnumIterator;
use vestibule_simulator::idp::presets;
use vestibule_simulator::realm::{IdpProtocol, IdpSpec, MethodUsed, SamlSigning};

use crate::sso_world::World;

#[tokio::test]
async fn every_preset_reaches_the_org_unchanged_over_saml() {
    for name in presets::names() {
        for method in MethodUsed::iter() {
            let Ok(signals) = presets::signals(name, IdpProtocol::Saml, method) else { continue };
            let preset = Some(name.to_owned());
            let idp = IdpSpec { preset, method, signing: SamlSigning::Both, ..IdpSpec::new(IdpProtocol::Saml) };
            let world = World::start(idp).await;

            world.browser().go(&world.idp("/saml/idp-initiated")).await;

            assert_eq!(world.issued(), [signals], "{name} {method:?}");
            assert_eq!(world.accepted(), world.issued(), "{name} {method:?}");
        }
    }
}

#[tokio::test]
async fn every_preset_reaches_the_org_unchanged_over_openid_connect() {
    for name in presets::names() {
        for method in MethodUsed::iter() {
            let Ok(mut signals) = presets::signals(name, IdpProtocol::Oidc, method) else { continue };
            // The preset names the context first, an ID token its methods.
            signals.sort_by_key(|signal| signal.carrier.clone());
            let idp = IdpSpec { preset: Some(name.to_owned()), method, ..IdpSpec::new(IdpProtocol::Oidc) };
            let world = World::start(idp).await;

            world.browser().go(&world.oidc_start()).await;

            assert_eq!(world.issued(), [signals], "{name} {method:?}");
            assert_eq!(world.accepted(), world.issued(), "{name} {method:?}");
        }
    }
}
