//! The steps of a scenario: what is done, in order.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, EnumAccess, Error, VariantAccess, Visitor};
use serde_json::{Value, json};
use strum::VariantNames;
use vestibule_model::yaml::Spanned;
use vestibule_model::{ActorKind, AuthenticatorFault, AuthenticatorKind, HostKind, SignInRoute};

use super::expect::Expect;
use super::words::OneOf;

/// One item of `steps`: one key, with its settings.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename = "step", rename_all = "kebab-case")]
#[schemars(rename = "Step")]
pub(crate) enum Step {
    /// `sign-in: { user: admin }`.
    SignIn(Box<SignInStep>),
    /// `sign-out`: ends the session at the org.
    SignOut,
    /// `end-sessions`: the org forgets every session, as after a timeout; the browser keeps its cookies.
    EndSessions,
    /// `forget-browser`: clears cookies and storage, as on a fresh machine.
    ForgetBrowser,
    /// `expect: { … }`: what must hold at this point.
    Expect(Box<Expect>),
    /// `advance-clock: { seconds: 30 }`: moves the protocol clock.
    AdvanceClock(AdvanceClock),
    /// `visit: { host: lightning, path: /lightning/page/home }`: opens a page.
    Visit(Visit),
    /// `set-date: { date: 2026-09-01 }`: the realm goes to another calendar date, which decides what is enforced.
    SetDate(SetDate),
    /// `product: { user: service, act: sign-in }`: a user of a product beside the org, or a program of the user's, does
    /// something there.
    Product(Box<ProductStep>),
}

/// One login.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SignInStep {
    /// Key of the user.
    pub user: Spanned<String>,
    /// The route; default: `password`.
    #[serde(default)]
    pub via: Spanned<SignInRoute>,
    /// Who performs it; default: `adaptive`.
    #[serde(default)]
    pub actor: Spanned<Actor>,
    /// What the actor can answer with; default: `full`.
    #[serde(default)]
    pub authenticator: AuthenticatorKind,
    /// What the virtual authenticator in the browser of our actor does wrong; default: nothing.
    #[serde(default)]
    pub authenticator_fault: Option<Spanned<AuthenticatorFault>>,
    /// Key of the identity provider; needed if there are several.
    pub idp: Option<Spanned<String>>,
    /// Whether "Remember me" is ticked.
    #[serde(default)]
    pub remember: bool,
    /// More environment variables for a command; values may contain templates such as `{login-url}`.
    #[serde(default)]
    pub env: BTreeMap<String, Spanned<String>>,
    /// Whether each browser of a command gets a virtual authenticator with the passkeys of its user.
    #[serde(default)]
    pub passkey: Option<Spanned<bool>>,
}

/// What performs a login: one of our own actors, or `command: [pytest, -x]`, the user's own suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Actor {
    /// An actor of our own, in our browser.
    Ours(ActorKind),
    /// The user's own suite, program and arguments; no shell.
    Command(Vec<String>),
}

impl Actor {
    /// Program and arguments, if the user's own suite performs the login.
    pub(crate) fn command(&self) -> Option<&[String]> {
        match self {
            Self::Command(command) => Some(command),
            Self::Ours(_) => None,
        }
    }
}

impl Default for Actor {
    fn default() -> Self {
        Self::Ours(ActorKind::default())
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("actor", &ACTORS, ActorVisitor)
    }
}

struct ActorVisitor;

impl<'de> Visitor<'de> for ActorVisitor {
    type Value = Actor;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an actor")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Actor, A::Error> {
        let (word, variant) = access.variant_seed(OneOf(&ACTORS))?;
        if word == COMMAND {
            return variant.newtype_variant().map(Actor::Command);
        }
        variant.unit_variant()?;
        word.parse().map(Actor::Ours).map_err(A::Error::custom)
    }
}

impl JsonSchema for Actor {
    fn schema_name() -> Cow<'static, str> {
        "Actor".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = ActorKind::json_schema(generator);
        schema.insert("description".to_owned(), "Who performs a login.".into());
        if let Some(Value::Array(actors)) = schema.get_mut("oneOf") {
            actors.push(json!({
                "description": "`command: [pytest, -x]`: your own suite, program and arguments; no shell.",
                "type": "object",
                "properties": { COMMAND: { "type": "array", "items": { "type": "string" } } },
                "required": [COMMAND],
                "additionalProperties": false,
            }));
        }
        schema
    }
}

/// Moves the clock forward.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AdvanceClock {
    /// Seconds; a clock never goes back.
    pub seconds: u32,
}

/// Opens a URL.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Visit {
    /// The host; default: `my-domain`.
    #[serde(default)]
    pub host: HostKind,
    /// Path with query, from `/`.
    pub path: Spanned<String>,
}

/// Goes to another calendar date.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SetDate {
    /// The date.
    #[serde(deserialize_with = "vestibule_model::text::date")]
    #[schemars(with = "String", pattern(r"^\d{4}-\d{2}-\d{2}$"))]
    pub date: Date,
}

/// Something that a user of a product does there, or a program of the user's.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ProductStep {
    /// Key of the product; needed if there are several.
    pub product: Option<Spanned<String>>,
    /// Key of the user at the product; an integration has none.
    pub user: Option<Spanned<String>>,
    /// What is done; default: `sign-in`.
    #[serde(default)]
    pub act: ProductAct,
}

/// What is done at a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "act at a product", rename_all = "kebab-case")]
#[schemars(rename = "ProductAct")]
pub(crate) enum ProductAct {
    /// Signs in on the page: with the password, and the code of the paired app if it is asked for.
    #[default]
    SignIn,
    /// Types the password on the page, and no code.
    GivePassword,
    /// `generate-app-password: sync`: generates an app password for this application, on the page behind the sign-in.
    GenerateAppPassword(String),
    /// `revoke-app-password: sync`: revokes the app password of this application, on the page behind the sign-in.
    RevokeAppPassword(String),
    /// Vendor management: pairs an authenticator app by the pairing code of the page.
    Pair,
    /// `disconnect: ann`: vendor management: disconnects the app of this user, on the page behind the sign-in of the MSP.
    Disconnect(String),
    /// Integration: reads data of the org over its connection, on its page.
    Sync,
    /// `call: { application: sync }`: a program signs in through the API.
    Call(ProductCall),
}

/// How a program signs in to a product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "ProductCall")]
pub(crate) struct ProductCall {
    /// The application, which names itself in `User-Agent`.
    pub application: String,
    /// What it gives in place of a password; default: `app-password`.
    #[serde(default)]
    pub with: ProgramSecret,
    /// The application whose app password it gives; default: its own.
    pub app_password_of: Option<String>,
}

/// What a program gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "secret of a program", rename_all = "kebab-case")]
#[schemars(rename = "ProgramSecret")]
pub(crate) enum ProgramSecret {
    /// An app password, even if it was revoked.
    #[default]
    AppPassword,
    /// The password of the user.
    Password,
}

const COMMAND: &str = "command";

/// Every word that `actor` can be.
static ACTORS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| ActorKind::VARIANTS.iter().copied().chain([COMMAND]).collect());
