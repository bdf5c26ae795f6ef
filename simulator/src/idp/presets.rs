//! What real identity providers send for each sign-in method: rows of data, each with a source and a confidence mark.
//!
//! Source: contract E3.1 to E3.29. The files are in `simulator/presets/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::realm::{IdpProtocol, MethodUsed};
use vestibule_model::confidence::{Confidence, mark};
use vestibule_model::{Carrier, Signal};

/// The preset of one identity provider product.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Preset {
    /// One sentence: the product and its configuration.
    pub describe: String,
    /// What it sends in a SAML response; `None` if the preset is about OIDC only.
    pub saml: Option<Emission>,
    /// What it sends in an ID token; `None` if the preset is about SAML only.
    pub oidc: Option<Emission>,
}

/// What a preset sends over one protocol.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Emission {
    /// SAML: `Name` of the attribute that carries the methods.
    pub amr_attribute: Option<String>,
    /// One row per method.
    pub methods: BTreeMap<MethodUsed, Row>,
}

/// What is sent after one sign-in method.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Row {
    /// Authentication methods: the `amr` claim, or the values of the SAML attribute.
    pub amr: Vec<String>,
    /// The `acr` claim, or the `AuthnContextClassRef`.
    pub acr: Option<String>,
    /// How certain the row is: as certain as the first contract row that its source cites; `BK` if the source begins with
    /// "background" or "not known".
    #[serde(deserialize_with = "mark::deserialize_any")]
    pub mark: Confidence,
    /// The source of the row.
    pub source: String,
}

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
}

/// Every preset name, in alphabetical order.
pub fn names() -> Vec<&'static str> {
    PRESETS.iter().map(|embedded| embedded.name).collect()
}

/// The preset with this name.
///
/// # Errors
///
/// If there is none; the error suggests the nearest name.
pub fn describe(name: &str) -> Result<&'static Preset, PresetError> {
    let embedded = PRESETS.iter().find(|embedded| embedded.name == name);
    let unknown = || PresetError::Unknown { name: name.to_owned(), nearest: nearest(name) };
    embedded.map(Embedded::preset).ok_or_else(unknown)
}

/// The signals that this product sends over this protocol after this method, each with its carrier.
///
/// # Errors
///
/// If there is no such preset, or it does not cover the protocol.
pub fn signals(name: &str, protocol: IdpProtocol, method: MethodUsed) -> Result<Vec<Signal>, PresetError> {
    let preset = describe(name)?;
    let (emission, acr, amr) = match protocol {
        IdpProtocol::Saml => {
            let attribute = preset.saml.as_ref().and_then(|emission| emission.amr_attribute.clone());
            (&preset.saml, Carrier::AuthnContextClassRef, Carrier::SamlAttribute(attribute.unwrap_or_default()))
        }
        IdpProtocol::Oidc => (&preset.oidc, Carrier::IdTokenAcr, Carrier::IdTokenAmr),
    };
    let other = || PresetError::OtherProtocol { name: name.to_owned(), protocol };
    let row = emission.as_ref().and_then(|emission| emission.methods.get(&method)).ok_or_else(other)?;
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

/// A file, read when it is asked for.
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
            serde_saphyr::from_str(self.text).expect("invariant: an embedded preset is well formed, as a test shows")
        })
    }
}

/// In alphabetical order.
static PRESETS: [Embedded; 16] = [
    Embedded::new("adfs", include_str!("../../presets/adfs.yaml")),
    Embedded::new("auth0", include_str!("../../presets/auth0.yaml")),
    Embedded::new("duo", include_str!("../../presets/duo.yaml")),
    Embedded::new("entra", include_str!("../../presets/entra.yaml")),
    Embedded::new("entra-method-uris", include_str!("../../presets/entra-method-uris.yaml")),
    Embedded::new("entra-v2", include_str!("../../presets/entra-v2.yaml")),
    Embedded::new("google", include_str!("../../presets/google.yaml")),
    Embedded::new("keycloak", include_str!("../../presets/keycloak.yaml")),
    Embedded::new("okta", include_str!("../../presets/okta.yaml")),
    Embedded::new("okta-fastpass", include_str!("../../presets/okta-fastpass.yaml")),
    Embedded::new("okta-fastpass-resistant", include_str!("../../presets/okta-fastpass-resistant.yaml")),
    Embedded::new("okta-standard-format", include_str!("../../presets/okta-standard-format.yaml")),
    Embedded::new("okta-static-mfa", include_str!("../../presets/okta-static-mfa.yaml")),
    Embedded::new("okta-unconfigured", include_str!("../../presets/okta-unconfigured.yaml")),
    Embedded::new("onelogin", include_str!("../../presets/onelogin.yaml")),
    Embedded::new("ping", include_str!("../../presets/ping.yaml")),
];

#[cfg(test)]
mod tests;
