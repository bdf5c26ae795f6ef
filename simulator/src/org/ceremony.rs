//! What the script of a passkey page says of its ceremony: only the page knows how far it got.

use http::StatusCode;
use strum::{Display, EnumIter, EnumString};

use super::paths::CEREMONY;

/// One report. The request with which it is made is its record: no event comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyReport {
    /// The browser has an authenticator, one of its own or a virtual one.
    AuthenticatorFound,
    /// Somebody started the ceremony.
    Started,
    /// The ceremony gave no passkey.
    Failed(CeremonyFailure),
}

/// Why a ceremony gave no passkey: the exceptions of WebAuthn Level 3, 5.1.3 and 5.1.4, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumIter, EnumString)]
pub enum CeremonyFailure {
    /// It was aborted.
    AbortError,
    /// No authenticator can do what the page requires.
    ConstraintError,
    /// The authenticator holds a passkey of this user already.
    InvalidStateError,
    /// The user declined, the time ran out, or no authenticator holds the passkey.
    NotAllowedError,
    /// No authenticator knows the algorithms.
    NotSupportedError,
    /// The page is not shown under the host of the org, or not over a secure connection.
    SecurityError,
    /// The browser has no WebAuthn for this page: it is not shown over a secure connection, or the browser cannot do it.
    Unavailable,
    /// Any other exception.
    Other,
}

impl CeremonyReport {
    /// The report that a request for this path makes.
    pub fn of_path(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(CEREMONY)?.strip_prefix('/')?;
        match rest.split_once('/') {
            None if rest == FOUND => Some(Self::AuthenticatorFound),
            None if rest == STARTED => Some(Self::Started),
            Some((FAILED, why)) => Some(Self::Failed(why.parse().unwrap_or(CeremonyFailure::Other))),
            _ => None,
        }
    }

    /// The path that makes this report.
    pub fn path(self) -> String {
        match self {
            Self::AuthenticatorFound => format!("{CEREMONY}/{FOUND}"),
            Self::Started => format!("{CEREMONY}/{STARTED}"),
            Self::Failed(why) => format!("{CEREMONY}/{FAILED}/{why}"),
        }
    }
}

/// Answers a report.
pub(super) async fn answer(path: http::Uri) -> StatusCode {
    CeremonyReport::of_path(path.path()).map_or(StatusCode::NOT_FOUND, |_| StatusCode::NO_CONTENT)
}

const FOUND: &str = "authenticator-found";
const STARTED: &str = "started";
const FAILED: &str = "failed";

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn a_report_is_read_as_it_is_made() {
        let failed = CeremonyFailure::iter().map(CeremonyReport::Failed);
        for report in [CeremonyReport::AuthenticatorFound, CeremonyReport::Started].into_iter().chain(failed) {
            assert_eq!(CeremonyReport::of_path(&report.path()), Some(report));
        }
        let unknown = format!("{CEREMONY}/failed/DataError");
        assert_eq!(CeremonyReport::of_path(&unknown), Some(CeremonyReport::Failed(CeremonyFailure::Other)));
        for none in
            [CEREMONY, "/vestibule/ceremony/", "/vestibule/ceremony/failed", "/vestibule/ceremony/started/x", "/"]
        {
            assert_eq!(CeremonyReport::of_path(none), None, "{none}");
        }
    }
}
