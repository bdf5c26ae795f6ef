//! Why nothing can be said about an app.

use std::time::Duration;

use url::Url;
use vestibule_certs::CertError;
use vestibule_simulator::ServeError;

use super::hosts::NotNamed;
use crate::browser::BrowserError;

/// Why nothing can be said about an app. Each text completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum AttackError {
    /// Keys and certificates.
    #[error("prepare keys and certificates")]
    Certs(#[from] CertError),
    /// Our identity provider.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The browser.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A certificate of an authority.
    #[error("read a certificate of --trust")]
    Authority(#[source] reqwest::Error),
    /// The HTTP client.
    #[error("set up the HTTP client")]
    Client(#[source] reqwest::Error),
    /// An address that nothing may be sent to.
    #[error(transparent)]
    NotNamed(#[from] NotNamed),
    /// Nobody listens where a login begins.
    #[error("reach the app: nothing has listened at {start} for {} s", wait.as_secs())]
    NotUp {
        /// Where a login begins.
        start: Url,
        /// How long it was tried.
        wait: Duration,
    },
    /// A good answer makes no session.
    #[error("sign in with a good answer: {why}")]
    NoGoodLogin {
        /// What was seen.
        why: String,
        /// What to change.
        advice: String,
    },
    /// The page at which a good login ends cannot be asked for again.
    #[error("find a page that shows who is signed in: the login ends at {url} as the answer to a form")]
    NoCheckPage {
        /// The page.
        url: Url,
    },
    /// The sign is there although nobody is signed in.
    #[error("find out who is signed in: `{sign}` holds at {check} {when}")]
    SignAlwaysHolds {
        /// The sign.
        sign: String,
        /// Where it was looked for.
        check: Url,
        /// In which situation.
        when: &'static str,
    },
    /// The user ended it before the first case.
    #[error("attack the app: it was interrupted before the first case")]
    Interrupted,
}

impl AttackError {
    /// What to do, where that is known.
    pub(crate) fn remedy(&self) -> Option<String> {
        match self {
            Self::Certs(error) => error.remedy().map(str::to_owned),
            Self::Serve(error) => error.remedy().map(str::to_owned),
            Self::Browser(error) => error.diagnostic().hint,
            Self::NotNamed(NotNamed { host }) => Some(format!("if you mean it, name the host a second time: --target {host}")),
            Self::NotUp { .. } => {
                Some("start the app after setting it up with the metadata or the discovery document printed above; --wait gives it more time".to_owned())
            }
            Self::NoGoodLogin { advice, .. } => Some(advice.clone()),
            Self::NoCheckPage { .. } => Some(
                "name a page of the app that fulfils --signed-in-when only for a signed-in user: --check http://localhost:3000/account"
                    .to_owned(),
            ),
            Self::SignAlwaysHolds { .. } => Some(
                "name something that only a signed-in user has, such as --signed-in-when '#logout', or another page with --check"
                    .to_owned(),
            ),
            Self::Authority(_) => Some("give a certificate in PEM".to_owned()),
            Self::Client(_) | Self::Interrupted => None,
        }
    }
}
