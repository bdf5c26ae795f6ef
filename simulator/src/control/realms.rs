//! `/realms`: the realms behind the listener.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::body;
use super::console::NO_SCENARIOS;
use super::error::ControlError;
use super::operation::{Answer, Operation, Verb, schema};
use super::state::{Control, HostTaken};
use crate::http::routing::on;
use crate::realm::{HostRole, OrgSpec, Realm, RealmSpec};
use vestibule_model::{IdpSpec, LoginPage, MyDomain, OrgKind};

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
    Operation {
        verb: Verb::Post,
        path: "/realms",
        id: "open-realm",
        summary: "Opens one more realm behind this port: that of a scenario or a condition, or a copy of one that is there.",
        query: &[],
        body: Some(schema::<NewRealm>),
        answer: Answer::Json(schema::<RealmShown>),
        conflicts: true,
        serve: |verb| on(verb, open),
    },
    Operation {
        verb: Verb::Post,
        path: "/realms/{realm}/date",
        id: "set-date",
        summary: "Goes to another calendar date: what is enforced, and which login page is shown, is from now on as on that day.",
        query: &[],
        body: Some(schema::<NewDate>),
        answer: Answer::Json(schema::<RealmShown>),
        conflicts: false,
        serve: |verb| on(verb, set_date),
    },
    Operation {
        verb: Verb::Post,
        path: "/realms/{realm}/reset",
        id: "reset-realm",
        summary: "Begins a realm that was opened here anew, as if nothing had happened in it.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<RealmShown>),
        conflicts: true,
        serve: |verb| on(verb, reset),
    },
    Operation {
        verb: Verb::Delete,
        path: "/realms/{realm}",
        id: "close-realm",
        summary: "Ends a realm that was opened here.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<Closed>),
        conflicts: true,
        serve: |verb| on(verb, close),
    },
];

pub(super) const CONDITIONS: &[Operation] = &[Operation {
    verb: Verb::Get,
    path: "/conditions",
    id: "list-conditions",
    summary: "The conditions that a realm can be opened in.",
    query: &[],
    body: None,
    answer: Answer::Json(schema::<Vec<String>>),
    conflicts: false,
    serve: |verb| on(verb, conditions),
}];

/// The realm to open.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct NewRealm {
    /// What it is made from.
    from: Origin,
    /// My Domain name, which no other realm here has; default: that of the scenario, or one that is made up for a condition or
    /// a copy.
    my_domain: Option<String>,
    /// The calendar date; default: that of what it is made from.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    date: Option<Date>,
}

/// What a realm is made from.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Origin {
    /// The text of a scenario file: the org, users and identity providers of its first scenario.
    Scenario(String),
    /// The name of a condition, one of `list-conditions`: the org, users and identity providers that it has.
    Condition(String),
    /// My Domain name of a realm, whose specification and rules are copied. What happened in it is not.
    CopyOf(String),
}

/// The calendar date to go to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewDate {
    /// The date.
    #[schemars(with = "String", extend("format" = "date"))]
    date: Date,
}

/// A realm that has ended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Closed {
    /// My Domain name.
    closed: String,
}

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
    /// Each product beside the org, by its key.
    product_urls: BTreeMap<String, String>,
    /// The keys of its users.
    users: Vec<String>,
}

impl RealmShown {
    pub(super) fn of(realm: &Realm) -> Self {
        let origin = |role: &HostRole| realm.hosts.origin(role);
        let (idps, products) = (realm.spec.idps.keys(), realm.spec.products.keys());
        Self {
            my_domain: realm.spec.org.my_domain().to_owned(),
            org_id: realm.org_id.clone(),
            kind: realm.spec.org.kind,
            date: realm.date(),
            rulebook: realm.rulebook.name().to_owned(),
            login_page: realm.login_page(),
            login_url: origin(&HostRole::Login),
            my_domain_url: origin(&HostRole::MyDomain),
            lightning_url: origin(&HostRole::Lightning),
            setup_url: origin(&HostRole::Setup),
            idp_urls: idps.map(|key| (key.clone(), origin(&HostRole::Idp(key.clone())))).collect(),
            product_urls: products.map(|key| (key.clone(), origin(&HostRole::Product(key.clone())))).collect(),
            users: realm.users.all().into_iter().map(|user| user.key).collect(),
        }
    }
}

async fn list(State(control): State<Arc<Control>>) -> Json<Vec<RealmShown>> {
    Json(control.realms.all().iter().map(|realm| RealmShown::of(realm)).collect())
}

async fn conditions(State(control): State<Arc<Control>>) -> Json<Vec<String>> {
    Json(control.console.as_ref().map(|console| console.conditions()).unwrap_or_default())
}

async fn show(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
) -> Result<Json<RealmShown>, ControlError> {
    let realm = control.realm(&realm)?;
    Ok(Json(RealmShown::of(&realm)))
}

async fn open(State(control): State<Arc<Control>>, bytes: Bytes) -> Result<Json<RealmShown>, ControlError> {
    let NewRealm { from, my_domain, date } = body(&bytes)?;
    let (spec, rulebook, foreign, made_up) = match from {
        Origin::Scenario(text) => {
            let console = control.console.as_ref().ok_or_else(|| ControlError::bad(NO_SCENARIOS))?;
            let (spec, rulebook) = console.realm_of_scenario(&text).map_err(ControlError::bad)?;
            if spec.idps.values().any(IdpSpec::is_foreign) {
                return Err(ControlError::bad(FOREIGN_IDP));
            }
            (spec, rulebook, BTreeMap::new(), None)
        }
        Origin::Condition(name) => {
            let console = control.console.as_ref().ok_or_else(|| ControlError::bad(NO_SCENARIOS))?;
            let (spec, rulebook) = console.realm_of_condition(&name).map_err(ControlError::bad)?;
            let made_up = another_name(spec.org.my_domain(), &control.drawn()?);
            (spec, rulebook, BTreeMap::new(), Some(made_up))
        }
        Origin::CopyOf(name) => {
            let realm = control.realm(&name)?;
            let made_up = Some(another_name(realm.spec.org.my_domain(), &control.drawn()?));
            (realm.spec.clone(), Arc::clone(&realm.rulebook), realm.foreign_idps(), made_up)
        }
    };
    let org = match my_domain.or(made_up) {
        Some(name) => {
            let own: MyDomain = name.parse().map_err(ControlError::bad)?;
            let otherwise = spec.org.host_kind;
            own.given_to(spec.org, otherwise)
        }
        None => spec.org,
    };
    let org = OrgSpec { date: date.unwrap_or(org.date), ..org };
    let spec = RealmSpec { org, idp_hosts_of_org: true, ..spec };
    if control.realm(spec.org.my_domain()).is_ok() {
        return Err(ControlError::conflict(format!("another realm has the name `{}`", spec.org.my_domain())));
    }
    let taken = |HostTaken { host }| ControlError::conflict(format!("another realm has the host `{host}`"));
    let realm = control.prepared(control.realms.open(spec, rulebook, foreign).map_err(taken)?)?;
    Ok(Json(RealmShown::of(&realm)))
}

async fn set_date(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
    bytes: Bytes,
) -> Result<Json<RealmShown>, ControlError> {
    let realm = control.realm(&realm)?;
    let NewDate { date } = body(&bytes)?;
    realm.set_date(date);
    Ok(Json(RealmShown::of(&realm)))
}

async fn reset(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
) -> Result<Json<RealmShown>, ControlError> {
    let realm = control.realm(&realm)?;
    let begun = control.realms.reset(&realm).ok_or_else(|| not_opened_here(&realm))?;
    let begun = control.prepared(begun)?;
    Ok(Json(RealmShown::of(&begun)))
}

async fn close(State(control): State<Arc<Control>>, Path(realm): Path<String>) -> Result<Json<Closed>, ControlError> {
    let realm = control.realm(&realm)?;
    if control.realms.close(&realm) {
        return Ok(Json(Closed { closed: realm.spec.org.my_domain().to_owned() }));
    }
    Err(not_opened_here(&realm))
}

/// Its documents may be files of the server, or lie at other hosts.
const FOREIGN_IDP: &str = "an identity provider that is not simulated is read when the program starts: \
     start it with this scenario, then open copies of that realm";

/// The program that serves a realm holds it.
fn not_opened_here(realm: &Realm) -> ControlError {
    let name = realm.spec.org.my_domain();
    ControlError::conflict(format!("`{name}` was not opened here: copy it, and reset or close the copy"))
}

/// A My Domain name of the same form that no other realm has: a sandbox has another name behind its two dashes.
fn another_name(name: &str, drawn: &str) -> String {
    match name.split_once("--") {
        Some((org, _)) => format!("{org}--{drawn}"),
        None => format!("{name}-{drawn}"),
    }
}

#[cfg(test)]
mod tests {
    use vestibule_snapshots::growth::assert_linear;

    use super::{NewRealm, body};

    #[test]
    fn eight_times_the_body_takes_about_eight_times_as_long() {
        type Row = (&'static str, fn(usize) -> String);
        let scenario = |text: &str| format!("{{\"from\":{{\"scenario\":\"{text}\"}}}}");
        let rows: [Row; 5] = [
            ("a long scenario", |size| "title: x ".repeat(size / 9)),
            ("a scenario of many lines", |size| "- a\\n".repeat(size / 5)),
            ("escapes", |size| "\\u0041".repeat(size / 6)),
            ("a name that is cut", |size| format!("\"}}}}{}", " ".repeat(size))),
            ("brackets", |size| format!("\"{}", "[".repeat(size))),
        ];
        for (name, input) in rows {
            assert_linear(
                name,
                4_000,
                |size| scenario(&input(size)),
                |text| {
                    let _whatever = body::<NewRealm>(text.as_bytes());
                },
            );
        }
    }
}
