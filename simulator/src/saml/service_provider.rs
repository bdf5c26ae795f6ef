//! A service provider as an identity provider knows it.

use jiff::Timestamp;
use vestibule_model::{AcsBinding, AssertionConsumerService};

use super::trusted_certificate::TrustedCertificate;

/// A service provider, as its metadata describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceProvider {
    /// Entity id.
    pub(crate) entity_id: String,
    /// Assertion consumer services.
    pub(crate) acs: Vec<Acs>,
    /// `AuthnRequestsSigned`: it signs its requests, so one without a signature is not its own (saml-metadata 2.4.4).
    pub(crate) authn_requests_signed: bool,
    /// Signing certificates; without one, a signed request is refused.
    pub(crate) signing_certificates: Vec<TrustedCertificate>,
    /// Whether it is registered. Of another there is no certificate, so no signature can be verified.
    pub(crate) registered: bool,
    /// Until when its metadata is valid (saml-metadata 2.3.2).
    pub(crate) valid_until: Option<Timestamp>,
}

/// An assertion consumer service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acs {
    /// Its address.
    pub(crate) url: String,
    /// Its index.
    pub(crate) index: u16,
    /// Its binding.
    pub(crate) binding: AcsBinding,
    /// `isDefault`.
    pub(crate) default: Option<bool>,
}

impl ServiceProvider {
    /// One that is known only from its request, which may choose the binding.
    pub(super) fn unregistered(entity_id: String, acs_url: String) -> Self {
        let artifact = Acs { index: 1, binding: AcsBinding::HttpArtifact, ..Acs::first(acs_url.clone()) };
        Self {
            entity_id,
            acs: vec![Acs::first(acs_url), artifact],
            authn_requests_signed: false,
            signing_certificates: Vec::new(),
            registered: false,
            valid_until: None,
        }
    }

    /// The service at this address: that with the binding which is asked for; where nothing is, HTTP-POST if it takes that.
    pub(super) fn acs_at(&self, url: &str, binding: Option<AcsBinding>) -> Option<&Acs> {
        let all = || self.acs.iter().filter(|acs| acs.url == url);
        let first = |wanted| all().find(|acs| acs.binding == wanted);
        binding.map_or_else(|| first(AcsBinding::HttpPost), first).or_else(|| all().next())
    }

    /// The service with this index.
    pub(super) fn acs_with_index(&self, index: u16) -> Option<&Acs> {
        self.acs.iter().find(|acs| acs.index == index)
    }

    /// The default of those with the binding that is asked for; where nothing is, of those that take HTTP-POST, or else
    /// HTTP-Artifact (saml-metadata 2.2.3).
    pub(crate) fn default_acs(&self, binding: Option<AcsBinding>) -> Option<&Acs> {
        let default_of = |wanted: AcsBinding| {
            let all = || self.acs.iter().filter(move |acs| acs.binding == wanted);
            let with = |default: Option<bool>| all().find(|acs| acs.default == default);
            with(Some(true)).or_else(|| with(None)).or_else(|| all().next())
        };
        match binding {
            Some(binding) => default_of(binding),
            None => default_of(AcsBinding::HttpPost).or_else(|| default_of(AcsBinding::HttpArtifact)),
        }
    }
}

impl Acs {
    /// The only service of a service provider.
    pub(crate) fn first(url: String) -> Self {
        Self { url, index: 0, binding: AcsBinding::HttpPost, default: None }
    }

    /// The services of a list, each with its index.
    pub(crate) fn all(list: &[AssertionConsumerService]) -> Vec<Self> {
        let indexed = (0..=u16::MAX).zip(list);
        let acs = indexed.map(|(place, acs)| Self {
            url: acs.url.as_str().to_owned(),
            index: acs.index.unwrap_or(place),
            binding: acs.binding,
            default: acs.default,
        });
        acs.collect()
    }
}
