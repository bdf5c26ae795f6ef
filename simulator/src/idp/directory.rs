//! The users and groups of an identity provider as provisioning knows them: the users of the realm, with what SCIM wrote about
//! them, and groups.

use std::collections::BTreeMap;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Value, json};
use vestibule_model::{Secret, UserSpec};

use crate::realm::{Realm, User};

/// The directory of one identity provider.
#[derive(Default)]
pub(super) struct Directory {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By the key of the user in the realm.
    users: BTreeMap<String, Record>,
    /// By id.
    groups: BTreeMap<String, Record>,
}

/// A user or a group.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Its id, never used again.
    pub(super) id: String,
    /// What was written, without what the provider itself adds.
    pub(super) resource: Value,
    /// When it was made.
    pub(super) created: Timestamp,
    /// When it was changed last.
    pub(super) modified: Timestamp,
    /// How often it was changed.
    pub(super) version: u64,
    deleted: bool,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DirectoryFault {
    /// There is no such resource.
    Unknown,
    /// Another user has this name.
    Taken,
    /// There are too many.
    Full,
}

impl Directory {
    /// Whether a user may sign in here: one that is neither deleted nor inactive.
    pub(super) fn admits(&self, key: &str) -> bool {
        self.state.lock().users.get(key).is_none_or(|user| !user.deleted && user.resource["active"] != false)
    }

    /// Every user, in the order of their keys.
    pub(super) fn users(&self, realm: &Realm, now: Timestamp) -> Vec<Record> {
        let mut state = self.state.lock();
        let all = realm.users.all();
        all.iter().map(|user| state.user(user, now).clone()).filter(|user| !user.deleted).collect()
    }

    /// A user.
    pub(super) fn user(&self, realm: &Realm, id: &str, now: Timestamp) -> Option<Record> {
        let mut state = self.state.lock();
        let key = state.key_of(realm, id, now)?;
        state.users.get(&key).cloned()
    }

    /// Makes a user who can sign in.
    pub(super) fn create_user(&self, realm: &Realm, resource: Value, now: Timestamp) -> Result<Record, DirectoryFault> {
        let username = text(&resource, "userName").to_owned();
        let mut state = self.state.lock();
        if let Some(user) = realm.users.by_username(&username) {
            let before = state.user(&user, now).clone();
            if !before.deleted {
                return Err(DirectoryFault::Taken);
            }
            // Whoever comes back after a deletion is somebody new to the clients.
            let id = format!("{}-{}", user.id, before.version.saturating_add(1));
            write(realm, &user.key, &resource);
            let version = before.version.saturating_add(1);
            let record =
                Record { id, resource: public(resource), created: now, modified: now, version, deleted: false };
            state.users.insert(user.key, record.clone());
            return Ok(record);
        }
        if state.users.len() >= MOST {
            return Err(DirectoryFault::Full);
        }
        let spec = UserSpec::new("Standard User").username(username);
        let user = realm.provision(&spec).ok_or(DirectoryFault::Taken)?;
        write(realm, &user.key, &resource);
        let id = user.id.clone();
        let record = Record { id, resource: public(resource), created: now, modified: now, version: 1, deleted: false };
        state.users.insert(user.key, record.clone());
        Ok(record)
    }

    /// Replaces what is known about a user.
    pub(super) fn change_user(
        &self,
        realm: &Realm,
        id: &str,
        resource: Value,
        now: Timestamp,
    ) -> Result<Record, DirectoryFault> {
        let mut state = self.state.lock();
        let key = state.key_of(realm, id, now).ok_or(DirectoryFault::Unknown)?;
        let named = realm.users.by_username(text(&resource, "userName"));
        if named.is_some_and(|named| named.key != key) {
            return Err(DirectoryFault::Taken);
        }
        write(realm, &key, &resource);
        state.users.get_mut(&key).map(|user| user.change(public(resource), now)).ok_or(DirectoryFault::Unknown)
    }

    /// Deletes a user, who cannot sign in any more and is in no group.
    pub(super) fn delete_user(&self, realm: &Realm, id: &str, now: Timestamp) -> Result<(), DirectoryFault> {
        let mut state = self.state.lock();
        let key = state.key_of(realm, id, now).ok_or(DirectoryFault::Unknown)?;
        if let Some(user) = state.users.get_mut(&key) {
            user.deleted = true;
            user.modified = now;
        }
        for group in state.groups.values_mut() {
            if let Some(members) = group.resource["members"].as_array_mut() {
                members.retain(|member| member["value"] != *id);
            }
        }
        Ok(())
    }

    /// Every group, in the order of their ids.
    pub(super) fn groups(&self) -> Vec<Record> {
        self.state.lock().groups.values().cloned().collect()
    }

    /// A group.
    pub(super) fn group(&self, id: &str) -> Option<Record> {
        self.state.lock().groups.get(id).cloned()
    }

    /// Makes a group under this new id.
    pub(super) fn create_group(&self, id: String, resource: Value, now: Timestamp) -> Result<Record, DirectoryFault> {
        let mut state = self.state.lock();
        if state.groups.len() >= MOST {
            return Err(DirectoryFault::Full);
        }
        let record = Record { id: id.clone(), resource, created: now, modified: now, version: 1, deleted: false };
        state.groups.insert(id, record.clone());
        Ok(record)
    }

    /// Replaces a group.
    pub(super) fn change_group(&self, id: &str, resource: Value, now: Timestamp) -> Result<Record, DirectoryFault> {
        let mut state = self.state.lock();
        state.groups.get_mut(id).map(|group| group.change(resource, now)).ok_or(DirectoryFault::Unknown)
    }

    /// Deletes a group.
    pub(super) fn delete_group(&self, id: &str) -> Result<(), DirectoryFault> {
        self.state.lock().groups.remove(id).map(|_| ()).ok_or(DirectoryFault::Unknown)
    }
}

impl State {
    /// The record of a user of the realm, made when it is first needed.
    fn user(&mut self, user: &User, now: Timestamp) -> &mut Record {
        self.users.entry(user.key.clone()).or_insert_with(|| Record {
            id: user.id.clone(),
            resource: json!({
                "userName": user.username,
                "displayName": user.key,
                "active": true,
                "emails": [{ "value": user.email, "type": "work", "primary": true }],
            }),
            created: now,
            modified: now,
            version: 1,
            deleted: false,
        })
    }

    /// The key of the user with this id. It begins with the id at the org, in which there is no hyphen.
    fn key_of(&mut self, realm: &Realm, id: &str, now: Timestamp) -> Option<String> {
        let user = realm.users.by_id(id.split('-').next()?)?;
        let record = self.user(&user, now);
        (record.id == id && !record.deleted).then_some(user.key)
    }
}

impl Record {
    fn change(&mut self, resource: Value, now: Timestamp) -> Self {
        self.resource = resource;
        self.modified = now;
        self.version = self.version.saturating_add(1);
        self.clone()
    }
}

/// Writes to the user of the realm what SCIM says of it.
fn write(realm: &Realm, key: &str, resource: &Value) {
    realm.users.update(key, |user| {
        let username = text(resource, "userName");
        if !username.is_empty() {
            username.clone_into(&mut user.username);
        }
        if let Some(email) = primary_email(resource) {
            email.clone_into(&mut user.email);
        }
        let password = text(resource, "password");
        if !password.is_empty() {
            user.password = Secret::new(password);
        }
        for (claim, value) in [
            ("given_name", text(&resource["name"], "givenName")),
            ("family_name", text(&resource["name"], "familyName")),
            ("name", text(resource, "displayName")),
        ] {
            if !value.is_empty() {
                user.spec.attributes.insert(claim.to_owned(), vec![value.to_owned()]);
            }
        }
    });
}

fn primary_email(resource: &Value) -> Option<&str> {
    let emails = resource["emails"].as_array()?;
    let primary = emails.iter().find(|email| email["primary"] == true).or_else(|| emails.first())?;
    primary["value"].as_str().filter(|email| !email.is_empty())
}

/// Without the password, which no answer shows (RFC 7643 4.1.1).
fn public(mut resource: Value) -> Value {
    if let Some(members) = resource.as_object_mut() {
        members.shift_remove("password");
    }
    resource
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Far more than a test needs.
const MOST: usize = 10_000;
