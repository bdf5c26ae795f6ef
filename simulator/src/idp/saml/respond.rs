//! The `Response`, sent by HTTP-POST or HTTP-Artifact to the ACS that the request may choose and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::name_id::{given, is_encrypted, name_id};
use super::parties;
use crate::attacks::{Case, GoodResponse, Keys};
use crate::blocking;
use crate::http::{RequestContext, see_other};
use crate::idp::faults;
use crate::idp::page::{self, AnswerTemplate};
use crate::idp::requested::Requested;
use crate::idp::signals::{attributes_of, class_ref_of, name_format, unsigned_attribute};
use crate::idp::state::{Idp, IdpSession, IssuedArtifact, Participant, SamlRequest};
use crate::realm::{Event, User, later};
use crate::saml::{
    Attribute, AuthnStatement, ContentSecret, Encryption, NameId, ResponseSpec, SignedResponse, Status, SubjectSpec,
    artifact, artifact_url, encrypt_and_sign_response, response_form_value, status,
};
use crate::xml::{self, Node};
use vestibule_model::{
    AcsBinding, AttributeNameFormat, EncryptedPart, Fault, PageName, SamlEncryption, SamlSigning, Signal,
};

/// Answers a request with an assertion about the user who is signed in.
pub(in crate::idp) async fn answer(
    idp: &Arc<Idp>,
    context: &RequestContext,
    request: &SamlRequest,
    session: &IdpSession,
) -> Response {
    issue(idp, request, session).await.unwrap_or_else(|why| not_issued(idp, context, &why))
}

/// Answers that the user cannot be signed in without a page (saml-core 3.2.2.2, `NoPassive`).
pub(in crate::idp) async fn refuse_passive(
    idp: &Arc<Idp>,
    context: &RequestContext,
    request: &SamlRequest,
) -> Response {
    refuse(idp, context, request, Status::error(status::RESPONDER, status::NO_PASSIVE)).await
}

/// Answers a request, which may be trusted, with an error.
pub(super) async fn refuse(
    idp: &Arc<Idp>,
    context: &RequestContext,
    request: &SamlRequest,
    status: Status,
) -> Response {
    let refusal = send(idp, request, status, None, &[]).await;
    refusal.unwrap_or_else(|why| not_issued(idp, context, &why))
}

/// Why there is no `Response`, as a sentence.
struct NotIssued(String);

impl NotIssued {
    fn failed_to(error: &dyn std::error::Error) -> Self {
        Self(format!("Failed to {error}."))
    }
}

fn not_issued(idp: &Idp, context: &RequestContext, NotIssued(why): &NotIssued) -> Response {
    page::error(idp, &context.path, status::RESPONDER, why)
}

async fn issue(idp: &Arc<Idp>, request: &SamlRequest, session: &IdpSession) -> Result<Response, NotIssued> {
    if request.subject.as_ref().is_some_and(|only| *only != session.user) {
        // An answer about anybody else would be no answer to this request (saml-core 3.4.1.4).
        return send(idp, request, Status::error(status::RESPONDER, status::AUTHN_FAILED), None, &[]).await;
    }
    let requested = request.requested.as_ref().map(Requested::from);
    let signals = session.chosen.signals(&idp.trust.spec, session.method, requested);
    let signals = signals.map_err(|error| NotIssued::failed_to(&error))?;
    let gone = || NotIssued("The user who is signed in no longer exists.".to_owned());
    let user = idp.realm.users.get(&session.user).ok_or_else(gone)?;
    let name_id = name_id(idp, request, &user).filter(|_| !is_encrypted(request) || can_encrypt(idp, request));
    let Some(name_id) = name_id else {
        return send(idp, request, Status::error(status::REQUESTER, status::INVALID_NAME_ID_POLICY), None, &[]).await;
    };
    let Some(signals) = signals else {
        return send(idp, request, Status::error(status::RESPONDER, status::NO_AUTHN_CONTEXT), None, &[]).await;
    };
    let participant = Participant {
        entity_id: request.audience.clone(),
        name_id: name_id.clone(),
        session_index: session.index.clone(),
    };
    given(idp, &request.audience, &user, &name_id);
    let subject = subject(idp, request, session, (&user, name_id), &signals)?;
    let beside = unsigned_attribute(&signals);
    let response = send(idp, request, Status::success(), Some((subject, beside)), &session.chosen.faults).await?;
    remember(idp, participant);
    idp.realm.record(Event::SsoAnswerIssued { idp: idp.trust.idp.clone(), signals });
    Ok(response)
}

/// Remembers who was signed in where, for the single logout. The last name at a service provider counts.
fn remember(idp: &Idp, participant: Participant) {
    let (index, now) = (participant.session_index.clone(), idp.now());
    let end = idp.after(idp.session_lifetime());
    idp.participants.put_new(&index, Vec::new(), end, now);
    idp.participants.update(&index, now, |known| {
        known.retain(|one| one.entity_id != participant.entity_id);
        known.push(participant);
    });
}

/// Whether a part can be encrypted for the service provider. The org never asks for it by its request.
fn can_encrypt(idp: &Idp, request: &SamlRequest) -> bool {
    parties::spec_of(idp, &request.audience).is_some_and(|spec| !spec.encryption_certificates.is_empty())
}

fn subject(
    idp: &Idp,
    request: &SamlRequest,
    session: &IdpSession,
    (user, name_id): (&User, NameId),
    signals: &[Signal],
) -> Result<SubjectSpec, NotIssued> {
    let settings = &idp.trust.spec;
    let skew = SignedDuration::from_secs(settings.clock_skew.unwrap_or_default().into());
    let session_end = settings.session_lifetime.map(|_| later(session.auth_time, idp.session_lifetime()));
    Ok(SubjectSpec {
        assertion_id: idp.realm.entropy.xml_id(),
        name_id,
        recipient: request.acs_url.clone(),
        audience: request.audience.clone(),
        not_before: later(idp.now(), -skew),
        not_on_or_after: idp.after(ASSERTION_LIFETIME),
        authn: AuthnStatement {
            authn_instant: session.auth_time,
            session_index: Some(session.index.clone()),
            session_not_on_or_after: session_end,
            class_ref: class_ref_of(signals),
        },
        attributes: attributes(idp, request, user, signals)?,
    })
}

/// The signals that are attributes and, except at the org, what is known about the user and asked for. A signal is never
/// replaced.
fn attributes(idp: &Idp, request: &SamlRequest, user: &User, signals: &[Signal]) -> Result<Vec<Attribute>, NotIssued> {
    let spec = &idp.trust.spec;
    let mut attributes = attributes_of(signals);
    let format = |name: &str| spec.attribute_name_format.map_or_else(|| name_format(name), AttributeNameFormat::urn);
    for attribute in &mut attributes {
        attribute.name_format = Some(format(&attribute.name).to_owned());
    }
    if idp.is_org(&request.audience) {
        return Ok(attributes);
    }
    let known: BTreeSet<String> = attributes.iter().map(|attribute| attribute.name.clone()).collect();
    let service = parties::attribute_service(idp, &request.audience, request.attribute_service);
    let wanted: Option<BTreeMap<&str, _>> = service.map(|service| {
        service.attributes.iter().map(|attribute| (attribute.name.as_str(), attribute.name_format)).collect()
    });
    for (name, values) in user.spec.attributes.iter().filter(|(name, _)| !known.contains(*name)) {
        let wanted = match &wanted {
            None => None,
            Some(wanted) => match wanted.get(name.as_str()) {
                Some(format) => *format,
                None => continue,
            },
        };
        let name_format = Some(wanted.map_or_else(|| format(name), AttributeNameFormat::urn).to_owned());
        let is_xml = spec.xml_attributes.contains(name);
        let (values, elements) =
            if is_xml { (Vec::new(), elements(name, values)?) } else { (values.clone(), Vec::new()) };
        attributes.push(Attribute { name: name.clone(), name_format, values, elements });
    }
    Ok(attributes)
}

/// Values that are XML elements.
fn elements(name: &str, values: &[String]) -> Result<Vec<Node>, NotIssued> {
    let read = |value: &String| {
        let element = xml::parse(value.as_bytes(), LONGEST_ELEMENT);
        let element =
            element.map_err(|why| NotIssued(format!("A value of the attribute `{name}` is not an element: {why}.")))?;
        let nodes = element.descendants();
        let is_plain = |node: &&Node| {
            let mixed = !node.children.is_empty() && !node.text.trim().is_empty();
            !mixed && node.attributes.iter().all(|attribute| attribute.namespace.is_empty())
        };
        if !nodes.iter().all(is_plain) {
            let why = "each element in it has either elements or text, and no attribute with a prefix";
            return Err(NotIssued(format!("A value of the attribute `{name}` cannot be sent: {why}.")));
        }
        Ok(element)
    };
    values.iter().map(read).collect()
}

/// What a `Response` is signed and encrypted with.
struct Sealing {
    parts: SamlSigning,
    encryption: Option<SamlEncryption>,
}

impl Sealing {
    /// As the identity provider and the service provider have it.
    fn of(idp: &Idp, request: &SamlRequest) -> Self {
        let wants_assertion = parties::spec_of(idp, &request.audience).is_some_and(|spec| spec.want_assertions_signed);
        let parts = match idp.trust.spec.signing {
            SamlSigning::Response if wants_assertion => SamlSigning::Both,
            parts => parts,
        };
        let mut encryption = parties::encryption(idp, &request.audience).cloned();
        if is_encrypted(request) {
            let encryption =
                encryption.get_or_insert_with(|| SamlEncryption { parts: Vec::new(), ..SamlEncryption::default() });
            if !encryption.has(EncryptedPart::NameId) {
                encryption.parts.push(EncryptedPart::NameId);
            }
        }
        Self { parts, encryption }
    }
}

async fn send(
    idp: &Arc<Idp>,
    request: &SamlRequest,
    status: Status,
    said: Option<(SubjectSpec, Option<Attribute>)>,
    faults: &[Fault],
) -> Result<Response, NotIssued> {
    let (assertion, extension) = said.map_or((None, None), |(assertion, extension)| (Some(assertion), extension));
    let spec = ResponseSpec {
        response_id: idp.realm.entropy.xml_id(),
        issue_instant: idp.now(),
        issuer: idp.trust.idp_entity_id.clone(),
        destination: Some(request.acs_url.clone()),
        in_response_to: request.id.clone(),
        status,
        assertion,
        extension,
    };
    let attack = faults::attack(&idp.trust.spec, faults).filter(|_| spec.assertion.is_some());
    let victim = attack.and_then(|_| victim(idp, request, &spec));
    let (known, audience, mut sealing) = (Arc::clone(idp), request.audience.clone(), Sealing::of(idp, request));
    if spec.extension.is_some() {
        // A signature of the response would cover the part that is meant to have none.
        sealing.parts = SamlSigning::Assertion;
    }
    if attack.is_some() {
        // What is changed must be readable.
        sealing.encryption = None;
    }
    let keys_at_hand = idp.holds_key(idp.trust.spec.algorithm) && sealing.encryption.is_none();
    let signed = blocking::sign(keys_at_hand, move || sealed(&known, &audience, &spec, &sealing));
    let response = signed.await.unwrap_or_else(|| Err(NotIssued("Failed to sign the response.".to_owned())))?;
    if let Some(attack) = attack
        && let Some(fields) = Box::pin(attacked(idp, request, attack, &response, victim)).await?
    {
        return Ok(form(request, fields));
    }
    Ok(match request.binding {
        AcsBinding::HttpArtifact => by_artifact(idp, request, response),
        _ => by_form(request, ("SAMLResponse", response_form_value(&response.xml))),
    })
}

/// The `Response`, signed and encrypted. Runs on a thread that may block.
fn sealed(idp: &Idp, audience: &str, spec: &ResponseSpec, sealing: &Sealing) -> Result<SignedResponse, NotIssued> {
    let settings = &idp.trust.spec;
    let key = idp.realm.certs.signing_key(settings.algorithm, settings.key_state);
    let key = key.map_err(|error| NotIssued::failed_to(&error))?;
    let mut draw = || {
        let (key, iv) = idp.realm.entropy.content_secret();
        ContentSecret { key, iv }
    };
    let encryption = match sealing.encryption.as_ref().filter(|_| spec.assertion.is_some()) {
        None => None,
        Some(encryption) => {
            let certificate = parties::encryption_certificate(idp, audience).ok_or_else(|| {
                NotIssued(format!("Nothing can be encrypted for {audience}: it has no certificate for encryption."))
            })?;
            let encryption = Encryption::new(encryption, &certificate, &mut draw);
            Some(encryption.map_err(|error| NotIssued::failed_to(&error))?)
        }
    };
    let signed = encrypt_and_sign_response(spec, sealing.parts, &key, encryption);
    signed.map_err(|error| NotIssued::failed_to(&error))
}

/// A name of the answer goes through the browser, in a redirect or a form (saml-bindings 3.6.3).
fn by_artifact(idp: &Idp, request: &SamlRequest, response: SignedResponse) -> Response {
    let artifact = artifact(&idp.trust.idp_entity_id, idp.realm.entropy.message_handle());
    let waiting = IssuedArtifact { audience: request.audience.clone(), response };
    idp.artifacts.put(&artifact, waiting, idp.after(ASSERTION_LIFETIME), idp.now());
    if parties::spec_of(idp, &request.audience).is_some_and(|spec| spec.artifact_form) {
        return by_form(request, ("SAMLart", artifact));
    }
    see_other(&artifact_url(&request.acs_url, &artifact, request.relay_state.as_deref()))
}

fn by_form(request: &SamlRequest, message: (&'static str, String)) -> Response {
    let mut fields = vec![message];
    fields.extend(request.relay_state.clone().map(|state| ("RelayState", state)));
    form(request, fields)
}

/// The fields of the answer of an attack that changes a `Response`.
async fn attacked(
    idp: &Arc<Idp>,
    request: &SamlRequest,
    attack: &'static Case,
    response: &SignedResponse,
    victim: Option<String>,
) -> Result<Option<Vec<(&'static str, String)>>, NotIssued> {
    let (own, audience) = (Arc::clone(idp), request.audience.clone());
    let (xml, relay_state) = (response.xml.clone(), request.relay_state.clone());
    let made = blocking::run(move || {
        let keys = Keys::held_by(&own.realm.certs, &own.trust.spec);
        let keys = keys.map_err(|error| NotIssued::failed_to(&error))?;
        let receiver = parties::encryption_certificate(&own, &audience);
        let good = GoodResponse {
            xml: &xml,
            relay_state: relay_state.as_deref(),
            victim: victim.as_deref(),
            receiver: receiver.as_deref(),
        };
        attack.response(&good, &keys).transpose().map_err(|error| NotIssued::failed_to(&error))
    });
    made.await.unwrap_or_else(|| Err(NotIssued("Failed to sign the response.".to_owned())))
}

fn form(request: &SamlRequest, fields: Vec<(&'static str, String)>) -> Response {
    let template = AnswerTemplate { page: PageName::Unknown, action: &request.acs_url, fields };
    page::html(StatusCode::OK, &template)
}

/// The name of another user: whom an attack claims to be.
fn victim(idp: &Idp, request: &SamlRequest, spec: &ResponseSpec) -> Option<String> {
    let own = &spec.assertion.as_ref()?.name_id.value;
    let users = idp.realm.users.all();
    let names = users.iter().filter_map(|user| name_id(idp, request, user));
    names.map(|name| name.value).find(|name| name != own)
}

/// How long an assertion is valid.
const ASSERTION_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// Bytes of a value that is an element.
const LONGEST_ELEMENT: usize = 16 * 1024;
