//! A certificate that one party has on file for the other.

/// A certificate that an admin configured. Only such certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrustedCertificate {
    /// The certificate, DER.
    pub(crate) der: Vec<u8>,
    /// Whether it has expired. The state of the key says so and not the dates inside: those lie around the day on which
    /// this process made the certificate, and the clock of a realm may show any other.
    pub(crate) expired: bool,
}

impl TrustedCertificate {
    /// Those that have expired, or those that have not, DER.
    pub(super) fn ders(certificates: &[Self], expired: bool) -> Vec<Vec<u8>> {
        certificates.iter().filter(|one| one.expired == expired).map(|one| one.der.clone()).collect()
    }
}
