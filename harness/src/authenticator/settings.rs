//! How a software authenticator behaves.

use std::sync::Arc;

use vestibule_certs::AttestationKey;
use vestibule_model::AuthenticatorFault;
use webauthn_rs_proto::PubKeyCredParams;

use super::algorithm::PasskeyAlgorithm;

/// How a software authenticator behaves. The default verifies its user, knows every algorithm and does nothing wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuthenticatorSettings {
    /// The only algorithm of new credentials; default: the first that the RP names and the authenticator knows.
    pub(crate) algorithm: Option<PasskeyAlgorithm>,
    /// The attestation of new credentials; default: self attestation where the RP asks for an attestation.
    pub(crate) attestation: Option<Attestation>,
    /// What it does wrong.
    pub(crate) fault: Option<AuthenticatorFault>,
}

/// What vouches for a new credential (WebAuthn Level 3, 6.5.3).
#[derive(Debug, Clone)]
pub(crate) enum Attestation {
    /// Nothing: the format `none`.
    None,
    /// The credential's own key, in the format `packed`.
    OwnKey,
    /// A key of the authenticator with a certificate, in the format `packed`.
    Packed(Arc<AttestationKey>),
}

impl AuthenticatorSettings {
    /// The algorithm of a new credential for an RP that accepts these, the one it likes most first. An RP that names none
    /// accepts ES256 and RS256 (WebAuthn Level 3, 5.1.3 step 10).
    pub(super) fn algorithm_for(&self, accepted: &[PubKeyCredParams]) -> Option<PasskeyAlgorithm> {
        let known = [PasskeyAlgorithm::Es256, PasskeyAlgorithm::Rs256, PasskeyAlgorithm::EdDsa];
        let mine = |algorithm: &PasskeyAlgorithm| self.algorithm.is_none_or(|only| only == *algorithm);
        if accepted.is_empty() {
            return known.into_iter().take(2).find(mine);
        }
        let keys = accepted.iter().filter(|accepted| accepted.type_ == "public-key");
        let mut named = keys.filter_map(|accepted| known.into_iter().find(|known| known.cose() == accepted.alg));
        named.find(mine)
    }
}
