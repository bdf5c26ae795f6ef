//! Which rules apply to a user.

use serde::Serialize;

use super::rule::{Fired, Rule};
use super::rulebook::{ChatterUsers, Document, IntegrationUsers, Rulebook};
use vestibule_model::{UserFacts, UserType};

/// The audience of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// An internal user without privileges.
    Employee,
    /// An internal user with a privileged profile or permission.
    Privileged,
    /// A customer or partner on an Experience Cloud site.
    ExperienceCloud,
    /// A user with a Chatter licence, where the rules exclude such users.
    Chatter,
    /// An internal user restricted to the API.
    ApiOnly,
}

/// The audience of this user.
pub(super) fn audience(rulebook: &Rulebook, user: &UserFacts) -> Audience {
    let rules = &rulebook.document().audiences;
    match user.user_type {
        UserType::Chatter if rules.chatter.value == ChatterUsers::Excluded => return Audience::Chatter,
        UserType::ExperienceCloud => return Audience::ExperienceCloud,
        UserType::ApiOnly => return Audience::ApiOnly,
        UserType::Integration if rules.integration.value == IntegrationUsers::ApiOnly => return Audience::ApiOnly,
        UserType::Chatter | UserType::Integration | UserType::Employee => {}
    }
    let rules = &rulebook.document().privileged;
    let by_profile = rules.profiles.value.contains(&user.profile);
    let by_permission = rules.permissions.value.iter().any(|permission| user.permissions.contains(permission));
    if by_profile || by_permission { Audience::Privileged } else { Audience::Employee }
}

/// Notes why these rules apply to a user, unless it is obvious.
pub(super) fn note(book: &Document, user: &UserFacts, audience: Audience, fired: &mut Fired) {
    if user.user_type == UserType::Integration {
        let why = match audience {
            Audience::ApiOnly => return,
            _ => "an integration user logs in through the UI like any employee".to_owned(),
        };
        fired.add(Rule::IntegrationUserAsEmployee, &book.audiences.integration, why);
    }
    if audience != Audience::Privileged {
        return;
    }
    let rules = &book.privileged;
    if rules.profiles.value.contains(&user.profile) {
        let why = format!("the profile {} makes the user privileged", user.profile);
        fired.add(Rule::PrivilegedByProfile, &rules.profiles, why);
    } else if let Some(permission) = rules.permissions.value.iter().find(|one| user.permissions.contains(one)) {
        let why = format!("the permission {permission} makes the user privileged");
        fired.add(Rule::PrivilegedByPermission, &rules.permissions, why);
    }
}
