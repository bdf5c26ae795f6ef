//! SAML 2.0 messages: bytes to values and back. No HTTP, no clock, no randomness: ids and `now` are arguments.
//!
//! ```text
//! AuthnRequest --binding--> bytes --receive--> ReceivedRequest | RequestRejection        (org -> IdP)
//! ResponseSpec --sign-----> bytes --verify---> VerifiedResponse | ResponseRejection      (IdP -> org)
//! ```
//!
//! - Writing: `canonical` writes XML in exclusive canonical form, so a signature is a digest of the very bytes that are sent.
//! - Reading: [`xml`](crate::xml) is a strict parser, `structure` says what a `Response` may look like, `xmlsec` checks the
//!   signature and returns only the bytes that were signed, `conditions` checks everything else on those bytes.
//!
//! Source: OASIS saml-core-2.0-os, saml-bindings-2.0-os, saml-profiles-2.0-os, saml-metadata-2.0-os; W3C xmldsig-core1.

mod artifact;
mod assertion;
mod bearer_assertion;
mod binding;
mod canonical;
mod careless;
mod conditions;
mod encryption;
mod idp_descriptor;
mod logout;
mod metadata;
mod metadata_reader;
mod metadata_signature;
mod names;
mod parts;
mod readable;
mod receive;
mod redirect_query;
mod request;
mod request_rejection;
mod response;
mod response_rejection;
mod response_spec;
mod service_provider;
mod sign;
mod signature;
mod structure;
mod structure_fault;
mod trusted_certificate;
mod verified;
mod verify;
mod verify_settings;
mod xmlsec;

pub(crate) use artifact::{ArtifactResponse, ReceivedResolve, ResolveSettings, artifact, artifact_url, soap_fault};
pub(crate) use bearer_assertion::{claimed_issuer, verify_assertion};
pub(crate) use binding::{PostForm, post_form, redirect_url, response_form_value};
#[cfg(test)]
pub(crate) use encryption::decrypt_assertion;
pub(crate) use encryption::{ContentSecret, Encryption};
pub(crate) use idp_descriptor::IdpDescriptor;
pub(crate) use logout::{
    LogoutRequest, LogoutResponse, LogoutSettings, ReceivedLogout, VerifiedLogout, wrong_request_url,
};
pub(crate) use metadata::{IdpMetadata, SpMetadata};
pub(crate) use metadata_reader::{MetadataRejection, read_service_providers};
pub(crate) use metadata_signature::{MetadataSignatureFault, signed_metadata};
pub(crate) use names::{attribute_format, class_ref, name_id_format, status};
pub(crate) use parts::parts;
pub(crate) use readable::{readable, readable_decrypted};
pub(crate) use receive::{ReceivedRequest, RequestSettings, inflate, receive_post, receive_redirect};
pub(crate) use request::{AuthnRequest, Comparison, NameIdPolicy, RequestedAuthnContext};
pub(crate) use request_rejection::RequestRejection;
pub(crate) use response_rejection::ResponseRejection;
pub(crate) use response_spec::{Attribute, AuthnStatement, NameId, ResponseSpec, Status, SubjectSpec};
pub(crate) use service_provider::{Acs, ServiceProvider};
#[cfg(test)]
pub(crate) use sign::sign_response;
pub(crate) use sign::{SignedResponse, SigningError, encrypt_and_sign_response};
pub(crate) use trusted_certificate::TrustedCertificate;
pub(crate) use verified::VerifiedResponse;
pub(crate) use verify::{Claimed, check_form, check_signature, claimed, claimed_past_comments, verify_response};
pub(crate) use verify_settings::VerifySettings;

#[cfg(test)]
mod tests;
