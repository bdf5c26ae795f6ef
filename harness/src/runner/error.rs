//! What can go wrong around a case: in Vestibule or the environment, never in the login.

use std::io::{self, ErrorKind};
use std::time::Duration;

use vestibule_certs::CertError;
use vestibule_model::causes_of;
use vestibule_model::diagnostic::Diagnostic;
use vestibule_redactor::RedactorError;
use vestibule_simulator::ServeError;
use vestibule_simulator::org::passkeys::PasskeyError;
use vestibule_simulator::policy::RulebookError;

use crate::authenticator::{AuthenticatorError, TotpSecretError};
use crate::browser::BrowserError;
use crate::diagnosis::Trouble;
use crate::outcome::Finding;
use crate::snapshot::SnapshotError;
use crate::suite::{MappingError, ProcessError};

/// Completes "failed to ...". A case that meets one of these is Broken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// The browser, its driver or the machine.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// Keys and certificates.
    #[error("prepare keys and certificates")]
    Certs(#[from] CertError),
    /// The simulated hosts.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The rulebook of a scenario.
    #[error("apply the rulebook: {0}")]
    Rulebook(#[from] RulebookError),
    /// A passkey that a user has before the first login.
    #[error("register a passkey before the first login")]
    Passkey(#[from] PasskeyError),
    /// The software authenticator.
    #[error("use the software authenticator")]
    Authenticator(#[from] AuthenticatorError),
    /// A TOTP secret of the realm.
    #[error("read the TOTP secret")]
    Totp(#[from] TotpSecretError),
    /// The redactor refused the secrets of a case.
    #[error("redact the secrets of the case")]
    Redactor(#[from] RedactorError),
    /// A redacted event is no event any more: a secret equals a word of the format.
    #[error("redact an event: a secret of the case is a word of the report's format")]
    RedactedEvent(#[source] serde_json::Error),
    /// A recorded snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A folder of the run cannot be created.
    #[error("make a temporary folder")]
    Folder(#[source] io::Error),
    /// The user's own suite.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A name in the environment of the suite.
    #[error("prepare the environment of the command")]
    Mapping(#[from] MappingError),
    /// A defect of this program.
    #[error("finish the case, because of a defect in Vestibule: {0}")]
    Panic(String),
    /// Trouble around the user's own suite, which says nothing about its login.
    #[error("run the command: {}", told(.0))]
    Suite(Trouble),
    /// The time of the user's own suite was over before its login was decided.
    #[error(
        "judge the login: Vestibule ended the command after {} s (--timeout), and nothing was decided by then",
        limit.as_secs_f32()
    )]
    OutOfTime {
        /// Its time.
        limit: Duration,
        /// How the login stood.
        seen: Option<Finding>,
    },
    /// A step cannot be performed as the scenario says.
    #[error("perform the step: {0}")]
    Step(String),
}

impl Broken {
    /// The message that a case panicked with.
    pub(super) fn panicked(panic: &(dyn std::any::Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Self::Panic(text.unwrap_or_else(|| "it says nothing more".to_owned()))
    }

    /// Whether another attempt may end otherwise.
    pub(super) fn may_pass(&self) -> bool {
        if let Self::Browser(error) = self { error.may_pass() } else { true }
    }

    /// The error as a message for the user.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        if let Self::Browser(error) = self {
            return error.diagnostic();
        }
        let causes: Vec<_> = causes_of(self).collect();
        let mut diagnostic = Diagnostic::new("broken", format!("failed to {self}"));
        for cause in &causes {
            diagnostic = diagnostic.note(format!("cause: {cause}"));
        }
        if let Self::OutOfTime { seen: Some(seen), .. } = self {
            diagnostic = diagnostic.note(format!("when it was ended: {} ({})", seen.sentence, seen.cause));
        }
        let kind = causes.iter().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        let remedy = match (self, kind) {
            (Self::Certs(error), _) => error.remedy().map(str::to_owned),
            (Self::Serve(error), _) => error.remedy().map(str::to_owned),
            (_, Some(ErrorKind::StorageFull)) => {
                Some("free some space, or set TMPDIR to a folder on another disk".to_owned())
            }
            (Self::Process(error), _) => Some(error.remedy()),
            (Self::Suite(trouble), _) => Some(remedy_of(trouble).to_owned()),
            (Self::OutOfTime { limit, .. }, _) => Some(format!(
                "give it more time (--timeout {}s), run fewer of its tests, or let its own wait end sooner: a suite that says \
                 how it ended is judged",
                limit.as_secs().saturating_mul(2).max(1)
            )),
            (Self::Folder(_), Some(_)) => Some("set TMPDIR to a folder that you can write to".to_owned()),
            _ => None,
        };
        match remedy {
            Some(remedy) => diagnostic.hint(remedy),
            None => diagnostic,
        }
    }
}

fn told(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Taken(line) => format!("another process holds what it wants: {line}"),
        Trouble::DiskFull(line) => format!("no space is left: {line}"),
        Trouble::DriverGone => "the WebDriver server does not answer, or has lost the session".to_owned(),
    }
}

fn remedy_of(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Taken(_) => {
            "end the other process, or let the suite take a free port and a folder of its own; copies of a suite share the \
             ports of the machine: run one at a time with --workers 1"
        }
        Trouble::DiskFull(_) => "free some space, or set TMPDIR to a folder on another disk",
        Trouble::DriverGone => {
            "run it again; if it happens often, name another driver with --chromedriver or --webdriver"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_told_with_what_to_do() {
        let diagnostic = Broken::Folder(ErrorKind::StorageFull.into()).diagnostic();
        assert_eq!(diagnostic.title, "failed to make a temporary folder");
        assert_eq!(diagnostic.notes, ["cause: no storage space"]);
        assert_eq!(diagnostic.hint.as_deref(), Some("free some space, or set TMPDIR to a folder on another disk"));

        let limit = Duration::from_secs(120);
        let diagnostic = Broken::OutOfTime { limit, seen: None }.diagnostic();
        assert!(diagnostic.title.contains("Vestibule ended the command after 120 s (--timeout)"), "{diagnostic:?}");
        assert!(diagnostic.hint.is_some_and(|hint| hint.contains("--timeout 240s")));

        let diagnostic = Broken::Folder(ErrorKind::PermissionDenied.into()).diagnostic();
        assert_eq!(diagnostic.hint.as_deref(), Some("set TMPDIR to a folder that you can write to"));
    }
}
