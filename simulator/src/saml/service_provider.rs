//! A service provider as an identity provider knows it.

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
    /// One that is known only from its request.
    pub(super) fn unregistered(entity_id: String, acs_url: String) -> Self {
        Self {
            entity_id,
            acs: vec![Acs::first(acs_url)],
            authn_requests_signed: false,
            signing_certificates: Vec::new(),
            registered: false,
        }
    }

    /// The service at this address; where it takes several bindings, HTTP-POST.
    pub(super) fn acs_at(&self, url: &str) -> Option<&Acs> {
        let all = || self.acs.iter().filter(|acs| acs.url == url);
        all().find(|acs| acs.takes_post()).or_else(|| all().next())
    }

    /// The service with this index.
    pub(super) fn acs_with_index(&self, index: u16) -> Option<&Acs> {
        self.acs.iter().find(|acs| acs.index == index)
    }

    /// The default of those that take HTTP-POST (saml-metadata 2.2.3).
    pub(crate) fn default_acs(&self) -> Option<&Acs> {
        let all = || self.acs.iter().filter(|acs| acs.takes_post());
        let with = |default: Option<bool>| all().find(|acs| acs.default == default);
        with(Some(true)).or_else(|| with(None)).or_else(|| all().next())
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

    fn takes_post(&self) -> bool {
        self.binding == AcsBinding::HttpPost
    }
}
