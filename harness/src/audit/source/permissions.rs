//! Who holds which permission: by the profile, by permission sets, and by permission set groups without what they mute
//! (contract H3.1). Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use vestibule_model::Permission;

use super::row::{shown, text};

/// The rows of the objects that grant permissions; `None` where the org does not show the object.
pub(super) struct Rows<'a> {
    pub(super) sets: Option<&'a [Value]>,
    pub(super) assignments: Option<&'a [Value]>,
    pub(super) groups: Option<&'a [Value]>,
    pub(super) components: Option<&'a [Value]>,
    pub(super) muting: Option<&'a [Value]>,
    /// Whether the permission sets show every permission that makes a user privileged.
    pub(super) every_field: bool,
}

/// What a user is granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Granted {
    /// The permissions that make the user privileged, each with what grants it.
    pub(super) privileges: BTreeMap<Permission, BTreeSet<String>>,
    /// Whether these are all of them.
    pub(super) complete: bool,
    /// "Multi-Factor Authentication for User Interface Logins".
    pub(super) mfa_for_ui_logins: bool,
    /// What grants the waiver.
    pub(super) waiver: BTreeSet<String>,
    /// "Is Single Sign-On Enabled".
    pub(super) single_sign_on: bool,
    /// "Api Only User".
    pub(super) api_only: bool,
}

/// The grants of all users.
pub(super) struct Grants {
    /// By the id of the user.
    users: BTreeMap<String, Granted>,
    /// Whether it is known who holds what.
    complete: bool,
}

/// A permission set, or a group as a whole.
struct Set {
    /// What people call it: `permission set Viewers`.
    name: String,
    /// The fields that are true.
    fields: BTreeSet<&'static str>,
}

impl Grants {
    /// The grants in these rows.
    pub(super) fn of(rows: &Rows<'_>) -> Self {
        let sets: BTreeMap<&str, Set> = rows.sets.unwrap_or_default().iter().filter_map(set).collect();
        let groups = groups(rows, &sets);
        let mut users: BTreeMap<String, Granted> = BTreeMap::new();
        for row in rows.assignments.unwrap_or_default() {
            let Some(user) = text(row, "AssigneeId") else { continue };
            if row.get("IsActive").and_then(Value::as_bool) == Some(false) {
                continue;
            }
            let by_group = text(row, "PermissionSetGroupId").and_then(|group| groups.get(group));
            let by_set = || text(row, "PermissionSetId").and_then(|set| sets.get(set));
            let granted = users.entry(user.to_owned()).or_default();
            if let Some(set) = by_group.or_else(by_set) {
                granted.add(set);
            }
        }
        Self { users, complete: rows.sets.is_some() && rows.assignments.is_some() && rows.every_field }
    }

    /// What this user is granted, by its id.
    pub(super) fn of_user(&self, id: &str) -> Granted {
        let granted = self.users.get(id).cloned().unwrap_or_default();
        Granted { complete: self.complete, ..granted }
    }
}

impl Granted {
    fn add(&mut self, set: &Set) {
        for (permission, field) in PRIVILEGES {
            if set.fields.contains(field) {
                self.privileges.entry(permission).or_default().insert(set.name.clone());
            }
        }
        if set.fields.contains(WAIVER) {
            self.waiver.insert(set.name.clone());
        }
        self.mfa_for_ui_logins |= set.fields.contains(MFA_FOR_UI);
        self.single_sign_on |= set.fields.contains(SINGLE_SIGN_ON);
        self.api_only |= set.fields.contains(API_ONLY);
    }
}

fn set(row: &Value) -> Option<(&str, Set)> {
    let id = text(row, "Id")?;
    let of_profile = row.get("IsOwnedByProfile").and_then(Value::as_bool) == Some(true);
    let profile = row.get("Profile").and_then(|profile| text(profile, "Name"));
    let name = match (of_profile, profile) {
        (true, Some(profile)) => format!("profile {}", shown(profile)),
        (true, None) => "its profile".to_owned(),
        (false, _) => format!("permission set {}", shown(text(row, "Name").unwrap_or(id))),
    };
    Some((id, Set { name, fields: granted(row) }))
}

/// What each group grants: what its members grant without what it mutes. Where the members are not shown, the permission set
/// that the org calculates for the group counts, which is the one that is assigned.
fn groups<'a>(rows: &Rows<'a>, sets: &BTreeMap<&str, Set>) -> BTreeMap<&'a str, Set> {
    let Some(components) = rows.components else { return BTreeMap::new() };
    let muting: BTreeMap<&str, BTreeSet<&'static str>> =
        rows.muting.unwrap_or_default().iter().filter_map(|row| Some((text(row, "Id")?, granted(row)))).collect();
    let mut members_of: HashMap<&str, Vec<&str>> = HashMap::new();
    for row in components {
        if let (Some(group), Some(member)) = (text(row, "PermissionSetGroupId"), text(row, "PermissionSetId")) {
            members_of.entry(group).or_default().push(member);
        }
    }
    let group = |row: &'a Value| {
        let id = text(row, "Id")?;
        let members = members_of.get(id).map(Vec::as_slice).unwrap_or_default();
        let given = members.iter().filter_map(|member| sets.get(member)).flat_map(|set| set.fields.iter().copied());
        let muted: BTreeSet<&str> =
            members.iter().filter_map(|member| muting.get(member)).flat_map(|fields| fields.iter().copied()).collect();
        let fields = given.filter(|field| !muted.contains(field)).collect();
        let name = format!("permission set group {}", shown(text(row, "DeveloperName").unwrap_or(id)));
        Some((id, Set { name, fields }))
    };
    rows.groups.unwrap_or_default().iter().filter_map(group).collect()
}

fn granted(row: &Value) -> BTreeSet<&'static str> {
    let on = |field: &&'static str| row.get(*field).and_then(Value::as_bool) == Some(true);
    FIELDS.into_iter().filter(on).collect()
}

const WAIVER: &str = "PermissionsBypassMFAForUiLogins";
const MFA_FOR_UI: &str = "PermissionsForceTwoFactor";
const SINGLE_SIGN_ON: &str = "PermissionsIsSsoEnabled";
const API_ONLY: &str = "PermissionsApiUserOnly";
/// The fields of the permissions that make a user privileged.
pub(super) const PRIVILEGE_FIELDS: [&str; 4] =
    ["PermissionsModifyAllData", "PermissionsViewAllData", "PermissionsCustomizeApplication", "PermissionsAuthorApex"];
const PRIVILEGES: [(Permission, &str); 4] = [
    (Permission::ModifyAllData, PRIVILEGE_FIELDS[0]),
    (Permission::ViewAllData, PRIVILEGE_FIELDS[1]),
    (Permission::CustomizeApplication, PRIVILEGE_FIELDS[2]),
    (Permission::AuthorApex, PRIVILEGE_FIELDS[3]),
];
const FIELDS: [&str; 8] = [
    PRIVILEGE_FIELDS[0],
    PRIVILEGE_FIELDS[1],
    PRIVILEGE_FIELDS[2],
    PRIVILEGE_FIELDS[3],
    WAIVER,
    MFA_FOR_UI,
    SINGLE_SIGN_ON,
    API_ONLY,
];

#[cfg(test)]
mod tests;
