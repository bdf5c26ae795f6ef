//! SAML messages against attackers, against their specifications and against xmlsec1 and xmllint.

mod fixture;
mod forgeries;
mod interop;
mod properties;
mod readable;
mod refusals;
mod requests;
mod snapshots;
