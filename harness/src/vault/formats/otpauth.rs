//! `otpauth:` URIs, one a line, as authenticator apps export them
//! (<https://github.com/google/google-authenticator/wiki/Key-Uri-Format>). Empty lines and lines that begin with `#` do not
//! count.

use vestibule_model::OtpauthUri;

use super::error::{ExportError, FormatError};
use super::record::Record;
use crate::authenticator::otpauth_uri;
use crate::vault::account::{Account, host_name};

/// Reads the URIs.
///
/// # Errors
///
/// If a line is not one.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Record>, FormatError> {
    let lines = text.lines().map(str::trim).zip(1..);
    lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#')).map(|line| record(file, line)).collect()
}

fn record(file: &str, (line, number): (&str, u64)) -> Result<Record, FormatError> {
    if line.to_ascii_lowercase().starts_with("otpauth-migration:") {
        return Err(FormatError::at(
            file,
            (number, 1),
            "it is an export of Google Authenticator, which holds several accounts in one code",
            "export from another app, or add the secret with `vestibule vault add HOST USER --totp prompt`",
        ));
    }
    let uri: OtpauthUri = line.parse().map_err(|fault: vestibule_model::TotpSecretFault| {
        FormatError::at(file, (number, 1), fault.to_string(), "each line is a URI that begins with `otpauth://totp/`")
    })?;
    // Most issuers are names of products. This program writes the host.
    let host = uri.issuer.filter(|issuer| issuer.contains('.')).and_then(|issuer| host_name(&issuer).ok());
    Ok(Record {
        at: (number, 1),
        hosts: host.into_iter().collect(),
        username: uri.account,
        totp: Some(Ok(uri.key)),
        ..Record::default()
    })
}

/// Writes a line for each account with a TOTP app. The issuer is the host.
///
/// # Errors
///
/// If there is none, or the format cannot hold a user name.
pub(super) fn write(accounts: &[&Account]) -> Result<String, ExportError> {
    let mut text = String::new();
    for account in accounts {
        let Some(totp) = &account.totp else { continue };
        let uri = otpauth_uri(&totp.key, &account.host, &account.username);
        let uri = uri.map_err(|error| ExportError::Writer(format!("`{}`: {error}", account.username)))?;
        text.push_str(uri.reveal());
        text.push('\n');
    }
    if text.is_empty() { Err(ExportError::Nothing("a TOTP secret")) } else { Ok(text) }
}
