//! OpenSSL as the crypto provider of rustls.

use std::sync::{Arc, LazyLock};

use rustls::crypto::CryptoProvider;
use rustls_openssl::cipher_suite::{
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS13_AES_128_GCM_SHA256,
    TLS13_AES_256_GCM_SHA384,
};
use rustls_openssl::kx_group::{SECP256R1, SECP384R1, X25519};
use rustls_openssl::{KeyProvider, SUPPORTED_SIG_ALGS, SecureRandom};

/// The provider, for a TLS configuration that sets one.
pub fn tls_provider() -> Arc<CryptoProvider> {
    Arc::clone(&PROVIDER)
}

/// Makes OpenSSL the provider for the whole process, unless one is already installed. Clients that set none use it.
pub fn install_tls_provider() {
    let _installed_earlier = CryptoProvider::clone(&PROVIDER).install_default();
}

/// What OpenSSL has since 1.1.1 and browsers prefer. The default of the crate tries out each cipher and each post-quantum
/// group first, which is a tenth of what a server takes to start.
static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
    Arc::new(CryptoProvider {
        cipher_suites: vec![
            TLS13_AES_128_GCM_SHA256,
            TLS13_AES_256_GCM_SHA384,
            TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        ],
        kx_groups: vec![X25519, SECP256R1, SECP384R1],
        signature_verification_algorithms: SUPPORTED_SIG_ALGS,
        secure_random: &SecureRandom,
        key_provider: &KeyProvider,
    })
});
