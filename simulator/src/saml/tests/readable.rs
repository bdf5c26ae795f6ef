//! Messages in readable form.

use crate::saml::readable;

#[test]
fn whatever_arrives_is_shown_or_said_to_be_unreadable() {
    for message in ["", "no XML", "<!DOCTYPE x><x/>", "<a><!-- --></a>", "%%%"] {
        let shown = readable(message);
        assert!(shown.xml.starts_with("not shown: ") && shown.signed.is_empty(), "{message}: {shown:?}");
    }
}
