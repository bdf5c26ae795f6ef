//! One isolated world: an org, its identity providers, users, two clocks, entropy and a journal.
//!
//! A realm holds what both sides of a login and the harness need to agree on. Logins under way are in `org`, IdP
//! sessions and codes in `idp`.

mod administration;
mod apps;
mod clock;
mod devices;
mod entropy;
mod event;
mod event_outcome;
mod expiring;
mod foreign_idp;
mod hosts;
mod inbox;
mod journal;
mod limited_hours;
mod login_history;
mod messages;
mod newest;
mod oauth_grants;
mod planned_answers;
mod products;
mod record;
mod requests;
mod secrets;
mod security_token;
mod sessions;
mod sign_on_requests;
mod sso_trust;
mod user_names;
mod users;

pub(crate) use administration::passkey_id;
pub use administration::{Administered, AdministrationRefused, AdministrativeAct, CodeHours};
pub use apps::{App, Apps};
pub use clock::Clock;
pub(crate) use clock::later;
pub use devices::Devices;
pub(crate) use entropy::Entropy;
pub use event::{Event, Kept};
pub use event_outcome::{
    CodeFieldHolds, ContextFault, InterstitialExit, LockoutCause, PasswordHolds, ProtocolVerdict, RequestFault,
    TokenRenewal, UsernameHolds, VerificationResult,
};
pub(crate) use expiring::Expiring;
pub use foreign_idp::{ForeignIdp, ForeignOidc, ForeignSaml};
pub use hosts::{Hosts, resolver_rules};
pub use inbox::{Email, Inbox};
pub use journal::{Entry, Journal};
pub use login_history::{ApiOfLogin, LoginHistory, LoginRecord};
pub use messages::{FoundSignal, MessageKind, MessageLog, ReceivedMessage};
pub use oauth_grants::{OauthGrant, OauthGrants};
pub use planned_answers::{PlannedAnswer, PlannedAnswers, TooManyPlanned};
pub use products::{AppPassword, ProductUser, ProductUsers};
pub use record::Realm;
pub(crate) use record::{INTEGRATION_CALLBACK, named_id, profile_id};
pub(crate) use requests::without_values;
pub use requests::{AnsweredRequest, RequestLog};
pub use secrets::{Secrets, SecretsRead};
pub(crate) use sessions::SamlLogin;
pub use sessions::{OrgSession, OrgSessions, SessionKind};
pub use sign_on_requests::{SignOnRequest, SignOnRequests};
pub(crate) use sso_trust::ORG_SLO_PATH;
pub use sso_trust::SsoTrust;
pub use users::{User, Users};
pub use vestibule_model::{
    AnswerSpec, CallbackHost, ClientAuth, ClockSpec, Component, HostNaming, HostRole, IdpDocument, IdpProtocol,
    IdpSpec, MethodUsed, OnRequestedContext, OrgSpec, ProductKind, ProductSpec, ProductUserSpec, ProductUserType,
    RealmSpec, SamlSigning, SignInPage, SpEntityId, UserIdentity, UserSpec,
};

#[cfg(test)]
mod tests;
