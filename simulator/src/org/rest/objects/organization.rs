//! `Organization`, which `sf` and `CumulusCI` read after a login (contract K1.3).

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::object::{Caller, Field, Kind, Object, Row, everybody, field};
use crate::org::Org;
use vestibule_model::OrgKind;

pub(super) static ORGANIZATION: Object = Object {
    name: "Organization",
    label: "Organization",
    key_prefix: Some("00D"),
    fields: &FIELDS,
    parents: &[],
    children: &[],
    visible: everybody,
    rows,
};

const FIELDS: [Field; 10] = [
    field("Id", Kind::Id),
    field("Name", Kind::Text),
    field("InstanceName", Kind::Text),
    field("IsSandbox", Kind::Flag),
    field("OrganizationType", Kind::Text),
    field("TrialExpirationDate", Kind::Time),
    field("NamespacePrefix", Kind::Text),
    field("LanguageLocaleKey", Kind::Text),
    field("DefaultLocaleSidKey", Kind::Text),
    field("TimeZoneSidKey", Kind::Text),
];

fn rows(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let settings = org.settings();
    vec![Row::new([
        ("Id", org.realm.org_id.as_str().into()),
        ("Name", settings.my_domain().into()),
        ("InstanceName", if is_sandbox(settings.kind) { "USA2S" } else { "USA2" }.into()),
        ("IsSandbox", is_sandbox(settings.kind).into()),
        ("OrganizationType", edition(settings.kind).into()),
        ("TrialExpirationDate", expiry(settings.kind, settings.date).into()),
        ("LanguageLocaleKey", "en_US".into()),
        ("DefaultLocaleSidKey", "en_US".into()),
        ("TimeZoneSidKey", "GMT".into()),
    ])]
}

/// A scratch org is one too; `sf` tells it from a sandbox by its expiry.
fn is_sandbox(kind: OrgKind) -> bool {
    matches!(kind, OrgKind::Sandbox | OrgKind::Scratch)
}

fn edition(kind: OrgKind) -> &'static str {
    match kind {
        OrgKind::Production | OrgKind::Sandbox | OrgKind::Trial | OrgKind::ConvertedTrial => "Enterprise Edition",
        OrgKind::Scratch | OrgKind::DeveloperEdition | OrgKind::TrailheadPlayground => "Developer Edition",
        OrgKind::PartnerDeveloperEdition => "Partner Developer Edition",
    }
}

/// The default lifetimes: 30 days of a trial, 7 of a scratch org.
fn expiry(kind: OrgKind, today: Date) -> Option<Timestamp> {
    let days: i64 = match kind {
        OrgKind::Trial => 30,
        OrgKind::Scratch => 7,
        OrgKind::Production
        | OrgKind::Sandbox
        | OrgKind::ConvertedTrial
        | OrgKind::DeveloperEdition
        | OrgKind::PartnerDeveloperEdition
        | OrgKind::TrailheadPlayground => return None,
    };
    let end = today.checked_add(days.days()).ok()?;
    end.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp())
}
