//! The settings for verifying a `Response`.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use openssl::pkey::{PKey, Private};
use vestibule_model::Weakness;

use super::trusted_certificate::TrustedCertificate;

/// What the org knows when a `Response` arrives.
#[derive(Debug, Clone)]
pub(crate) struct VerifySettings {
    /// Entity id of the IdP.
    pub(crate) idp_entity_id: String,
    /// The IdP's signing certificates. Nothing else is trusted; without one, everything is refused.
    pub(crate) trusted_certificates: Vec<TrustedCertificate>,
    /// The org's own keys that decrypt; without one, nothing encrypted is read.
    pub(crate) decryption_keys: Vec<PKey<Private>>,
    /// The ACS that received the message.
    pub(crate) acs_url: String,
    /// Entity ids under which the org is known; the assertion must name one.
    pub(crate) audiences: Vec<String>,
    /// The org's clock.
    pub(crate) now: Timestamp,
    /// How far the clocks may differ.
    pub(crate) clock_skew: SignedDuration,
    /// How long ago a message may have been issued, whatever it says of its own validity.
    pub(crate) longest_wait: SignedDuration,
    /// How long ago the user may have signed in at the IdP; `None` means no limit.
    pub(crate) max_authentication_age: Option<SignedDuration>,
    /// Most bytes of the XML.
    pub(crate) max_bytes: usize,
    /// The checks that are left out on purpose.
    pub(crate) weaknesses: BTreeSet<Weakness>,
}

impl VerifySettings {
    /// Whether this check is left out on purpose.
    pub(super) fn lacks(&self, weakness: Weakness) -> bool {
        self.weaknesses.contains(&weakness)
    }

    /// The end of a validity, as late as the skew allows.
    pub(super) fn forgiven(&self, end: Timestamp) -> Timestamp {
        end.saturating_add(self.clock_skew).unwrap_or(Timestamp::MAX)
    }

    /// A limit far above any real `Response`.
    pub(crate) const MAX_BYTES: usize = 256 * 1024;

    /// Settings for one IdP: five minutes to arrive and three of skew, no limit on the age of the sign-in.
    pub(crate) fn new(
        idp_entity_id: impl Into<String>,
        trusted_certificates: Vec<TrustedCertificate>,
        acs_url: impl Into<String>,
        audience: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        Self {
            idp_entity_id: idp_entity_id.into(),
            trusted_certificates,
            decryption_keys: Vec::new(),
            acs_url: acs_url.into(),
            audiences: vec![audience.into()],
            now,
            clock_skew: CLOCK_SKEW,
            longest_wait: LONGEST_WAIT,
            max_authentication_age: None,
            max_bytes: Self::MAX_BYTES,
            weaknesses: BTreeSet::new(),
        }
    }
}

/// Contract D1.7.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);
/// Contract D1.7.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(3);
