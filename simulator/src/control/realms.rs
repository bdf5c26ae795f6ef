//! `/realms`: the realms behind the listener.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::routing::on;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::error::ControlError;
use super::operation::{Answer, Operation, Verb, schema};
use super::state::Control;
use crate::realm::{HostRole, Realm};
use vestibule_model::{LoginPage, OrgKind};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        verb: Verb::Get,
        path: "/realms",
        id: "list-realms",
        summary: "Every realm behind this port, the default one first.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<Vec<RealmShown>>),
        conflicts: false,
        serve: |verb| on(verb, list),
    },
    Operation {
        verb: Verb::Get,
        path: "/realms/{realm}",
        id: "read-realm",
        summary: "One realm, by its My Domain name.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<RealmShown>),
        conflicts: false,
        serve: |verb| on(verb, show),
    },
];

/// A realm: an org with its users and identity providers.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RealmShown {
    /// My Domain name, which names the realm here.
    my_domain: String,
    /// 18-character organization id.
    org_id: String,
    /// Kind of org.
    kind: OrgKind,
    /// The calendar date, which decides what is enforced.
    #[schemars(with = "String", extend("format" = "date"))]
    date: Date,
    /// The rulebook in force.
    rulebook: String,
    /// The login page that it shows.
    login_page: LoginPage,
    /// The login host.
    login_url: String,
    /// My Domain.
    my_domain_url: String,
    /// Lightning.
    lightning_url: String,
    /// Setup.
    setup_url: String,
    /// Each identity provider, by its key.
    idp_urls: BTreeMap<String, String>,
    /// The keys of its users.
    users: Vec<String>,
}

impl RealmShown {
    pub(super) fn of(realm: &Realm) -> Self {
        let origin = |role: &HostRole| realm.hosts.origin(role);
        let idps = realm.spec.idps.keys();
        Self {
            my_domain: realm.spec.org.my_domain().to_owned(),
            org_id: realm.org_id.clone(),
            kind: realm.spec.org.kind,
            date: realm.spec.org.date,
            rulebook: realm.rulebook.name().to_owned(),
            login_page: realm.login_page,
            login_url: origin(&HostRole::Login),
            my_domain_url: origin(&HostRole::MyDomain),
            lightning_url: origin(&HostRole::Lightning),
            setup_url: origin(&HostRole::Setup),
            idp_urls: idps.map(|key| (key.clone(), origin(&HostRole::Idp(key.clone())))).collect(),
            users: realm.users.all().into_iter().map(|user| user.key).collect(),
        }
    }
}

async fn list(State(control): State<Arc<Control>>) -> Json<Vec<RealmShown>> {
    Json(control.realms.all().iter().map(|realm| RealmShown::of(realm)).collect())
}

async fn show(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
) -> Result<Json<RealmShown>, ControlError> {
    Ok(Json(RealmShown::of(&control.realm(&realm)?)))
}
