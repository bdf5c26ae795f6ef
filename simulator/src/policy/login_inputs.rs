//! One login to decide, and what is known about it.

use jiff::civil::Date;

use super::audience::{Audience, audience};
use super::evidence::Evidence;
use super::rulebook::{Document, Rulebook};
use vestibule_model::LoginKind;
use vestibule_model::{OrgFacts, UserFacts};

/// One login to decide.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoginInputs<'a> {
    pub(super) rulebook: &'a Rulebook,
    pub(super) org: &'a OrgFacts,
    pub(super) user: &'a UserFacts,
    pub(super) evidence: &'a Evidence,
    pub(super) date: Date,
    pub(super) audience: Audience,
    pub(super) route: RouteKind,
}

/// The kinds of route that the rules distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RouteKind {
    /// A login at the org's own page, or in a flow that shows it.
    Direct,
    /// A login through an identity provider.
    Sso,
    /// A UI session opened from an API session.
    Frontdoor,
    /// No UI login at all.
    Api,
}

impl<'a> LoginInputs<'a> {
    pub(super) fn new(
        rulebook: &'a Rulebook,
        org: &'a OrgFacts,
        user: &'a UserFacts,
        evidence: &'a Evidence,
        date: Date,
    ) -> Self {
        Self { rulebook, org, user, evidence, date, audience: audience(rulebook, user), route: route(evidence) }
    }

    pub(super) fn book(&self) -> &'a Document {
        self.rulebook.document()
    }
}

fn route(evidence: &Evidence) -> RouteKind {
    match evidence.login {
        LoginKind::PasswordUi | LoginKind::Passwordless | LoginKind::MobileWebView { .. } => RouteKind::Direct,
        LoginKind::Saml | LoginKind::Oidc => RouteKind::Sso,
        LoginKind::OauthWebServer | LoginKind::OauthUserAgent | LoginKind::OauthHybrid => {
            if evidence.through_sso {
                RouteKind::Sso
            } else {
                RouteKind::Direct
            }
        }
        LoginKind::Frontdoor | LoginKind::Singleaccess => RouteKind::Frontdoor,
        LoginKind::JwtBearer
        | LoginKind::ClientCredentials
        | LoginKind::OauthPassword
        | LoginKind::SoapLogin
        | LoginKind::Api => RouteKind::Api,
    }
}
