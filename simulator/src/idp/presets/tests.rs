use strum::IntoEnumIterator;

use super::*;

#[test]
fn every_preset_has_a_row_for_every_method_of_each_protocol_it_knows() {
    for name in names() {
        let preset = describe(name).unwrap();
        assert!(preset.saml.is_some() || preset.oidc.is_some(), "{name} knows no protocol");
        for emission in [&preset.saml, &preset.oidc].into_iter().flatten() {
            for method in MethodUsed::iter() {
                assert!(emission.methods.contains_key(&method), "{name} has no row for {method:?}");
            }
        }
    }
}

#[test]
fn a_saml_preset_that_sends_methods_names_its_attribute() {
    for name in names() {
        let Some(saml) = &describe(name).unwrap().saml else { continue };
        let sends = saml.methods.values().any(|row| !row.amr.is_empty());
        assert_eq!(saml.amr_attribute.is_some(), sends, "{name}");
        assert!(saml.methods.values().all(|row| row.acr.is_some()), "{name} leaves a class reference out");
    }
}

#[test]
fn okta_push_over_saml_carries_swk_in_the_attribute_amr() {
    let signals = signals("okta", IdpProtocol::Saml, MethodUsed::Push).unwrap();

    let amr = || Carrier::SamlAttribute("amr".to_owned());
    let class_ref = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    assert_eq!(
        signals,
        [
            Signal::new(class_ref, Carrier::AuthnContextClassRef),
            Signal::new("pwd", amr()),
            Signal::new("mfa", amr()),
            Signal::new("swk", amr()),
        ]
    );
}

#[test]
fn entra_says_multipleauthn_in_microsofts_attribute() {
    let signals = signals("entra", IdpProtocol::Saml, MethodUsed::Totp).unwrap();

    let attribute = "http://schemas.microsoft.com/claims/authnmethodsreferences";
    let expected =
        Signal::new("http://schemas.microsoft.com/claims/multipleauthn", Carrier::SamlAttribute(attribute.to_owned()));
    assert!(signals.contains(&expected), "{signals:?}");
}

#[test]
fn adfs_names_integrated_windows_authentication_in_the_class_reference() {
    let signals = signals("adfs", IdpProtocol::Saml, MethodUsed::WindowsIntegrated).unwrap();

    assert_eq!(signals[0], Signal::new("urn:federation:authentication:windows", Carrier::AuthnContextClassRef));
}

#[test]
fn an_unknown_preset_is_refused_with_the_nearest_name() {
    let error = signals("octa", IdpProtocol::Saml, MethodUsed::Push).unwrap_err();

    assert_eq!(error, PresetError::Unknown { name: "octa".to_owned(), nearest: Some("okta") });
    assert!(error.to_string().contains("did you mean `okta`"), "{error}");
}

#[test]
fn a_name_that_is_near_to_none_gets_the_list_without_a_guess() {
    let error = describe("shibboleth").unwrap_err();

    assert!(!error.to_string().contains("did you mean"), "{error}");
    assert!(error.to_string().contains("adfs, auth0, duo"), "{error}");
}

#[test]
fn a_preset_of_one_protocol_is_refused_for_the_other() {
    let error = signals("entra-v2", IdpProtocol::Saml, MethodUsed::Push).unwrap_err();

    assert!(matches!(error, PresetError::OtherProtocol { .. }));
}
