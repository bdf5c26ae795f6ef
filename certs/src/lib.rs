//! The only place where keys and certificates are made: test CA, TLS leaves, IdP signing keys.

/// Algorithm of a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// RSA, 2048 bits, SHA-256.
    Rsa2048,
    /// ECDSA on P-256, SHA-256.
    EcP256,
}

/// State of a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// The key that the metadata publishes.
    Valid,
    /// Its certificate has expired.
    Expired,
    /// The successor of the valid key, published beside it.
    RolledOver,
    /// A key of somebody else.
    Foreign,
}

/// All keys and certificates of a process.
#[derive(Debug)]
pub struct CertStore {}
