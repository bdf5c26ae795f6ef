//! Certificate authorities: the test CA that suites trust, and a foreign one that nobody trusts. Neither can vouch for a host
//! that the simulator does not serve (name constraints, RFC 5280 4.2.1.10).

use jiff::Timestamp;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::x509::X509;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyUsagePurpose, NameConstraints, PublicKeyData,
};
use rustls::pki_types::CertificateDer;
use vestibule_model::vendor_hosts::{IDP_DOMAINS, VENDOR_DOMAINS};

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
        let params = params(name, &key, Validity::around(now, DAYS_BEFORE, DAYS_AFTER));
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

    /// Reads what [`Authority::make`] wrote; `None` if it is damaged, has another name or expires too soon, or if an earlier
    /// version wrote a certificate that says something else than today's would, such as one without name constraints.
    pub(crate) fn read(pem: &str, name: &str, now: Timestamp) -> Option<Self> {
        let authority = Self::read_sound(pem, name, now)?;
        authority.says_what_it_would_say_today(name)?.then_some(authority)
    }

    fn read_sound(pem: &str, name: &str, now: Timestamp) -> Option<Self> {
        let key = PrivateKey::read(pem)?;
        let certificate = X509::from_pem(pem.as_bytes()).ok()?;
        let public_key = certificate.public_key().ok()?;
        let sound = key.pkey().public_eq(&public_key)
            && certificate.verify(&public_key).ok()?
            && common_name(&certificate).as_deref() == Some(name)
            && validity::holds(&certificate, now, DAYS_TO_SPARE);
        sound.then_some(())?;
        Some(Self {
            issuer: Issuer::new(params(name, &key, Validity::of(&certificate)?), key),
            certificate: CertificateDer::from(certificate.to_der().ok()?),
            pem: certificate_pem(&certificate).ok()?,
            public_key,
        })
    }

    /// The authority as another version would have made it, for tests of the cache.
    #[cfg(test)]
    pub(crate) fn pem_of_another_version(
        name: &str,
        now: Timestamp,
        change: impl FnOnce(&mut CertificateParams),
    ) -> String {
        let key = PrivateKey::ec_p256().unwrap();
        let mut params = params(name, &key, Validity::around(now, DAYS_BEFORE, DAYS_AFTER));
        change(&mut params);
        let certificate = params.self_signed(&key).unwrap();
        key.pem().unwrap() + &certificate_pem(&X509::from_der(certificate.der()).unwrap()).unwrap()
    }

    /// Compares the certificate with the one that would be made today for the same key and period.
    fn says_what_it_would_say_today(&self, name: &str) -> Option<bool> {
        let key = self.issuer.key();
        let certificate = X509::from_der(&self.certificate).ok()?;
        let today = params(name, key, Validity::of(&certificate)?).self_signed(key).ok()?;
        Some(signed_part(today.der())? == signed_part(&self.certificate)?)
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

/// The `tbsCertificate` of a certificate: the part that is signed (RFC 5280 4.1).
fn signed_part(certificate: &[u8]) -> Option<&[u8]> {
    let (outer, _) = header(certificate)?;
    let content = certificate.get(outer..)?;
    let (inner, length) = header(content)?;
    content.get(..inner.checked_add(length)?)
}

/// How many bytes the header of a DER value has, and how many its content (X.690 8.1.3).
fn header(der: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*der.get(1)?);
    if first < 0x80 {
        return Some((2, first));
    }
    let bytes = der.get(2..2 + (first & 0x7f))?;
    let length =
        bytes.iter().try_fold(0_usize, |length, byte| length.checked_mul(0x100)?.checked_add(usize::from(*byte)))?;
    Some((2 + bytes.len(), length))
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

/// Everything that the certificate of the authority says. It is the same for a new and for a cached authority.
fn params(name: &str, key: &PrivateKey, validity: Validity) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.serial_number = Some(serial_number(key.der_bytes(), SERIAL_NUMBER));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(what_it_may_vouch_for());
    validity.write_to(&mut params);
    params.key_identifier_method = key_id(key);
    params.distinguished_name = distinguished_name(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// The hosts that a simulator serves: those of this machine, and the real names of the vendor and of identity providers, which
/// are served to the process of a suite alone.
fn what_it_may_vouch_for() -> NameConstraints {
    let domains = ["localhost"].into_iter().chain(VENDOR_DOMAINS).chain(IDP_DOMAINS);
    let domains = domains.map(|domain| GeneralSubtree::DnsName(domain.to_owned()));
    let loopback = [CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8), CidrSubnet::from_v6_prefix(LOOPBACK_V6, 128)];
    let permitted_subtrees = domains.chain(loopback.map(GeneralSubtree::IpAddress)).collect();
    NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() }
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

/// `::1`.
const LOOPBACK_V6: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// Bytes of a serial number: the most that a certificate allows.
const SERIAL_NUMBER: usize = 20;

/// A cached authority must outlive every certificate that it issues.
const DAYS_TO_SPARE: i64 = 2000;
