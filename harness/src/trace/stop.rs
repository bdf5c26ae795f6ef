//! Why an actor stopped.

use std::fmt;
use std::time::Duration;

use super::action::WaitTarget;

/// Why an actor stopped. `page` is the page on which it stopped, in readable form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// What it waited for did not come.
    WaitedFor {
        /// What it waited for.
        target: WaitTarget,
        /// The page on which it waited.
        page: String,
        /// How the wait ended.
        how: WaitEnd,
    },
    /// The browser does not trust the certificate of the page.
    PrivacyError,
    /// The browser shows an error page with this title in place of the page.
    BrowserRefused {
        /// Title of the error page.
        title: String,
    },
    /// An element was missing or could not be used: the page was not the one that the actor expected.
    Element {
        /// Id of the field, if the actor wanted to type into one.
        field: Option<String>,
        /// What the browser said.
        why: String,
    },
    /// A page did not move on.
    Stuck {
        /// The page.
        page: String,
        /// The error that it shows.
        error: Option<String>,
        /// How long the actor waited.
        limit: Duration,
    },
    /// A page refused what was sent.
    Refused {
        /// The page.
        page: String,
        /// The error that it shows.
        error: Option<String>,
    },
    /// The page asks for something that the actor cannot do or does not have.
    Cannot {
        /// What prevents it.
        obstacle: Obstacle,
        /// The page.
        page: String,
    },
    /// The login page has no such SSO button.
    NoSsoButton {
        /// Label of the button.
        label: String,
        /// The page.
        page: String,
    },
    /// This many steps did not lead home.
    TooManySteps {
        /// How many.
        steps: u32,
        /// The last page.
        page: String,
    },
    /// The key that the page shows for the authenticator app is not valid.
    BadTotpKey {
        /// What is wrong with it.
        why: String,
    },
    /// The clock of the authenticator is frozen, so no fresh TOTP code appears.
    NoFreshCode,
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitEnd {
    /// The page was seen to stand still.
    StandsStill,
    /// The time for one page ran out.
    OutOfTime(Duration),
}

/// What an actor cannot do or does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It knows no step for the page.
    UnknownPage,
    /// A push waits for a phone.
    Push,
    /// It has no passkey.
    NoPasskey,
    /// It has no authenticator in which a passkey could be created.
    NoAuthenticator,
    /// It has none of the offered methods.
    NoMethod,
    /// Every offered method needs a device.
    OnlyDevices,
    /// It has no verification code.
    NoCode,
    /// No email holds a code.
    NoEmailCode,
    /// The page shows no key for the authenticator app.
    NoTotpKey,
}

impl StopReason {
    /// The browser's own error page with this title, after a navigation that ended with this error, such as
    /// `net::ERR_CERT_AUTHORITY_INVALID`. The error pages of the headless shell have no title.
    pub(crate) fn of_browser_page(title: &str, error: Option<&str>) -> Self {
        if title == PRIVACY_ERROR || error.is_some_and(|error| error.contains("net::ERR_CERT_")) {
            return Self::PrivacyError;
        }
        let title = if title.is_empty() { error.unwrap_or_default() } else { title };
        Self::BrowserRefused { title: title.to_owned() }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitedFor { target, page, how } => write!(f, "waited for {target} on {page}, {how}"),
            Self::PrivacyError => write!(f, "the browser refused the page: {PRIVACY_ERROR}"),
            Self::BrowserRefused { title } => write!(f, "the browser refused the page: {title}"),
            Self::Element { why, .. } | Self::BadTotpKey { why } => f.write_str(why),
            Self::Stuck { page, error: Some(error), .. } => write!(f, "{page} did not move on: {error}"),
            Self::Stuck { page, error: None, limit } => write!(f, "{page} did not move on within {}", seconds(*limit)),
            Self::Refused { page, error: Some(error) } => write!(f, "{page} refused: {error}"),
            Self::Refused { page, error: None } => write!(f, "{page} appeared again without an error text"),
            Self::Cannot { obstacle, page } => write!(f, "{obstacle}: {page}"),
            Self::NoSsoButton { label, page } => write!(f, "no button \"Log in with {label}\" on {page}"),
            Self::TooManySteps { steps, page } => write!(f, "{steps} steps led no further than {page}"),
            Self::NoFreshCode => f.write_str("no new TOTP code appeared: the clock of the authenticator is frozen"),
        }
    }
}

impl fmt::Display for WaitEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandsStill => f.write_str("which no longer changes"),
            Self::OutOfTime(limit) => write!(f, "for {}", seconds(*limit)),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownPage => "no step is known for this page",
            Self::Push => "a push waits for a phone and there is none",
            Self::NoPasskey => "a passkey is asked for and there is none",
            Self::NoAuthenticator => "a passkey must be created and the browser has no authenticator",
            Self::NoMethod => "none of the offered methods is available",
            Self::OnlyDevices => "only methods that need a device are offered",
            Self::NoCode => "a verification code is asked for and there is none",
            Self::NoEmailCode => "a code by email is asked for and no email contains one",
            Self::NoTotpKey => "no key is shown for the authenticator app",
        })
    }
}

fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f32())
}

/// Title of Chromium's page for a certificate that it does not trust.
const PRIVACY_ERROR: &str = "Privacy error";
