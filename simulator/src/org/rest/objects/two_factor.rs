//! `TwoFactorMethodsInfo` and `TwoFactorInfo` (contract H2.2): what each user has registered.

use super::object::{Caller, Field, Kind, Object, Row, field, selected_only};
use crate::org::Org;
use crate::realm::User;
use vestibule_model::VerificationMethod;

pub(super) static TWO_FACTOR_METHODS_INFO: Object = Object {
    name: "TwoFactorMethodsInfo",
    label: "Two-Factor Methods Info",
    key_prefix: None,
    fields: &METHODS_FIELDS,
    parents: &[],
    children: &[],
    visible: manages_mfa,
    rows: methods,
};

/// The secret of a TOTP app. It is never shown.
pub(super) static TWO_FACTOR_INFO: Object = Object {
    name: "TwoFactorInfo",
    label: "Two-Factor Info",
    key_prefix: None,
    fields: &[
        field("Id", Kind::Id),
        field("UserId", Kind::Id),
        field("Type", Kind::Text),
        selected_only("SharedKey", Kind::Text),
    ],
    parents: &[],
    children: &[],
    visible: manages_mfa,
    rows: secrets,
};

const METHODS_FIELDS: [Field; 11] = [
    field("UserId", Kind::Id),
    selected_only("ExternalId", Kind::Text),
    selected_only("HasBuiltInAuthenticator", Kind::Flag),
    selected_only("HasSalesforceAuthenticator", Kind::Flag),
    selected_only("HasSecurityKey", Kind::Flag),
    selected_only("HasTempCode", Kind::Flag),
    selected_only("HasTotp", Kind::Flag),
    selected_only("HasU2F", Kind::Flag),
    selected_only("HasUserVerifiedEmailAddress", Kind::Flag),
    selected_only("HasUserVerifiedMobileNumber", Kind::Flag),
    selected_only("HasVerifiedMobileNumber", Kind::Flag),
];

fn manages_mfa(caller: &User) -> bool {
    caller.spec.manages_mfa_in_api()
}

fn methods(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let now = org.now();
    let row = |user: User| {
        let verifiers = user.verifiers(now);
        let has = |method| verifiers.contains(&method).into();
        Row::new([
            ("UserId", user.id.into()),
            ("HasBuiltInAuthenticator", has(VerificationMethod::BuiltInAuthenticator)),
            ("HasSalesforceAuthenticator", has(VerificationMethod::SalesforceAuthenticator)),
            ("HasSecurityKey", has(VerificationMethod::SecurityKey)),
            ("HasTempCode", has(VerificationMethod::TemporaryCode)),
            ("HasTotp", has(VerificationMethod::TotpApp)),
            // Keys of U2F, the older protocol, and phones are not simulated.
            ("HasU2F", false.into()),
            ("HasUserVerifiedEmailAddress", (!user.email.is_empty()).into()),
            ("HasUserVerifiedMobileNumber", false.into()),
            ("HasVerifiedMobileNumber", false.into()),
        ])
    };
    org.realm.users.all().into_iter().map(row).collect()
}

fn secrets(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let users = org.realm.users.all().into_iter().filter(|user| user.totp_secret.is_some());
    // No public source shows how an id begins.
    let id = |user: &User| user.id.replacen("005", "0TF", 1);
    users
        .map(|user| Row::new([("Id", id(&user).into()), ("UserId", user.id.into()), ("Type", "TOTP".into())]))
        .collect()
}
