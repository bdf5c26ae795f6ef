//! The assertion consumer service: a `Response` by HTTP-POST, answering a request or unsolicited.

use std::sync::Arc;

use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use vestibule_certs::KeyState;

use super::accept::{self, Answer, AnswerFault};
use super::{browser, decryption, received};
use crate::blocking;
use crate::http::{Fields, RequestContext, with_cookies};
use crate::org::attempt::login_type;
use crate::org::sso_state::{SentRequest, assertion_key};
use crate::org::{Org, paths};
use crate::realm::{ContextFault, ForeignIdp, HostRole, IdpProtocol, Realm, SamlLogin, SsoTrust};
use crate::saml::{
    Claimed, ResponseRejection, TrustedCertificate, VerifiedResponse, VerifySettings, claimed, claimed_past_comments,
    status, verify_response,
};
use vestibule_model::{LoginKind, LoginStatus, Weakness};

/// The assertion consumer service: a form with a `SAMLResponse` was posted to the host root, or to the login page of a site.
pub(crate) async fn acs(org: Arc<Org>, request: RequestContext, fields: Fields) -> Response {
    let message = fields.text("SAMLResponse");
    let claimed = read(&org, message).await;
    let trust = claimed.as_ref().ok().and_then(|claimed| trust_of(&org.realm, claimed));
    let login_type = match &claimed {
        Ok(Claimed { in_response_to: Some(_), .. }) => login_type::SAML_SP_INITIATED,
        _ => login_type::SAML_IDP_INITIATED,
    };
    let received = match (claimed, trust) {
        (Err(rejection), _) => Err(rejection),
        (Ok(claimed), None) => Err(unknown_issuer(&org.realm, claimed)),
        (Ok(_), Some(trust)) => receive(&org, &request, &fields, trust).await.map(|received| (trust, received)),
    };
    let (trust, (verified, sent)) = match received {
        Ok(received) => received,
        Err(rejection) => {
            let fault = AnswerFault::new(rejection.login_history_status(), rejection.to_string());
            let fault = AnswerFault { context: context_fault(&rejection), ..fault };
            return accept::refuse(&org, &request, trust, login_type, fault);
        }
    };
    let subject = match subject(trust, &verified) {
        Ok(subject) => subject,
        Err(fault) => return accept::refuse(&org, &request, Some(trust), login_type, fault),
    };
    let careless = org.settings().weaknesses.contains(&Weakness::NormaliseNameid);
    let subject = if careless { normalised(&subject) } else { subject };
    let names: Vec<_> = verified.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    let answer = Answer {
        trust,
        kind: LoginKind::Saml,
        login_type,
        subject,
        signals: verified.signals(&names),
        attributes: verified.attributes.clone(),
        // A SAML class reference or attribute is not recorded in Login History (help 005321561).
        auth_method_reference: None,
        session_end: verified.session_end,
        saml_login: Some(SamlLogin {
            idp: trust.idp.clone(),
            name_id: verified.name_id.value.clone(),
            session_index: verified.session_index.clone(),
        }),
        return_url: match (fields.text("RelayState"), sent.and_then(|sent| sent.return_url)) {
            ("", Some(kept)) => kept,
            (relay_state, _) => org.return_url(relay_state),
        },
    };
    let answered = verified.in_response_to.as_deref().map(|id| browser::removal(IdpProtocol::Saml, id));
    with_cookies(accept::accept(&org, &request, answer), answered)
}

/// Who the user is, in the `NameID` or in the attribute that the setting names (contract D1.6).
pub(super) fn subject(trust: &SsoTrust, verified: &VerifiedResponse) -> Result<String, AnswerFault> {
    let Some(name) = &trust.spec.identity_attribute else { return Ok(verified.name_id.value.clone()) };
    match verified.attribute(name).map(|attribute| attribute.values.as_slice()) {
        Some([only]) => Ok(only.clone()),
        _ => {
            let why = format!("the assertion has no attribute `{name}` with one value, which names the user");
            Err(AnswerFault::new(LoginStatus::UsernameOrSsoIdInvalid, why))
        }
    }
}

/// The name in small letters, without blanks around it, and with letters of usual width.
fn normalised(name: &str) -> String {
    let usual = |letter: char| match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        other => other,
    };
    name.trim_matches(|edge: char| edge.is_whitespace() || edge == '\u{200B}')
        .chars()
        .map(usual)
        .collect::<String>()
        .to_lowercase()
}

/// What a message claims about itself before it is verified. Keeps the message for people to read. Runs on a thread that may
/// block.
async fn read(org: &Arc<Org>, message: &str) -> Result<Claimed, ResponseRejection> {
    let (org, message) = (Arc::clone(org), message.to_owned());
    let read = blocking::run(move || {
        let comments = org.settings().weaknesses.contains(&Weakness::CommentTruncatesNameid);
        let claimed = if comments { claimed_past_comments(&message) } else { claimed(&message) };
        let trust = claimed.as_ref().ok().and_then(|claimed| trust_of(&org.realm, claimed));
        received::response(&org.realm, trust, &message);
        claimed
    });
    read.await.unwrap_or(Err(ResponseRejection::SignatureInvalid))
}

/// The trust that verifies a message: the trust with the issuer that the message names.
fn trust_of<'a>(realm: &'a Realm, claimed: &Claimed) -> Option<&'a SsoTrust> {
    let named = saml_idps(realm).find(|trust| trust.idp_entity_id == claimed.issuer);
    let any = || saml_idps(realm).next().filter(|_| realm.spec.org.weaknesses.contains(&Weakness::SkipIssuer));
    named.or_else(any)
}

fn unknown_issuer(realm: &Realm, claimed: Claimed) -> ResponseRejection {
    let expected: Vec<_> = saml_idps(realm).map(|trust| trust.idp_entity_id.as_str()).collect();
    ResponseRejection::IssuerMismatched { part: "Response", found: claimed.issuer, expected: expected.join(" or ") }
}

pub(super) fn saml_idps(realm: &Realm) -> impl Iterator<Item = &SsoTrust> {
    realm.trusts.iter().filter(|trust| trust.spec.protocol == IdpProtocol::Saml)
}

/// Verifies a message and accepts it; returns it with the request that it answers.
async fn receive(
    org: &Arc<Org>,
    request: &RequestContext,
    fields: &Fields,
    trust: &SsoTrust,
) -> Result<(VerifiedResponse, Option<SentRequest>), ResponseRejection> {
    if let Some(name) = fields.repeated(&["SAMLResponse", "RelayState"]) {
        return Err(ResponseRejection::RepeatedField(name));
    }
    let acs_url = received_at(&org.realm, request, trust)?;
    let verified = verify(org, trust, acs_url, fields.text("SAMLResponse")).await?;
    is_ours(org, request, trust, &verified)?;
    let sent = use_once(org, &verified)?;
    Ok((verified, sent))
}

/// The ACS URL by which a message arrived; `Destination` and `Recipient` must name it (contract D1.1, D1.2, saml-bindings
/// 3.5.5.2). That of a site names the org and the setting.
fn received_at(realm: &Realm, request: &RequestContext, trust: &SsoTrust) -> Result<String, ResponseRejection> {
    if request.host != HostRole::MyDomain {
        return Err(ResponseRejection::SentElsewhere { found: realm.hosts.name(&request.host) });
    }
    let org_id = &realm.org_id[..15];
    let at_site = request.path == paths::SITE_LOGIN;
    if let Some(name) = request.query.repeated(&["sc"]).filter(|_| at_site) {
        return Err(ResponseRejection::RepeatedField(name));
    }
    let once = request.query.repeated(&["so"]).is_none();
    match request.query.get("so") {
        None if !at_site => Ok(realm.my_domain_origin()),
        Some(so) if so == org_id && once && !at_site => Ok(trust.acs_url.clone()),
        Some(so) if so == org_id && once => match request.query.text("sc") {
            sc if sc == trust.config_id => Ok(paths::site_acs(realm, trust)),
            sc => {
                let (found, expected) = (sc.to_owned(), trust.config_id.clone());
                Err(ResponseRejection::OtherSetting { found, expected })
            }
        },
        so => Err(ResponseRejection::OtherOrganization {
            found: so.unwrap_or_default().to_owned(),
            expected: org_id.to_owned(),
        }),
    }
}

async fn verify(
    org: &Arc<Org>,
    trust: &SsoTrust,
    acs_url: String,
    message: &str,
) -> Result<VerifiedResponse, ResponseRejection> {
    let (org, trust, message) = (Arc::clone(org), trust.clone(), message.to_owned());
    let verified = blocking::run(move || verify_response(&message, &settings(&org, &trust, acs_url)?)).await;
    // An incomplete verification proves nothing.
    verified.unwrap_or(Err(ResponseRejection::SignatureInvalid))
}

/// Verifies a message that somebody brings, as if it came now by either address. Whether it is new, and whether a request
/// waits for it, is not asked.
pub(super) async fn verify_brought(
    org: &Arc<Org>,
    trust: &SsoTrust,
    message: &str,
) -> Result<VerifiedResponse, ResponseRejection> {
    match verify(org, trust, trust.acs_url.clone(), message).await {
        Err(ResponseRejection::WrongDestination { .. } | ResponseRejection::RecipientMismatched { .. }) => {
            verify(org, trust, org.realm.my_domain_origin(), message).await
        }
        other => other,
    }
}

fn settings(org: &Org, trust: &SsoTrust, acs_url: String) -> Result<VerifySettings, ResponseRejection> {
    let settings =
        VerifySettings::new(&trust.idp_entity_id, certificates(org, trust)?, acs_url, &trust.sp_entity_id, org.now());
    let decryption_keys = decryption::keys(&org.realm, trust);
    let max_age =
        trust.spec.max_age.map(|seconds| SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)));
    let weaknesses = org.settings().weaknesses.clone();
    Ok(VerifySettings { max_authentication_age: max_age, decryption_keys, weaknesses, ..settings })
}

/// The certificates that an admin configured: those that the metadata shows.
pub(super) fn certificates(org: &Org, trust: &SsoTrust) -> Result<Vec<TrustedCertificate>, ResponseRejection> {
    if let Some(ForeignIdp::Saml(idp)) = &trust.foreign {
        let now = org.now();
        let dated = |(der, not_after): &(Vec<u8>, Timestamp)| TrustedCertificate {
            der: der.clone(),
            expired: *not_after <= now,
        };
        return Ok(idp.certificates.iter().map(dated).collect());
    }
    // The configured certificate is expired only in cases that test an expired key.
    let configured = trust.spec.key_state.on_file();
    let key = org.realm.certs.signing_key(trust.spec.algorithm, configured);
    let der = key.map_err(|_| ResponseRejection::NoTrustedCertificate)?.certificate_der().to_vec();
    Ok(vec![TrustedCertificate { der, expired: configured == KeyState::Expired }])
}

/// Checks that the answer is new, that this browser sent its request to this identity provider, and that it meets the request
/// (saml-profiles 4.1.4.3 and 4.1.4.5, saml-core 3.3.2.2.1).
fn is_ours(
    org: &Org,
    request: &RequestContext,
    trust: &SsoTrust,
    verified: &VerifiedResponse,
) -> Result<(), ResponseRejection> {
    let weak = |weakness| org.settings().weaknesses.contains(&weakness);
    let key = assertion_key(&verified.issuer, &verified.assertion_id);
    let again = org.sso.used_assertions.get(&key, org.now()).is_some();
    if again && !weak(Weakness::SkipReplay) {
        return Err(ResponseRejection::Replayed);
    }
    let Some(id) = &verified.in_response_to else { return Ok(()) };
    if again {
        return Ok(());
    }
    if weak(Weakness::SkipInResponseTo) {
        return verified.meets(&trust.spec.requested_context);
    }
    let sent = org.sso.requests.get(id, org.now());
    match sent.filter(|sent| sent.idp == trust.idp && browser::sent(request, id, &sent.browser)) {
        Some(_) => verified.meets(&trust.spec.requested_context),
        None => Err(ResponseRejection::InResponseToInvalid { found: id.clone() }),
    }
}

/// What the authentication context that the org asked for has to do with a refusal.
fn context_fault(rejection: &ResponseRejection) -> Option<ContextFault> {
    match rejection {
        ResponseRejection::StatusNotSuccess { code, sub_code } => {
            let unmet = code == status::NO_AUTHN_CONTEXT || sub_code.as_deref() == Some(status::NO_AUTHN_CONTEXT);
            unmet.then_some(ContextFault::Unmet)
        }
        ResponseRejection::OtherContext { .. } => Some(ContextFault::Other),
        _ => None,
    }
}

/// Accepts an assertion only once, and a request only for one answer.
fn use_once(org: &Org, verified: &VerifiedResponse) -> Result<Option<SentRequest>, ResponseRejection> {
    let now = org.now();
    let weak = |weakness| org.settings().weaknesses.contains(&weakness);
    let key = assertion_key(&verified.issuer, &verified.assertion_id);
    if !org.sso.used_assertions.put_new(&key, (), verified.remember_until, now) && !weak(Weakness::SkipReplay) {
        return Err(ResponseRejection::Replayed);
    }
    let Some(id) = &verified.in_response_to else { return Ok(None) };
    if weak(Weakness::SkipReplay) {
        return Ok(org.sso.requests.get(id, now));
    }
    if weak(Weakness::SkipInResponseTo) {
        return Ok(org.sso.requests.take(id, now));
    }
    let sent = org.sso.requests.take(id, now);
    sent.map(Some).ok_or_else(|| ResponseRejection::InResponseToInvalid { found: id.clone() })
}
