//! `AuthSession` (contract H4.1, H6.3): the open sessions.

use std::collections::BTreeMap;

use super::object::{Caller, Field, Kind, Object, Row, everybody, field, selected_only};
use crate::org::Org;
use crate::realm::{OrgSession, SessionKind};
use vestibule_model::SessionLevel;

pub(super) static AUTH_SESSION: Object = Object {
    name: "AuthSession",
    label: "Auth Session",
    key_prefix: Some("0Ak"),
    fields: &FIELDS,
    parents: &[],
    children: &[],
    visible: everybody,
    rows,
};

const FIELDS: [Field; 6] = [
    field("Id", Kind::Id),
    field("UsersId", Kind::Id),
    field("SessionType", Kind::Text),
    field("SessionSecurityLevel", Kind::Text),
    selected_only("SourceIp", Kind::Text),
    selected_only("NumSecondsValid", Kind::Number),
];

/// A user without "Manage Users" sees the own sessions.
fn rows(org: &Org, Caller { user: caller, .. }: &Caller<'_>) -> Vec<Row> {
    let ids: BTreeMap<_, _> = org.realm.users.all().into_iter().map(|user| (user.key, user.id)).collect();
    let sees = |session: &OrgSession| caller.spec.manages_users() || session.user == caller.key;
    let row = |session: OrgSession| {
        Row::new([
            ("Id", format!("0Ak{:012}AAA", session.number).into()),
            ("UsersId", ids.get(&session.user).cloned().into()),
            ("SessionType", session_type(session.kind).into()),
            ("SessionSecurityLevel", level(session.level).into()),
            ("SourceIp", org.settings().source_ip.to_string().into()),
            ("NumSecondsValid", org.settings().session_timeout.duration().as_secs().into()),
        ])
    };
    org.realm.sessions.all().into_iter().filter(sees).map(row).collect()
}

/// Source: Object Reference, `AuthSession.SessionType`. `TempUIFrontdoor` for a session behind a gate is inferred.
fn session_type(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Browser => "UI",
        SessionKind::Gated => "TempUIFrontdoor",
        SessionKind::Api => "Oauth2",
    }
}

/// Source: Object Reference, `AuthSession.SessionSecurityLevel`.
fn level(level: SessionLevel) -> &'static str {
    match level {
        SessionLevel::Standard => "STANDARD",
        SessionLevel::HighAssurance => "HIGH_ASSURANCE",
    }
}
