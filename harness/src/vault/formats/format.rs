//! The formats, and how one is told from another.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, IntoStaticStr};
use vestibule_model::Secret;

use super::error::{ExportError, FormatError};
use super::json::JsonText;
use super::place::place_after;
use super::record::Record;
use super::{browserforce, login_csv, otpauth, playwright, virtual_authenticator};
use crate::vault::account::Account;

/// A format of a file of another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumIter, IntoStaticStr, Serialize, Deserialize)]
#[serde(rename = "format", rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Format {
    /// The CSV export of Bitwarden.
    BitwardenCsv,
    /// The CSV export of 1Password.
    #[serde(rename = "1password-csv")]
    #[strum(to_string = "1password-csv")]
    OnePasswordCsv,
    /// `otpauth:` URIs, one a line.
    Otpauth,
    /// The credential file of Browserforce.
    Browserforce,
    /// The storage state of Playwright.
    Playwright,
    /// The credentials of a virtual authenticator, as WebDriver and DevTools write them.
    VirtualAuthenticator,
}

/// A file that was written.
#[derive(Debug)]
pub(crate) struct Exported {
    /// The text, with every secret in it.
    pub(crate) text: Secret,
    /// What the accounts hold and the format does not.
    pub(crate) lost: Vec<String>,
}

impl Format {
    /// The records of a file.
    ///
    /// # Errors
    ///
    /// If the file is malformed, with the place.
    pub(crate) fn read(self, file: &str, bytes: &[u8]) -> Result<Vec<Record>, FormatError> {
        let text = text(file, bytes)?;
        let records = match self {
            Self::BitwardenCsv => login_csv::read(&login_csv::BITWARDEN, file, text),
            Self::OnePasswordCsv => login_csv::read(&login_csv::ONE_PASSWORD, file, text),
            Self::Otpauth => otpauth::read(file, text),
            Self::Browserforce => browserforce::read(&JsonText::new(file, text)?),
            Self::Playwright => playwright::read(&JsonText::new(file, text)?),
            Self::VirtualAuthenticator => virtual_authenticator::read(&JsonText::new(file, text)?),
        }?;
        if records.len() > MOST_RECORDS {
            let what = format!("it has {} accounts", records.len());
            return Err(FormatError::of_file(file, what, format!("import at most {MOST_RECORDS} at once")));
        }
        Ok(records)
    }

    /// The file that holds these accounts, as far as the format can.
    ///
    /// # Errors
    ///
    /// If nothing is left of them.
    pub(crate) fn write(self, accounts: &[&Account]) -> Result<Exported, ExportError> {
        let text = match self {
            Self::BitwardenCsv => login_csv::write(&login_csv::BITWARDEN, accounts)?,
            Self::OnePasswordCsv => login_csv::write(&login_csv::ONE_PASSWORD, accounts)?,
            Self::Otpauth => otpauth::write(accounts)?,
            Self::Browserforce => browserforce::write(accounts)?,
            Self::Playwright => playwright::write(accounts)?,
            Self::VirtualAuthenticator => virtual_authenticator::write(accounts)?,
        };
        Ok(Exported { text: Secret::new(text), lost: self.lost(accounts) })
    }

    /// The format of a file, by its content.
    ///
    /// # Errors
    ///
    /// If it is none of them.
    pub(crate) fn of(file: &str, bytes: &[u8]) -> Result<Self, FormatError> {
        let text = text(file, bytes)?;
        let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        let first = first.unwrap_or_default();
        if first.starts_with(['{', '[']) {
            return Ok(Self::of_json(&JsonText::new(file, text)?));
        }
        let lower = first.to_ascii_lowercase();
        if lower.starts_with("otpauth") {
            return Ok(Self::Otpauth);
        }
        let csv = [(Self::BitwardenCsv, &login_csv::BITWARDEN), (Self::OnePasswordCsv, &login_csv::ONE_PASSWORD)];
        csv.into_iter().find(|(_, columns)| columns.begins(&lower)).map(|(format, _)| format).ok_or_else(|| {
            FormatError::of_file(
                file,
                "its first line matches no known format",
                format!("name the format with `--format`: {}", Self::names()),
            )
        })
    }

    /// The names of all formats.
    pub(crate) fn names() -> String {
        use strum::IntoEnumIterator as _;
        Self::iter().map(Into::into).collect::<Vec<&str>>().join(", ")
    }

    fn of_json(json: &JsonText<'_>) -> Self {
        let Ok(fields) = json.object(json.whole()) else { return Self::VirtualAuthenticator };
        let has = |name: &str| fields.contains_key(name);
        if has("registrationId") || (has("credential") && has("rpId")) {
            Self::Browserforce
        } else if has("cookies") || has("origins") {
            Self::Playwright
        } else {
            Self::VirtualAuthenticator
        }
    }

    /// What these accounts hold and the format does not.
    fn lost(self, accounts: &[&Account]) -> Vec<String> {
        let (holds_logins, holds_totp, holds_passkeys) = match self {
            Self::BitwardenCsv | Self::OnePasswordCsv => (true, true, false),
            Self::Otpauth => (false, true, false),
            Self::Browserforce | Self::Playwright | Self::VirtualAuthenticator => (false, false, true),
        };
        let count = |number: fn(&Account) -> usize| accounts.iter().map(|account| number(account)).sum::<usize>();
        let kinds = [
            (holds_logins, "password", count(|account| usize::from(account.password.is_some()))),
            (holds_totp, "TOTP secret", count(|account| usize::from(account.totp.is_some()))),
            (holds_passkeys, "passkey", count(|account| account.passkeys.credentials().len())),
            (self == Self::BitwardenCsv, "further host", count(|account| account.also.len())),
            (false, "backup code", count(|account| account.backup_codes.len())),
        ];
        let lost = kinds.into_iter().filter(|(held, _, number)| !held && *number > 0);
        let mut lost: Vec<String> =
            lost.map(|(_, kind, number)| format!("{number} {kind}{}", if number == 1 { "" } else { "s" })).collect();
        if self == Self::Browserforce && accounts.iter().all(|account| account.registrations.is_empty()) {
            lost.push(
                "the ID of the org's record of the passkey (`registrationId`), which the vault does not know"
                    .to_owned(),
            );
        }
        lost
    }
}

/// Far more than the test accounts of a team. Each is compared with every other.
const MOST_RECORDS: usize = 10_000;

/// The text of a file, without its byte order mark.
fn text<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, FormatError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(FormatError::of_file(file, "it is UTF-16", "save it as UTF-8"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
        FormatError::at(file, place_after(&before), "it is not UTF-8 from here on", "save it as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
