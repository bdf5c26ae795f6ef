//! From an authorization code to a verified ID token: token endpoint, JWKS, verification.

use jiff::SignedDuration;
use serde_json::Value;
use url::Url;

use super::accept::AnswerFault;
use super::received;
use crate::back_channel::BackChannelError;
use crate::oidc::{
    CallbackError, ClientAuthentication, ErrorCode, Expected, IdTokenClaims, IdTokenRejection, JWKS_PATH, TOKEN_PATH,
    TokenGrant, TokenRequest, TokenResponse, TokenResponseError, parse_jwks, signals, verify_without,
};
use crate::org::Org;
use crate::org::sso_state::SentAuthorization;
use crate::realm::{ClientAuth, ContextFault, ForeignIdp, SsoTrust};
use vestibule_model::{Carrier, LoginStatus, Signal};

/// What the org uses from a verified ID token.
pub(super) struct VerifiedToken {
    /// Who the user is: `sub`, or the claim that the setting names.
    pub(super) subject: String,
    /// The signals of the ID token, and of nothing else (help 005321561).
    pub(super) signals: Vec<Signal>,
    /// `amr` as Login History shows it.
    pub(super) auth_method_reference: Option<String>,
}

/// Exchanges a code for an ID token and verifies it.
pub(super) async fn exchange(
    org: &Org,
    trust: &SsoTrust,
    sent: &SentAuthorization,
    code: &str,
) -> Result<VerifiedToken, AnswerFault> {
    let channel = org.sso.back_channel(&org.realm).map_err(unusable)?;
    let request = token_request(trust, sent, code);
    let (token_endpoint, jwks_uri) = addresses(trust)?;
    let reply = channel.post_form(&token_endpoint, request.body(), request.authorization()).await.map_err(unusable)?;
    let response = TokenResponse::parse(reply.status.as_u16(), &reply.body).map_err(token_refused)?;
    let id_token = response.id_token().map_err(token_refused)?;
    received::id_token(&org.realm, &trust.idp, id_token);

    let reply = channel.get(&jwks_uri).await.map_err(unusable)?;
    if !reply.status.is_success() {
        let why = format!("the JWKS endpoint answered with status {}", reply.status.as_u16());
        return Err(AnswerFault::new(CONFIGURATION, why));
    }
    let keys = parse_jwks(&reply.body);
    let keys = keys.map_err(|error| AnswerFault::new(CONFIGURATION, format!("the org failed to {error}")))?;

    let expected = Expected {
        issuer: &trust.issuer,
        client_id: &trust.client_id,
        nonce: Some(&sent.nonce),
        access_token: Some(&response.access_token),
        max_age: trust.spec.max_age,
        now: org.now(),
        leeway: CLOCK_SKEW,
    };
    let claims = verify_without(&org.settings().weaknesses, id_token, &keys, &expected);
    let claims = claims.map_err(|rejection| AnswerFault::new(status_of(&rejection), rejection.to_string()))?;
    verified(trust, &claims)
}

/// Why the front-channel answer cannot be used.
pub(super) fn answer_refused(error: CallbackError) -> AnswerFault {
    let status = match &error {
        CallbackError::Refused { .. } => LoginStatus::StatusInvalid,
        CallbackError::StateMissing | CallbackError::StateMismatch => LoginStatus::InResponseToInvalid,
        CallbackError::IssuerMismatch { .. } | CallbackError::IssuerMissing => LoginStatus::IssuerMismatched,
        CallbackError::CodeMissing | CallbackError::Repeated { .. } => LoginStatus::AssertionInvalid,
    };
    AnswerFault { context: context_fault(&error), ..AnswerFault::new(status, error.to_string()) }
}

fn context_fault(error: &CallbackError) -> Option<ContextFault> {
    let unmet = ErrorCode::UnmetAuthenticationRequirements.as_str();
    matches!(error, CallbackError::Refused { error, .. } if error == unmet).then_some(ContextFault::Unmet)
}

fn token_request(trust: &SsoTrust, sent: &SentAuthorization, code: &str) -> TokenRequest {
    let client_id = trust.client_id.clone();
    let secret = trust.client_secret.clone();
    TokenRequest {
        client: match trust.spec.client_auth {
            ClientAuth::Basic => ClientAuthentication::Basic { client_id, secret },
            ClientAuth::Post => ClientAuthentication::Post { client_id, secret },
        },
        grant: TokenGrant::Code {
            code: code.to_owned(),
            redirect_uri: trust.redirect_uri.clone(),
            code_verifier: Some(sent.code_verifier.reveal().to_owned()),
        },
    }
}

fn verified(trust: &SsoTrust, claims: &IdTokenClaims) -> Result<VerifiedToken, AnswerFault> {
    let subject = match &trust.spec.identity_attribute {
        None => Some(claims.sub.as_str()),
        Some(name) => claims.extra.get(name).and_then(Value::as_str),
    };
    let signals = signals(claims);
    let amr = signals.iter().filter(|signal| signal.carrier == Carrier::IdTokenAmr);
    let amr: Vec<_> = amr.map(|signal| signal.value.as_str()).collect();
    let auth_method_reference = (!amr.is_empty()).then(|| amr.join(" "));
    match subject.map(str::to_owned) {
        Some(subject) => Ok(VerifiedToken { subject, signals, auth_method_reference }),
        None => {
            let why = "the ID token has not the claim that names the user";
            let fault = AnswerFault::new(LoginStatus::UsernameOrSsoIdInvalid, why);
            Err(AnswerFault { auth_method_reference, ..fault })
        }
    }
}

/// Token endpoint and JWK set.
fn addresses(trust: &SsoTrust) -> Result<(Url, Url), AnswerFault> {
    match &trust.foreign {
        Some(ForeignIdp::Oidc(op)) => Ok((op.token_endpoint.clone(), op.jwks_uri.clone())),
        _ => Ok((
            address(trust, trust.spec.token_endpoint.as_ref(), TOKEN_PATH)?,
            address(trust, trust.spec.jwks_uri.as_ref(), JWKS_PATH)?,
        )),
    }
}

/// The address that a case sets, or the provider's own.
fn address(trust: &SsoTrust, set: Option<&Url>, path: &str) -> Result<Url, AnswerFault> {
    if let Some(url) = set {
        return Ok(url.clone());
    }
    let own = Url::parse(&format!("{}{path}", trust.issuer));
    own.map_err(|_| AnswerFault::new(CONFIGURATION, "the issuer is not a URL"))
}

fn token_refused(error: TokenResponseError) -> AnswerFault {
    let status = match error {
        TokenResponseError::IdTokenMissing => LoginStatus::AssertionInvalid,
        _ => CONFIGURATION,
    };
    AnswerFault::new(status, error.to_string())
}

fn unusable(error: BackChannelError) -> AnswerFault {
    AnswerFault::new(CONFIGURATION, format!("the org failed to {error}"))
}

fn status_of(rejection: &IdTokenRejection) -> LoginStatus {
    match rejection {
        IdTokenRejection::AlgNone { .. }
        | IdTokenRejection::AlgSymmetric { .. }
        | IdTokenRejection::AlgNotAccepted { .. }
        | IdTokenRejection::Signature => LoginStatus::SignatureInvalid,
        IdTokenRejection::KidMissing | IdTokenRejection::KidUnknown { .. } | IdTokenRejection::KeyUnfit { .. } => {
            LoginStatus::CertificateMismatch
        }
        IdTokenRejection::Issuer { .. } => LoginStatus::IssuerMismatched,
        IdTokenRejection::Audience { .. } | IdTokenRejection::OtherAudience { .. } | IdTokenRejection::Azp { .. } => {
            LoginStatus::AudienceInvalid
        }
        IdTokenRejection::NonceMissing | IdTokenRejection::NonceMismatch => LoginStatus::ReplayDetected,
        IdTokenRejection::Expired { .. }
        | IdTokenRejection::NotYetValid { .. }
        | IdTokenRejection::IssuedInTheFuture { .. }
        | IdTokenRejection::SignedInInTheFuture { .. }
        | IdTokenRejection::SignedInTooLongAgo { .. } => LoginStatus::AssertionExpired,
        _ => LoginStatus::AssertionInvalid,
    }
}

/// Contract D2.5: the nearest documented text for a provider that cannot be used.
const CONFIGURATION: LoginStatus = LoginStatus::ConfigurationError;
/// How far the clocks of the org and of a provider may differ.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(3);
