//! The rows, one file per family.

pub(super) mod flow;
pub(super) mod jose;
pub(super) mod logout;
pub(super) mod oidc;
pub(super) mod saml_encryption;
pub(super) mod saml_logout;
pub(super) mod saml_parser;
pub(super) mod saml_protocol;
pub(super) mod saml_signature;
pub(super) mod saml_text;
pub(super) mod saml_wrapping;
pub(super) mod saml_xml;
pub(super) mod signals;
pub(super) mod totp;
pub(super) mod webauthn;
