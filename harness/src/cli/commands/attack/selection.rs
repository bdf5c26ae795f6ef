//! Which cases of the catalogue run.

use std::str::FromStr;

use strum::IntoEnumIterator as _;
use vestibule_model::diagnostic::suggest;
use vestibule_simulator::attacks::{Case, Family, Protocol, catalogue};

use crate::cli::output::error::CliError;

/// Some of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Only {
    /// A family.
    Family(Family),
    /// One case, or those whose id begins so: `saml.sig` means `saml.sig.none` too.
    Beginning(String),
}

impl Only {
    fn holds(&self, case: &Case) -> bool {
        match self {
            Self::Family(family) => case.family == *family,
            Self::Beginning(start) => begins(case, start),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Family(family) => family.to_string(),
            Self::Beginning(start) => start.clone(),
        }
    }
}

impl FromStr for Only {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(family) = Family::iter().find(|family| family.to_string() == text) {
            return Ok(Self::Family(family));
        }
        let start = text.trim_end_matches(['*', '.']);
        if !start.is_empty() && catalogue().iter().any(|case| begins(case, start)) {
            return Ok(Self::Beginning(start.to_owned()));
        }
        let of_apps = |family: &Family| catalogue().iter().any(|case| case.family == *family && is_of_app(case));
        let families: Vec<String> = Family::iter().filter(of_apps).map(|one| one.to_string()).collect();
        let ids = catalogue().iter().map(|case| case.id.as_str());
        let near = suggest(text, families.iter().map(String::as_str).chain(ids));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(format!(
            "no family and no case; the families are {}, and --list lists every case{near}",
            families.join(", ")
        ))
    }
}

/// The cases of this protocol that these select; without any, all. Those of logout are for an app that has one.
///
/// # Errors
/// If one of them selects nothing.
pub(super) fn selected(only: &[Only], protocol: Protocol, has_logout: bool) -> Result<Vec<&'static Case>, CliError> {
    let logout = protocol.logout().filter(|_| has_logout);
    let of_protocol = || catalogue().iter().filter(|case| case.protocol == protocol || Some(case.protocol) == logout);
    let needs_logout = |one: &&Only| {
        let mut held = catalogue().iter().filter(|case| Some(case.protocol) == protocol.logout());
        !has_logout && held.any(|case| one.holds(case)) && !of_protocol().any(|case| one.holds(case))
    };
    if let Some(one) = only.iter().find(needs_logout) {
        let title = format!("`{}` needs an app with a logout, and this one has no address for it", one.text());
        let hint = match protocol {
            Protocol::Oidc => "add it: --client id=ID,redirect=URL,backchannel-logout=URL",
            _ => "add it: --sp entity=ID,acs=URL,logout=URL, or metadata with a SingleLogoutService",
        };
        return Err(CliError::nothing_selected(title).hint(hint));
    }
    if let Some(other) = only.iter().find(|one| !of_protocol().any(|case| one.holds(case))) {
        let (name, option) = match protocol {
            Protocol::Oidc => ("relying party", "--client"),
            _ => ("service provider", "--sp"),
        };
        let title = format!("`{}` has no case for a {name}, which {option} names", other.text());
        return Err(CliError::nothing_selected(title).hint("`vestibule attack --list` lists the cases of each family"));
    }
    Ok(of_protocol().filter(|case| is_wanted(only, case)).collect())
}

/// The cases of every app that these select; without any, all.
pub(super) fn listed(only: &[Only]) -> Vec<&'static Case> {
    catalogue().iter().filter(|case| is_of_app(case) && is_wanted(only, case)).collect()
}

/// Whether it is a message of an identity provider to an app.
fn is_of_app(case: &Case) -> bool {
    case.protocol.of_provider().is_some()
}

fn is_wanted(only: &[Only], case: &Case) -> bool {
    only.is_empty() || only.iter().any(|one| one.holds(case))
}

/// Whether an id is this one, or continues it after a dot.
fn begins(case: &Case, start: &str) -> bool {
    let rest = case.id.as_str().strip_prefix(start);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
