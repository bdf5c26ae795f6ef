//! A case with the user's own suite in place of our actor.

use std::collections::BTreeMap;

use vestibule_model::yaml::Spanned;
use vestibule_model::{AuthenticatorKind, UserSpec};

use super::case::Case;
use super::model::{Actor, Expect, Scenario, SignInStep, Step};

impl Case {
    /// The same world with this command as the actor. The command gets every user of the case. The only expectation is
    /// what the condition says about a good suite.
    #[must_use]
    pub(crate) fn with_command(&self, command: &[String]) -> Self {
        let mut case = self.clone();
        let Some(template) = last_sign_in(&self.scenario) else { return case };
        let at = self.scenario.title.span;
        let mut keys: Vec<&String> = self.scenario.users.keys().collect();
        keys.sort_by_key(|key| **key != template.user.value);
        let step = |key: &String| {
            let step = SignInStep {
                user: Spanned::new(key.clone(), at),
                actor: Spanned::new(Actor::Command(command.to_vec()), at),
                authenticator: AuthenticatorKind::default(),
                authenticator_fault: None,
                remember: false,
                env: BTreeMap::new(),
                passkey: None,
                ..template.clone()
            };
            Spanned::new(Step::SignIn(Box::new(step)), at)
        };
        case.scenario.steps = keys.into_iter().map(step).collect();
        case.scenario.expect = Spanned::new(Expect::default(), at);
        case.twin = None;
        case
    }

    /// The same world with these users: they keep their identity and their verifiers, and take the state of the case's user.
    #[must_use]
    pub(crate) fn with_users(&self, people: &BTreeMap<String, Spanned<UserSpec>>) -> Self {
        let mut case = self.clone();
        let key = last_sign_in(&self.scenario).map(|step| step.user.value.as_str());
        let Some(model) = key.and_then(|key| self.scenario.users.get(key)) else { return case };
        let placed = |user: &UserSpec| Spanned::new(in_the_state_of(user, &model.value), model.span);
        case.scenario.users = people.iter().map(|(key, user)| (key.clone(), placed(&user.value))).collect();
        // The map is sorted by key, but the author of the file put the main user first.
        let first = people.iter().min_by_key(|(_, user)| user.span.start).map(|(key, _)| key);
        if let (Some(first), Some(step)) = (first, sign_in_mut(&mut case.scenario)) {
            step.user.value.clone_from(first);
        }
        case
    }
}

fn in_the_state_of(person: &UserSpec, model: &UserSpec) -> UserSpec {
    UserSpec {
        username: person.username.clone(),
        // A condition adds what it needs: who has a verifier keeps it, and meets what the org asks such a user for.
        verifiers: person.verifiers.union(&model.verifiers).copied().collect(),
        password: person.password.clone(),
        email: person.email.clone(),
        mobile_phone: person.mobile_phone.clone().or_else(|| model.mobile_phone.clone()),
        federation_id: person.federation_id.clone(),
        attributes: person.attributes.clone(),
        profile: person.profile.clone(),
        user_type: person.user_type,
        permissions: person.permissions.clone(),
        mfa_for_ui_logins: person.mfa_for_ui_logins,
        waiver: person.waiver,
        totp_secret: person.totp_secret.clone(),
        approve_uninstalled_apps: person.approve_uninstalled_apps,
        security_token: person.security_token.clone(),
        mfa_for_api_logins: person.mfa_for_api_logins,
        use_any_api_auth: person.use_any_api_auth,
        manage_users: person.manage_users,
        manage_mfa_in_api: person.manage_mfa_in_api,
        ..model.clone()
    }
}

fn last_sign_in(scenario: &Scenario) -> Option<&SignInStep> {
    scenario.steps.iter().rev().find_map(|step| match &step.value {
        Step::SignIn(step) => Some(step.as_ref()),
        _ => None,
    })
}

fn sign_in_mut(scenario: &mut Scenario) -> Option<&mut SignInStep> {
    scenario.steps.iter_mut().rev().find_map(|step| match &mut step.value {
        Step::SignIn(step) => Some(step.as_mut()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_keeps_permissions_and_takes_the_state_of_the_model() {
        let person = UserSpec {
            approve_uninstalled_apps: true,
            manage_users: true,
            mfa_for_api_logins: true,
            ..UserSpec::new("Standard User")
        };
        let model = UserSpec { locked: true, remembered: true, ..UserSpec::new("System Administrator") };

        let placed = in_the_state_of(&person, &model);

        assert_eq!(placed.profile, "Standard User");
        assert!(placed.approve_uninstalled_apps && placed.manage_users && placed.mfa_for_api_logins);
        assert!(placed.locked && placed.remembered);
    }
}
