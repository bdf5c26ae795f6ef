//! Reads the metadata of an identity provider. Source: saml-metadata 2.3.2, 2.4.1.1, 2.4.3.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::x509::X509;

use super::canonical::read_date_time;
use super::names::{BINDING_POST, BINDING_REDIRECT, DSIG_NS, METADATA_NS, PROTOCOL_NS};
use crate::xml::{self, Node, XmlRejection};

/// What an org reads from the metadata of an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdpDescriptor {
    /// Entity id.
    pub(crate) entity_id: String,
    /// Where requests go by HTTP-POST.
    pub(crate) post_url: Option<String>,
    /// Where requests go by HTTP-Redirect.
    pub(crate) redirect_url: Option<String>,
    /// Where a `LogoutRequest` goes by HTTP-Redirect, and where the answer to one goes.
    pub(crate) logout_urls: Option<(String, String)>,
    /// Signing certificates: more than one while keys roll over.
    pub(crate) certificates: Vec<DatedCertificate>,
}

/// A certificate with its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatedCertificate {
    /// The certificate, DER.
    pub(crate) der: Vec<u8>,
    /// `notAfter`.
    pub(crate) not_after: Timestamp,
}

/// Why metadata cannot be used. Each text is a sentence without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MetadataFault {
    /// Not XML that is safe to read.
    #[error(transparent)]
    Xml(#[from] XmlRejection),
    /// Another document.
    #[error("its root is `{found}`, and that of metadata is `EntityDescriptor`")]
    WrongRoot {
        /// Local name of the root.
        found: String,
    },
    /// A list without an identity provider, or the metadata of a service provider.
    #[error("it describes no identity provider: it has no `IDPSSODescriptor` for SAML 2.0")]
    NoIdp,
    /// A list of several identity providers.
    #[error("it describes {0} identity providers, and the org trusts one: keep one `EntityDescriptor`")]
    SeveralIdps(usize),
    /// No name.
    #[error("the `EntityDescriptor` has no `entityID`")]
    NoEntityId,
    /// Nothing verifies what the identity provider signs.
    #[error("it has no signing certificate, so no answer of this identity provider could be verified")]
    NoCertificate,
    /// A certificate that cannot be read.
    #[error("an `X509Certificate` in it cannot be read")]
    UnreadableCertificate,
    /// Nowhere to send a user to.
    #[error("it has no `SingleSignOnService` with an http or https address for HTTP-POST or HTTP-Redirect")]
    NoEndpoint,
    /// Out of date.
    #[error("it was valid until {valid_until}")]
    Expired {
        /// `validUntil`.
        valid_until: Timestamp,
    },
    /// A date that cannot be read.
    #[error("its `validUntil` cannot be read: `{0}`")]
    UnreadableDate(String),
}

impl IdpDescriptor {
    /// Reads metadata. A signature on it is not checked: whoever configured the org vouches for it.
    ///
    /// # Errors
    ///
    /// The first reason why no login could work with it.
    pub(crate) fn read(text: &str, now: Timestamp) -> Result<Self, MetadataFault> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let root = xml::parse_with_comments(text.as_bytes(), MAX_BYTES)?;
        let entities: Vec<&Node> = match root.name.as_str() {
            _ if root.namespace != METADATA_NS => return Err(MetadataFault::WrongRoot { found: root.name.clone() }),
            "EntityDescriptor" => vec![&root],
            "EntitiesDescriptor" => {
                in_time(&root, now)?;
                root.all(METADATA_NS, "EntityDescriptor").collect()
            }
            _ => return Err(MetadataFault::WrongRoot { found: root.name.clone() }),
        };
        let idps = entities.into_iter().filter_map(|entity| idp_of(entity).map(|idp| (entity, idp)));
        let idps: Vec<_> = idps.collect();
        let (entity, idp) = match idps.as_slice() {
            [] => return Err(MetadataFault::NoIdp),
            [only] => *only,
            several => return Err(MetadataFault::SeveralIdps(several.len())),
        };
        in_time(entity, now)?;
        in_time(idp, now)?;
        let entity_id = entity.attribute("entityID").filter(|id| !id.is_empty()).ok_or(MetadataFault::NoEntityId)?;
        let (post_url, redirect_url) = (endpoint(idp, BINDING_POST), endpoint(idp, BINDING_REDIRECT));
        if post_url.is_none() && redirect_url.is_none() {
            return Err(MetadataFault::NoEndpoint);
        }
        let certificates = certificates(idp)?;
        if certificates.is_empty() {
            return Err(MetadataFault::NoCertificate);
        }
        let (entity_id, logout_urls) = (entity_id.to_owned(), logout_urls(idp));
        Ok(Self { entity_id, post_url, redirect_url, logout_urls, certificates })
    }
}

/// The role of an entity that speaks SAML 2.0.
fn idp_of(entity: &Node) -> Option<&Node> {
    let speaks = |role: &&Node| {
        let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
        protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL_NS)
    };
    entity.all(METADATA_NS, "IDPSSODescriptor").find(speaks)
}

fn in_time(node: &Node, now: Timestamp) -> Result<(), MetadataFault> {
    let Some(found) = node.attribute("validUntil") else { return Ok(()) };
    let valid_until = read_date_time(found).ok_or_else(|| MetadataFault::UnreadableDate(found.to_owned()))?;
    if now < valid_until { Ok(()) } else { Err(MetadataFault::Expired { valid_until }) }
}

/// A browser is sent there, so nothing but an address of the web will do.
fn endpoint(idp: &Node, binding: &str) -> Option<String> {
    let services = idp.all(METADATA_NS, "SingleSignOnService");
    let mut locations = services
        .filter(|service| service.attribute("Binding") == Some(binding))
        .filter_map(|one| one.attribute("Location"));
    locations.find(|location| is_of_the_web(location)).map(str::to_owned)
}

/// The addresses of single logout (saml-metadata 2.2.2: `ResponseLocation`, if answers go elsewhere).
fn logout_urls(idp: &Node) -> Option<(String, String)> {
    let mut services = idp.all(METADATA_NS, "SingleLogoutService");
    let service = services.find(|service| service.attribute("Binding") == Some(BINDING_REDIRECT))?;
    let of_the_web = |name: &str| service.attribute(name).filter(|url| is_of_the_web(url)).map(str::to_owned);
    let location = of_the_web("Location")?;
    Some((location.clone(), of_the_web("ResponseLocation").unwrap_or(location)))
}

fn is_of_the_web(location: &str) -> bool {
    location.starts_with("https://") || location.starts_with("http://")
}

/// The certificates of keys that sign: those without a `use` serve for both (saml-metadata 2.4.1.1).
fn certificates(idp: &Node) -> Result<Vec<DatedCertificate>, MetadataFault> {
    let keys = idp.all(METADATA_NS, "KeyDescriptor").filter(|key| key.attribute("use") != Some("encryption"));
    let mut found: Vec<DatedCertificate> = Vec::new();
    for node in keys.flat_map(Node::descendants).filter(|node| node.is(DSIG_NS, "X509Certificate")) {
        let certificate = certificate(&node.text).ok_or(MetadataFault::UnreadableCertificate)?;
        if !found.contains(&certificate) {
            found.push(certificate);
        }
    }
    Ok(found)
}

fn certificate(text: &str) -> Option<DatedCertificate> {
    let compact: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(compact).ok()?;
    let x509 = X509::from_der(&der).ok()?;
    let since_epoch = Asn1Time::from_unix(0).ok()?.diff(x509.not_after()).ok()?;
    let seconds = i64::from(since_epoch.days) * SECONDS_PER_DAY + i64::from(since_epoch.secs);
    Some(DatedCertificate { der, not_after: Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX) })
}

/// The metadata of one identity provider is a few kilobytes; that of AD FS lists every claim.
const MAX_BYTES: usize = 256 * 1024;
const SECONDS_PER_DAY: i64 = 86_400;
