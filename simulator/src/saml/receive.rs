//! The IdP receives an `AuthnRequest`: a query or a form field becomes a request that may be answered, or a refusal.
//!
//! Source: saml-bindings 3.4.4 and 3.5.4, saml-profiles 4.1.4.1, saml-core 3.2.1 and 3.4.1.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use strum::IntoEnumIterator as _;
use vestibule_model::{AcsBinding, EndpointUrl};

use super::canonical::read_date_time;
use super::names::{ASSERTION_NS, DSIG_NS, PROTOCOL_NS};
use super::redirect_query::RedirectQuery;
use super::request::{AuthnRequest, NameIdPolicy, RequestedAuthnContext, flag};
use super::request_rejection::RequestRejection;
use super::response_spec::NameId;
use super::service_provider::{Acs, ServiceProvider};
use super::signature::{self, SignatureFault};
use super::trusted_certificate::TrustedCertificate;
use super::{structure, xmlsec};
use crate::xml::{self, Node, XmlRejection};

/// What the IdP knows when a request arrives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestSettings<'a> {
    /// The single sign-on URL that received the request.
    pub(crate) sso_url: &'a str,
    /// The service providers that are registered.
    pub(crate) service_providers: &'a [ServiceProvider],
    /// Whether a service provider that is not registered is answered, if its ACS is on this machine.
    pub(crate) accept_loopback: bool,
    /// `WantAuthnRequestsSigned`: no request is answered that is not signed (saml-metadata 2.4.3).
    pub(crate) want_authn_requests_signed: bool,
    /// The IdP's clock.
    pub(crate) now: Timestamp,
    /// Most bytes of the XML, after inflating.
    pub(crate) max_bytes: usize,
}

impl RequestSettings<'_> {
    /// A limit far above any real request.
    pub(crate) const MAX_BYTES: usize = 64 * 1024;
}

/// A request that may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceivedRequest {
    /// The request.
    pub(crate) request: AuthnRequest,
    /// Where the answer goes.
    pub(crate) acs_url: String,
    /// By which binding the answer goes there.
    pub(crate) binding: AcsBinding,
    /// The user whom the request names: the `NameID` of its `Subject` (saml-core 3.4.1).
    pub(crate) subject: Option<NameId>,
    /// `AttributeConsumingServiceIndex`.
    pub(crate) attribute_service: Option<u16>,
    /// Whether the service provider that sent it is registered.
    pub(crate) registered: bool,
    /// `RelayState`, to be returned unchanged.
    pub(crate) relay_state: Option<String>,
    /// Whether it had a signature that was verified.
    pub(crate) signed: bool,
}

/// Receives a request by HTTP-Redirect. `query` is the raw query, as the signature covers its percent-encoding.
///
/// # Errors
///
/// Why the request cannot be answered with a success.
pub(crate) fn receive_redirect(
    query: &str,
    settings: &RequestSettings<'_>,
) -> Result<ReceivedRequest, RequestRejection> {
    let query = RedirectQuery::parse(query, "SAMLRequest")?;
    let root = parse(&inflate(&decode(&query.message)?, settings.max_bytes)?, settings)?;
    let (service_provider, mut received) = read(&root, settings)?;
    if root.first(DSIG_NS, "Signature").is_some() {
        return Err(RequestRejection::SignatureInMessage);
    }
    if service_provider.registered {
        received.signed = query.verify_signature(&service_provider.signing_certificates)?;
    }
    received.relay_state = query.relay_state;
    check(&received, &service_provider, settings)?;
    Ok(received)
}

/// Receives a request by HTTP-POST: the values of the form fields `SAMLRequest` and `RelayState`.
///
/// # Errors
///
/// Why the request cannot be answered with a success.
pub(crate) fn receive_post(
    saml_request: &str,
    relay_state: Option<&str>,
    settings: &RequestSettings<'_>,
) -> Result<ReceivedRequest, RequestRejection> {
    if saml_request.len() / 2 > settings.max_bytes {
        return Err(XmlRejection::TooLarge { limit: settings.max_bytes }.into());
    }
    let xml = decode(saml_request)?;
    let root = parse(&xml, settings)?;
    let (service_provider, mut received) = read(&root, settings)?;
    // What is inside the message signed is read from the signed bytes and from nowhere else.
    if service_provider.registered
        && let Some(signed) = signed_text(&root, &xml, &service_provider.signing_certificates)?
    {
        let signed = parse(signed.as_bytes(), settings)?;
        let (signer, again) = read(&signed, settings)?;
        if signer != service_provider || signed.attribute("ID") != root.attribute("ID") {
            return Err(RequestRejection::SignatureInvalid);
        }
        received = ReceivedRequest { signed: true, ..again };
    }
    received.relay_state = relay_state.map(str::to_owned);
    check(&received, &service_provider, settings)?;
    Ok(received)
}

pub(super) fn decode(base64: &str) -> Result<Vec<u8>, RequestRejection> {
    let mut compact = base64.as_bytes().to_vec();
    compact.retain(|byte| !byte.is_ascii_whitespace());
    if compact.is_empty() {
        return Err(RequestRejection::Missing);
    }
    STANDARD.decode(compact).map_err(|_| RequestRejection::NotBase64)
}

/// Inflates no more than the limit, so that a compression bomb stays small.
pub(crate) fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, RequestRejection> {
    decompress_to_vec_with_limit(bytes, limit).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => XmlRejection::TooLarge { limit }.into(),
        _ => RequestRejection::NotDeflated,
    })
}

fn parse(xml: &[u8], settings: &RequestSettings<'_>) -> Result<Node, RequestRejection> {
    let root = xml::parse(xml, settings.max_bytes)?;
    structure::check_ids(&root.descendants())?;
    Ok(root)
}

fn read(root: &Node, settings: &RequestSettings<'_>) -> Result<(ServiceProvider, ReceivedRequest), RequestRejection> {
    if !root.is(PROTOCOL_NS, "AuthnRequest") {
        return Err(RequestRejection::UnexpectedRoot { found: root.name.clone() });
    }
    match root.attribute("Version") {
        Some("2.0") => {}
        Some(other) => return Err(RequestRejection::WrongVersion { found: other.to_owned() }),
        None => return Err(RequestRejection::MissingPart("Version")),
    }
    let request = authn_request(root)?;
    let service_provider = sender(&request, settings)?;
    let Acs { url: acs_url, binding, .. } = acs(root, &service_provider)?.clone();
    let registered = service_provider.registered;
    let received = ReceivedRequest {
        request,
        acs_url,
        binding,
        subject: subject(root)?,
        attribute_service: index(root, "AttributeConsumingServiceIndex")?,
        registered,
        relay_state: None,
        signed: false,
    };
    Ok((service_provider, received))
}

/// The user whom a request names. A request confirms no subject (saml-profiles 4.1.4.1).
fn subject(root: &Node) -> Result<Option<NameId>, RequestRejection> {
    let unsupported = |found: &str| RequestRejection::UnsupportedSubject { found: found.to_owned() };
    let mut subjects = root.all(ASSERTION_NS, "Subject");
    let Some(subject) = subjects.next() else { return Ok(None) };
    if subjects.next().is_some() {
        return Err(unsupported("a second Subject"));
    }
    match subject.children.as_slice() {
        [name] if name.is(ASSERTION_NS, "NameID") && name.children.is_empty() && !name.text.trim().is_empty() => {
            let format = name.attribute("Format").map(str::to_owned);
            Ok(Some(NameId { value: name.text.trim().to_owned(), format }))
        }
        [] => Err(unsupported("no NameID")),
        [first, ..] if !first.is(ASSERTION_NS, "NameID") => Err(unsupported(&first.name)),
        [_, second, ..] => Err(unsupported(&second.name)),
        [_] => Err(unsupported("a NameID that is not one text")),
    }
}

/// An attribute of the type `xs:unsignedShort`.
fn index(root: &Node, part: &'static str) -> Result<Option<u16>, RequestRejection> {
    let Some(found) = root.attribute(part) else { return Ok(None) };
    let unreadable = |_| RequestRejection::Unreadable { part, found: found.to_owned() };
    found.parse().map(Some).map_err(unreadable)
}

/// The service provider that sent a request: a registered one or, where any on this machine may ask, one that is known
/// only from the request. Nothing is ever sent to another machine because a request says so.
fn sender(request: &AuthnRequest, settings: &RequestSettings<'_>) -> Result<ServiceProvider, RequestRejection> {
    if let Some(known) = settings.service_providers.iter().find(|one| one.entity_id == request.issuer) {
        return Ok(known.clone());
    }
    if !settings.accept_loopback {
        return Err(RequestRejection::UnknownServiceProvider { issuer: request.issuer.clone() });
    }
    let acs_url = request.acs_url.as_ref().ok_or(RequestRejection::MissingPart("AssertionConsumerServiceURL"))?;
    let here = acs_url.parse::<EndpointUrl>().is_ok_and(|url| url.is_loopback());
    if !here {
        let (found, issuer) = (acs_url.clone(), request.issuer.clone());
        return Err(RequestRejection::AcsOnAnotherMachine { found, issuer });
    }
    Ok(ServiceProvider::unregistered(request.issuer.clone(), acs_url.clone()))
}

fn authn_request(root: &Node) -> Result<AuthnRequest, RequestRejection> {
    let id = required(root, "ID")?;
    if !id.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        return Err(RequestRejection::Unreadable { part: "ID", found: id.to_owned() });
    }
    let instant = required(root, "IssueInstant")?;
    let issue_instant = read_date_time(instant)
        .ok_or_else(|| RequestRejection::Unreadable { part: "IssueInstant", found: instant.to_owned() })?;
    let issuer = root.first(ASSERTION_NS, "Issuer").map(|issuer| issuer.text.trim().to_owned());
    let requested_authn_context = RequestedAuthnContext::read(root)
        .map_err(|found| RequestRejection::Unreadable { part: "Comparison", found })?;
    Ok(AuthnRequest {
        id: id.to_owned(),
        issue_instant,
        destination: root.attribute("Destination").map(str::to_owned),
        acs_url: root.attribute("AssertionConsumerServiceURL").map(str::to_owned),
        issuer: issuer.filter(|issuer| !issuer.is_empty()).ok_or(RequestRejection::MissingPart("Issuer"))?,
        force_authn: flag(root, "ForceAuthn"),
        is_passive: flag(root, "IsPassive"),
        name_id_policy: NameIdPolicy::read(root),
        requested_authn_context,
    })
}

fn required<'a>(root: &'a Node, name: &'static str) -> Result<&'a str, RequestRejection> {
    root.attribute(name).filter(|value| !value.is_empty()).ok_or(RequestRejection::MissingPart(name))
}

/// The service that a request chooses (saml-core 3.4.1): one of its sender, with a binding by which an answer can go.
fn acs<'a>(root: &Node, service_provider: &'a ServiceProvider) -> Result<&'a Acs, RequestRejection> {
    let foreign = |found: &str| RequestRejection::ForeignAcsUrl {
        found: found.to_owned(),
        issuer: service_provider.entity_id.clone(),
    };
    let unsupported = |found: &str| RequestRejection::UnsupportedBinding { found: found.to_owned() };
    let asked = match root.attribute("ProtocolBinding") {
        None => None,
        Some(uri) => {
            let known = AcsBinding::iter().find(|known| known.urn() == uri && is_written(*known));
            Some(known.ok_or_else(|| unsupported(uri))?)
        }
    };
    let chosen = match (root.attribute("AssertionConsumerServiceURL"), root.attribute("AssertionConsumerServiceIndex"))
    {
        (Some(url), _) => service_provider.acs_at(url, asked).ok_or_else(|| foreign(url))?,
        (None, Some(index)) => {
            let found = index.parse::<u16>().ok().and_then(|index| service_provider.acs_with_index(index));
            found.ok_or_else(|| foreign(&format!("index {index}")))?
        }
        (None, None) => service_provider.default_acs(asked).ok_or_else(|| foreign("the default"))?,
    };
    if !is_written(chosen.binding) || asked.is_some_and(|asked| asked != chosen.binding) {
        return Err(unsupported(asked.unwrap_or(chosen.binding).urn()));
    }
    Ok(chosen)
}

/// Whether answers go by this binding.
fn is_written(binding: AcsBinding) -> bool {
    matches!(binding, AcsBinding::HttpPost | AcsBinding::HttpArtifact)
}

/// Checks that a request is signed where it must be, and sent to this IdP. A signed message must name its destination;
/// an unsigned one may leave it out. Source: saml-bindings 3.4.5.2 and 3.5.5.2.
fn check(
    received: &ReceivedRequest,
    service_provider: &ServiceProvider,
    settings: &RequestSettings<'_>,
) -> Result<(), RequestRejection> {
    if let Some(valid_until) = service_provider.valid_until.filter(|end| *end <= settings.now) {
        let issuer = service_provider.entity_id.clone();
        return Err(RequestRejection::MetadataExpired { issuer, valid_until });
    }
    if !received.signed && settings.want_authn_requests_signed {
        return Err(RequestRejection::UnsignedThoughWanted);
    }
    if !received.signed && service_provider.authn_requests_signed {
        return Err(RequestRejection::UnsignedThoughPromised);
    }
    match &received.request.destination {
        Some(found) if found != settings.sso_url => {
            Err(RequestRejection::WrongDestination { found: found.clone(), expected: settings.sso_url.to_owned() })
        }
        None if received.signed => Err(RequestRejection::MissingPart("Destination")),
        _ => Ok(()),
    }
}

/// Verifies the `ds:Signature` inside a message and returns the text that it covers; `None` when there is none.
pub(super) fn signed_text(
    root: &Node,
    xml: &[u8],
    certificates: &[TrustedCertificate],
) -> Result<Option<String>, RequestRejection> {
    let descendants = root.descendants();
    let signatures = descendants.iter().filter(|node| node.is(DSIG_NS, "Signature")).count();
    let Some(signature) = root.first(DSIG_NS, "Signature") else {
        return if signatures == 0 { Ok(None) } else { Err(SignatureFault::Misplaced.into()) };
    };
    if signatures > 1 {
        return Err(SignatureFault::Several.into());
    }
    signature::check(signature, required(root, "ID")?)?;
    if certificates.is_empty() {
        return Err(RequestRejection::NoCertificate);
    }
    let text = std::str::from_utf8(xml).map_err(|_| XmlRejection::NotUtf8)?;
    let signed_by = |expired| xmlsec::signed_bytes(text, &TrustedCertificate::ders(certificates, expired));
    match signed_by(false) {
        Some(signed) => Ok(Some(signed)),
        None if signed_by(true).is_some() => Err(RequestRejection::CertificateExpired),
        None => Err(RequestRejection::SignatureInvalid),
    }
}
