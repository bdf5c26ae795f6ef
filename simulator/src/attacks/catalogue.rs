//! All cases.

use std::sync::LazyLock;

use super::case::Case;
use super::rows;
use vestibule_model::CaseId;

/// Every case, by its id in alphabetical order.
pub fn catalogue() -> &'static [Case] {
    &ALL
}

/// The case with this id.
pub fn case(id: CaseId) -> Option<&'static Case> {
    ALL.binary_search_by_key(&id, |case| case.id).ok().and_then(|at| ALL.get(at))
}

static ALL: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let families = [
        rows::saml_signature::ROWS,
        rows::saml_wrapping::ROWS,
        rows::saml_parser::ROWS,
        rows::saml_text::ROWS,
        rows::saml_xml::ROWS,
        rows::saml_protocol::ROWS,
        rows::saml_encryption::ROWS,
        rows::signals::ROWS,
        rows::oidc::ROWS,
        rows::jose::ROWS,
        rows::saml_logout::ROWS,
        rows::logout::ROWS,
        rows::flow::ROWS,
        rows::webauthn::ROWS,
        rows::totp::ROWS,
    ];
    let mut all = families.concat();
    all.sort_by_key(|case| case.id);
    all
});
