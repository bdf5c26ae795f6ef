//! Properties that hold for every name and for every change of a signed message.

use proptest::prelude::*;
use vestibule_model::SamlSigning;

use super::fixture::{good_response, good_settings, signed, verify, with_assertion};
use crate::saml::VerifiedResponse;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_that_xml_can_carry_arrives_unchanged(text in "[\\t\\n\\r -~\\u{80}-\\u{D7FF}\\u{E000}-\\u{FFFD}\\u{10000}-\\u{10FFFF}]{1,40}") {
        let spec = with_assertion(|assertion| {
            assertion.name_id.value = text.clone();
            assertion.name_id.format = Some(text.clone());
            assertion.attributes[0].values = vec![text.clone(), String::new()];
        });

        let verified = verify(&signed(&spec, SamlSigning::Both), &good_settings()).unwrap();

        prop_assert_eq!(&verified.name_id.value, &text);
        prop_assert_eq!(verified.name_id.format.as_ref(), Some(&text));
        prop_assert_eq!(&verified.attribute("amr").unwrap().values, &vec![text, String::new()]);
    }

    #[test]
    fn a_changed_byte_is_refused_or_changes_nothing_that_was_signed(at in any::<prop::sample::Index>(), by in "[ -~]") {
        for what in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
            let xml = signed(&good_response(), what);
            let original = verify(&xml, &good_settings()).unwrap();
            let at = at.index(xml.len());
            prop_assume!(xml.is_char_boundary(at) && xml.is_char_boundary(at + 1));
            let changed = format!("{}{by}{}", &xml[..at], &xml[at + 1..]);

            if let Ok(verified) = verify(&changed, &good_settings()) {
                // The shell's own ID is not signed when only the assertion is.
                let response_id = original.response_id.clone();
                let expected = VerifiedResponse { response_id, ..verified.clone() };
                prop_assert_eq!(&expected, &original);
                prop_assert!(what == SamlSigning::Assertion || verified == original);
            }
        }
    }
}
