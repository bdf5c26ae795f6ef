//! Certificate authorities: the test CA that suites trust, and a foreign one that nobody trusts.

use jiff::Timestamp;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::x509::X509;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyUsagePurpose, PublicKeyData,
};
use rustls::pki_types::CertificateDer;

use crate::CertError;
use crate::cache::Made;
use crate::key::{PrivateKey, key_id, serial_number};
use crate::validity::{self, Validity};

/// A certificate authority with a P-256 key.
pub(crate) struct Authority {
    issuer: Issuer<'static, PrivateKey>,
    certificate: CertificateDer<'static>,
    pem: String,
    public_key: PKey<Public>,
}

impl Authority {
    /// Makes an authority with this common name.
    pub(crate) fn make(name: &str, now: Timestamp) -> Result<Made<Self>, CertError> {
        let key = PrivateKey::ec_p256()?;
        let mut params = params(name, &key);
        params.serial_number = Some(serial_number(key.der_bytes(), SERIAL_NUMBER));
        Validity::around(now, DAYS_BEFORE, DAYS_AFTER).write_to(&mut params);
        let certificate = params.self_signed(&key).map_err(CertError::issue(name))?;
        let read =
            X509::from_der(certificate.der()).map_err(CertError::key("read the certificate of the authority"))?;
        let certificate_pem = certificate_pem(&read)?;
        let pem = key.pem()? + &certificate_pem;
        let public_key = PKey::public_key_from_der(&key.subject_public_key_info())
            .map_err(CertError::key("read the public key of the authority"))?;
        let value = Self {
            issuer: Issuer::new(params, key),
            certificate: certificate.der().clone(),
            pem: certificate_pem,
            public_key,
        };
        Ok(Made { value, pem })
    }

    /// Reads what [`Authority::make`] wrote; `None` if it is damaged, has another name, or expires too soon.
    pub(crate) fn read(pem: &str, name: &str, now: Timestamp) -> Option<Self> {
        let key = PrivateKey::read(pem)?;
        let certificate = X509::from_pem(pem.as_bytes()).ok()?;
        let public_key = certificate.public_key().ok()?;
        let sound = public_key.public_key_to_der().ok()? == key.subject_public_key_info()
            && certificate.verify(&public_key).ok()?
            && common_name(&certificate).as_deref() == Some(name)
            && validity::holds(&certificate, now, DAYS_TO_SPARE);
        sound.then_some(())?;
        Some(Self {
            issuer: Issuer::new(params(name, &key), key),
            certificate: CertificateDer::from(certificate.to_der().ok()?),
            pem: certificate_pem(&certificate).ok()?,
            public_key,
        })
    }

    /// The authority's certificate in PEM.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// The authority's certificate in DER.
    pub(crate) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Issues a certificate for this public key.
    pub(crate) fn issue(
        &self,
        mut params: CertificateParams,
        subject: &str,
        validity: Validity,
        key: &impl PublicKeyData,
    ) -> Result<rcgen::Certificate, CertError> {
        params.distinguished_name = distinguished_name(subject);
        params.use_authority_key_identifier_extension = true;
        if params.serial_number.is_none() {
            params.serial_number = Some(serial_number(key.der_bytes(), SERIAL_NUMBER));
        }
        validity.write_to(&mut params);
        params.signed_by(key, &self.issuer).map_err(CertError::issue(subject))
    }

    /// Whether this certificate carries this authority's signature.
    pub(crate) fn has_issued(&self, certificate: &X509) -> bool {
        certificate.verify(&self.public_key).unwrap_or(false)
    }
}

/// A certificate in PEM (RFC 7468 section 5).
pub(crate) fn certificate_pem(certificate: &X509) -> Result<String, CertError> {
    let pem = certificate.to_pem().map_err(CertError::key("write a certificate"))?;
    Ok(String::from_utf8_lossy(&pem).into_owned())
}

/// The common name of a certificate's subject.
pub(crate) fn common_name(certificate: &X509) -> Option<String> {
    let entry = certificate.subject_name().entries_by_nid(Nid::COMMONNAME).next()?;
    entry.data().to_string().ok()
}

/// The parameters that identify the authority as an issuer. They are the same for a new and for a cached authority.
fn params(name: &str, key: &PrivateKey) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.key_identifier_method = key_id(key);
    params.distinguished_name = distinguished_name(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn distinguished_name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Vestibule (test certificates, not for production)");
    name.push(DnType::CommonName, common_name);
    name
}

/// Ten years before and after now, so that signing certificates stay valid in a realm whose clock is frozen.
const DAYS_BEFORE: i64 = 3650;
const DAYS_AFTER: i64 = 3650;

/// Bytes of a serial number: the most that a certificate allows.
const SERIAL_NUMBER: usize = 20;

/// A cached authority must outlive every certificate that it issues.
const DAYS_TO_SPARE: i64 = 2000;
