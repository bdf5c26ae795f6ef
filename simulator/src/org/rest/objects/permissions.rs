//! `Profile`, `PermissionSet` and its assignments and groups, `UserLicense` (contract H3.1, H6.3).
//!
//! As in a real org, each profile has a permission set of its own. What a user has besides its profile comes from one
//! permission set for each permission.

use std::collections::BTreeMap;

use super::object::{Caller, Child, Field, Kind, Object, Parent, Row, everybody, field};
use super::users::user_type;
use crate::org::Org;
use crate::realm::{User, named_id, profile_id};
use vestibule_model::{Permission, UserSpec, UserType, Waiver};

pub(super) static PROFILE: Object = Object {
    name: "Profile",
    label: "Profile",
    key_prefix: Some("00e"),
    fields: &PROFILE_FIELDS,
    parents: &[Parent { name: "UserLicense", field: "UserLicenseId", object: "UserLicense" }],
    children: &[Child { name: "Users", object: "User", field: "ProfileId" }],
    visible: everybody,
    rows: profiles,
};

pub(super) static USER_LICENSE: Object = Object {
    name: "UserLicense",
    label: "User License",
    key_prefix: Some("100"),
    fields: &[field("Id", Kind::Id), field("Name", Kind::Text), field("MasterLabel", Kind::Text)],
    parents: &[],
    children: &[],
    visible: everybody,
    rows: licenses,
};

pub(super) static PERMISSION_SET: Object = Object {
    name: "PermissionSet",
    label: "Permission Set",
    key_prefix: Some("0PS"),
    fields: &SET_FIELDS,
    parents: &[Parent { name: "Profile", field: "ProfileId", object: "Profile" }],
    children: &[Child { name: "Assignments", object: "PermissionSetAssignment", field: "PermissionSetId" }],
    visible: everybody,
    rows: sets,
};

pub(super) static PERMISSION_SET_ASSIGNMENT: Object = Object {
    name: "PermissionSetAssignment",
    label: "Permission Set Assignment",
    key_prefix: Some("0Pa"),
    fields: &[
        field("Id", Kind::Id),
        field("AssigneeId", Kind::Id),
        field("PermissionSetId", Kind::Id),
        field("PermissionSetGroupId", Kind::Id),
        field("IsActive", Kind::Flag),
        field("ExpirationDate", Kind::Time),
    ],
    parents: &[
        Parent { name: "Assignee", field: "AssigneeId", object: "User" },
        Parent { name: "PermissionSet", field: "PermissionSetId", object: "PermissionSet" },
        Parent { name: "PermissionSetGroup", field: "PermissionSetGroupId", object: "PermissionSetGroup" },
    ],
    children: &[],
    visible: everybody,
    rows: assignments,
};

/// No permission here comes from a group.
pub(super) static PERMISSION_SET_GROUP: Object = Object {
    name: "PermissionSetGroup",
    label: "Permission Set Group",
    key_prefix: Some("0PG"),
    fields: &[
        field("Id", Kind::Id),
        field("DeveloperName", Kind::Text),
        field("MasterLabel", Kind::Text),
        field("Status", Kind::Text),
    ],
    parents: &[],
    children: &[],
    visible: everybody,
    rows: |_, _| Vec::new(),
};

const PROFILE_FIELDS: [Field; 15] = [
    field("Id", Kind::Id),
    field("Name", Kind::Text),
    field("UserType", Kind::Text),
    field("UserLicenseId", Kind::Id),
    PERMISSIONS[0].field(),
    PERMISSIONS[1].field(),
    PERMISSIONS[2].field(),
    PERMISSIONS[3].field(),
    PERMISSIONS[4].field(),
    PERMISSIONS[5].field(),
    PERMISSIONS[6].field(),
    PERMISSIONS[7].field(),
    PERMISSIONS[8].field(),
    PERMISSIONS[9].field(),
    PERMISSIONS[10].field(),
];

const SET_FIELDS: [Field; 17] = [
    field("Id", Kind::Id),
    field("Name", Kind::Text),
    field("Label", Kind::Text),
    field("IsOwnedByProfile", Kind::Flag),
    field("ProfileId", Kind::Id),
    field("LicenseId", Kind::Id),
    PERMISSIONS[0].field(),
    PERMISSIONS[1].field(),
    PERMISSIONS[2].field(),
    PERMISSIONS[3].field(),
    PERMISSIONS[4].field(),
    PERMISSIONS[5].field(),
    PERMISSIONS[6].field(),
    PERMISSIONS[7].field(),
    PERMISSIONS[8].field(),
    PERMISSIONS[9].field(),
    PERMISSIONS[10].field(),
];

/// A permission of a user.
struct Granted {
    /// The field of profiles and permission sets.
    field: &'static str,
    /// Its label.
    label: &'static str,
    /// Whether the specification of a user grants it, by whatever way.
    has: fn(&UserSpec) -> bool,
}

impl Granted {
    const fn field(&self) -> Field {
        field(self.field, Kind::Flag)
    }

    /// Name of the permission set that holds nothing but this.
    fn set(&self) -> String {
        self.field.trim_start_matches("Permissions").to_owned()
    }
}

/// Source: facts of the objects, contract H2.2, H3.1 and H3.2.
const PERMISSIONS: [Granted; 11] = [
    Granted {
        field: "PermissionsModifyAllData",
        label: "Modify All Data",
        has: |spec| privileged(spec, Permission::ModifyAllData),
    },
    Granted {
        field: "PermissionsViewAllData",
        label: "View All Data",
        has: |spec| privileged(spec, Permission::ViewAllData),
    },
    Granted {
        field: "PermissionsCustomizeApplication",
        label: "Customize Application",
        has: |spec| privileged(spec, Permission::CustomizeApplication),
    },
    Granted {
        field: "PermissionsAuthorApex",
        label: "Author Apex",
        has: |spec| privileged(spec, Permission::AuthorApex),
    },
    Granted { field: "PermissionsManageUsers", label: "Manage Users", has: UserSpec::manages_users },
    Granted {
        field: "PermissionsManageTwoFactor",
        label: "Manage Multi-Factor Authentication in API",
        has: UserSpec::manages_mfa_in_api,
    },
    Granted {
        field: "PermissionsForceTwoFactor",
        label: "Multi-Factor Authentication for User Interface Logins",
        has: |spec| spec.mfa_for_ui_logins,
    },
    Granted {
        field: "PermissionsBypassMFAForUiLogins",
        label: "Waive Multi-Factor Authentication for Exempt Users",
        has: |spec| spec.waiver != Waiver::None,
    },
    Granted {
        field: "PermissionsTwoFactorApi",
        label: "Multi-Factor Authentication for API Logins",
        has: |spec| spec.mfa_for_api_logins,
    },
    Granted {
        field: "PermissionsIsSsoEnabled",
        label: "Is Single Sign-On Enabled",
        has: |spec| spec.single_sign_on_enabled,
    },
    Granted {
        field: "PermissionsApiUserOnly",
        label: "Api Only User",
        has: |spec| spec.user_type == UserType::ApiOnly,
    },
];

fn privileged(spec: &UserSpec, permission: Permission) -> bool {
    spec.is_administrator() || spec.permissions.contains(&permission)
}

/// The name and the user type of each profile that a user has.
fn profiles_in_use(org: &Org) -> BTreeMap<String, UserType> {
    let users = org.realm.users.all().into_iter();
    users.map(|user| (user.spec.profile, user.spec.user_type)).collect()
}

fn profiles(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let row = |(profile, kind): (String, UserType)| {
        let row = Row::new([
            ("Id", profile_id(&profile).into()),
            ("Name", profile.as_str().into()),
            ("UserType", user_type(kind).into()),
            ("UserLicenseId", license_id(kind).into()),
        ]);
        with_permissions(row, &UserSpec::new(profile))
    };
    profiles_in_use(org).into_iter().map(row).collect()
}

fn licenses(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let names: BTreeMap<_, _> = profiles_in_use(org).into_values().map(|kind| (license(kind), kind)).collect();
    let row = |(name, kind): (&'static str, UserType)| {
        Row::new([("Id", license_id(kind).into()), ("Name", name.into()), ("MasterLabel", name.into())])
    };
    names.into_iter().map(row).collect()
}

fn sets(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let of_profile = |profile: String| {
        let row = Row::new([
            ("Id", set_of_profile(&profile).into()),
            ("Name", format!("X{}", profile_id(&profile)).into()),
            ("Label", profile_id(&profile).into()),
            ("IsOwnedByProfile", true.into()),
            ("ProfileId", profile_id(&profile).into()),
        ]);
        with_permissions(row, &UserSpec::new(profile))
    };
    let of_permission = |permission: &Granted| {
        let row = Row::new([
            ("Id", set_of_permission(permission).into()),
            ("Name", permission.set().into()),
            ("Label", permission.label.into()),
            ("IsOwnedByProfile", false.into()),
        ]);
        PERMISSIONS.iter().fold(row, |row, other| row.with(other.field, other.field == permission.field))
    };
    let users = org.realm.users.all();
    let assigned = PERMISSIONS.iter().filter(|permission| users.iter().any(|user| besides_profile(user, permission)));
    profiles_in_use(org).into_keys().map(of_profile).chain(assigned.map(of_permission)).collect()
}

fn assignments(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for user in org.realm.users.all() {
        let own = PERMISSIONS.iter().filter(|permission| besides_profile(&user, permission)).map(set_of_permission);
        for set in std::iter::once(set_of_profile(&user.spec.profile)).chain(own) {
            rows.push(Row::new([
                ("Id", format!("{}AAA", named_id("0Pa", &format!("{} {set}", user.id))).into()),
                ("AssigneeId", user.id.as_str().into()),
                ("PermissionSetId", set.into()),
                ("IsActive", true.into()),
            ]));
        }
    }
    rows
}

/// Whether a user has a permission that its profile does not give.
fn besides_profile(user: &User, permission: &Granted) -> bool {
    (permission.has)(&user.spec) && !(permission.has)(&UserSpec::new(user.spec.profile.as_str()))
}

fn with_permissions(row: Row, spec: &UserSpec) -> Row {
    PERMISSIONS.iter().fold(row, |row, permission| row.with(permission.field, (permission.has)(spec)))
}

fn set_of_profile(profile: &str) -> String {
    format!("{}AAA", named_id("0PS", &format!("profile {profile}")))
}

fn set_of_permission(permission: &Granted) -> String {
    format!("{}AAA", named_id("0PS", permission.field))
}

fn license_id(kind: UserType) -> String {
    format!("{}AAA", named_id("100", license(kind)))
}

/// Names of real licences; which one the users of a kind have is inferred.
fn license(kind: UserType) -> &'static str {
    match kind {
        UserType::Employee => "Salesforce",
        UserType::ExperienceCloud => "Customer Community",
        UserType::Chatter => "Chatter Free",
        UserType::ApiOnly | UserType::Integration => "Salesforce Integration",
    }
}
