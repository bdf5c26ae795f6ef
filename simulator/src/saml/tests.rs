//! SAML messages against attackers, against their specifications and against xmlsec1 and xmllint.

mod artifact;
mod encryption;
mod fixture;
mod forgeries;
mod idp_metadata;
mod interop;
mod logout;
mod metadata;
mod properties;
mod readable;
mod refusals;
mod requests;
mod snapshots;
