//! The rules, pure: no I/O, no clock, no randomness.
//!
//! `decide(rulebook, org, user, evidence, date) -> Decision` is total; the rulebook is data (`rulebooks/*.yaml`), and
//! every value has a source and a confidence mark. One concern per file:
//!
//! - `audience`: which rules apply to a user
//! - `calendar`: whether enforcement has reached this audience, org and day, and since when
//! - `admission`: whether the user may log in at all
//! - `requirement`: the tier that this login needs
//! - `signal`: the tier of the identity provider's signals
//! - `strength`: what the login proved altogether
//! - `methods`: which methods a login can be asked for, and which can be enrolled
//! - `decision`: the outcome
//! - `api_login`: what a login through the API with a password needs
//! - `device_activation`: whether an unrecognised browser has to be activated
//! - `step_up`: what a report asks of somebody who is signed in
//! - `session_level`: the session that a page behind the login wants
//! - `banner`, `login_page`: what else the org shows
//! - `app`: which apps get tokens of a user
//! - `explain`: all answers about one login
//! - `service_account`: what the account of an integration should be
//! - `products`: the products beside the org, which have rules of their own

mod admission;
mod api_login;
mod app;
mod audience;
mod banner;
mod block_reason;
mod calendar;
mod decision;
mod device_activation;
mod evidence;
mod explain;
mod login_inputs;
mod login_page;
mod methods;
pub mod products;
mod rated;
mod requirement;
mod rule;
mod rulebook;
mod service_account;
mod session_level;
mod signal;
mod step_up;
mod strength;
mod waiver;

pub use api_login::{
    PasswordSuffix, accepts_unneeded_token, first_version_without_soap_login, password_suffix, soap_login_refusal,
};
pub use app::{AppControls, AppDecision, AppFacts, AppRefusal, app_controls, decide_app};
pub use audience::Audience;
pub use banner::{Banner, BannerCondition, banners};
pub use block_reason::BlockReason;
pub use calendar::{Enforcement, MfaSetting, enforcement, mfa_setting};
pub use decision::{Decision, Outcome, decide};
pub use device_activation::asks_for_activation;
pub use evidence::Evidence;
pub use explain::{Explanation, explain};
pub use login_page::{login_page, login_page_begins};
pub use rule::{FiredRule, Rule};
pub use rulebook::{Rulebook, RulebookError, SettingError, SettingInfo};
pub use service_account::{PersonSign, ServiceAccountFinding, audit_service_account, is_service_account};
pub use session_level::experience_builder_level;
pub use signal::{SignalRating, rate_signal, signalled};
pub use step_up::{ReportRequest, StepUp, step_up};
pub use vestibule_model::{Confidence, OrgFacts, Origin, UserFacts};
