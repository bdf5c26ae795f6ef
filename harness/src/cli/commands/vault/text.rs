//! What an account has, in words and as JSON. No secret is in either.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Serialize;

use crate::vault::Account;

/// An account as JSON.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Shown<'a> {
    host: &'a str,
    also: &'a [String],
    username: &'a str,
    password: bool,
    totp: Option<ShownTotp>,
    passkeys: Vec<ShownPasskey<'a>>,
    backup_codes: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ShownTotp {
    algorithm: String,
    digits: u8,
    period: u32,
    /// When the last code that was issued stops to count.
    last_code_until: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ShownPasskey<'a> {
    rp_id: &'a str,
    credential_id: String,
    user_name: Option<&'a str>,
    sign_count: u32,
    discoverable: bool,
    backup_eligible: bool,
    backed_up: bool,
}

/// What an account has, for JSON.
pub(super) fn shown(account: &Account) -> Shown<'_> {
    let totp = account.totp.as_ref().map(|totp| {
        let generator = totp.generator().ok();
        let until = totp.last_step.and_then(|step| Some(generator?.start_of(step.saturating_add(1))));
        ShownTotp {
            algorithm: totp.key.algorithm.to_string(),
            digits: totp.key.digits,
            period: totp.key.period,
            last_code_until: until,
        }
    });
    let passkeys = account.passkeys.credentials().iter().map(|credential| ShownPasskey {
        rp_id: &credential.rp_id,
        credential_id: URL_SAFE_NO_PAD.encode(&credential.id),
        user_name: credential.user_name.as_deref(),
        sign_count: credential.sign_count,
        discoverable: credential.resident,
        backup_eligible: credential.backup_eligible,
        backed_up: credential.backed_up,
    });
    Shown {
        host: &account.host,
        also: &account.also,
        username: &account.username,
        password: account.password.is_some(),
        totp,
        passkeys: passkeys.collect(),
        backup_codes: account.backup_codes.len(),
    }
}

/// What an account has, in one line.
pub(super) fn holdings(account: &Account) -> String {
    let several = |number: usize, one: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {one}s")),
    };
    let parts = [
        account.password.as_ref().map(|_| "password".to_owned()),
        account.totp.as_ref().map(|_| "TOTP secret".to_owned()),
        several(account.passkeys.credentials().len(), "passkey"),
        several(account.backup_codes.len(), "backup code"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "nothing yet".to_owned() } else { parts.join(", ") }
}

/// What an account has, line by line.
pub(super) fn details(account: &Account) -> Vec<(&'static str, String)> {
    let shown = shown(account);
    let mut lines = vec![("host", account.host.clone()), ("user", account.username.clone())];
    lines.extend(account.also.iter().map(|also| ("also", also.clone())));
    if shown.password {
        lines.push(("password", "yes".to_owned()));
    }
    if let Some(totp) = &shown.totp {
        let last = totp.last_code_until.map(|until| format!("; the last code that was issued counted until {until}"));
        let what = format!("{}, {} digits, {} s", totp.algorithm, totp.digits, totp.period);
        lines.push(("TOTP", what + &last.unwrap_or_default()));
    }
    for passkey in &shown.passkeys {
        let kind = if passkey.discoverable { "discoverable" } else { "not discoverable" };
        let backup = match (passkey.backup_eligible, passkey.backed_up) {
            (_, true) => ", backed up",
            (true, false) => ", backup eligible",
            (false, false) => "",
        };
        let (rp_id, id, count) = (passkey.rp_id, &passkey.credential_id, passkey.sign_count);
        lines.push(("passkey", format!("{rp_id}, {id}, counter {count}, {kind}{backup}")));
    }
    if shown.backup_codes > 0 {
        lines.push(("backup codes", shown.backup_codes.to_string()));
    }
    lines
}
