//! `User` (contract H6.3).

use std::collections::BTreeMap;

use super::object::{Caller, Child, Field, Kind, Object, Parent, Row, everybody, field};
use crate::org::Org;
use crate::realm::{User, profile_id};
use vestibule_model::{LoginStatus, UserState, UserType};

pub(super) static USER: Object = Object {
    name: "User",
    label: "User",
    key_prefix: Some("005"),
    fields: &FIELDS,
    parents: &[Parent { name: "Profile", field: "ProfileId", object: "Profile" }],
    children: &[Child { name: "PermissionSetAssignments", object: "PermissionSetAssignment", field: "AssigneeId" }],
    visible: everybody,
    rows,
};

const FIELDS: [Field; 19] = [
    field("Id", Kind::Id),
    field("Username", Kind::Text),
    field("Name", Kind::Text),
    field("FirstName", Kind::Text),
    field("LastName", Kind::Text),
    field("Alias", Kind::Text),
    field("Email", Kind::Text),
    field("IsActive", Kind::Flag),
    field("UserType", Kind::Text),
    field("ProfileId", Kind::Id),
    field("UserRoleId", Kind::Id),
    field("ContactId", Kind::Id),
    field("IsPortalEnabled", Kind::Flag),
    field("FederationIdentifier", Kind::Text),
    field("LastLoginDate", Kind::Time),
    field("TimeZoneSidKey", Kind::Text),
    field("LocaleSidKey", Kind::Text),
    field("LanguageLocaleKey", Kind::Text),
    field("EmailEncodingKey", Kind::Text),
];

fn rows(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let mut last = BTreeMap::new();
    for login in org.realm.login_history.all() {
        if let (Some(user), LoginStatus::Success) = (login.user, login.status) {
            last.insert(user, login.time);
        }
    }
    let row = |user: User| {
        let alias: String = user.key.chars().take(8).collect();
        Row::new([
            ("Id", user.id.into()),
            ("Username", user.username.into()),
            ("Name", user.key.as_str().into()),
            ("LastName", user.key.as_str().into()),
            ("Alias", alias.into()),
            ("Email", user.email.into()),
            ("IsActive", (user.spec.state != UserState::Inactive).into()),
            ("UserType", user_type(user.spec.user_type).into()),
            ("ProfileId", profile_id(&user.spec.profile).into()),
            ("IsPortalEnabled", (user.spec.user_type == UserType::ExperienceCloud).into()),
            ("FederationIdentifier", user.federation_id.into()),
            ("LastLoginDate", last.get(&user.key).copied().into()),
            ("TimeZoneSidKey", "GMT".into()),
            ("LocaleSidKey", "en_US".into()),
            ("LanguageLocaleKey", "en_US".into()),
            ("EmailEncodingKey", "UTF-8".into()),
        ])
    };
    org.realm.users.all().into_iter().map(row).collect()
}

/// Source: Object Reference, `User.UserType`.
pub(super) fn user_type(user_type: UserType) -> &'static str {
    match user_type {
        UserType::Employee | UserType::ApiOnly | UserType::Integration => "Standard",
        UserType::ExperienceCloud => "CspLitePortal",
        UserType::Chatter => "CsnOnly",
    }
}
