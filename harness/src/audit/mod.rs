//! Whose logins stop, and when: reads what an org, or a file, says of its users, and asks the rules about each of them, by
//! date. Nothing here changes an org.
//!
//! ```text
//! source (REST, CSV, JSON) -> facts -> forecast -> outcome (reports), plan (files to review)
//! ```
//!
//! Everything but `source::connection` is pure.

mod changes;
mod facts;
mod fix;
mod forecast;
mod notes;
mod plan;
mod source;

pub(crate) use changes::{Former, changes};
pub(crate) use facts::Facts;
pub(crate) use forecast::forecast;
pub(crate) use notes::notes;
pub(crate) use plan::plan;
pub(crate) use source::{
    Connection, OrgAddress, Patience, ReadError, SoapLoginError, hardis_of_csv, is_hardis, read_hardis, read_org,
    read_sf, read_table, sf_error, soap_login,
};
