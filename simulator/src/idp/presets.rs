//! What real identity providers send for each sign-in method: rows of data, each with a source and a confidence mark.
//!
//! Source: contract E3.1 to E3.34. The files are in `simulator/presets/`.

use std::sync::OnceLock;

use jiff::civil::Date;
use strum::IntoEnumIterator as _;

use crate::realm::{IdpProtocol, MethodUsed};
use vestibule_model::diagnostic::Source;
use vestibule_model::{Carrier, Preset, Signal, yaml};

/// Why a preset gives no signals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// No preset has this name.
    #[error("find the preset `{name}`{}; the presets are {}", suggestion(.nearest), names().join(", "))]
    Unknown {
        /// The name as it was given.
        name: String,
        /// The nearest name, if one is near enough.
        nearest: Option<&'static str>,
    },
    /// The preset does not cover this protocol.
    #[error("use the preset `{name}` over {protocol:?}: it covers only the other protocol")]
    OtherProtocol {
        /// The preset.
        name: String,
        /// The protocol that was asked for.
        protocol: IdpProtocol,
    },
    /// The preset of a user does not know what is sent after this method.
    #[error("use the preset `{name}` for the method `{method}`: it has a row for {} only", listed(.known))]
    NoRow {
        /// The preset.
        name: String,
        /// The method that was asked for.
        method: MethodUsed,
        /// The methods that it has rows for.
        known: Vec<MethodUsed>,
    },
}

/// Every preset name, in alphabetical order.
pub fn names() -> Vec<&'static str> {
    PRESETS.iter().map(|embedded| embedded.name).collect()
}

/// The preset with this name, with the rows of the one that it is like.
///
/// # Errors
///
/// If there is none; the error suggests the nearest name.
pub fn describe(name: &str) -> Result<&'static Preset, PresetError> {
    let embedded = PRESETS.iter().find(|embedded| embedded.name == name);
    let unknown = || PresetError::Unknown { name: name.to_owned(), nearest: nearest(name) };
    embedded.map(Embedded::preset).ok_or_else(unknown)
}

/// The preset of the product that an issuer or an entity id belongs to, as far as its address tells.
pub fn of_issuer(issuer: &str) -> Option<(&'static str, &'static Preset)> {
    let known = |preset: &Preset| preset.issuers.iter().any(|part| issuer.contains(part.as_str()));
    PRESETS.iter().map(|embedded| (embedded.name, embedded.preset())).find(|(_, preset)| known(preset))
}

/// A preset of a user, with the rows of the built-in one that it is like.
///
/// # Errors
///
/// If it is like one that does not exist, or names one for the time before.
pub fn complete(preset: Preset) -> Result<Preset, PresetError> {
    if let Some(before) = &preset.before {
        describe(before)?;
    }
    match preset.like.as_deref() {
        Some(like) => Ok(preset.clone().over(describe(like)?)),
        None => Ok(preset),
    }
}

/// The signals that this product sends over this protocol after this method, each with its carrier, as of today.
///
/// # Errors
///
/// If there is no such preset, or it does not cover the protocol.
pub fn signals(name: &str, protocol: IdpProtocol, method: MethodUsed) -> Result<Vec<Signal>, PresetError> {
    sent(describe(name)?, name, protocol, method)
}

/// The same on a day: before the first day of a preset, its product sent what another one says.
///
/// # Errors
///
/// The same.
pub fn signals_on(
    preset: &Preset,
    name: &str,
    protocol: IdpProtocol,
    method: MethodUsed,
    date: Date,
) -> Result<Vec<Signal>, PresetError> {
    match &preset.before {
        Some(before) if preset.from.is_some_and(|from| date < from) => {
            let earlier = describe(before)?;
            signals_on(earlier, before, protocol, method, date)
        }
        _ => sent(preset, name, protocol, method),
    }
}

fn sent(preset: &Preset, name: &str, protocol: IdpProtocol, method: MethodUsed) -> Result<Vec<Signal>, PresetError> {
    let other = || PresetError::OtherProtocol { name: name.to_owned(), protocol };
    let emission = preset.emission(protocol).ok_or_else(other)?;
    let no_row = || PresetError::NoRow {
        name: name.to_owned(),
        method,
        known: MethodUsed::iter().filter(|method| emission.methods.contains_key(method)).collect(),
    };
    let row = emission.methods.get(&method).ok_or_else(no_row)?;
    let (acr, usual) = match protocol {
        IdpProtocol::Saml => {
            let attribute = emission.amr_attribute.clone();
            (Carrier::AuthnContextClassRef, Carrier::SamlAttribute(attribute.unwrap_or_else(|| "amr".to_owned())))
        }
        IdpProtocol::Oidc => (Carrier::IdTokenAcr, Carrier::IdTokenAmr),
    };
    let amr = emission.carriage.as_ref().map_or(usual, |carriage| carriage.0.clone());
    let context = row.acr.iter().map(|value| Signal::new(value, acr.clone()));
    let methods = row.amr.iter().map(|value| Signal::new(value, amr.clone()));
    Ok(context.chain(methods).collect())
}

fn nearest(name: &str) -> Option<&'static str> {
    let distance = |known: &&str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
    names().into_iter().min_by_key(distance).filter(|known| distance(known) <= 3)
}

fn suggestion(nearest: &Option<&'static str>) -> String {
    nearest.map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

fn listed(methods: &[MethodUsed]) -> String {
    methods.iter().map(|method| format!("`{method}`")).collect::<Vec<_>>().join(", ")
}

/// A preset that comes with the program.
struct Embedded {
    name: &'static str,
    text: &'static str,
    preset: OnceLock<Preset>,
}

impl Embedded {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, preset: OnceLock::new() }
    }

    fn preset(&self) -> &Preset {
        self.preset.get_or_init(|| {
            let own: Preset = yaml::parse(&Source::new(self.name, self.text))
                .expect("invariant: an embedded preset is well formed, as a test shows");
            complete(own).expect("invariant: an embedded preset is like one that exists, as a test shows")
        })
    }
}

/// In alphabetical order.
static PRESETS: [Embedded; 29] = [
    Embedded::new("adfs", include_str!("../../presets/adfs.yaml")),
    Embedded::new("adfs-adapter", include_str!("../../presets/adfs-adapter.yaml")),
    Embedded::new("auth0", include_str!("../../presets/auth0.yaml")),
    Embedded::new("auth0-action", include_str!("../../presets/auth0-action.yaml")),
    Embedded::new("cidaas", include_str!("../../presets/cidaas.yaml")),
    Embedded::new("duo", include_str!("../../presets/duo.yaml")),
    Embedded::new("entra", include_str!("../../presets/entra.yaml")),
    Embedded::new("entra-method-uris", include_str!("../../presets/entra-method-uris.yaml")),
    Embedded::new("entra-v2", include_str!("../../presets/entra-v2.yaml")),
    Embedded::new("google", include_str!("../../presets/google.yaml")),
    Embedded::new("hanko", include_str!("../../presets/hanko.yaml")),
    Embedded::new("keycloak", include_str!("../../presets/keycloak.yaml")),
    Embedded::new("nanoidp", include_str!("../../presets/nanoidp.yaml")),
    Embedded::new("okta", include_str!("../../presets/okta.yaml")),
    Embedded::new("okta-duo", include_str!("../../presets/okta-duo.yaml")),
    Embedded::new("okta-fastpass", include_str!("../../presets/okta-fastpass.yaml")),
    Embedded::new("okta-fastpass-resistant", include_str!("../../presets/okta-fastpass-resistant.yaml")),
    Embedded::new("okta-google-authenticator", include_str!("../../presets/okta-google-authenticator.yaml")),
    Embedded::new("okta-oin", include_str!("../../presets/okta-oin.yaml")),
    Embedded::new("okta-standard-format", include_str!("../../presets/okta-standard-format.yaml")),
    Embedded::new("okta-static-mfa", include_str!("../../presets/okta-static-mfa.yaml")),
    Embedded::new("okta-unconfigured", include_str!("../../presets/okta-unconfigured.yaml")),
    Embedded::new("okta-yubikey-otp", include_str!("../../presets/okta-yubikey-otp.yaml")),
    Embedded::new("onelogin", include_str!("../../presets/onelogin.yaml")),
    Embedded::new("ping", include_str!("../../presets/ping.yaml")),
    Embedded::new("ping-am", include_str!("../../presets/ping-am.yaml")),
    Embedded::new("pocket-id", include_str!("../../presets/pocket-id.yaml")),
    Embedded::new("rsa-id-plus", include_str!("../../presets/rsa-id-plus.yaml")),
    Embedded::new("wso2", include_str!("../../presets/wso2.yaml")),
];

#[cfg(test)]
mod tests;
