//! The built-in suites, so that `vestibule run` without a path has something to run.

use super::discover::SourceFile;

/// The files of `scenarios/`, as they were when the program was built.
pub fn embedded_suites() -> Vec<SourceFile> {
    let file = |(path, text): &(&str, &str)| SourceFile {
        name: format!("scenarios/{path}"),
        id: (*path).to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    SUITES.iter().map(file).collect()
}

macro_rules! suites {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../scenarios/", $path)))),*]
    };
}

const SUITES: &[(&str, &str)] = suites![
    "conditions/basics.yaml",
    "conditions/codes.yaml",
    "conditions/gate.yaml",
    "conditions/routes.yaml",
    "conditions/sso.yaml",
    "devices/activation.yaml",
    "diagnosis/gate.yaml",
    "diagnosis/login-page.yaml",
    "diagnosis/session.yaml",
    "diagnosis/sso.yaml",
    "diagnosis/verification.yaml",
    "direct/before-enforcement.yaml",
    "direct/by-org-kind.yaml",
    "direct/by-verifier.yaml",
    "direct/push.yaml",
    "enforcement/admin.yaml",
    "enforcement/calendar.yaml",
    "enforcement/gate.yaml",
    "enrolment/lost-passkey.yaml",
    "enrolment/passkey.yaml",
    "enrolment/totp-app.yaml",
    "exemptions/audiences.yaml",
    "exemptions/waiver.yaml",
    "interstitials/lockout.yaml",
    "interstitials/password.yaml",
    "interstitials/phone.yaml",
    "login-pages/actors.yaml",
    "login-pages/late-second-page.yaml",
    "login-pages/remembered.yaml",
    "sessions/stale.yaml",
    "sso-oidc/tiers.yaml",
    "sso-saml/login-history.yaml",
    "sso-saml/presets.yaml",
    "sso-saml/requested-context.yaml",
    "sso-saml/tiers.yaml",
    "sso-saml/verifier.yaml",
];

#[cfg(test)]
mod tests;
