//! What goes wrong between this program and an org, and what to do about each.

use std::time::Duration;

/// Why an org did not answer a question. Completes "failed to read ...: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// HTTP 401 `INVALID_SESSION_ID`.
    #[error("the org answered 401 INVALID_SESSION_ID: the token has expired, or is not one of this org")]
    Expired,
    /// HTTP 401 with another code.
    #[error("the org answered 401 {0}: what was sent is not a token")]
    NoToken(String),
    /// The user of the token may not use the API at all.
    #[error("the org answered {0}: the user of the token may not use the API")]
    NoApiAccess(String),
    /// The org's API limit of the day is used up.
    #[error("the org answered 403 REQUEST_LIMIT_EXCEEDED: its limit of API calls is used up")]
    LimitUsedUp,
    /// HTTP 410: the version of the API is retired.
    #[error("the org answered 410 GONE: it no longer has this version of the API")]
    Retired,
    /// The org refuses one question.
    #[error("the org answered {status} {code}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// `errorCode`.
        code: String,
        /// `message`, shortened.
        message: String,
    },
    /// HTTP 429 or 503, also after the last try.
    #[error("the org answered {status} {}{}", times(.tries), with_page(.page))]
    Busy {
        /// The HTTP status.
        status: u16,
        /// `Retry-After`.
        after: Option<Duration>,
        /// Whether the answer is a page for people.
        page: bool,
        /// How often it was asked.
        tries: u32,
    },
    /// The org asks to wait for longer than anybody waits here.
    #[error("the org answered {status} and asks to wait for {} s", .after.as_secs())]
    AsksToWait {
        /// The HTTP status.
        status: u16,
        /// `Retry-After`.
        after: Duration,
    },
    /// Another HTTP status of 500 or more.
    #[error("the org answered {0}")]
    Failed(u16),
    /// No answer in time.
    #[error("no answer within {0:?}")]
    OutOfTime(Duration),
    /// The answer was cut.
    #[error("the answer was cut: {0}")]
    Cut(String),
    /// No connection: no such name, nothing listens, or TLS does not trust it.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// A page for people in place of JSON.
    #[error("the answer is {} in place of JSON (HTTP {status})", page_name(.login))]
    Page {
        /// The HTTP status.
        status: u16,
        /// Whether it is one to log in at.
        login: bool,
    },
    /// What came is no JSON, or not what REST answers.
    #[error("the answer is not that of the REST API: {0}")]
    NotRest(String),
    /// A redirect, which is never followed.
    #[error("the org leads to {0}, and the token goes to no other address")]
    Redirected(String),
    /// The next page is elsewhere.
    #[error("the next page of the answer is at {0}, and the token goes to no other address")]
    NextElsewhere(String),
    /// The answer is longer than any answer.
    #[error("the answer has more than {0} MB")]
    TooLong(usize),
    /// Fewer rows came than were announced.
    #[error("{got} of {total} rows came")]
    Incomplete {
        /// How many rows came.
        got: usize,
        /// How many were announced.
        total: usize,
    },
}

impl Trouble {
    /// Whether it may be over at the next try.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Failed(_) | Self::OutOfTime(_) | Self::Cut(_))
    }

    /// Whether it is about one object or field, so that others can be read.
    pub(super) fn is_about_one_object(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// What to do.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Expired => Some(
                "get a new token: `sf org auth show-access-token --target-org ALIAS --json`, and put it into \
                 VESTIBULE_ORG_TOKEN or a file for --token-file",
            ),
            Self::NoToken(_) => {
                Some("`sf org display` hides the token: run `sf org auth show-access-token --target-org ALIAS`")
            }
            Self::NoApiAccess(_) => {
                Some("take the token of a user with \"API Enabled\" and \"View Setup and Configuration\"")
            }
            Self::LimitUsedUp => Some("try again when the 24 hours of the limit are over"),
            Self::Retired => Some("name the org's My Domain, and not a proxy that serves an old version"),
            Self::Busy { .. } | Self::AsksToWait { .. } | Self::Failed(_) => {
                Some("try again later; nothing was changed")
            }
            Self::OutOfTime(_) => Some("try again, or wait longer with --timeout"),
            Self::Cut(_) | Self::Incomplete { .. } => Some("try again; nothing was changed"),
            Self::NoConnection(_) => Some(
                "check the address; behind a proxy set HTTPS_PROXY, and for its certificate SSL_CERT_FILE or --trust FILE",
            ),
            Self::Page { login: true, .. } => {
                Some("the host shows a login page: name the org's My Domain, and take a token of this org")
            }
            Self::Page { .. } => {
                Some("the org may be in maintenance: open its address in a browser, and try again later")
            }
            Self::Redirected(_) | Self::NextElsewhere(_) => {
                Some("name the address to which the org leads, if it is yours")
            }
            Self::Refused { .. } | Self::NotRest(_) | Self::TooLong(_) => None,
        }
    }
}

fn times(tries: &u32) -> String {
    if *tries > 1 { format!("{tries} times") } else { "once".to_owned() }
}

fn with_page(page: &bool) -> &'static str {
    if *page { ", with a page of maintenance" } else { "" }
}

fn page_name(login: &bool) -> &'static str {
    if *login { "a login page" } else { "an HTML page" }
}
