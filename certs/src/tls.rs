//! OpenSSL as the crypto provider of rustls.

use std::sync::{Arc, LazyLock};

use rustls::crypto::CryptoProvider;

/// The provider, for a TLS configuration that sets one.
pub fn tls_provider() -> Arc<CryptoProvider> {
    Arc::clone(&PROVIDER)
}

/// Makes OpenSSL the provider for the whole process, unless one is already installed. Clients that set none use it.
pub fn install_tls_provider() {
    let _installed_earlier = CryptoProvider::clone(&PROVIDER).install_default();
}

static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(rustls_openssl::default_provider()));
