//! Messages in readable form.

use vestibule_model::SamlSigning;

use super::fixture::{good_response, signed, unsigned_response};
use crate::saml::{ResponseRejection, check_form, readable, response_form_value};

#[test]
fn the_form_of_a_response_is_right_where_it_is_signed_whoever_it_is_for() {
    let spec = good_response();
    for what in [SamlSigning::Assertion, SamlSigning::Response] {
        assert_eq!(check_form(&response_form_value(&signed(&spec, what))), Ok(()), "{what:?}");
    }
    let unsigned = check_form(&response_form_value(&unsigned_response(&spec)));

    assert_eq!(unsigned, Err(ResponseRejection::Unsigned));
}

#[test]
fn whatever_arrives_is_shown_or_said_to_be_unreadable() {
    for message in ["", "no XML", "<!DOCTYPE x><x/>", "<a><!-- --></a>", "%%%"] {
        let shown = readable(message);
        assert!(shown.xml.starts_with("not shown: ") && shown.signed.is_empty(), "{message}: {shown:?}");
    }
}
