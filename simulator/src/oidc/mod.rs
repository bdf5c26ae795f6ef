//! OpenID Connect messages: bytes to values and back. No HTTP, no clock.
//!
//! Both sides of a login are here: what the OP reads and answers, and what the RP asks and reads. Everything that
//! depends on time takes `now`; nothing here signs anybody in.
//!
//! Source: OpenID Connect Core 1.0, Discovery 1.0, RFC 6749, RFC 7636, RFC 7517, RFC 7519, RFC 7523, RFC 9101, RFC 9207,
//! RFC 9449.

mod authorize;
mod authorize_response;
mod bearer_assertion;
mod claims_request;
mod client_assertion;
mod discovery;
mod dpop;
mod error;
mod form;
mod id_token;
mod jose;
mod jwks;
mod pkce;
mod provider_document;
mod registration;
mod request_object;
mod token;
mod token_response;

pub(crate) use authorize::{AuthorizationError, AuthorizationRequest, Prompt, Registration, claimed};
pub(crate) use authorize_response::{AuthorizationAnswer, AuthorizationResponse, CallbackError, ResponseMode};
pub(crate) use bearer_assertion::{AssertionFault, BearerAssertion};
pub(crate) use claims_request::ClaimsRequest;
pub(crate) use client_assertion::ClientAssertion;
pub(crate) use discovery::{
    AUTHORIZATION_PATH, DEVICE_AUTHORIZATION_PATH, DISCOVERY_PATH, END_SESSION_PATH, INTROSPECTION_PATH, JWKS_PATH,
    PUSHED_REQUEST_PATH, ProviderMetadata, REGISTRATION_PATH, REVOCATION_PATH, TOKEN_PATH, USERINFO_PATH,
};
pub(crate) use dpop::{DPOP_HEADER, DPOP_NONCE_HEADER, DpopFault, DpopProof};
pub(crate) use error::ErrorCode;
pub(crate) use id_token::{
    ClaimParts, Expected, IdTokenClaims, IdTokenRejection, check_form, check_signature_only, half_hash, half_hash_by,
    parts_of, parts_of_token, published_for, readable, sign, sign_by, sign_json, signals, verify, verify_without,
};
pub(crate) use jose::{CompactJws, JweError, Plain, encrypt, encryption_key};
pub(crate) use jwks::parse_jwks;
pub(crate) use pkce::CodeChallenge;
pub(crate) use provider_document::ProviderDocument;
pub(crate) use registration::{ClientInformation, ClientMetadata, Management, RegistrationError, check_sector};
pub(crate) use request_object::RequestObject;
pub(crate) use token::{ClientAuthentication, TokenError, TokenExchange, TokenGrant, TokenRequest, basic_credentials};
pub(crate) use token_response::{TokenResponse, TokenResponseError};

#[cfg(test)]
mod tests;
