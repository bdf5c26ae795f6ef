//! What a product sends after each sign-in method, as the file of a preset says it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::carriage::Carriage;
use super::method_used::MethodUsed;
use crate::IdpProtocol;
use crate::confidence::{Confidence, mark};
use crate::text::date_if_any;

/// The preset of one product in one configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Preset {
    /// One sentence: the product and its configuration.
    pub describe: String,
    /// Parts of an issuer or an entity id by which the product is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<String>,
    /// The built-in preset whose rows it has, except those that it gives itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// The first day on which the product sends this.
    #[serde(default, deserialize_with = "date_if_any", skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The built-in preset that says what the product sends before that day; default: the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What its admin changes so that a strong sign-in counts as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The public addresses behind the rows of the contract that its rows cite, by the id of the row.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, Vec<String>>,
    /// What it sends in a SAML response; `None` if the preset is about OIDC only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saml: Option<Emission>,
    /// What it sends in an ID token; `None` if the preset is about SAML only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oidc: Option<Emission>,
}

/// What a preset sends over one protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Emission {
    /// SAML: `Name` of the attribute that carries the methods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amr_attribute: Option<String>,
    /// Where the methods are carried, if not in that attribute or in the claim `amr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carriage: Option<Carriage>,
    /// One row per method.
    pub methods: BTreeMap<MethodUsed, PresetRow>,
}

/// What is sent after one sign-in method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PresetRow {
    /// Authentication methods: the `amr` claim, or the values of the SAML attribute.
    pub amr: Vec<String>,
    /// The `acr` claim, or the `AuthnContextClassRef`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// How certain the row is: as certain as the first contract row that its source cites; `BK` if the source begins with
    /// "background" or "not known".
    #[serde(serialize_with = "mark::serialize", deserialize_with = "mark::deserialize_any")]
    pub mark: Confidence,
    /// The source of the row.
    pub source: String,
}

impl Preset {
    /// What it sends over a protocol; `None` if it is not about that one.
    pub fn emission(&self, protocol: IdpProtocol) -> Option<&Emission> {
        match protocol {
            IdpProtocol::Saml => self.saml.as_ref(),
            IdpProtocol::Oidc => self.oidc.as_ref(),
        }
    }

    /// The same with the rows of the preset that it is like, where it gives none itself.
    #[must_use]
    pub fn over(mut self, other: &Self) -> Self {
        self.fix = self.fix.or_else(|| other.fix.clone());
        for (id, addresses) in &other.sources {
            self.sources.entry(id.clone()).or_insert_with(|| addresses.clone());
        }
        self.saml = over(self.saml, other.saml.as_ref());
        self.oidc = over(self.oidc, other.oidc.as_ref());
        self
    }

    /// The addresses behind a row.
    pub fn addresses(&self, row: &PresetRow) -> Vec<&str> {
        let ids = row.source.split(|char: char| !char.is_ascii_alphanumeric() && char != '.');
        let cited = ids.filter_map(|id| self.sources.get(id.trim_end_matches('.')));
        let mut addresses: Vec<&str> = Vec::new();
        for address in cited.flatten() {
            if !addresses.contains(&address.as_str()) {
                addresses.push(address);
            }
        }
        addresses
    }
}

fn over(own: Option<Emission>, other: Option<&Emission>) -> Option<Emission> {
    let Some(other) = other else { return own };
    let Some(mut own) = own else { return Some(other.clone()) };
    own.amr_attribute = own.amr_attribute.or_else(|| other.amr_attribute.clone());
    own.carriage = own.carriage.or_else(|| other.carriage.clone());
    for (method, row) in &other.methods {
        own.methods.entry(*method).or_insert_with(|| row.clone());
    }
    Some(own)
}
