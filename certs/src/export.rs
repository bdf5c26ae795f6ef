//! Certificates in the forms that other programs read: PEM and trust bundles. DER is what the store holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::CertError;

/// A certificate in PEM (RFC 7468 section 5).
pub(crate) fn certificate_pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(LINE));
        pem.push_str(line);
        pem.push('\n');
        rest = tail;
    }
    pem + "-----END CERTIFICATE-----\n"
}

/// One authority followed by others.
pub(crate) fn trust_bundle(authority: &str, text: &str) -> Result<String, CertError> {
    let others: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| CertError::Bundle { reason: error.to_string() })?;
    if others.is_empty() && !text.trim().is_empty() {
        return Err(CertError::Bundle { reason: "the text holds no certificate".to_owned() });
    }
    Ok(others.iter().fold(authority.to_owned(), |bundle, der| bundle + &certificate_pem(der)))
}

/// Characters of base64 per line.
const LINE: usize = 64;
