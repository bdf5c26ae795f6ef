//! The metadata of service providers, as an admin of an identity provider imports it.
//!
//! Its signature is not checked: the admin named the file or the address. Its `validUntil` is kept, and checked at each
//! request. Source: saml-metadata 2.3, 2.4.1, 2.4.2 and 2.4.4.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openssl::x509::X509;
use strum::IntoEnumIterator as _;
use vestibule_model::{
    AcsBinding, AssertionConsumerService, AttributeConsumingService, AttributeNameFormat, ContentEncryption,
    EndpointUrl, KeyTransport, LogoutBinding, RequestedAttribute, SamlEncryption, ServiceProviderSpec,
    SingleLogoutService,
};

use super::names::{DSIG_NS, METADATA_NS, PROTOCOL_NS, name_id_format};
use super::request::flag;
use crate::xml::{self, Node, XmlRejection};

/// Why metadata cannot be imported. The text of each variant is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MetadataRejection {
    /// Not XML that is safe to read.
    #[error("read the metadata: {0}")]
    Xml(#[from] XmlRejection),
    /// Another document.
    #[error("find metadata: the root element is {found}, not EntityDescriptor or EntitiesDescriptor")]
    UnexpectedRoot {
        /// Local name of the root.
        found: String,
    },
    /// Metadata of other parties only.
    #[error("find a service provider: no entity has an SPSSODescriptor for SAML 2.0")]
    NoServiceProvider,
    /// An entity without a name.
    #[error("find the name of a service provider: its EntityDescriptor has no entityID")]
    NoEntityId,
    /// One entity twice.
    #[error("tell two service providers apart: both have the entity id {entity_id}")]
    Twice {
        /// Entity id.
        entity_id: String,
    },
    /// No ACS with a binding that is known.
    #[error("find an assertion consumer service of {entity_id}")]
    NoAcs {
        /// Entity id.
        entity_id: String,
    },
    /// An ACS without an address, or with one that is none.
    #[error("use an assertion consumer service of {entity_id}: {why}")]
    Acs {
        /// Entity id.
        entity_id: String,
        /// What is wrong.
        why: String,
    },
    /// A logout service without an address, or with one that is none.
    #[error("use the single logout service of {entity_id}: {why}")]
    Logout {
        /// Entity id.
        entity_id: String,
        /// What is wrong.
        why: String,
    },
    /// A date that is none.
    #[error("read the validUntil of {entity_id}: `{found}` is not an instant in UTC")]
    ValidUntil {
        /// Entity id.
        entity_id: String,
        /// What was found.
        found: String,
    },
    /// A certificate that is none.
    #[error("read a certificate of {entity_id}: it is not an X.509 certificate in base64")]
    Certificate {
        /// Entity id.
        entity_id: String,
    },
}

/// The service providers that an `EntityDescriptor` or an `EntitiesDescriptor` describes, by entity id.
///
/// # Errors
///
/// If there is none, or one cannot be used as it is.
pub(crate) fn read_service_providers(
    metadata: &[u8],
) -> Result<BTreeMap<String, ServiceProviderSpec>, MetadataRejection> {
    let metadata = metadata.strip_prefix(BYTE_ORDER_MARK).unwrap_or(metadata);
    let root = xml::parse_with_comments(metadata, MAX_BYTES)?;
    if !root.is(METADATA_NS, "EntityDescriptor") && !root.is(METADATA_NS, "EntitiesDescriptor") {
        return Err(MetadataRejection::UnexpectedRoot { found: root.name.clone() });
    }
    let mut found = BTreeMap::new();
    for entity in root.descendants().into_iter().filter(|node| node.is(METADATA_NS, "EntityDescriptor")) {
        let Some(descriptor) = entity.all(METADATA_NS, "SPSSODescriptor").find(|one| speaks_saml_2(one)) else {
            continue;
        };
        let entity_id = entity.attribute("entityID").filter(|id| !id.is_empty());
        let entity_id = entity_id.ok_or(MetadataRejection::NoEntityId)?.to_owned();
        let spec = ServiceProviderSpec {
            acs: consumer_services(descriptor, &entity_id)?,
            certificates: certificates(descriptor, &entity_id, "signing")?,
            authn_requests_signed: flag(descriptor, "AuthnRequestsSigned"),
            want_assertions_signed: flag(descriptor, "WantAssertionsSigned"),
            encryption_certificates: certificates(descriptor, &entity_id, "encryption")?,
            encryption: encryption(descriptor),
            single_logout: single_logout(descriptor, &entity_id)?,
            name_id_format: wanted_format(descriptor),
            attribute_services: attribute_services(descriptor),
            artifact_form: false,
            valid_until: valid_until(&[&root, entity, descriptor], &entity_id)?,
        };
        if found.insert(entity_id.clone(), spec).is_some() {
            return Err(MetadataRejection::Twice { entity_id });
        }
    }
    if found.is_empty() { Err(MetadataRejection::NoServiceProvider) } else { Ok(found) }
}

fn speaks_saml_2(descriptor: &Node) -> bool {
    let protocols = descriptor.attribute("protocolSupportEnumeration").unwrap_or_default();
    protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL_NS)
}

/// The services whose binding is known. Others are of no use to an identity provider.
fn consumer_services(descriptor: &Node, entity_id: &str) -> Result<Vec<AssertionConsumerService>, MetadataRejection> {
    let mut services = Vec::new();
    for node in descriptor.all(METADATA_NS, "AssertionConsumerService") {
        let binding = node.attribute("Binding").unwrap_or_default();
        let Some(binding) = AcsBinding::iter().find(|known| known.urn() == binding) else { continue };
        let refused = |why: String| MetadataRejection::Acs { entity_id: entity_id.to_owned(), why };
        let url = node.attribute("Location").unwrap_or_default().parse::<EndpointUrl>().map_err(refused)?;
        let index = match node.attribute("index") {
            None => None,
            Some(text) => {
                Some(text.parse::<u16>().map_err(|_| refused(format!("its index `{text}` is not a number")))?)
            }
        };
        let default = node.attribute("isDefault").map(|_| flag(node, "isDefault"));
        services.push(AssertionConsumerService { url, index, binding, default });
    }
    if services.is_empty() {
        return Err(MetadataRejection::NoAcs { entity_id: entity_id.to_owned() });
    }
    Ok(services)
}

/// The certificates of the keys with this use, PEM. A key without a use both signs and decrypts.
fn certificates(descriptor: &Node, entity_id: &str, wanted: &str) -> Result<Vec<String>, MetadataRejection> {
    let is_wanted = |key: &&Node| key.attribute("use").is_none_or(|found| found == wanted);
    let keys = descriptor.all(METADATA_NS, "KeyDescriptor").filter(is_wanted);
    let data = keys.filter_map(|key| key.first(DSIG_NS, "KeyInfo")).flat_map(|info| info.all(DSIG_NS, "X509Data"));
    let texts = data.flat_map(|data| data.all(DSIG_NS, "X509Certificate")).map(|node| node.text.as_str());
    let pem = |text| pem(text).ok_or_else(|| MetadataRejection::Certificate { entity_id: entity_id.to_owned() });
    texts.map(pem).collect()
}

/// A service provider that names a key for encryption wants to be encrypted for: by the first algorithms that it names and
/// that are known (saml-metadata 2.4.1.1). A key for any use does not say so.
fn encryption(descriptor: &Node) -> Option<SamlEncryption> {
    let mut keys = descriptor.all(METADATA_NS, "KeyDescriptor");
    let key = keys.find(|key| key.attribute("use") == Some("encryption"))?;
    let named = || key.all(METADATA_NS, "EncryptionMethod").filter_map(|method| method.attribute("Algorithm"));
    let content = named().find_map(|uri| ContentEncryption::iter().find(|known| known.uri() == uri));
    let key_transport = named().find_map(|uri| KeyTransport::iter().find(|known| known.uri() == uri));
    Some(SamlEncryption {
        content: content.unwrap_or_default(),
        key_transport: key_transport.unwrap_or_default(),
        ..SamlEncryption::default()
    })
}

/// The first service with a binding through the browser.
fn single_logout(descriptor: &Node, entity_id: &str) -> Result<Option<SingleLogoutService>, MetadataRejection> {
    let mut services = descriptor.all(METADATA_NS, "SingleLogoutService").filter_map(|node| {
        let uri = node.attribute("Binding")?;
        LogoutBinding::iter().find(|known| known.urn() == uri).map(|binding| (node, binding))
    });
    let Some((node, binding)) = services.next() else { return Ok(None) };
    let refused = |why: String| MetadataRejection::Logout { entity_id: entity_id.to_owned(), why };
    let url = node.attribute("Location").unwrap_or_default().parse::<EndpointUrl>().map_err(refused)?;
    let response_url = node.attribute("ResponseLocation").map(str::parse::<EndpointUrl>).transpose();
    Ok(Some(SingleLogoutService { url, response_url: response_url.map_err(refused)?, binding }))
}

/// The first format of names that is known, unless any will do.
fn wanted_format(descriptor: &Node) -> Option<String> {
    let known = [name_id_format::EMAIL, name_id_format::PERSISTENT, name_id_format::TRANSIENT];
    let named = || descriptor.all(METADATA_NS, "NameIDFormat").map(|node| node.text.trim());
    if named().any(|format| format == name_id_format::UNSPECIFIED) {
        return None;
    }
    named().find(|format| known.contains(format)).map(str::to_owned)
}

fn attribute_services(descriptor: &Node) -> Vec<AttributeConsumingService> {
    let requested = |node: &Node| RequestedAttribute {
        name: node.attribute("Name").unwrap_or_default().to_owned(),
        name_format: AttributeNameFormat::iter().find(|known| node.attribute("NameFormat") == Some(known.urn())),
    };
    let services = descriptor.all(METADATA_NS, "AttributeConsumingService").map(|node| AttributeConsumingService {
        index: node.attribute("index").and_then(|index| index.parse().ok()),
        default: node.attribute("isDefault").map(|_| flag(node, "isDefault")),
        attributes: node.all(METADATA_NS, "RequestedAttribute").map(requested).collect(),
    });
    services.collect()
}

/// The earliest `validUntil` of these elements.
fn valid_until(nodes: &[&Node], entity_id: &str) -> Result<Option<Timestamp>, MetadataRejection> {
    let ends = nodes.iter().filter_map(|node| node.attribute("validUntil"));
    let read = |found: &str| {
        found
            .parse::<Timestamp>()
            .map_err(|_| MetadataRejection::ValidUntil { entity_id: entity_id.to_owned(), found: found.to_owned() })
    };
    ends.map(read).try_fold(None, |earliest: Option<Timestamp>, end| {
        let end = end?;
        Ok(Some(earliest.map_or(end, |earliest| earliest.min(end))))
    })
}

fn pem(base64: &str) -> Option<String> {
    let compact: String = base64.split_ascii_whitespace().collect();
    let certificate = X509::from_der(&STANDARD.decode(compact).ok()?).ok()?;
    String::from_utf8(certificate.to_pem().ok()?).ok()
}

/// Far above the metadata of one service provider.
const MAX_BYTES: usize = 1024 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
