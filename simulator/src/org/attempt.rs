//! What a login has proved before the rules decide.

use jiff::Timestamp;

use crate::org::return_url::ReturnUrl;
use crate::policy::Evidence;
use crate::realm::{HostRole, Realm, SamlLogin};
use vestibule_model::{LoginKind, OauthFlow, Signal, VerificationMethod};

/// A login after its first proof.
#[derive(Debug, Clone)]
pub(crate) struct LoginAttempt {
    /// Key of the user.
    pub(crate) user: String,
    /// The route.
    pub(crate) kind: LoginKind,
    /// `LoginType` label for Login History, one of [`login_type`].
    pub(crate) login_type: &'static str,
    /// The host at which the login was made, for Login History's `LoginUrl`.
    pub(crate) host: HostRole,
    /// Signals of the identity provider, as they reached the org.
    pub(crate) signals: Vec<Signal>,
    /// "Use Salesforce MFA for this SSO Provider".
    pub(crate) salesforce_mfa: bool,
    /// The `amr` for Login History: of an ID token only, never of a SAML `Response` (help 005321561).
    pub(crate) auth_method_reference: Option<String>,
    /// The method that the user has verified with so far.
    pub(crate) verified_with: Option<VerificationMethod>,
    /// When its session ends, if the identity provider says so.
    pub(crate) session_end: Option<Timestamp>,
    /// The SAML login, by which the identity provider may end the session.
    pub(crate) saml_login: Option<SamlLogin>,
    /// The OAuth flow whose approval page is the destination.
    pub(crate) oauth_flow: Option<OauthFlow>,
    /// The destination of the login.
    pub(crate) return_url: ReturnUrl,
}

impl LoginAttempt {
    /// A login of this user by this route, with only its first proof and with Lightning home as its destination.
    pub(crate) fn new(user: &str, kind: LoginKind, login_type: &'static str, host: &HostRole) -> Self {
        Self {
            user: user.to_owned(),
            kind,
            login_type,
            host: host.clone(),
            signals: Vec::new(),
            salesforce_mfa: false,
            auth_method_reference: None,
            verified_with: None,
            session_end: None,
            saml_login: None,
            oauth_flow: None,
            return_url: ReturnUrl::home(),
        }
    }

    /// The evidence for the rules.
    pub(crate) fn evidence(&self, realm: &Realm) -> Evidence {
        Evidence {
            login: self.login_for_the_rules(),
            through_sso: matches!(self.kind, LoginKind::Saml | LoginKind::Oidc),
            verified_with: self.verified_with,
            signals: self.signals.clone(),
            salesforce_mfa_for_sso: self.salesforce_mfa,
            origin: realm.login_origin(),
        }
    }
}

impl LoginAttempt {
    /// A UI login inside an OAuth flow is subject to the rules of the flow (contract F2.1). A passkey without a password and
    /// a front door stay what they are.
    fn login_for_the_rules(&self) -> LoginKind {
        match (self.oauth_flow, &self.kind) {
            (Some(flow), LoginKind::PasswordUi | LoginKind::Saml | LoginKind::Oidc) => flow.login(),
            _ => self.kind.clone(),
        }
    }
}

/// `LoginType` labels (contract H1.3, H1.7).
pub(crate) mod login_type {
    /// Direct UI login.
    pub(crate) const APPLICATION: &str = "Application";
    /// SAML, started by the IdP.
    pub(crate) const SAML_IDP_INITIATED: &str = "SAML Idp Initiated SSO";
    /// SAML, started by the org.
    pub(crate) const SAML_SP_INITIATED: &str = "SAML Sfdc Initiated SSO";
    /// An Auth. Provider: OpenID Connect.
    pub(crate) const THIRD_PARTY_SSO: &str = "Third Party SSO";
    /// A session from an access token.
    pub(crate) const REMOTE_ACCESS: &str = "Remote Access 2.0";
    /// A login through the API with a password (contract H1.7).
    pub(crate) const OTHER_APEX_API: &str = "Other Apex API";
    /// Username and passkey, no password.
    pub(crate) const PASSWORDLESS: &str = "Passwordless Login";
}
