use std::collections::{BTreeMap, BTreeSet};

use super::*;
use vestibule_model::confidence::Confidence;
use vestibule_model::{IdpProduct, PresetRow};

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
fn the_presets_of_a_product_are_known_by_their_names() {
    for name in names() {
        let about = &describe(name).unwrap().describe;
        let expected = match about.split([';', ',', ' ']).find(|word| ["Okta", "Entra"].contains(word)) {
            Some("Okta") => Some(IdpProduct::Okta),
            Some(_) => Some(IdpProduct::Entra),
            None => None,
        };
        assert_eq!(IdpProduct::of_preset(name), expected, "{name}: {about}");
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
fn a_row_is_as_sure_as_the_contract_row_it_cites_first() {
    let contract = confidences();
    for (name, method, row) in all_rows() {
        let cited = row.source.split_once("contract ").map(|(_, rest)| rest.split([',', ';', ' ']).next().unwrap());
        let expected = match cited {
            _ if ["background", "not known"].iter().any(|reason| row.source.starts_with(reason)) => {
                Confidence::Background
            }
            Some(id) => *contract.get(id).unwrap_or_else(|| panic!("{name} {method:?} cites {id}")),
            None => panic!("{name} {method:?} cites no row of the contract: {}", row.source),
        };

        assert_eq!(row.mark, expected, "{name} {method:?}: {}", row.source);
    }
}

#[test]
fn a_copied_preset_means_the_same_to_a_reader_of_yaml_1_1() {
    for Embedded { name, text, .. } in &PRESETS {
        assert!(!text.contains(": OFF"), "{name}: YAML 1.1 reads a bare OFF as false");
    }
}

/// Contract E3.1, E3.2, E3.4, E3.5, E3.6, E3.7, E3.8, E3.9, E3.11, E3.12, E3.15, E3.16, E3.17, E3.19, E3.20, E3.22,
/// E3.23, E3.27, E3.28, E3.29, E3.31, E3.32, E3.33, E3.34, E3.10 and E3.18.
#[test]
fn each_preset_sends_what_the_contract_says() {
    for (row, name, protocol, method, amr, acr) in CONTRACT {
        let preset = describe(name).unwrap();
        let emission = if *protocol == IdpProtocol::Saml { &preset.saml } else { &preset.oidc };
        let sent = &emission.as_ref().unwrap().methods[method];

        assert_eq!(sent.amr, *amr, "{row}: {name} {protocol:?} {method:?}");
        if let Some(acr) = acr {
            assert_eq!(sent.acr.as_deref().unwrap_or_default(), *acr, "{row}: {name} {protocol:?} {method:?}");
        }
        assert!(
            sent.source.contains(&format!("contract {row}")) || sent.source.contains(&format!(", {row}")),
            "{row}: {}",
            sent.source
        );
    }
}

#[test]
fn every_row_about_what_is_sent_has_a_preset_that_sends_it() {
    let checked: BTreeSet<_> = CONTRACT.iter().map(|(row, ..)| *row).collect();
    let silent = ["E3.3", "E3.14", "E3.21", "E3.30"];

    let missing: Vec<_> = confidences().into_keys().filter(|id| id.starts_with("E3.")).collect();
    let missing: Vec<_> =
        missing.iter().filter(|id| !checked.contains(id.as_str()) && !silent.contains(&id.as_str())).collect();

    assert_eq!(missing, Vec::<&String>::new());
}

/// AD FS tells certificates and integrated Windows sign-in by the class reference, nanoidp a code, and an Action of Auth0
/// whatever its author likes. Contract E3.30.
#[test]
fn class_references_say_the_same_whatever_the_user_did() {
    for name in names() {
        let Some(saml) = &describe(name).unwrap().saml else { continue };
        for (method, row) in &saml.methods {
            let class = row.acr.as_deref().unwrap_or_default();
            let by_method = matches!(method, MethodUsed::Certificate | MethodUsed::WindowsIntegrated);
            let after_mfa = !by_method && *method != MethodUsed::Password;
            let tells = match name {
                "adfs" | "adfs-adapter" => by_method,
                "auth0-action" => after_mfa,
                "nanoidp" => *method == MethodUsed::Totp,
                _ => false,
            };
            assert_eq!([PPT, PASSWORD, UNSPECIFIED].contains(&class), !tells, "{name} {method:?}: {class}");
        }
    }
}

/// Contract E3.1.
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

/// Contract E3.12.
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
    assert!(error.to_string().contains("adfs, adfs-adapter, auth0"), "{error}");
}

#[test]
fn a_preset_of_one_protocol_is_refused_for_the_other() {
    let error = signals("entra-v2", IdpProtocol::Saml, MethodUsed::Push).unwrap_err();

    assert!(matches!(error, PresetError::OtherProtocol { .. }));
}

/// Contract E3.3.
#[test]
fn the_catalogue_app_of_okta_sends_nothing_before_its_day_and_a_signal_from_then_on() {
    let preset = describe("okta-oin").unwrap();
    let on = |date: &str| {
        let date = date.parse().unwrap();
        let signals = signals_on(preset, "okta-oin", IdpProtocol::Saml, MethodUsed::Push, date).unwrap();
        signals.into_iter().skip(1).map(|signal| signal.value).collect::<Vec<_>>()
    };

    assert_eq!(on("2026-03-25"), Vec::<String>::new());
    assert_eq!(on("2026-03-26"), ["pwd", "mfa", "swk"]);
}

#[test]
fn the_address_of_each_row_is_that_of_the_contract() {
    let contract = include_str!("../../../../docs/contract.md");
    let addresses: BTreeMap<&str, &str> =
        contract.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: ")).collect();
    for name in names() {
        let preset = describe(name).unwrap();
        for (id, given) in &preset.sources {
            let row = contract.lines().find(|line| line.starts_with(&format!("| {id} | "))).unwrap();
            let cells: Vec<_> = row.split(" | ").collect();
            let labels = cells[3].split('[').filter_map(|part| part.split_once(']').map(|(label, _)| label));
            let expected: Vec<_> = labels.map(|label| addresses[label]).collect();
            assert_eq!(*given, expected, "{name} {id}");
        }
    }
    for (name, method, row) in all_rows() {
        let preset = describe(name).unwrap();
        let cites = row.source.contains(concat!("contract ", "E3."));
        assert_eq!(!preset.addresses(row).is_empty(), cites, "{name} {method:?}: {}", row.source);
    }
}

#[test]
fn what_an_admin_changes_is_said_wherever_a_strong_sign_in_counts_for_less() {
    for name in names() {
        let preset = describe(name).unwrap();
        let strong = ["okta-fastpass-resistant", "entra-method-uris"].contains(&name);
        assert_eq!(preset.fix.is_none(), strong, "{name}");
    }
}

#[test]
fn the_product_is_known_by_the_issuer_as_real_ones_write_it() {
    for (issuer, name) in [
        ("http://www.okta.com/exk1fcia6d6EMsf331d8", Some("okta")),
        ("https://acme.okta.com", Some("okta")),
        ("https://sts.windows.net/7f0c/", Some("entra")),
        ("https://login.microsoftonline.com/7f0c/v2.0", Some("entra")),
        ("http://adfs.acme.example/adfs/services/trust", Some("adfs")),
        ("https://accounts.google.com/o/saml2?idpid=C01", Some("google")),
        ("urn:acme.eu.auth0.com", Some("auth0")),
        ("https://sso.acme.example/realms/staff", Some("keycloak")),
        ("https://idp.example/metadata", None),
    ] {
        assert_eq!(of_issuer(issuer).map(|(known, _)| known), name, "{issuer}");
    }
}

#[test]
fn a_preset_of_a_user_takes_the_rows_of_the_one_it_is_like_and_keeps_its_own() {
    let own: Preset = read(
        "describe: ours\nlike: okta\nsaml:\n  amr-attribute: methods\n  methods:\n    push: { amr: [x], mark: V, source: a trace }\n",
    );

    let complete = complete(own).unwrap();

    let saml = complete.saml.as_ref().unwrap();
    assert_eq!((saml.amr_attribute.as_deref(), saml.methods.len()), (Some("methods"), 8));
    assert_eq!(saml.methods[&MethodUsed::Push].amr, ["x"]);
    assert_eq!(saml.methods[&MethodUsed::Totp].amr, ["pwd", "okta_verify", "otp"]);
    let lost: Preset = read("describe: ours\nlike: octa\n");
    assert!(matches!(super::complete(lost), Err(PresetError::Unknown { nearest: Some("okta"), .. })));
}

#[test]
fn a_method_that_a_preset_of_a_user_does_not_know_is_said_to_be_unknown() {
    let own: Preset = read("describe: ours\noidc:\n  methods:\n    push: { amr: [x], mark: V, source: a trace }\n");

    let error = sent(&own, "ours.yaml", IdpProtocol::Oidc, MethodUsed::Sms).unwrap_err();

    assert_eq!(error.to_string(), "use the preset `ours.yaml` for the method `sms`: it has a row for `push` only");
}

/// Every row of every preset.
fn all_rows() -> impl Iterator<Item = (&'static str, MethodUsed, &'static PresetRow)> {
    names().into_iter().flat_map(|name| {
        let preset = describe(name).unwrap();
        let emissions = [&preset.saml, &preset.oidc].into_iter().flatten();
        emissions.flat_map(move |emission| emission.methods.iter().map(move |(method, row)| (name, *method, row)))
    })
}

/// How sure each row of the contract is, by its id.
fn confidences() -> BTreeMap<String, Confidence> {
    let rows = include_str!("../../../../docs/contract.md").lines().filter(|line| line.starts_with("| "));
    rows.filter_map(|line| {
        let cells: Vec<_> = line.split(" | ").collect();
        let [id, .., confidence, _, _] = cells[..] else { return None };
        Some((id.trim_start_matches("| ").to_owned(), confidence.parse().ok()?))
    })
    .collect()
}

type Sent = (&'static str, &'static str, IdpProtocol, MethodUsed, &'static [&'static str], Option<&'static str>);

const PPT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
const PASSWORD_URI: &str = "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password";
const TLS_CLIENT_URI: &str = "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/tlsclient";
const WINDOWS_URI: &str = "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows";
const HARDWARE_URI: &str = "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/hardwaretoken";
const MULTIPLE: &str = "http://schemas.microsoft.com/claims/multipleauthn";
const PAPE: &str = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

/// What the rows of the contract say is sent, written from the contract alone. `None` leaves the class reference or
/// `acr` open, an empty text says that there is none.
const CONTRACT: &[Sent] = {
    use IdpProtocol::{Oidc, Saml};
    use MethodUsed::{Certificate, Email, Passkey, Password, Push, Sms, Totp, WindowsIntegrated};
    &[
        ("E3.1", "okta", Saml, Push, &["pwd", "mfa", "swk"], Some(PPT)),
        ("E3.2", "okta-unconfigured", Saml, Push, &[], None),
        ("E3.4", "okta-static-mfa", Saml, Push, &["mfa"], None),
        ("E3.5", "okta", Oidc, Password, &["pwd"], Some("urn:okta:loa:1fa:any")),
        ("E3.5", "okta", Oidc, Push, &["pwd", "mfa", "swk"], Some("urn:okta:loa:2fa:any")),
        ("E3.6", "okta", Saml, Password, &["pwd"], None),
        ("E3.6", "okta", Saml, Sms, &["pwd", "sms"], None),
        ("E3.6", "okta", Saml, Email, &["pwd", "email"], None),
        ("E3.6", "okta", Oidc, Email, &["pwd", "email"], None),
        ("E3.7", "okta", Saml, Totp, &["pwd", "okta_verify", "otp"], None),
        ("E3.7", "okta", Oidc, Totp, &["pwd", "okta_verify", "otp"], None),
        ("E3.8", "okta", Saml, Passkey, &["pop"], None),
        ("E3.8", "okta", Oidc, Passkey, &["pop"], None),
        ("E3.8", "okta", Saml, Certificate, &["sc", "swk"], None),
        ("E3.9", "okta-fastpass", Saml, Passkey, &["okta_verify", "phr"], None),
        ("E3.9", "okta-fastpass", Oidc, Passkey, &["okta_verify", "phr"], None),
        ("E3.9", "okta-fastpass-resistant", Saml, Passkey, &["swk", "user", "mfa"], None),
        ("E3.9", "okta-fastpass-resistant", Oidc, Passkey, &["swk", "user", "mfa"], None),
        ("E3.11", "entra", Saml, Password, &[PASSWORD_URI], Some(PASSWORD)),
        ("E3.12", "entra", Saml, Totp, &[PASSWORD_URI, MULTIPLE], None),
        ("E3.12", "entra", Saml, Email, &[PASSWORD_URI, MULTIPLE], None),
        ("E3.13", "entra", Saml, Passkey, &[MULTIPLE], None),
        ("E3.13", "entra", Saml, Certificate, &[MULTIPLE], None),
        ("E3.15", "entra", Oidc, Password, &["pwd"], Some("1")),
        ("E3.15", "entra", Oidc, Passkey, &["rsa", "mfa"], Some("1")),
        ("E3.16", "entra-v2", Oidc, Push, &[], Some("")),
        ("E3.17", "adfs", Saml, Password, &[PASSWORD_URI], Some(PPT)),
        ("E3.17", "adfs", Saml, Push, &[PASSWORD_URI, MULTIPLE], Some(PPT)),
        ("E3.17", "adfs", Saml, Certificate, &[TLS_CLIENT_URI], None),
        ("E3.19", "auth0", Oidc, Push, &["mfa"], Some(PAPE)),
        ("E3.19", "auth0", Oidc, Password, &[], Some("")),
        ("E3.20", "auth0", Saml, Push, &[], Some(UNSPECIFIED)),
        ("E3.22", "keycloak", Saml, Push, &[], Some(UNSPECIFIED)),
        ("E3.23", "keycloak", Oidc, Push, &[], Some("1")),
        ("E3.24", "google", Saml, Push, &[], Some(UNSPECIFIED)),
        ("E3.24", "google", Oidc, Push, &[], None),
        ("E3.25", "onelogin", Saml, Push, &[], Some(PPT)),
        ("E3.26", "ping", Oidc, Totp, &["pwd", "mfa", "otp"], None),
        ("E3.29", "entra", Saml, WindowsIntegrated, &[WINDOWS_URI], None),
        ("E3.29", "adfs", Saml, WindowsIntegrated, &[WINDOWS_URI], None),
        ("E3.10", "okta-google-authenticator", Saml, Totp, &["pwd", "google_otp"], Some(PPT)),
        ("E3.10", "okta-google-authenticator", Oidc, Totp, &["pwd", "google_otp"], None),
        ("E3.10", "okta-duo", Saml, Push, &["pwd", "duo"], Some(PPT)),
        ("E3.10", "okta-yubikey-otp", Oidc, Totp, &["pwd", "yubikey"], None),
        ("E3.18", "adfs-adapter", Saml, Totp, &[PASSWORD_URI, HARDWARE_URI], Some(PPT)),
        ("E3.17", "adfs-adapter", Saml, Certificate, &[TLS_CLIENT_URI], None),
        ("E3.27", "rsa-id-plus", Saml, Push, &[], None),
        ("E3.27", "rsa-id-plus", Oidc, Push, &[], Some("")),
        ("E3.28", "wso2", Oidc, Password, &["BasicAuthenticator"], Some("")),
        ("E3.28", "wso2", Oidc, Totp, &["BasicAuthenticator", "totp"], Some("")),
        ("E3.28", "hanko", Oidc, Passkey, &["passkey"], Some("")),
        ("E3.28", "hanko", Oidc, Totp, &["pwd", "totp"], Some("")),
        ("E3.28", "cidaas", Oidc, Passkey, &["106"], Some("")),
        ("E3.32", "ping-am", Oidc, Push, &[], Some("")),
        ("E3.33", "pocket-id", Oidc, Passkey, &["phr"], Some("")),
        ("E3.34", "nanoidp", Oidc, Password, &["pwd"], Some("")),
        ("E3.34", "nanoidp", Oidc, Totp, &["pwd", "otp"], Some("")),
        ("E3.34", "nanoidp", Saml, Totp, &[], Some("urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken")),
        ("E3.31", "okta-standard-format", Saml, Push, &["pwd", "okta_verify", "swk"], None),
    ]
};

fn read(text: &str) -> Preset {
    yaml::parse(&Source::new("ours.yaml", text)).unwrap()
}
