//! OpenSSL as the cryptography of rustls.

use std::sync::{Arc, LazyLock};

use rustls::crypto::CryptoProvider;

/// The provider, for a TLS configuration that names its own.
pub fn tls_provider() -> Arc<CryptoProvider> {
    Arc::clone(&PROVIDER)
}

/// Makes it the provider of the whole process, for clients that name none. A provider installed earlier stays.
pub fn install_tls_provider() {
    let _installed_earlier = CryptoProvider::clone(&PROVIDER).install_default();
}

static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(rustls_openssl::default_provider()));
