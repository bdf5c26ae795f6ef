//! What an actor did, and what it waited for.

use std::fmt;

/// One action of an actor. It names fields and buttons, never what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ActionKind {
    /// Opened a page.
    Open(Destination),
    /// Typed into the field with this id.
    Type {
        /// What was typed.
        what: TypedText,
        /// Id of the field.
        field: String,
    },
    /// Clicked.
    Click(Control),
    /// Clicked a button that starts a passkey ceremony.
    StartPasskeyCeremony(Control),
    /// Ticked the box with this id.
    Tick(String),
    /// Chose the option with this label.
    Choose(String),
    /// Waited for something on the page.
    WaitFor(WaitTarget),
    /// Waited for a page that moved on by itself.
    WaitForPage,
    /// Set the session cookie.
    SetSessionCookie,
    /// Signed out at the org.
    SignOut,
    /// Ended every session at the org.
    EndSessions,
    /// Forgot cookies and storage of the browser.
    ForgetBrowser,
    /// Advanced the clock of the realm by this many seconds.
    AdvanceClock(u32),
    /// Went to another calendar date.
    SetDate(String),
    /// Called the API of a product, as this application.
    CallProduct(String),
}

/// What an actor opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destination {
    /// The login page.
    LoginPage,
    /// The identity provider.
    IdentityProvider,
    /// A URL that carries a session.
    SessionUrl,
    /// The My Domain host.
    MyDomain,
    /// Lightning.
    Lightning,
    /// A page that the scenario names.
    Page,
}

/// What was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypedText {
    /// The username.
    Username,
    /// The password.
    Password,
    /// A new password.
    NewPassword,
    /// The new password a second time.
    NewPasswordAgain,
    /// A code of a verification method.
    VerificationCode,
    /// A code that came by email.
    EmailCode,
    /// A name that the user chooses.
    Name,
}

/// A button or link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Control {
    /// The one with this id.
    Id(String),
    /// The one with this text.
    Text(String),
}

/// What an actor waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitTarget {
    /// A visible field with this id.
    Field(String),
    /// Lightning home.
    Home,
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(destination) => write!(f, "open {destination}"),
            Self::Type { what, field } => write!(f, "type {what} into #{field}"),
            Self::Click(control) | Self::StartPasskeyCeremony(control) => write!(f, "click {control}"),
            Self::Tick(id) => write!(f, "tick #{id}"),
            Self::Choose(label) => write!(f, "choose \"{label}\""),
            Self::WaitFor(target) => write!(f, "wait for {target}"),
            Self::WaitForPage => f.write_str("wait for the page"),
            Self::SetSessionCookie => f.write_str("set the cookie sid"),
            Self::SignOut => f.write_str("sign out"),
            Self::EndSessions => f.write_str("end every session at the org"),
            Self::ForgetBrowser => f.write_str("forget cookies and storage"),
            Self::AdvanceClock(seconds) => write!(f, "advance the clock by {seconds} s"),
            Self::SetDate(date) => write!(f, "go to {date}"),
            Self::CallProduct(application) => write!(f, "call the API of the product as {application}"),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoginPage => "the login page",
            Self::IdentityProvider => "the identity provider",
            Self::SessionUrl => "the session URL",
            Self::MyDomain => "the My Domain host",
            Self::Lightning => "Lightning",
            Self::Page => "a page",
        })
    }
}

impl fmt::Display for TypedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Username => "the username",
            Self::Password => "the password",
            Self::NewPassword => "a new password",
            Self::NewPasswordAgain => "the new password again",
            Self::VerificationCode => "the verification code",
            Self::EmailCode => "the code from the email",
            Self::Name => "a name",
        })
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "#{id}"),
            Self::Text(text) => write!(f, "\"{text}\""),
        }
    }
}

impl fmt::Display for WaitTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(id) => write!(f, "#{id}"),
            Self::Home => f.write_str("home"),
        }
    }
}
