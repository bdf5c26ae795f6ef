//! `--fix plan`: the changes of the org as files for a person to review and deploy. Pure: it returns names and texts, and
//! changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use vestibule_model::Permission;

use super::facts::Facts;
use super::fix::ADMINISTRATOR;
use crate::outcome::{AuditOutcome, FixOwner, Forecast};

/// A file of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlannedFile {
    /// Its path below the folder of the plan.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// The files: a package in the source format of the command line, and a list of what no file can do.
pub(crate) fn plan(facts: &Facts, outcome: &AuditOutcome) -> Vec<PlannedFile> {
    let mut files = Vec::new();
    if let Some(text) = settings(facts) {
        files.push(PlannedFile { path: "settings/Security.settings-meta.xml".to_owned(), text });
    }
    let stopping: BTreeSet<&str> =
        outcome.rows.iter().filter(|row| row.forecast == Forecast::Stops).map(|row| row.user.as_str()).collect();
    let losing = privileges_to_take(facts, &stopping);
    for (grant, permissions) in &losing {
        if let Some(set) = grant.strip_prefix("permission set ") {
            let path = format!("permissionsets/{}.permissionset-meta.xml", file_name(set));
            files.push(PlannedFile { path, text: permission_set(set, permissions) });
        }
    }
    files.push(PlannedFile { path: "PLAN.md".to_owned(), text: list(facts, outcome, &losing) });
    files
}

/// Turns on what privileged users must register, where it is off.
fn settings(facts: &Facts) -> Option<String> {
    let settings = &facts.org.settings;
    let off = |setting: Option<bool>| setting == Some(false);
    if !(off(settings.built_in_authenticators) || off(settings.security_keys)) {
        return None;
    }
    Some(format!(
        "{XML}\n<SecuritySettings xmlns=\"{NAMESPACE}\">\n    <sessionSettings>\n        \
         <enableBuiltInAuthenticator>true</enableBuiltInAuthenticator>\n        <enableU2F>true</enableU2F>\n    \
         </sessionSettings>\n</SecuritySettings>\n"
    ))
}

/// What grants privileges to users whose logins stop, unless it is the administrators' profile.
fn privileges_to_take(facts: &Facts, stopping: &BTreeSet<&str>) -> BTreeMap<String, BTreeSet<Permission>> {
    let mut losing: BTreeMap<String, BTreeSet<Permission>> = BTreeMap::new();
    for (username, user) in &facts.users {
        if !stopping.contains(username.as_str()) || user.profile == ADMINISTRATOR {
            continue;
        }
        for (permission, grants) in &user.privileges {
            for grant in grants {
                losing.entry(grant.clone()).or_default().insert(*permission);
            }
        }
    }
    losing
}

/// A permission set without these permissions. A deployment changes only what the file names.
fn permission_set(name: &str, permissions: &BTreeSet<Permission>) -> String {
    let taken: String = permissions
        .iter()
        .map(|permission| {
            let name = api_name(*permission);
            format!(
                "    <userPermissions>\n        <enabled>false</enabled>\n        <name>{name}</name>\n    </userPermissions>\n"
            )
        })
        .collect();
    format!(
        "{XML}\n<PermissionSet xmlns=\"{NAMESPACE}\">\n    <label>{}</label>\n{taken}</PermissionSet>\n",
        escaped(name)
    )
}

fn list(facts: &Facts, outcome: &AuditOutcome, losing: &BTreeMap<String, BTreeSet<Permission>>) -> String {
    let mut text = format!(
        "# Plan for {}\n\nNothing was changed. Review each file, retrieve what it replaces, compare, and deploy it to a sandbox \
         first.\n",
        outcome.source
    );
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n## {title}\n\n{}\n", lines.join("\n")));
        }
    };
    let granted = |grant: &String, permissions: &BTreeSet<Permission>| {
        let names: Vec<String> = permissions.iter().map(ToString::to_string).collect();
        let holders = facts.users.values().filter(|user| user.privileges.values().any(|by| by.contains(grant))).count();
        format!("- [ ] {grant}: {}; {holders} of the users hold it", names.join(", "))
    };
    section(
        "Privileges to take away, where the users do not need them",
        losing.iter().map(|(grant, permissions)| granted(grant, permissions)).collect(),
    );
    for (title, owner) in [
        ("What the users do", FixOwner::User),
        ("What the org admin does", FixOwner::OrgAdmin),
        ("What the admin of the identity provider does", FixOwner::IdpAdmin),
        ("What the maintainers of integrations do", FixOwner::Integration),
    ] {
        let rows = outcome.rows.iter().filter(|row| row.forecast == Forecast::Stops);
        let lines = rows.filter_map(|row| {
            let fix = row.fix.as_ref().filter(|fix| fix.owner == owner)?;
            let when = row.from.map(|from| format!(", from {from}")).unwrap_or_default();
            let app = row.app.as_ref().map(|app| format!(", {app}")).unwrap_or_default();
            Some(format!("- [ ] {}{app} ({}{when}): {}", row.user, row.rule, fix.text))
        });
        section(title, lines.collect());
    }
    text
}

/// Name of the permission in metadata.
fn api_name(permission: Permission) -> &'static str {
    match permission {
        Permission::ModifyAllData => "ModifyAllData",
        Permission::ViewAllData => "ViewAllData",
        Permission::CustomizeApplication => "CustomizeApplication",
        Permission::AuthorApex => "AuthorApex",
    }
}

/// A name of the org as the name of a file: it never leads out of its folder.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    name.chars().take(80).map(plain).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
const NAMESPACE: &str = "http://soap.sforce.com/2006/04/metadata";

#[cfg(test)]
mod tests;
