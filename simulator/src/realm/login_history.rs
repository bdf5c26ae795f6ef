//! Login History: one row per login attempt, as the org's page and REST query show it.

use jiff::Timestamp;
use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::Serialize;
use vestibule_model::{LoginStatus, OauthFlow};

use super::newest::Newest;

/// One row of Login History.
///
/// Source: Object Reference, `LoginHistory` (fields, `LoginType` labels and `Status` texts).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LoginRecord {
    /// `LoginTime`: the calendar date of the realm with the protocol clock's time of day, UTC.
    #[schemars(with = "String")]
    pub time: Timestamp,
    /// Key of the user in the realm; `None` if the username is not known.
    pub user: Option<String>,
    /// `LoginType` label: `Application`, `SAML Sfdc Initiated SSO`, `Remote Access 2.0`.
    pub login_type: String,
    /// `Status`: `Success`, `Invalid Password`, `Multi-factor required`, `Failed: Signature Invalid`.
    pub status: LoginStatus,
    /// `AuthMethodReference`: the OIDC `amr`; a SAML `acr` is not recorded here (help 005321561).
    pub auth_method_reference: Option<String>,
    /// `Application`: `Browser`.
    pub application: String,
    /// `LoginUrl`: the host at which the login was made.
    pub login_url: String,
    /// The API by which it was made, if by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiOfLogin>,
    /// The OAuth flow by which it was made, if by one. The journal tells it by the token that was issued.
    #[serde(skip)]
    pub flow: Option<OauthFlow>,
}

/// The API by which a login was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ApiOfLogin {
    /// `ApiType`: `SOAP Partner`.
    pub api_type: String,
    /// `ApiVersion`: `59.0`.
    pub version: String,
}

/// Login History of one org.
#[derive(Debug)]
pub struct LoginHistory {
    rows: Mutex<Newest<LoginRecord>>,
}

impl LoginHistory {
    /// One that keeps so many at most.
    pub(super) fn keeping(most: usize) -> Self {
        Self { rows: Mutex::new(Newest::new(CAPACITY.min(most))) }
    }

    pub(crate) fn push(&self, row: LoginRecord) {
        self.rows.lock().push(row);
    }

    /// Every row that is kept, oldest first.
    pub fn all(&self) -> Vec<LoginRecord> {
        self.rows.lock().all()
    }

    /// Every row that is kept from this position on.
    pub fn since(&self, position: u64) -> Vec<LoginRecord> {
        self.rows.lock().since(position)
    }

    /// How many rows were ever added: the position of the next one.
    pub fn length(&self) -> u64 {
        self.rows.lock().length()
    }

    /// How many of the oldest rows were dropped.
    pub fn dropped(&self) -> u64 {
        self.rows.lock().dropped()
    }
}

impl Default for LoginHistory {
    fn default() -> Self {
        Self::keeping(usize::MAX)
    }
}

/// Far more than a realm needs.
const CAPACITY: usize = 10_000;
