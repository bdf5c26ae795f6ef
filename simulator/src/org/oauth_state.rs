//! What the OAuth endpoints remember: requests that wait for the user, codes, and devices that wait for their user.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use strum::{EnumString, IntoStaticStr};

use super::paths;
use crate::http::Fields;
use crate::oidc::CodeChallenge;
use crate::realm::{Expiring, Kept, Realm};
use vestibule_model::{OauthFlow, OauthScope, Secret, SessionLevel};

/// What the OAuth endpoints remember.
pub(crate) struct OauthState {
    /// Requests that wait for the user, by the `source` of the approval page.
    pub(crate) requests: Expiring<WaitingRequest>,
    /// Authorization codes that were not used.
    pub(crate) codes: Expiring<IssuedCode>,
    /// Devices that ask for tokens, by device code.
    pub(crate) devices: Expiring<WaitingDevice>,
    /// Device codes, by the code that the user types.
    pub(crate) user_codes: Expiring<Secret>,
}

/// A request for an authorization that waits for the user.
#[derive(Clone)]
pub(crate) struct WaitingRequest {
    /// Name of the app.
    pub(crate) app: String,
    /// The scopes that it asks for.
    pub(crate) scopes: BTreeSet<OauthScope>,
    /// Where the answer goes.
    pub(crate) answer: AnswerTo,
    /// The user must log in again: `prompt=login`.
    pub(crate) fresh: bool,
    /// The user is asked even if the app is approved: `prompt=consent`.
    pub(crate) asks_again: bool,
    /// No page may be shown: `prompt=none`.
    pub(crate) silent: bool,
    /// The username for the login page: `login_hint`.
    pub(crate) login_hint: Option<String>,
    /// How the pages are shown: `display`.
    pub(crate) display: Display,
    /// The anti-forgery token of the approval page.
    pub(crate) confirmation: Secret,
}

/// How an app has the pages of a login shown (OpenID Connect Core 1.0, 3.1.2.1; contract F1.11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Display {
    /// On a whole page.
    #[default]
    Page,
    /// In a window of its own.
    Popup,
    /// For a touch screen.
    Touch,
    /// In an app of a phone.
    Mobile,
}

/// Where the answer to a request goes.
#[derive(Clone)]
pub(crate) enum AnswerTo {
    /// To the app, by a redirect.
    App {
        /// Redirect URI.
        redirect_uri: String,
        /// Opaque value of the app.
        state: Option<String>,
        /// What the app wants.
        wants: Wants,
        /// PKCE challenge.
        challenge: Option<CodeChallenge>,
        /// Goes into the ID token.
        nonce: Option<String>,
    },
    /// To the device with this code, when it asks again.
    Device {
        /// Device code.
        device_code: Secret,
    },
}

/// What an app wants: the `response_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// `code`: an authorization code.
    Code,
    /// `token`, `token id_token`: the tokens themselves, in the fragment.
    Tokens,
    /// `hybrid_token`: the same with UI sessions.
    HybridTokens,
}

/// An authorization code.
#[derive(Clone)]
pub(crate) struct IssuedCode {
    /// Name of the app.
    pub(crate) app: String,
    /// Key of the user.
    pub(crate) user: String,
    /// Scopes.
    pub(crate) scopes: BTreeSet<OauthScope>,
    /// Redirect URI of the request.
    pub(crate) redirect_uri: String,
    /// PKCE challenge of the request.
    pub(crate) challenge: Option<CodeChallenge>,
    /// Goes into the ID token.
    pub(crate) nonce: Option<String>,
    /// Level of the session in which the user approved.
    pub(crate) level: SessionLevel,
    /// When it can no longer be used.
    pub(crate) expires: Timestamp,
}

/// A device that waits for its user.
#[derive(Clone)]
pub(crate) struct WaitingDevice {
    /// Name of the app.
    pub(crate) app: String,
    /// The scopes that it asks for.
    pub(crate) scopes: BTreeSet<OauthScope>,
    /// What the user said.
    pub(crate) said: Said,
}

/// What the user of a device said.
#[derive(Clone)]
pub(crate) enum Said {
    /// Nothing yet.
    Nothing,
    /// The user refused.
    Denied,
    /// The user approved.
    Allowed {
        /// Key of the user.
        user: String,
        /// Level of the session in which the user approved.
        level: SessionLevel,
    },
}

impl OauthState {
    pub(super) fn new(realm: &Realm) -> Self {
        Self {
            requests: Expiring::new(Kept::OauthRequests, &realm.journal),
            codes: Expiring::new(Kept::AuthorizationCodes, &realm.journal),
            devices: Expiring::new(Kept::OauthRequests, &realm.journal),
            user_codes: Expiring::new(Kept::OauthRequests, &realm.journal),
        }
    }

    /// The flow whose approval page has this path and query.
    pub(crate) fn flow_behind(&self, path: &str, now: Timestamp) -> Option<OauthFlow> {
        Some(self.behind(path, now)?.flow())
    }

    /// The username that the app behind the approval page with this path and query names.
    pub(crate) fn login_hint_behind(&self, path: &str, now: Timestamp) -> Option<String> {
        self.behind(path, now)?.login_hint
    }

    /// How the app behind the approval page with this path and query has pages shown.
    pub(crate) fn display_behind(&self, path: &str, now: Timestamp) -> Display {
        self.behind(path, now).map_or_else(Display::default, |waiting| waiting.display)
    }

    fn behind(&self, path: &str, now: Timestamp) -> Option<WaitingRequest> {
        let query = path.strip_prefix(paths::APPROVAL)?.strip_prefix('?')?;
        self.requests.get(Fields::parse(query.as_bytes()).text("source"), now)
    }
}

impl WaitingRequest {
    /// The flow that it belongs to. A code of the hybrid flow is known as one only when it is exchanged.
    pub(crate) fn flow(&self) -> OauthFlow {
        match &self.answer {
            AnswerTo::App { wants: Wants::Code, .. } => OauthFlow::WebServer,
            AnswerTo::App { wants: Wants::Tokens, .. } => OauthFlow::UserAgent,
            AnswerTo::App { wants: Wants::HybridTokens, .. } => OauthFlow::Hybrid,
            AnswerTo::Device { .. } => OauthFlow::Device,
        }
    }
}

/// How long a user may take at the approval page.
pub(crate) const REQUEST_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
