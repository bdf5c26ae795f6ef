//! Verification methods, one file for each kind, with its descriptor and its pages (contract C1.2 to C1.7).
//!
//! To add one, write its variant and its row in `vestibule_model`, its file here, its line in [`METHODS`], and its
//! strength in a rulebook. `realm::users` holds what each user has registered.

mod code;
mod passkey;
mod push;
mod totp;

use axum::Router;
use axum::routing::MethodRouter;
use vestibule_model::VerificationMethod;

use super::paths;
use crate::http::routing::get;

pub(super) use code::{BAD_CODE, check as check_code};
pub use totp::totp_code;

pub(super) use crate::totp::typed;

/// How the org serves the verification methods that share their pages. Their names, pages and paths come from
/// [`VerificationMethod`], their strength from the rulebook.
struct Descriptor {
    /// The methods.
    methods: &'static [VerificationMethod],
    /// Serves the page on which they are answered.
    verify: fn() -> MethodRouter,
    /// Serves the page on which one is registered, if the simulated org has one.
    enrol: Option<fn() -> MethodRouter>,
}

const METHODS: [&Descriptor; 3] = [&passkey::DESCRIPTOR, &code::DESCRIPTOR, &push::DESCRIPTOR];

/// The verification and enrolment pages.
pub(super) fn routes() -> Router {
    let mut router = Router::new().route(paths::PUSH, get(push::state));
    for descriptor in METHODS {
        let Some(method) = descriptor.methods.first() else { continue };
        router = router.route(method.verification_path(), (descriptor.verify)());
        if let (Some(path), Some(enrol)) = (method.enrolment_path(), descriptor.enrol) {
            router = router.route(path, enrol());
        }
    }
    router
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;
    use vestibule_model::VerificationMethod;

    use super::METHODS;

    #[test]
    fn every_method_has_one_descriptor_and_the_pages_of_its_descriptor() {
        for method in VerificationMethod::iter() {
            let descriptors: Vec<_> = METHODS.iter().filter(|served| served.methods.contains(&method)).collect();

            assert_eq!(descriptors.len(), 1, "{method}");
            let first = descriptors[0].methods[0];
            assert_eq!(method.verification_path(), first.verification_path(), "{method}");
            assert!(method.enrolment_path().is_none() || method.enrolment_path() == first.enrolment_path(), "{method}");
        }
    }
}
