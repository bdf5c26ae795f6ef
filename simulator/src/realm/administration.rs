//! What an admin does about a user, and what the vendor's Support does. Setup, the control API and tests all act here.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use vestibule_model::{Component, PageName, PasswordExpiry, PushAnswer, Secret, UserState, VerificationMethod, Waiver};
use webauthn_rs::prelude::Passkey;

use super::event::Event;
use super::event_outcome::TokenRenewal;
use super::record::{Realm, named_id};
use super::users::{User, temporary_code};

/// What an admin, or the vendor's Support, does about a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AdministrativeAct {
    /// Generates a temporary verification code that is valid for so many hours, in place of an earlier one.
    GenerateTemporaryCode(CodeHours),
    /// Disconnects a method: the user no longer has it registered. A temporary code expires.
    Disconnect(VerificationMethod),
    /// Removes one passkey, by its record id: `0mo…`.
    RemovePasskey(String),
    /// Ends a lockout.
    Unlock,
    /// Freezes an active user.
    Freeze,
    /// Lets a frozen user log in again.
    Unfreeze,
    /// Resets the password: a new one comes by email, and must be changed after the next login.
    ResetPassword,
    /// Resets the security token: a new one comes by email.
    ResetSecurityToken,
    /// Restores the waiver of a user who has the permission "Waive Multi-Factor Authentication for Exempt Users", as the
    /// vendor's Support does for valid cases.
    RestoreWaiver,
    /// Answers the request of Salesforce Authenticator that waits, or else the next one, as the holder of the phone.
    AnswerPush(PushAnswer),
}

/// How long a temporary code is valid: 1 to 24 hours (contract C3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct CodeHours(u8);

impl CodeHours {
    /// The longest.
    pub const LONGEST: Self = Self(LONGEST);
}

impl TryFrom<u8> for CodeHours {
    type Error = String;

    fn try_from(hours: u8) -> Result<Self, String> {
        if (SHORTEST..=LONGEST).contains(&hours) {
            return Ok(Self(hours));
        }
        Err(format!("{hours} hours are not how long a temporary code is valid: write {SHORTEST} to {LONGEST}"))
    }
}

impl From<CodeHours> for u8 {
    fn from(CodeHours(hours): CodeHours) -> Self {
        hours
    }
}

impl JsonSchema for CodeHours {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "CodeHours".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": SHORTEST, "maximum": LONGEST })
    }
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Administered {
    /// It is done, and there is nothing to hand over.
    Done,
    /// A temporary code.
    TemporaryCode {
        /// The code.
        code: Secret,
        /// When it expires.
        expires: Timestamp,
    },
    /// The new password, which the user got by email.
    Password(Secret),
    /// The new security token, which the user got by email.
    SecurityToken(Secret),
}

/// Why an act is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdministrationRefused {
    /// No user has the key.
    #[error("there is no user `{0}`")]
    UnknownUser(String),
    /// The user does not have the method.
    #[error("`{user}` has no {method} registered")]
    NotRegistered {
        /// Key of the user.
        user: String,
        /// The method.
        method: VerificationMethod,
    },
    /// The user has no passkey with this record id.
    #[error("`{user}` has no passkey `{id}`")]
    NoPasskey {
        /// Key of the user.
        user: String,
        /// The record id.
        id: String,
    },
    /// The user is not locked out.
    #[error("`{0}` is not locked out")]
    NotLocked(String),
    /// The user is in another state than the act changes.
    #[error("`{user}` is {state}, not {wanted}")]
    OtherState {
        /// Key of the user.
        user: String,
        /// The state.
        state: UserState,
        /// The state that the act changes.
        wanted: UserState,
    },
    /// The user has no waiver that could be restored.
    #[error("`{0}` does not have the permission \"Waive Multi-Factor Authentication for Exempt Users\"")]
    NoWaiver(String),
    /// Support has restored the waiver already.
    #[error("the waiver of `{0}` is restored already")]
    WaiverRestored(String),
}

impl Realm {
    /// Does this about the user with this key, and records it.
    ///
    /// # Errors
    ///
    /// If there is no such user, or nothing that the act could change.
    pub fn administer(&self, key: &str, act: AdministrativeAct) -> Result<Administered, AdministrationRefused> {
        let user = || key.to_owned();
        match act {
            AdministrativeAct::GenerateTemporaryCode(CodeHours(hours)) => {
                let now = self.clock.now(Component::Org);
                let (code, expires) = temporary_code(&self.entropy, now, SignedDuration::from_hours(hours.into()));
                self.change(key, |user| {
                    user.temporary_code = Some((code.clone(), expires));
                    Ok(())
                })?;
                self.record(Event::TemporaryCodeGenerated { user: user() });
                Ok(Administered::TemporaryCode { code, expires })
            }
            AdministrativeAct::Disconnect(method) => {
                let now = self.clock.now(Component::Org);
                self.change(key, |user| disconnect(user, method, now))?;
                self.record(Event::VerifierDisconnected { user: user(), method });
                Ok(Administered::Done)
            }
            AdministrativeAct::RemovePasskey(id) => {
                let method = self.change(key, |user| remove_passkey(user, &id))?;
                self.record(Event::VerifierDisconnected { user: user(), method });
                Ok(Administered::Done)
            }
            AdministrativeAct::Unlock => {
                let now = self.clock.now(Component::Org);
                self.change(key, |user| {
                    if !user.is_locked(now) {
                        return Err(AdministrationRefused::NotLocked(user.key.clone()));
                    }
                    user.unlock();
                    Ok(())
                })?;
                self.record(Event::UserUnlocked { user: user() });
                Ok(Administered::Done)
            }
            AdministrativeAct::Freeze => {
                self.change(key, |user| from_to(user, UserState::Active, UserState::Frozen))?;
                self.record(Event::UserFrozen { user: user() });
                Ok(Administered::Done)
            }
            AdministrativeAct::Unfreeze => {
                self.change(key, |user| from_to(user, UserState::Frozen, UserState::Active))?;
                self.record(Event::UserUnfrozen { user: user() });
                Ok(Administered::Done)
            }
            AdministrativeAct::ResetPassword => self.reset_password(key),
            AdministrativeAct::ResetSecurityToken => {
                let token = self.renew_security_token(key, TokenRenewal::ByManager);
                let token = token.ok_or_else(|| AdministrationRefused::UnknownUser(user()))?;
                Ok(Administered::SecurityToken(token))
            }
            AdministrativeAct::RestoreWaiver => {
                self.change(key, |user| match user.spec.waiver {
                    Waiver::None => Err(AdministrationRefused::NoWaiver(user.key.clone())),
                    Waiver::ApprovedBySupport => Err(AdministrationRefused::WaiverRestored(user.key.clone())),
                    Waiver::Assigned => {
                        user.spec.waiver = Waiver::ApprovedBySupport;
                        Ok(())
                    }
                })?;
                self.record(Event::WaiverRestored { user: user() });
                Ok(Administered::Done)
            }
            AdministrativeAct::AnswerPush(answer) => {
                let method = VerificationMethod::SalesforceAuthenticator;
                self.change(key, |user| {
                    if !user.spec.verifiers.contains(&method) {
                        return Err(AdministrationRefused::NotRegistered { user: user.key.clone(), method });
                    }
                    user.push_answer = Some(answer);
                    Ok(())
                })?;
                Ok(Administered::Done)
            }
        }
    }

    /// A new password, which must be changed after the next login. It ends a lockout, and a security token belongs to one
    /// password (contract G1.7, H7.3).
    fn reset_password(&self, key: &str) -> Result<Administered, AdministrationRefused> {
        let password = Secret::new(format!("Pw1-{}", self.entropy.token()));
        let (email, username, had_token) = self.change(key, |user| {
            user.password = password.clone();
            user.spec.password_expired = Some(PasswordExpiry::Hard);
            user.settled.remove(&PageName::ChangePassword);
            user.unlock();
            Ok((user.email.clone(), user.username.clone(), user.security_token.is_some()))
        })?;
        self.record(Event::PasswordReset { user: key.to_owned() });
        self.send_email(&email, RESET_SUBJECT, reset_body(&username, password.reveal()));
        if had_token {
            self.renew_security_token(key, TokenRenewal::PasswordChanged);
        }
        Ok(Administered::Password(password))
    }

    fn change<T>(
        &self,
        key: &str,
        change: impl FnOnce(&mut User) -> Result<T, AdministrationRefused>,
    ) -> Result<T, AdministrationRefused> {
        let changed = self.users.update(key, change);
        changed.unwrap_or_else(|| Err(AdministrationRefused::UnknownUser(key.to_owned())))
    }
}

fn disconnect(user: &mut User, method: VerificationMethod, now: Timestamp) -> Result<(), AdministrationRefused> {
    if !user.verifiers(now).contains(&method) {
        return Err(AdministrationRefused::NotRegistered { user: user.key.clone(), method });
    }
    match method {
        VerificationMethod::BuiltInAuthenticator | VerificationMethod::SecurityKey => {
            user.passkeys.retain(|(registered, _)| *registered != method);
        }
        VerificationMethod::TotpApp => {
            user.totp_secret = None;
            user.last_totp_step = None;
        }
        VerificationMethod::TemporaryCode => user.temporary_code = None,
        VerificationMethod::SalesforceAuthenticator => {
            user.spec.verifiers.remove(&method);
        }
    }
    Ok(())
}

/// Returns the method that the passkey was.
fn remove_passkey(user: &mut User, id: &str) -> Result<VerificationMethod, AdministrationRefused> {
    let place = user.passkeys.iter().position(|(_, passkey)| passkey_id(passkey) == id);
    let place = place.ok_or_else(|| AdministrationRefused::NoPasskey { user: user.key.clone(), id: id.to_owned() })?;
    Ok(user.passkeys.remove(place).0)
}

/// The record id of a passkey (contract C5.18).
pub(crate) fn passkey_id(passkey: &Passkey) -> String {
    let credential: String = passkey.cred_id().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}AAA", named_id("0mo", &credential))
}

fn from_to(user: &mut User, wanted: UserState, next: UserState) -> Result<(), AdministrationRefused> {
    let state = user.spec.state;
    if state != wanted {
        return Err(AdministrationRefused::OtherState { user: user.key.clone(), state, wanted });
    }
    user.spec.state = next;
    Ok(())
}

/// The line with the username has the form of that in the mail about a security token; the rest is our wording.
fn reset_body(username: &str, password: &str) -> String {
    format!(
        "Your administrator has reset your password.\n\
         Username: {username}\n\
         Password (case-sensitive): {password}\n\
         \n\
         You choose a new one after your next login.\n\
         This email was sent by a simulated org of Vestibule."
    )
}

const SHORTEST: u8 = 1;
const LONGEST: u8 = 24;
const RESET_SUBJECT: &str = "Your new Salesforce password";

#[cfg(test)]
mod tests {
    use super::{AdministrativeAct, CodeHours};
    use vestibule_model::VerificationMethod;

    /// Contract C3.3.
    #[test]
    fn an_act_is_read_as_it_is_written_and_hours_have_bounds() {
        let read = |text: &str| serde_json::from_str::<AdministrativeAct>(text);
        let code = |hours: u8| CodeHours::try_from(hours).map(AdministrativeAct::GenerateTemporaryCode).unwrap();

        for (text, act) in [
            (r#""unlock""#, AdministrativeAct::Unlock),
            (r#""restore-waiver""#, AdministrativeAct::RestoreWaiver),
            (r#"{"disconnect":"totp-app"}"#, AdministrativeAct::Disconnect(VerificationMethod::TotpApp)),
            (r#"{"generate-temporary-code":24}"#, code(24)),
        ] {
            assert_eq!(read(text).unwrap(), act);
            assert_eq!(serde_json::to_string(&act).unwrap(), text);
        }
        let short = read(r#"{"disconnect":"passkey"}"#).unwrap();
        assert_eq!(short, AdministrativeAct::Disconnect(VerificationMethod::BuiltInAuthenticator));
        for wrong in [r#"{"generate-temporary-code":0}"#, r#"{"generate-temporary-code":25}"#, r#""disconnect""#, "1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
