//! `TwoFactorMethodsInfo` (contract H2.2): what each user has registered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::table::{Row, Table};
use crate::org::Org;
use vestibule_model::VerificationMethod;

pub(super) fn table(org: &Org) -> Table {
    let now = org.now();
    let rows = org.realm.users.all().into_iter().map(|user| {
        let verifiers = user.verifiers(now);
        let has = |method| json!(verifiers.contains(&method));
        let values = BTreeMap::from([
            ("UserId", json!(user.id)),
            ("HasBuiltInAuthenticator", has(VerificationMethod::BuiltInAuthenticator)),
            ("HasSalesforceAuthenticator", has(VerificationMethod::SalesforceAuthenticator)),
            ("HasSecurityKey", has(VerificationMethod::SecurityKey)),
            ("HasTempCode", has(VerificationMethod::TemporaryCode)),
            ("HasTotp", has(VerificationMethod::TotpApp)),
            // Keys of U2F, the older protocol, and phones are not simulated.
            ("HasU2F", json!(false)),
            ("HasUserVerifiedEmailAddress", json!(!user.email.is_empty())),
            ("HasUserVerifiedMobileNumber", json!(false)),
            ("HasVerifiedMobileNumber", json!(false)),
        ]);
        Row { time: Timestamp::UNIX_EPOCH, values }
    });
    Table { object: OBJECT, fields: &FIELDS, filterable: &["UserId"], time: None, key: "UserId", rows: rows.collect() }
}

pub(super) const OBJECT: &str = "TwoFactorMethodsInfo";

const FIELDS: [&str; 11] = [
    "ExternalId",
    "HasBuiltInAuthenticator",
    "HasSalesforceAuthenticator",
    "HasSecurityKey",
    "HasTempCode",
    "HasTotp",
    "HasU2F",
    "HasUserVerifiedEmailAddress",
    "HasUserVerifiedMobileNumber",
    "HasVerifiedMobileNumber",
    "UserId",
];
