//! From the arguments to a realm.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use jiff::civil::Date;
use vestibule_model::Secret;
use vestibule_model::{OrgKind, VerificationMethod};
use vestibule_simulator::idp::presets;
use vestibule_simulator::realm::{
    ClockSpec, HostNaming, IdpProtocol, IdpSpec, MethodUsed, OrgSpec, RealmSpec, SignInPage, UserSpec,
};

use super::ServeArgs;
use crate::cli::arguments::value_parsers::word;

/// A user and its key.
#[derive(Debug, Clone)]
pub(super) struct NamedUser {
    key: String,
    spec: UserSpec,
}

/// An identity provider and its key.
#[derive(Debug, Clone)]
pub(super) struct NamedIdp {
    key: String,
    spec: IdpSpec,
}

impl ServeArgs {
    /// The realm that they describe.
    pub(super) fn spec(&self, today: Date) -> RealmSpec {
        let default_name = if self.org_kind == OrgKind::Sandbox { "acme--uat" } else { "acme" };
        let my_domain = self.my_domain.clone().unwrap_or_else(|| default_name.to_owned());
        let mut org = OrgSpec::new(my_domain, self.org_kind, self.date.unwrap_or(today));
        org.login_page = self.login_page;
        let mut users: BTreeMap<String, UserSpec> =
            self.users.iter().map(|user| (user.key.clone(), user.spec.clone())).collect();
        if users.is_empty() {
            users = ["admin", "rep"].map(|key| (key.to_owned(), UserSpec::new(usual_profile(key)))).into();
        }
        let idps = self.idps.iter().map(|idp| (idp.key.clone(), idp.spec.clone())).collect();
        RealmSpec { org, users, idps, clock: ClockSpec::default(), naming: HostNaming::default(), seed: None }
    }
}

impl FromStr for NamedUser {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, fields) = fields(text)?;
        let mut spec = UserSpec::new(usual_profile(&key));
        for (name, value) in fields {
            match name {
                "profile" => spec.profile = value.to_owned(),
                "username" => spec.username = Some(value.to_owned()),
                "password" => spec.password = Some(Secret::new(value)),
                "type" => spec.user_type = word(value)?,
                "permissions" => spec.permissions = words(value)?,
                "verifiers" => spec.verifiers = words::<VerificationMethod>(value)?,
                other => {
                    return Err(unknown(
                        other,
                        &["profile", "username", "password", "type", "permissions", "verifiers"],
                    ));
                }
            }
        }
        Ok(Self { key, spec })
    }
}

impl FromStr for NamedIdp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, fields) = fields(text)?;
        let mut spec = IdpSpec::new(IdpProtocol::Saml);
        spec.sign_in = SignInPage::Own;
        // `--idp okta` means what `idp: { preset: okta }` means in a scenario.
        spec.preset = presets::names().contains(&key.as_str()).then(|| key.clone());
        let mut protocol = None;
        for (name, value) in fields {
            match name {
                "preset" if presets::names().contains(&value) => spec.preset = Some(value.to_owned()),
                "preset" => {
                    return Err(format!("no preset is called `{value}`; known are {}", presets::names().join(", "))
                        + &meant(value, &presets::names()));
                }
                "protocol" if value == "saml" => protocol = Some(IdpProtocol::Saml),
                "protocol" if value == "oidc" => protocol = Some(IdpProtocol::Oidc),
                "protocol" => return Err(format!("`{value}` is no protocol: write saml or oidc")),
                "method" => spec.method = word::<MethodUsed>(value)?,
                other => return Err(unknown(other, &["preset", "protocol", "method"])),
            }
        }
        spec.protocol =
            spec.preset.as_deref().map_or(Ok(protocol.unwrap_or(spec.protocol)), |preset| spoken(preset, protocol))?;
        Ok(Self { key, spec })
    }
}

/// A My Domain name is the first label of host names.
pub(super) fn my_domain(text: &str) -> Result<String, String> {
    if is_label(text) { Ok(text.to_owned()) } else { Err("use lower-case letters, digits and `-` only".to_owned()) }
}

/// Fields of a `key:name=value,name=value`, by name.
type Fields<'a> = Vec<(&'a str, &'a str)>;

/// `key:name=value,name=value`.
fn fields(text: &str) -> Result<(String, Fields<'_>), String> {
    let (key, rest) = text.split_once(':').unwrap_or((text, ""));
    if !is_label(key) {
        return Err(format!("`{key}` is no key: use lower-case letters, digits and `-` only"));
    }
    let fields = rest.split(',').filter(|field| !field.trim().is_empty()).map(|field| {
        let (name, value) = field.split_once('=').ok_or_else(|| format!("`{field}` has no `=`"))?;
        Ok((name.trim(), value.trim()))
    });
    Ok((key.to_owned(), fields.collect::<Result<_, String>>()?))
}

/// The protocol of a provider with this preset: the one asked for, which the preset must know, or else one that it knows.
fn spoken(preset: &str, asked: Option<IdpProtocol>) -> Result<IdpProtocol, String> {
    let known = |protocol: &IdpProtocol| presets::signals(preset, *protocol, MethodUsed::Password).is_ok();
    let spoken = [IdpProtocol::Saml, IdpProtocol::Oidc].into_iter().filter(known).collect::<Vec<_>>();
    match (asked, spoken.as_slice()) {
        (Some(asked), spoken) if spoken.contains(&asked) => Ok(asked),
        (None, [first, ..]) => Ok(*first),
        (_, [IdpProtocol::Oidc]) => Err(format!("the preset `{preset}` does not know SAML: write protocol=oidc")),
        _ => Err(format!("the preset `{preset}` does not know OpenID Connect: write protocol=saml")),
    }
}

fn words<T: serde::de::DeserializeOwned + Ord>(text: &str) -> Result<BTreeSet<T>, String> {
    text.split('+').filter(|part| !part.is_empty()).map(word).collect()
}

fn usual_profile(key: &str) -> &'static str {
    if key == "admin" { "System Administrator" } else { "Standard User" }
}

fn is_label(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= 40 && text.chars().all(plain) && !text.starts_with('-') && !text.ends_with('-')
}

fn unknown(name: &str, known: &[&str]) -> String {
    format!("`{name}` is not known: write {}{}", known.join(", "), meant(name, known))
}

fn meant(name: &str, known: &[&str]) -> String {
    let meant = vestibule_model::diagnostic::suggest(name, known.iter().copied());
    meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default()
}
