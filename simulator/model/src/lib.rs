//! The vocabulary of Vestibule: plain data that `certs`, `simulator` and `harness` share, so that each concept has one
//! type. No I/O, no clock, no randomness, no cryptography, no HTTP.

mod actor;
mod api_login;
mod attack;
mod authenticator_fault;
mod blanks;
mod clock;
pub mod confidence;
mod connected_app;
mod credential;
pub mod diagnostic;
mod error_chain;
mod excerpt;
mod facts;
mod fault;
mod host;
mod idp;
mod idp_protocol;
mod ip_range;
mod jose;
mod key;
mod login;
mod login_hours;
mod login_status;
mod method;
mod my_domain;
mod org;
mod page;
mod page_settings;
mod product;
mod profile;
mod push;
mod realm;
mod rulebook;
mod secret;
mod session_timeout;
mod signal;
mod stagger_day;
mod step_up;
pub mod text;
mod totp_secret;
mod user;
pub mod vendor_hosts;
mod verdict;
pub mod yaml;

pub use actor::{ActorKind, AuthenticatorKind, SignInRoute};
pub use api_login::{ApiLoginSettings, ApiPermissions};
pub use attack::{CaseId, UnknownCase, Weakness};
pub use authenticator_fault::AuthenticatorFault;
pub use blanks::{blanks, quoted};
pub use clock::{ClockSpec, Component};
pub use confidence::Confidence;
pub use connected_app::{AppKind, ConnectedApp, OauthFlow, OauthScope, OauthSettings, PLATFORM_CLI, PermittedUsers};
pub use credential::Credential;
pub use error_chain::{causes_of, with_causes};
pub use excerpt::excerpt;
pub use facts::{LoginRestrictions, OrgFacts, UserFacts};
pub use fault::{Fault, UnknownFault};
pub use host::{HostKind, HostNaming, HostRole};
pub use idp::{
    AcsBinding, AnswerSpec, AssertionConsumerService, AttributeConsumingService, AttributeNameFormat, CallbackHost,
    Carriage, ClientAuth, ClientKeys, ContentEncryption, Emission, EncryptedPart, EndpointUrl, GrantType, IdpDocument,
    IdpProduct, IdpSpec, KeyTransport, LogoutBinding, MethodUsed, MisplacedKey, OnRequestedContext, Preset, PresetRow,
    PublishedMetadata, RelyingPartyAuth, RelyingPartySpec, RequestedAttribute, ResponseType, SamlEncryption,
    SamlSigning, ServiceProviderSpec, SignInField, SignInFields, SignInPage, SingleLogoutService, SpEntityId,
    SubjectType, UserIdentity, names_a_preset_file,
};
pub use idp_protocol::IdpProtocol;
pub use ip_range::IpRange;
pub use jose::{JweAlgorithm, JweEncryption, JwsAlgorithm};
pub use key::{KeyAlgorithm, KeyState};
pub use login::{LoginKind, Origin, SdkVersion, SessionLevel};
pub use login_hours::{Hours, LoginHours, Weekday};
pub use login_status::LoginStatus;
pub use method::VerificationMethod;
pub use my_domain::MyDomain;
pub use org::{EnrolmentGate, LoginPage, OrgKind, OrgSpec};
pub use page::{ORDER_OF_RECOGNITION, PageInfo, PageName, Sign};
pub use page_settings::{PageSettings, is_element_id};
pub use product::{
    IntegrationFault, MisplacedProductKey, ProductKind, ProductProof, ProductRefusal, ProductSpec, ProductUserSpec,
    ProductUserType,
};
pub use profile::profile_name;
pub use push::PushAnswer;
pub use realm::RealmSpec;
pub use rulebook::RulebookChoice;
pub use secret::Secret;
pub use session_timeout::SessionTimeout;
pub use signal::{Carrier, Signal, Strength};
pub use stagger_day::StaggerDay;
pub use step_up::{StepUpPeriod, StepUpSettings};
pub use totp_secret::{OtpauthUri, TotpAlgorithm, TotpKey, TotpSecret, TotpSecretFault};
pub use user::{PasskeyLoss, PasswordExpiry, Permission, UserSpec, UserState, UserType, Waiver};
pub use verdict::{GoodEnd, OutcomeKind, Owner, Survival, Verdict};

#[cfg(test)]
mod tests;
