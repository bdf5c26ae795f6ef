//! A scenario, typed. Each field documents one key of the YAML; key names are the field names in kebab-case.

mod condition;
mod expect;
mod places;
mod steps;
mod words;

use std::collections::BTreeMap;

use vestibule_model::yaml::Spanned;
use vestibule_model::{
    ClockSpec, HostKind, HostNaming, HostRole, IdpSpec, OrgSpec, ProductKind, ProductSpec, RealmSpec, RulebookChoice,
    UserSpec,
};

pub(crate) use condition::{Applies, Condition, Enforced};
pub(crate) use expect::{CookieExpectation, EventPattern, Expect, Expectation, LoginRow, Recorded, SnapshotPlan};
pub(crate) use places::Places;
pub(crate) use steps::{Actor, ProductAct, ProductCall, ProductStep, ProgramSecret, SignInStep, Step};

/// One case of a scenario with every value decided: a row of its matrix is already applied.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scenario {
    /// `title`: one sentence, unique within its suite.
    pub title: Spanned<String>,
    /// `tags`: for `--tag`.
    pub tags: Vec<Spanned<String>>,
    /// `condition`: what `survive` says about this scenario, if it is a condition.
    pub condition: Option<Spanned<Condition>>,
    /// The org.
    pub org: OrgSpec,
    /// `rulebook`: the dated rules; default: the newest.
    pub rulebook: Option<Spanned<RulebookChoice>>,
    /// `users` by key.
    pub users: BTreeMap<String, Spanned<UserSpec>>,
    /// `idp` and `idps` by key; the key of `idp` is its preset's name, or `idp`.
    pub idps: BTreeMap<String, Spanned<IdpSpec>>,
    /// `products` by key.
    pub products: BTreeMap<String, Spanned<ProductSpec>>,
    /// The protocol clock.
    pub clock: ClockSpec,
    /// `steps`, in order.
    pub steps: Vec<Spanned<Step>>,
    /// `expect`: what must hold after the last step.
    pub expect: Spanned<Expect>,
    /// The place of each value in the file.
    pub places: Places,
}

impl Scenario {
    /// The specification of the scenario's realm, with these host names.
    pub(crate) fn realm_spec(&self, naming: HostNaming) -> RealmSpec {
        RealmSpec {
            org: self.org.clone(),
            serves_org: true,
            plain_http: false,
            guarded: false,
            users: self.users.iter().map(|(key, user)| (key.clone(), user.value.clone())).collect(),
            idps: self.idps.iter().map(|(key, idp)| (key.clone(), idp.value.clone())).collect(),
            products: self.products.iter().map(|(key, product)| (key.clone(), product.value.clone())).collect(),
            clock: self.clock.clone(),
            naming,
            idp_hosts_of_org: false,
            most_kept: None,
            seed: None,
        }
    }

    /// The rulebook that the scenario names, or the newest.
    pub(crate) fn rulebook_choice(&self) -> RulebookChoice {
        self.rulebook.as_ref().map(|choice| choice.value.clone()).unwrap_or_default()
    }

    /// The key of the identity provider of a sign-in: the one that the step names, or the only one.
    pub(crate) fn idp_of<'a>(&'a self, step: &'a SignInStep) -> Option<&'a str> {
        step.idp.as_ref().map(|key| key.value.as_str()).or_else(|| only(&self.idps))
    }

    /// The key of the product of a step: the one that the step names, or the only one.
    pub(crate) fn product_of<'a>(&'a self, step: &'a ProductStep) -> Option<&'a str> {
        step.product.as_ref().map(|key| key.value.as_str()).or_else(|| only(&self.products))
    }

    /// The key of the only integration.
    pub(crate) fn integration(&self) -> Option<&str> {
        let mut all = self.products.iter().filter(|(_, product)| product.kind == ProductKind::Integration);
        all.next().filter(|_| all.next().is_none()).map(|(key, _)| key.as_str())
    }

    /// The role of a step's host; `None` if the step means an identity provider or a product and there is not exactly one.
    pub(crate) fn host_role(&self, host: HostKind) -> Option<HostRole> {
        let key = match host {
            HostKind::Idp => only(&self.idps)?,
            HostKind::Product => only(&self.products)?,
            HostKind::MyDomain | HostKind::Lightning | HostKind::Setup | HostKind::Login => "",
        };
        Some(host.role(|| key.to_owned()))
    }
}

/// The only key, if there is exactly one.
fn only<T>(named: &BTreeMap<String, T>) -> Option<&str> {
    let mut keys = named.keys();
    keys.next().filter(|_| keys.next().is_none()).map(String::as_str)
}
