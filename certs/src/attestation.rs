//! The attestation key of a software authenticator, with a certificate as packed attestation wants it (WebAuthn Level 3,
//! 8.2.1). It says nothing of value: whoever trusts it trusts a test.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::sign::Signer;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, DnValue, IsCa, Issuer,
    KeyUsagePurpose, PublicKeyData as _,
};

use crate::CertError;
use crate::key::{PrivateKey, key_id, serial_number};

/// A P-256 key that attests credentials, its certificate, and the authority that issued it.
#[derive(Debug)]
pub struct AttestationKey {
    key: PrivateKey,
    certificate: Vec<u8>,
    authority: Vec<u8>,
}

impl AttestationKey {
    /// Makes an authority, and a key that it vouches for. The certificates are valid at any time, so that no clock is read.
    ///
    /// # Errors
    ///
    /// If OpenSSL or rcgen refuses.
    pub fn make() -> Result<Self, CertError> {
        let authority_key = PrivateKey::ec_p256()?;
        let mut authority_params = params(AUTHORITY, None, &authority_key)?;
        authority_params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority_params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = authority_params.self_signed(&authority_key).map_err(CertError::issue(AUTHORITY))?;
        let issuer = Issuer::new(authority_params, authority_key);

        let key = PrivateKey::ec_p256()?;
        let mut params = params(SUBJECT, Some(UNIT), &key)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &issuer).map_err(CertError::issue(SUBJECT))?;
        let der = |certificate: &Certificate| certificate.der().to_vec();
        Ok(Self { key, certificate: der(&certificate), authority: der(&authority) })
    }

    /// The certificate of the key, in DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate of the authority that issued it, in DER.
    pub fn authority(&self) -> &[u8] {
        &self.authority
    }

    /// Signs with ECDSA and SHA-256.
    ///
    /// # Errors
    ///
    /// If OpenSSL refuses.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        Signer::new(MessageDigest::sha256(), self.key.pkey())?.sign_oneshot_to_vec(message)
    }
}

fn params(name: &str, unit: Option<&str>, key: &PrivateKey) -> Result<CertificateParams, CertError> {
    let mut subject = DistinguishedName::new();
    // ISO 3166 leaves `ZZ` to its users.
    let country = "ZZ".try_into().map_err(CertError::issue(name))?;
    subject.push(DnType::CountryName, DnValue::PrintableString(country));
    subject.push(DnType::OrganizationName, "Vestibule");
    if let Some(unit) = unit {
        subject.push(DnType::OrganizationalUnitName, unit);
    }
    subject.push(DnType::CommonName, name);
    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    params.serial_number = Some(serial_number(key.der_bytes(), SERIAL_NUMBER));
    params.key_identifier_method = key_id(key);
    Ok(params)
}

const AUTHORITY: &str = "Vestibule Test Attestation CA";
const SUBJECT: &str = "Vestibule Software Authenticator";
/// WebAuthn Level 3, 8.2.1.
const UNIT: &str = "Authenticator Attestation";
/// Bytes of a serial number: the most that a certificate allows (RFC 5280, 4.1.2.2).
const SERIAL_NUMBER: usize = 20;

#[cfg(test)]
mod tests {
    use openssl::nid::Nid;
    use openssl::x509::X509;

    use super::*;

    #[test]
    fn the_certificate_is_as_packed_attestation_wants_it_and_verifies() {
        let made = AttestationKey::make().unwrap();
        let certificate = X509::from_der(made.certificate()).unwrap();
        let authority = X509::from_der(made.authority()).unwrap();
        let entry = |nid| {
            let entry = certificate.subject_name().entries_by_nid(nid).next().unwrap();
            entry.data().to_string().unwrap()
        };

        assert!(certificate.verify(&authority.public_key().unwrap()).unwrap());
        assert_eq!(certificate.version(), 2, "version 3");
        assert_eq!(entry(Nid::ORGANIZATIONALUNITNAME), "Authenticator Attestation");
        assert_eq!((entry(Nid::COUNTRYNAME).len(), entry(Nid::ORGANIZATIONNAME).is_empty()), (2, false));

        let signature = made.sign(b"message").unwrap();
        let key = certificate.public_key().unwrap();
        let mut verifier = openssl::sign::Verifier::new(MessageDigest::sha256(), &key).unwrap();
        assert!(verifier.verify_oneshot(&signature, b"message").unwrap());
    }
}
