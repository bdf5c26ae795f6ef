//! Converts the arguments to a realm.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;
use vestibule_model::diagnostic::unknown_word;
use vestibule_model::{
    AnswerSpec, HostNaming, IdpProtocol, IdpSpec, OrgSpec, Preset, RealmSpec, RulebookChoice, Secret, UserSpec,
    VerificationMethod,
};
use vestibule_simulator::idp::presets;
use vestibule_simulator::policy::Rulebook;

use super::ServeArgs;
use crate::cli::arguments::org_setting::{OrgSetting, org_like, org_with};
use crate::cli::arguments::selection::{all_cases, condition, conditions};
use crate::cli::output::error::CliError;
use crate::entry::{ScenarioError, load_text};
use crate::preset_file::read_preset;
use crate::scenario::{Case, OrgSettings, SourceFile, is_list, list_item, read_short_form};

/// A user or an identity provider, and its key.
#[derive(Debug, Clone)]
pub(super) struct Named<T> {
    pub(super) key: String,
    pub(super) spec: T,
}

impl ServeArgs {
    /// The realm that the arguments describe.
    ///
    /// # Errors
    /// If two settings of the org contradict each other, or two options have the same key.
    pub(super) fn spec(&self, today: Date) -> Result<RealmSpec, CliError> {
        let date = self.date.unwrap_or(today);
        let settings = match self.like.settings()? {
            Some(like) => org_like(&like, &self.settings),
            None => org_with(&self.settings),
        };
        let settings = settings.map_err(CliError::usage)?;
        let login_page = self.login_page.or(settings.login_page);
        let org = OrgSpec { kind: self.org_kind, date, login_page, ..settings };
        let org = match &self.my_domain {
            Some(own) => own.given_to(org, None),
            None => org,
        };
        let mut users = by_key("--user", &self.users)?;
        if users.is_empty() {
            users = usual_users();
        }
        let idps = by_key("--idp", &self.idps)?;
        Ok(RealmSpec { users, idps, ..RealmSpec::new(org) })
    }

    /// The rulebook that the arguments name, or the newest.
    pub(super) fn rulebook(&self) -> RulebookChoice {
        RulebookChoice { name: self.rulebook.clone(), ..RulebookChoice::default() }
    }
}

/// Who is there if nobody is named: an admin and a standard user.
pub(super) fn usual_users() -> BTreeMap<String, UserSpec> {
    ["admin", "rep"].map(|key| (key.to_owned(), UserSpec::new(usual_profile(key)).totp())).into()
}

/// What an option gives, by its keys.
///
/// # Errors
/// If it gives one key twice.
pub(super) fn by_key<T: Clone>(option: &str, given: &[Named<T>]) -> Result<BTreeMap<String, T>, CliError> {
    let mut all = BTreeMap::new();
    for Named { key, spec } in given {
        if all.insert(key.clone(), spec.clone()).is_some() {
            return Err(CliError::usage(format!("`{option} {key}` is given twice"))
                .hint(format!("write everything about `{key}` in one option: {option} {key}:NAME=VALUE,NAME=VALUE")));
        }
    }
    Ok(all)
}

/// The first scenario of a file.
///
/// # Errors
/// If the file is missing or contains a mistake.
pub(super) fn of_file(file: &Path, like: Option<&OrgSettings>) -> Result<(RealmSpec, RulebookChoice), CliError> {
    let first = all_cases(&[file.to_owned()])?.into_iter().next();
    let case = first.ok_or_else(|| CliError::nothing_selected("there is no scenario in this file"))?;
    of_case_like(case, like)
}

/// A built-in condition.
///
/// # Errors
/// If it is not known.
pub(super) fn of_condition(name: &str, like: Option<&OrgSettings>) -> Result<(RealmSpec, RulebookChoice), CliError> {
    of_case_like(condition(name)?, like)
}

/// The names of the built-in conditions.
pub(super) fn names_of_conditions() -> Vec<String> {
    // Tests read all of them, so that none is wrong here.
    let known = conditions().unwrap_or_default();
    known.into_iter().map(|(name, _)| name).collect()
}

/// The realm of a built-in condition, for the control API.
///
/// # Errors
/// If it is not known.
pub(super) fn realm_of_condition(name: &str) -> Result<(RealmSpec, Arc<Rulebook>), String> {
    let unknown = |_| format!("there is no condition `{name}`: `list-conditions` lists those that there are");
    let (spec, choice) = of_condition(name, None).map_err(unknown)?;
    let rulebook = Rulebook::resolve(&choice).map_err(|error| error.to_string())?;
    Ok((with_lasting_secrets(spec), Arc::new(rulebook)))
}

/// The first scenario of a text that came over the control API, whose sender must not read the files of this machine by a message
/// about one.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn of_text(text: &str) -> Result<(RealmSpec, Arc<Rulebook>), String> {
    let name = "the scenario".to_owned();
    let file = SourceFile { id: name.clone(), name, bytes: text.as_bytes().to_vec() };
    let cases = load_text(file).map_err(|wrong| ScenarioError::Wrong(wrong).to_string())?;
    let first = cases.first().ok_or_else(|| "there is no scenario in this text".to_owned())?;
    if first.scenario.org.like.is_some() {
        return Err(
            "`org.like` names a file, and no file is read for a text that was sent: write its settings under `org`"
                .to_owned(),
        );
    }
    let (spec, choice) = of_case(first);
    let rulebook = Rulebook::resolve(&choice).map_err(|error| error.to_string())?;
    Ok((with_lasting_secrets(spec), Arc::new(rulebook)))
}

/// The realm and the rulebook of a case, whose org takes from these settings what it leaves open.
fn of_case_like(mut case: Case, like: Option<&OrgSettings>) -> Result<(RealmSpec, RulebookChoice), CliError> {
    if let Some(like) = like {
        case.take_org_settings(like).map_err(|refused| CliError::usage(refused.in_one_line()))?;
    }
    Ok(of_case(&case))
}

/// The realm and the rulebook of a case.
fn of_case(case: &Case) -> (RealmSpec, RulebookChoice) {
    (case.scenario.realm_spec(HostNaming::default()), case.scenario.rulebook_choice())
}

/// Gives each user without a password or a TOTP secret those that a user with this key has whenever an org of this name is
/// served, so that bookmarks, password managers and authenticator apps still work the next time.
pub(super) fn with_lasting_secrets(mut spec: RealmSpec) -> RealmSpec {
    let my_domain = spec.org.my_domain().to_owned();
    for (key, user) in &mut spec.users {
        if user.password.is_none() {
            user.password = Some(lasting_password(key));
        }
        if user.totp_secret.is_none() {
            let digest = openssl::sha::sha256(format!("{my_domain} {key}").as_bytes());
            // 160 bits, the length that RFC 4226 recommends.
            user.totp_secret = totp_rs::Secret::from(digest[..20].to_vec()).to_base32().parse().ok();
        }
    }
    for (key, user) in spec.products.values_mut().flat_map(|product| &mut product.users) {
        user.password.get_or_insert_with(|| lasting_password(key));
    }
    spec
}

fn lasting_password(user: &str) -> Secret {
    Secret::new(format!("Vestibule-{user}-1"))
}

/// A setting of the org; the login page has an option of its own here.
pub(super) fn setting(text: &str) -> Result<OrgSetting, String> {
    OrgSetting::read(text, &[("login-page", "--login-page")])
}

impl FromStr for Named<UserSpec> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, mut settings) = settings(text)?;
        let named = settings.iter_mut().filter(|(name, _)| *name == "type");
        named.for_each(|(name, _)| *name = "user-type");
        if without("profile", &settings) {
            settings.push(("profile", usual_profile(&key)));
        }
        // Whoever has the secret has the app.
        if without("verifiers", &settings) && !without("totp-secret", &settings) {
            settings.push(("verifiers", "totp"));
        }
        let spec: UserSpec = read_short_form(&settings).map_err(|refused| refused.in_one_line())?;
        let has = |wanted: fn(VerificationMethod) -> bool| spec.verifiers.iter().copied().any(wanted);
        if spec.totp_secret.is_some() && !has(|method| method == VerificationMethod::TotpApp) {
            return Err("`totp-secret` has no effect without a TOTP app: add `totp` to `verifiers`".to_owned());
        }
        if spec.passkey_lost.is_some() && !has(VerificationMethod::is_passkey) {
            return Err("`passkey-lost` has no effect without a passkey: add `passkey` to `verifiers`".to_owned());
        }
        Ok(Self { key, spec })
    }
}

impl FromStr for Named<IdpSpec> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, mut settings) = settings(text)?;
        let foreign = !without("metadata", &settings) || !without("discovery", &settings);
        if !foreign && without("sign-in", &settings) {
            settings.push(("sign-in", "own"));
        }
        let (asked, has_method) = (!without("protocol", &settings), !without("method", &settings));
        if !asked && !without("discovery", &settings) {
            settings.push(("protocol", "oidc"));
        }
        let mut spec: IdpSpec = read_short_form(&settings).map_err(|refused| refused.in_one_line())?;
        // `--idp okta` means what `idp: { preset: okta }` means in a scenario.
        if !foreign && spec.preset.is_none() && presets::names().contains(&key.as_str()) {
            spec.preset = Some(key.clone());
        }
        read_preset(&mut spec, Path::new("")).map_err(|fault| fault.title())?;
        if let Some(own) = &spec.own_preset {
            spec.protocol = spoken(&key, own, asked.then_some(spec.protocol))?;
        } else if let Some(preset) = &spec.preset {
            if !presets::names().contains(&preset.as_str()) {
                let known = presets::names();
                return Err(unknown_word("unknown-preset", "preset", preset, known.iter().copied()).in_one_line());
            }
            let known = presets::describe(preset).map_err(|error| format!("failed to {error}"))?;
            spec.protocol = spoken(preset, known, asked.then_some(spec.protocol))?;
        }
        if let Some(misplaced) = spec.misplaced_key() {
            return Err(misplaced.why);
        }
        if let Some(missing) = spec.missing_key() {
            return Err(format!(
                "`{missing}` is missing: write {missing}=VALUE, as the OpenID provider gave it to the org"
            ));
        }
        // Without a preset a method has no effect. One whose protocol is given leaves the signals to the sign-in page.
        let says_what_it_sends = foreign || spec.preset.is_some() || spec.signals().is_some();
        if !says_what_it_sends && (!asked || has_method) {
            let known = presets::names();
            let refused = unknown_word("unknown-preset", "preset", &key, known.iter().copied());
            let own = format!("for one of your own, write {key}:preset=NAME or {key}:amr=VALUE+VALUE");
            return Err(refused.note(own).in_one_line());
        }
        Ok(Self { key, spec })
    }
}

impl FromStr for Named<AnswerSpec> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, settings) = settings(text)?;
        let spec = read_short_form(&settings).map_err(|refused| refused.in_one_line())?;
        Ok(Self { key, spec })
    }
}

/// What a `key:name=value,name=value` sets, by name.
type Settings<'a> = Vec<(&'a str, &'a str)>;

/// `key:name=value,name=value`.
fn settings(text: &str) -> Result<(String, Settings<'_>), String> {
    let (key, rest) = text.split_once(':').unwrap_or((text, ""));
    if !is_label(key) {
        return Err(format!("`{key}` is not a valid key: use lower-case letters, digits and `-` only"));
    }
    let mut settings: Settings<'_> = Vec::new();
    for field in rest.split(',').map(str::trim).filter(|field| !field.is_empty()) {
        let Some((name, value)) = field.split_once('=') else {
            // A comma ends a setting.
            return Err(match settings.last().filter(|(name, _)| is_list(name)) {
                Some((name, first)) => {
                    let (first, next) = (list_item(first), list_item(field));
                    format!("several values are joined with `+`: write {name}={first}+{next}")
                }
                None => format!("`{field}` has no value: write {field}=VALUE"),
            });
        };
        settings.push((name.trim(), value.trim()));
    }
    Ok((key.to_owned(), settings))
}

/// The protocol of a provider with this preset: the requested one, which the preset must support, or else one that the
/// preset supports.
fn spoken(name: &str, preset: &Preset, asked: Option<IdpProtocol>) -> Result<IdpProtocol, String> {
    let known = |protocol: &IdpProtocol| preset.emission(*protocol).is_some();
    let spoken = [IdpProtocol::Saml, IdpProtocol::Oidc].into_iter().filter(known).collect::<Vec<_>>();
    match (asked, spoken.as_slice()) {
        (Some(asked), spoken) if spoken.contains(&asked) => Ok(asked),
        (None, [first, ..]) => Ok(*first),
        (_, [IdpProtocol::Oidc]) => Err(format!("the preset `{name}` does not support SAML: write protocol=oidc")),
        _ => Err(format!("the preset `{name}` does not support OpenID Connect: write protocol=saml")),
    }
}

/// Whether no setting has this name.
fn without(name: &str, settings: &[(&str, &str)]) -> bool {
    settings.iter().all(|(known, _)| *known != name)
}

fn usual_profile(key: &str) -> &'static str {
    if key == "admin" { "System Administrator" } else { "Standard User" }
}

fn is_label(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= 40 && text.chars().all(plain) && !text.starts_with('-') && !text.ends_with('-')
}
