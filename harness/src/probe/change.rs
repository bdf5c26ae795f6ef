//! How an org differs from the simulated one.

use std::fmt;

use serde::Serialize;
use vestibule_model::{EnrolmentGate, LoginPage, PageName};

/// How an org differs from the simulated one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub(crate) enum Change {
    /// It has another login page.
    LoginPage {
        /// That of the simulated org.
        simulated: &'static str,
        /// Its own.
        found: &'static str,
    },
    /// The gate is there, or can be left, and the simulated one is not, or cannot; or the other way round.
    Gate {
        /// That of the simulated org; `None` if it did not appear.
        simulated: Option<&'static str>,
        /// Its own.
        found: Option<&'static str>,
    },
    /// It shows a page that the simulated org does not show.
    PageAdded {
        /// The page.
        page: PageName,
    },
    /// It does not show a page that the simulated org shows.
    PageMissing {
        /// The page.
        page: PageName,
    },
    /// It shows the same pages in another order.
    Order {
        /// The order of the simulated org.
        simulated: Vec<PageName>,
        /// Its own.
        found: Vec<PageName>,
    },
    /// A page has another title.
    Title {
        /// The page.
        page: PageName,
        /// The title at the simulated org.
        simulated: String,
        /// Its own; `None` if it could name a user.
        found: Option<String>,
    },
    /// An element has another id.
    OtherId {
        /// The page.
        page: PageName,
        /// The id at the simulated org.
        id: String,
        /// Its own.
        found: String,
    },
    /// No element has this id.
    NoId {
        /// The page.
        page: PageName,
        /// The id at the simulated org.
        id: String,
    },
    /// An element has another name.
    Name {
        /// The page.
        page: PageName,
        /// Its id at the org.
        id: String,
        /// The name at the simulated org.
        simulated: String,
        /// Its own; empty if it has none that can be kept.
        found: String,
    },
    /// An element is of another kind, or is not visible in the same way.
    Kind {
        /// The page.
        page: PageName,
        /// Its id at the org.
        id: String,
        /// What it is at the simulated org: `visible input:password`.
        simulated: String,
        /// What it is.
        found: String,
    },
    /// Nothing is labelled so.
    NoText {
        /// The page.
        page: PageName,
        /// The label.
        text: String,
    },
}

impl Change {
    /// The login page is another one.
    pub(super) fn login_page(simulated: LoginPage, found: LoginPage) -> Self {
        Self::LoginPage { simulated: simulated.into(), found: found.into() }
    }

    /// The gate is another one.
    pub(super) fn gate(simulated: Option<EnrolmentGate>, found: Option<EnrolmentGate>) -> Self {
        Self::Gate { simulated: simulated.map(Into::into), found: found.map(Into::into) }
    }

    /// Whether it may follow from a fact that the simulated org was not told: its date, a setting, the user's profile.
    pub(crate) fn may_follow_from_facts(&self) -> bool {
        matches!(self, Self::Gate { .. } | Self::PageAdded { .. } | Self::PageMissing { .. })
    }

    /// The page that it is about, if it is about one.
    pub(crate) fn page(&self) -> Option<PageName> {
        match self {
            Self::LoginPage { .. } | Self::Order { .. } => None,
            Self::Gate { .. } => Some(PageName::CreatePasskey),
            Self::PageAdded { page }
            | Self::PageMissing { page }
            | Self::Title { page, .. }
            | Self::OtherId { page, .. }
            | Self::NoId { page, .. }
            | Self::Name { page, .. }
            | Self::Kind { page, .. }
            | Self::NoText { page, .. } => Some(*page),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginPage { simulated, found } => write!(f, "the login page is `{found}`, not `{simulated}`"),
            Self::Gate { found: None, .. } => f.write_str("the gate does not appear"),
            Self::Gate { simulated: None, found: Some(found) } => write!(f, "the gate appears; it is `{found}`"),
            Self::Gate { simulated: Some(simulated), found: Some(found) } => {
                write!(f, "the gate is `{found}`, not `{simulated}`")
            }
            Self::PageAdded { page } => write!(f, "{} appears", page.info().words),
            Self::PageMissing { page } => write!(f, "{} does not appear", page.info().words),
            Self::Order { simulated, found } => {
                write!(f, "the pages come in the order {}, not {}", listed(found), listed(simulated))
            }
            Self::Title { simulated, found: Some(found), .. } => {
                write!(f, "the title is \"{found}\", not \"{simulated}\"")
            }
            Self::Title { simulated, found: None, .. } => {
                write!(f, "the title is not \"{simulated}\"; it may name somebody, so it is not kept")
            }
            Self::OtherId { id, found, .. } => write!(f, "#{id} is #{found}"),
            Self::NoId { id, .. } => write!(f, "there is no #{id}"),
            Self::Name { id, simulated, found, .. } if found.is_empty() => {
                write!(f, "#{id} has no name, or one that is not kept, instead of `{simulated}`")
            }
            Self::Name { id, simulated, found, .. } if simulated.is_empty() => {
                write!(f, "#{id} has the name `{found}`")
            }
            Self::Name { id, simulated, found, .. } => write!(f, "#{id} has the name `{found}`, not `{simulated}`"),
            Self::Kind { id, simulated, found, .. } => write!(f, "#{id} is a {found}, not a {simulated}"),
            Self::NoText { text, .. } => write!(f, "nothing is labelled \"{text}\""),
        }
    }
}

fn listed(pages: &[PageName]) -> String {
    pages.iter().map(PageName::to_string).collect::<Vec<_>>().join(", ")
}
