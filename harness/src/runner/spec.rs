//! A case to the realm it plays in.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_model::Secret;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{
    ClientAuth, ClockSpec, Component, HostNaming, IdpProtocol, IdpSpec, MethodUsed, OnRequestedContext, OrgSpec,
    RealmSpec, SamlSigning, SignInPage, UserSpec,
};

use super::error::RunError;
use crate::scenario::model::{
    ClientAuthName, ClockComponent, ClockPart, Idp, KeyName, KeyStateName, MethodName, OnRequestedContextName, Org,
    Protocol, Scenario, SignIn, SignedPart, User,
};

/// The realm of a scenario.
pub(super) fn realm_spec(scenario: &Scenario, naming: HostNaming) -> RealmSpec {
    RealmSpec {
        org: org(&scenario.org),
        users: scenario.users.iter().map(|(key, spec)| (key.clone(), user(spec))).collect(),
        idps: scenario.idps.iter().map(|(key, spec)| (key.clone(), idp(spec))).collect(),
        clock: clock(&scenario.clock),
        naming,
        seed: None,
    }
}

/// The rulebook of a scenario, its settings applied.
pub(super) fn rulebook(scenario: &Scenario) -> Result<Arc<Rulebook>, RunError> {
    let Some(choice) = &scenario.rulebook else {
        return Ok(Arc::new(Rulebook::newest()));
    };
    let unknown = || RunError::Rulebook(format!("there is no rulebook `{}`", choice.name.value));
    let mut rulebook = Rulebook::embedded(&choice.name.value).ok_or_else(unknown)?;
    for (name, value) in &choice.settings {
        let text = value.value.as_str().map_or_else(|| value.value.to_string(), str::to_owned);
        rulebook = rulebook.with_setting(name, &text).map_err(|error| RunError::Rulebook(error.to_string()))?;
    }
    Ok(Arc::new(rulebook))
}

fn org(part: &Org) -> OrgSpec {
    let usual = OrgSpec::unnamed(part.kind.value, part.date.value);
    OrgSpec {
        my_domain: part.my_domain.as_ref().map(|name| name.value.clone()),
        login_page: part.login_page.as_ref().map_or(usual.login_page, |page| page.value),
        methods: part.methods.as_ref().map_or(usual.methods, |methods| methods.iter().copied().collect()),
        mfa_setting: part.mfa_setting.unwrap_or(usual.mfa_setting),
        passwordless: part.passwordless.unwrap_or(usual.passwordless),
        stagger_day: part.stagger_day,
        converted_on: None,
        gate: part.gate,
        gate_autostart: part.gate_autostart.unwrap_or(usual.gate_autostart),
        device_activation: part.device_activation.unwrap_or(usual.device_activation),
        second_page_delay: part.second_page_delay.map_or(usual.second_page_delay, Duration::from_millis),
        lockout_after: part.lockout_after.unwrap_or(usual.lockout_after),
        error_prefix: part.error_prefix.unwrap_or(usual.error_prefix),
        kind: usual.kind,
        date: usual.date,
    }
}

fn user(part: &User) -> UserSpec {
    UserSpec {
        username: part.username.clone(),
        password: part.password.as_ref().map(|password| Secret::new(password.expose())),
        email: part.email.clone(),
        federation_id: part.federation_id.clone(),
        profile: part.profile.clone(),
        user_type: part.user_type,
        permissions: part.permissions.iter().copied().collect(),
        mfa_for_ui_logins: part.mfa_for_ui_logins,
        waiver: part.waiver,
        verifiers: part.verifiers.iter().copied().collect(),
        passkey_lost: None,
        totp_shared: part.totp_shared,
        phone_registration: part.phone_registration,
        password_expired: part.password_expired,
        locked: part.locked,
        remembered: part.remembered,
    }
}

fn idp(part: &Idp) -> IdpSpec {
    let protocol = match part.protocol {
        Protocol::Saml => IdpProtocol::Saml,
        Protocol::Oidc => IdpProtocol::Oidc,
    };
    let mut spec = IdpSpec::new(protocol);
    spec.preset = part.preset.as_ref().map(|preset| preset.value.clone());
    spec.method = part.method.as_ref().map_or(spec.method, |method| method_used(method.value));
    spec.emit = part.signals();
    spec.sign_in = part.sign_in.as_ref().map_or(spec.sign_in, sign_in_page);
    spec.signing = part.sign.map_or(spec.signing, |sign| match sign {
        SignedPart::Response => SamlSigning::Response,
        SignedPart::Assertion => SamlSigning::Assertion,
        SignedPart::Both => SamlSigning::Both,
    });
    spec.algorithm = part.key.map_or(spec.algorithm, |key| match key {
        KeyName::Rsa => KeyAlgorithm::Rsa2048,
        KeyName::Ec => KeyAlgorithm::EcP256,
    });
    spec.key_state = part.key_state.map_or(spec.key_state, |state| match state {
        KeyStateName::Valid => KeyState::Valid,
        KeyStateName::Expired => KeyState::Expired,
        KeyStateName::RolledOver => KeyState::RolledOver,
        KeyStateName::Foreign => KeyState::Foreign,
    });
    spec.salesforce_mfa = part.salesforce_mfa;
    spec.client_auth = part.client_auth.map_or(spec.client_auth, |auth| match auth {
        ClientAuthName::Basic => ClientAuth::Basic,
        ClientAuthName::Post => ClientAuth::Post,
    });
    spec.token_endpoint = part.token_endpoint.clone();
    spec.jwks_uri = part.jwks_uri.clone();
    spec.requested_context = part.requested_context.clone();
    spec.on_requested_context = part.on_requested_context.map_or(spec.on_requested_context, |answer| match answer {
        OnRequestedContextName::Ignore => OnRequestedContext::Ignore,
        OnRequestedContextName::Honour => OnRequestedContext::Honour,
        OnRequestedContextName::Refuse => OnRequestedContext::Refuse,
    });
    spec.faults = part.faults.iter().map(|fault| fault.value.clone()).collect();
    spec.max_age = part.max_age;
    spec
}

fn method_used(name: MethodName) -> MethodUsed {
    match name {
        MethodName::Password => MethodUsed::Password,
        MethodName::Push => MethodUsed::Push,
        MethodName::Totp => MethodUsed::Totp,
        MethodName::Passkey => MethodUsed::Passkey,
        MethodName::Certificate => MethodUsed::Certificate,
        MethodName::Sms => MethodUsed::Sms,
        MethodName::Email => MethodUsed::Email,
        MethodName::WindowsIntegrated => MethodUsed::WindowsIntegrated,
    }
}

fn sign_in_page(page: &SignIn) -> SignInPage {
    match page {
        SignIn::Automatic => SignInPage::Automatic,
        SignIn::Own => SignInPage::Own,
        SignIn::Fields { username, password, submit } => {
            SignInPage::Fields { username: username.clone(), password: password.clone(), submit: submit.clone() }
        }
    }
}

fn clock(part: &ClockPart) -> ClockSpec {
    let skew = part.skew.iter().map(|(component, seconds)| {
        let component = match component {
            ClockComponent::Org => Component::Org,
            ClockComponent::Idp => Component::Idp,
            ClockComponent::Authenticator => Component::Authenticator,
        };
        (component, SignedDuration::from_secs(*seconds))
    });
    ClockSpec { frozen_at: part.frozen_at.as_ref().map(|instant| instant.value), skew: skew.collect() }
}
