//! Where the facts come from: an org over REST, a table of users, or a report of another tool. An org is only read.

mod address;
mod connection;
mod hardis;
mod history;
mod org;
mod permissions;
mod query;
mod row;
mod sf_cli;
mod soap_login;
mod table;
#[cfg(test)]
mod tests;
mod trouble;

pub(crate) use address::OrgAddress;
pub(crate) use connection::{Connection, Patience};
pub(crate) use hardis::{hardis_of_csv, is_hardis, read_hardis};
pub(crate) use org::{ReadError, read_org};
pub(crate) use sf_cli::{read_sf, sf_error};
pub(crate) use soap_login::{SoapLoginError, soap_login};
pub(crate) use table::read_table;
