//! TLS certificates for any host, made on the first request for it. All share one key, so its pin is known in advance.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openssl::sha::sha256;
use parking_lot::Mutex;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyUsagePurpose, PublicKeyData as _, SanType, SerialNumber};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, DnsName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};

use crate::CertError;
use crate::authority::Authority;
use crate::cache::Made;
use crate::key::{self, PrivateKey};
use crate::tls::tls_provider;
use crate::validity::Validity;

/// Makes and caches TLS leaves.
pub(crate) struct Leaves {
    authority: Arc<Authority>,
    key: PrivateKey,
    signer: Arc<dyn rustls::sign::SigningKey>,
    spki_pin: String,
    now: Timestamp,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Leaves {
    /// Leaves of this authority with this key, valid around `now`.
    pub(crate) fn new(authority: Arc<Authority>, key: PrivateKey, now: Timestamp) -> Result<Self, CertError> {
        let signer = tls_provider().key_provider.load_private_key(key.der()?)?;
        let spki_pin = STANDARD.encode(sha256(&key.subject_public_key_info()));
        Ok(Self { authority, key, signer, spki_pin, now, made: Mutex::default() })
    }

    /// Base64 of the SHA-256 of the leaf key's SubjectPublicKeyInfo.
    pub(crate) fn spki_pin(&self) -> &str {
        &self.spki_pin
    }

    /// The leaf for exactly this host name.
    pub(crate) fn for_host(&self, host: &str) -> Result<Arc<CertifiedKey>, CertError> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let mut made = self.made.lock();
        if let Some(leaf) = made.get(&host) {
            return Ok(Arc::clone(leaf));
        }
        let leaf = Arc::new(self.make(&host)?);
        if made.len() >= REMEMBERED {
            made.clear();
        }
        made.insert(host, Arc::clone(&leaf));
        Ok(leaf)
    }

    fn make(&self, host: &str) -> Result<CertifiedKey, CertError> {
        let bad_name = || CertError::HostName { host: host.to_owned() };
        let name = DnsName::try_from(host).map_err(|_| bad_name())?;
        let mut names = vec![SanType::DnsName(name.as_ref().try_into().map_err(|_| bad_name())?)];
        if host == LOCALHOST {
            names.push(SanType::IpAddress(IpAddr::from([127, 0, 0, 1])));
            names.push(SanType::IpAddress(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1_u16])));
        }
        let mut params = CertificateParams::default();
        params.subject_alt_names = names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.serial_number = Some(self.serial_number(host));
        let validity = Validity::around(self.now, 1, DAYS_AFTER);
        let certificate = self.authority.issue(params, "Vestibule Test TLS Leaf", validity, &self.key)?;
        Ok(CertifiedKey::new(vec![certificate.der().clone()], Arc::clone(&self.signer)))
    }

    /// Depends on the host and on the start time. A digest of the key alone would be the same for every leaf, and
    /// Firefox refuses two certificates of one issuer with the same serial number.
    fn serial_number(&self, host: &str) -> SerialNumber {
        let seed = format!("{} {} {host}", self.spki_pin, self.now);
        key::serial_number(seed.as_bytes(), 16)
    }
}

impl fmt::Debug for Leaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaves").field("spki_pin", &self.spki_pin).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Leaves {
    /// A client that connects to an IP address sends no name. It gets the leaf of `localhost`, which covers loopback.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.for_host(hello.server_name().unwrap_or(LOCALHOST)).ok()
    }
}

/// Makes the key of all leaves.
pub(crate) fn make_key() -> Result<Made<PrivateKey>, CertError> {
    let value = PrivateKey::ec_p256()?;
    let pem = value.pem()?;
    Ok(Made { value, pem })
}

/// Reads the key of all leaves; `None` if it is damaged.
pub(crate) fn read_key(pem: &str) -> Option<PrivateKey> {
    PrivateKey::read(pem)
}

/// The TLS settings of a server that presents these leaves.
pub(crate) fn server_config(leaves: Arc<Leaves>, asks: bool) -> Result<Arc<ServerConfig>, CertError> {
    let builder = ServerConfig::builder_with_provider(tls_provider()).with_safe_default_protocol_versions()?;
    let builder = if asks {
        builder.with_client_cert_verifier(Arc::new(AnyCertificate(tls_provider())))
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder.with_cert_resolver(leaves);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Asks a client for a certificate, demands none, and takes any: that a client has the key is all that TLS proves here. Who it
/// is, its endpoint decides (RFC 8705, 2).
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

const LOCALHOST: &str = "localhost";

/// Browsers accept up to 398 days.
const DAYS_AFTER: i64 = 397;

/// A client can ask for any name, so the cache is limited.
const REMEMBERED: usize = 8_192;
