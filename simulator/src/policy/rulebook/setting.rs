//! Overriding one value of a rulebook by name. The name is the path in the file: `signals.unlisted`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::document::Document;
use super::sourced::{Rival, Source, Sourced};
use vestibule_model::confidence::mark;
use vestibule_model::{Confidence, diagnostic, yaml};

/// Why a setting was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// There is no setting of this name.
    #[error("find a setting named `{name}`{}", did_you_mean(.suggestion))]
    Unknown {
        /// The name as given.
        name: String,
        /// The closest name, if one is close.
        suggestion: Option<&'static str>,
    },
    /// The value is not valid for this setting.
    #[error("set `{name}` to `{value}`: {reason}")]
    BadValue {
        /// Name of the setting.
        name: String,
        /// The value as given.
        value: String,
        /// Why the value is not valid.
        reason: String,
    },
}

/// A setting and its current value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SettingInfo {
    /// Path in the file.
    pub name: &'static str,
    /// The value.
    pub value: String,
    /// Its source.
    pub source: String,
    /// How certain the source is.
    #[serde(serialize_with = "mark::serialize")]
    pub confidence: Confidence,
    /// What other sources say: value, source.
    pub rivals: Vec<(String, String)>,
}

pub(super) fn set(document: &mut Document, name: &str, value: &str) -> Result<(), SettingError> {
    let Some((name, slot)) = SETTINGS.iter().find(|(known, _)| *known == name) else {
        let suggestion = diagnostic::suggest(name, SETTINGS.iter().map(|(known, _)| *known));
        return Err(SettingError::Unknown { name: name.to_owned(), suggestion });
    };
    slot(document).set(name, value).map_err(|reason| SettingError::BadValue {
        name: (*name).to_owned(),
        value: value.to_owned(),
        reason,
    })
}

pub(super) fn list(document: &mut Document) -> Vec<SettingInfo> {
    SETTINGS.iter().map(|(name, slot)| slot(document).info(name)).collect()
}

/// A value that can be set from text.
trait Slot {
    fn set(&mut self, name: &str, text: &str) -> Result<(), String>;
    fn info(&self, name: &'static str) -> SettingInfo;
}

impl<T: DeserializeOwned + Serialize + Clone> Slot for Sourced<T> {
    fn set(&mut self, name: &str, text: &str) -> Result<(), String> {
        let source = diagnostic::Source::new(name, text);
        let value = yaml::parse(&source)
            .map_err(|fault| std::iter::once(fault.title).chain(fault.notes).collect::<Vec<_>>().join("; "))?;
        let former = Rival {
            value: std::mem::replace(&mut self.value, value),
            source: std::mem::replace(&mut self.source, Source::chosen(name)),
            confidence: std::mem::replace(&mut self.confidence, Confidence::Chosen),
        };
        self.rivals.insert(0, former);
        Ok(())
    }

    fn info(&self, name: &'static str) -> SettingInfo {
        SettingInfo {
            name,
            value: shown(&self.value),
            source: self.source.as_str().to_owned(),
            confidence: self.confidence,
            rivals: self.rivals.iter().map(|rival| (shown(&rival.value), rival.source.as_str().to_owned())).collect(),
        }
    }
}

/// A value as it is written in a file; lists in flow style.
fn shown(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

fn did_you_mean(suggestion: &Option<&'static str>) -> String {
    suggestion.map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

type Reach = fn(&mut Document) -> &mut dyn Slot;

const SETTINGS: &[(&str, Reach)] = &[
    ("signals.matching", |d| &mut d.signals.matching),
    ("signals.prefixes", |d| &mut d.signals.prefixes),
    ("signals.unlisted", |d| &mut d.signals.unlisted),
    ("signals.winner", |d| &mut d.signals.winner),
    ("carriers.id-token-amr", |d| &mut d.carriers.id_token_amr),
    ("carriers.id-token-acr", |d| &mut d.carriers.id_token_acr),
    ("carriers.authn-context-class-ref", |d| &mut d.carriers.authn_context_class_ref),
    ("carriers.saml-attributes", |d| &mut d.carriers.saml_attributes),
    ("carriers.user-info", |d| &mut d.carriers.user_info),
    ("carriers.access-token", |d| &mut d.carriers.access_token),
    ("admission.inactive-user", |d| &mut d.admission.inactive_user),
    ("admission.frozen-user", |d| &mut d.admission.frozen_user),
    ("admission.lockout", |d| &mut d.admission.lockout),
    ("admission.login-ip-ranges", |d| &mut d.admission.login_ip_ranges),
    ("admission.login-hours", |d| &mut d.admission.login_hours),
    ("admission.salesforce-credentials-disabled", |d| &mut d.admission.salesforce_credentials_disabled),
    ("device-activation.oidc-from", |d| &mut d.device_activation.oidc_from),
    ("device-activation.saml-from", |d| &mut d.device_activation.saml_from),
    ("device-activation.saml-attributes-from", |d| &mut d.device_activation.saml_attributes_from),
    ("device-activation.accepted", |d| &mut d.device_activation.accepted),
    ("device-activation.trusted-range-at-most", |d| &mut d.device_activation.trusted_range_at_most),
    ("verifiers.temporary-code", |d| &mut d.verifiers.temporary_code),
    ("verifiers.temporary-code-privileged", |d| &mut d.verifiers.temporary_code_privileged),
    ("verifiers.webview-without-passkeys-up-to", |d| &mut d.verifiers.webview_without_passkeys_up_to),
    ("verifiers.system-browser-from", |d| &mut d.verifiers.system_browser_from),
    ("verifiers.passwordless-from", |d| &mut d.verifiers.passwordless_from),
    ("privileged.demands", |d| &mut d.privileged.demands),
    ("audiences.chatter", |d| &mut d.audiences.chatter),
    ("audiences.integration", |d| &mut d.audiences.integration),
    ("org-kinds.trial", |d| &mut d.org_kinds.trial),
    ("org-kinds.scratch", |d| &mut d.org_kinds.scratch),
    ("org-kinds.developer-edition", |d| &mut d.org_kinds.developer_edition),
    ("org-kinds.partner-developer-edition", |d| &mut d.org_kinds.partner_developer_edition),
    ("org-kinds.trailhead-playground", |d| &mut d.org_kinds.trailhead_playground),
    ("calendar.employee.sandbox.start", |d| &mut d.calendar.employee.sandbox.start),
    ("calendar.employee.sandbox.stagger-days", |d| &mut d.calendar.employee.sandbox.stagger_days),
    ("calendar.employee.production.start", |d| &mut d.calendar.employee.production.start),
    ("calendar.employee.production.stagger-days", |d| &mut d.calendar.employee.production.stagger_days),
    ("calendar.privileged.sandbox.start", |d| &mut d.calendar.privileged.sandbox.start),
    ("calendar.privileged.sandbox.stagger-days", |d| &mut d.calendar.privileged.sandbox.stagger_days),
    ("calendar.privileged.production.start", |d| &mut d.calendar.privileged.production.start),
    ("calendar.privileged.production.stagger-days", |d| &mut d.calendar.privileged.production.stagger_days),
    ("trials.grace-days", |d| &mut d.trials.grace_days),
    ("trials.grace-days-enforced", |d| &mut d.trials.grace_days_enforced),
    ("routes.oauth-user-agent", |d| &mut d.routes.oauth_user_agent),
    ("routes.frontdoor", |d| &mut d.routes.frontdoor),
    ("routes.frontdoor-with-app", |d| &mut d.routes.frontdoor_with_app),
    ("routes.oauth-password-until", |d| &mut d.routes.oauth_password_until),
    ("routes.soap-login-until", |d| &mut d.routes.soap_login_until),
    ("apps.pkce-from", |d| &mut d.apps.pkce_from),
    ("apps.refresh-token-rotation-from", |d| &mut d.apps.refresh_token_rotation_from),
    ("apps.uninstalled-blocked-from", |d| &mut d.apps.uninstalled_blocked_from),
    ("apps.device-flow-blocked-from", |d| &mut d.apps.device_flow_blocked_from),
    ("sso.asked-only-by-provider-setting", |d| &mut d.sso.asked_only_by_provider_setting),
    ("sso.weak-with-verifier", |d| &mut d.sso.weak_with_verifier),
    ("sso.weak-without-verifier", |d| &mut d.sso.weak_without_verifier),
    ("enrolment.order", |d| &mut d.enrolment.order),
    ("enrolment.only-sufficient", |d| &mut d.enrolment.only_sufficient),
    ("enrolment.gate", |d| &mut d.enrolment.gate),
    ("sessions.verified", |d| &mut d.sessions.verified),
    ("sessions.sso-signal", |d| &mut d.sessions.sso_signal),
    ("sessions.experience-builder", |d| &mut d.sessions.experience_builder),
    ("sessions.required-at-login", |d| &mut d.sessions.required_at_login),
    ("banners-from", |d| &mut d.banners_from),
    ("banners-until", |d| &mut d.banners_until),
    ("banners-waiver", |d| &mut d.banners_waiver),
    ("banners-passkeys", |d| &mut d.banners_passkeys),
    ("api-logins.new-orgs", |d| &mut d.api_logins.new_orgs),
    ("api-logins.soap-login-disabled-in-new-orgs-from", |d| &mut d.api_logins.soap_login_disabled_in_new_orgs_from),
    ("api-logins.use-any-api-auth-in-new-orgs-from", |d| &mut d.api_logins.use_any_api_auth_in_new_orgs_from),
    ("api-logins.soap-login-before-version", |d| &mut d.api_logins.soap_login_before_version),
    ("api-logins.security-token", |d| &mut d.api_logins.security_token),
    ("api-logins.unneeded-token", |d| &mut d.api_logins.unneeded_token),
    ("api-logins.totp-code", |d| &mut d.api_logins.totp_code),
    ("step-up.reports-from-sandbox", |d| &mut d.step_up.reports_from_sandbox),
    ("step-up.reports-from-production", |d| &mut d.step_up.reports_from_production),
    ("step-up.period-minutes", |d| &mut d.step_up.period_minutes),
    ("step-up.exports-from-sandbox", |d| &mut d.step_up.exports_from_sandbox),
    ("step-up.exports-from-production", |d| &mut d.step_up.exports_from_production),
];
