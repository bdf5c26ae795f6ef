//! The events of the journal. None contains a secret.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::event_outcome::{
    CodeFieldHolds, InterstitialExit, LockoutCause, PasswordHolds, ProtocolVerdict, TokenRenewal, UsernameHolds,
    VerificationResult,
};
use super::login_history::LoginRecord;
use super::requests::shortened;
use crate::policy::Decision;
use vestibule_model::{
    HostRole, IntegrationFault, LoginKind, OauthFlow, PageName, ProductProof, ProductRefusal, SessionLevel, Signal,
    VerificationMethod,
};

/// Something that happened in a realm.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Event {
    /// A page was sent to the browser.
    PageServed {
        /// Its name.
        page: PageName,
        /// The host that served it.
        host: HostRole,
        /// Path without query.
        path: String,
    },
    /// A page made the fields of its form anew, as its settings say; what was typed is lost.
    FormRenderedAnew {
        /// The page.
        page: PageName,
    },
    /// A page lost a click, as its settings say.
    ClickLost {
        /// The page.
        page: PageName,
    },
    /// A login began with its first proof: a password, an answer of an identity provider, an API session.
    LoginStarted {
        /// Key of the user, if known.
        user: Option<String>,
        /// The route.
        kind: LoginKind,
    },
    /// A step of the login form was posted. The typed text is not kept.
    LoginFormPosted {
        /// The page whose form it was: `login`, `username`, `password`, `login-passkey` or `site-login`.
        page: PageName,
        /// Key of the user whose username was posted, if known.
        user: Option<String>,
        /// What the username field held.
        username_holds: UsernameHolds,
        /// What the password field held.
        password_holds: PasswordHolds,
    },
    /// A password was checked.
    PasswordChecked {
        /// Key of the user, if known.
        user: Option<String>,
        /// Whether it was right.
        accepted: bool,
    },
    /// The rules decided.
    Decided {
        /// Key of the user.
        user: String,
        /// The decision with its rules.
        #[schemars(with = "serde_json::Value")]
        decision: Decision,
    },
    /// Too many wrong passwords or codes locked a user out.
    UserLockedOut {
        /// Key of the user.
        user: String,
        /// What was wrong.
        by: LockoutCause,
    },
    /// A TOTP code was posted for a user who has a TOTP app. Its verdict follows as `verification-checked`.
    TotpCodePosted {
        /// Key of the user.
        user: String,
        /// How far the code is from now, in steps of 30 seconds: 0 is the current step, −1 the previous one. `None` if
        /// no step within ten minutes has this code, and none at the time of another time zone.
        steps_off: Option<i64>,
        /// Seconds that the current step had left, 1 to 30.
        seconds_left: u64,
    },
    /// A page that asks for a code was posted with an empty field. The verdict follows.
    CodeLeftEmpty {
        /// Key of the user.
        user: String,
    },
    /// A page that asks for a code was posted with something else. The typed text is not kept. The verdict follows.
    CodeMistyped {
        /// Key of the user.
        user: String,
        /// What the field held.
        holds: CodeFieldHolds,
    },
    /// A verification was checked.
    VerificationChecked {
        /// Key of the user.
        user: String,
        /// The method.
        method: VerificationMethod,
        /// The result.
        result: VerificationResult,
    },
    /// A verifier was registered.
    VerifierEnrolled {
        /// Key of the user.
        user: String,
        /// The method.
        method: VerificationMethod,
    },
    /// A user got a new security token by email; the old one is worth nothing.
    SecurityTokenRenewed {
        /// Key of the user.
        user: String,
        /// Why.
        because: TokenRenewal,
    },
    /// An admin generated a temporary verification code for a user.
    TemporaryCodeGenerated {
        /// Key of the user.
        user: String,
    },
    /// An admin disconnected a method of a user.
    VerifierDisconnected {
        /// Key of the user.
        user: String,
        /// The method.
        method: VerificationMethod,
    },
    /// An admin ended the lockout of a user.
    UserUnlocked {
        /// Key of the user.
        user: String,
    },
    /// An admin froze a user.
    UserFrozen {
        /// Key of the user.
        user: String,
    },
    /// An admin let a frozen user log in again.
    UserUnfrozen {
        /// Key of the user.
        user: String,
    },
    /// An admin reset the password of a user, who got a new one by email.
    PasswordReset {
        /// Key of the user.
        user: String,
    },
    /// The realm went to another calendar date.
    DateSet {
        /// The date.
        #[schemars(with = "String")]
        date: Date,
    },
    /// An admin set "Require MFA for all direct UI logins".
    MfaSettingChanged {
        /// Whether it is on now.
        on: bool,
    },
    /// The vendor's Support restored the waiver of a user.
    WaiverRestored {
        /// Key of the user.
        user: String,
    },
    /// The enrolment gate was left without enrolling.
    GateLeft {
        /// Key of the user.
        user: String,
    },
    /// A page came between a successful login and its destination: a password change, a phone registration.
    InterstitialShown {
        /// Key of the user.
        user: String,
        /// The page.
        page: PageName,
    },
    /// The page was answered or left, and the login continued.
    InterstitialLeft {
        /// Key of the user.
        user: String,
        /// The page.
        page: PageName,
        /// How it was left.
        how: InterstitialExit,
    },
    /// The login needs a code for device activation.
    DeviceActivationRequired {
        /// Key of the user.
        user: String,
    },
    /// The code sent by email was checked.
    DeviceActivationChecked {
        /// Key of the user.
        user: String,
        /// Whether it was right.
        accepted: bool,
    },
    /// A page wants a session of a higher level than the one that asked for it.
    SessionLevelTooLow {
        /// Key of the user.
        user: String,
        /// Path without query.
        path: String,
    },
    /// A report or dashboard asks somebody who is signed in for another verification.
    StepUpRequired {
        /// Key of the user.
        user: String,
        /// Number of the session.
        session: u32,
        /// Whether a report is exported.
        export: bool,
    },
    /// The code sent by email for a report was checked.
    StepUpCodeChecked {
        /// Key of the user.
        user: String,
        /// Whether it was right.
        accepted: bool,
    },
    /// The user verified again, and the session goes on to the report.
    StepUpPassed {
        /// Key of the user.
        user: String,
        /// Number of the session.
        session: u32,
    },
    /// An email was delivered to the inbox of the realm.
    EmailSent {
        /// Recipient address.
        to: String,
        /// Subject line.
        subject: String,
    },
    /// A text message was delivered to the inbox of the realm.
    TextMessageSent {
        /// Phone number of the recipient.
        to: String,
    },
    /// A session was opened at the org.
    SessionOpened {
        /// Key of the user.
        user: String,
        /// Number of the session.
        session: u32,
        /// Session security level.
        level: SessionLevel,
        /// Whether the enrolment gate or another page still blocks it.
        gated: bool,
    },
    /// A session was closed.
    SessionClosed {
        /// Key of the user.
        user: String,
        /// Number of the session.
        session: u32,
    },
    /// A browser presented a `sid` cookie that names no open session.
    SessionCookieRefused {
        /// The host.
        host: HostRole,
        /// Path without query.
        path: String,
    },
    /// The org sent an `AuthnRequest` or an authorization request to an identity provider.
    SsoStarted {
        /// Key of the identity provider.
        idp: String,
    },
    /// An identity provider received a SAML `AuthnRequest` or an OIDC authorization request.
    SsoRequestReceived {
        /// Key of the identity provider.
        idp: String,
        /// Whether it was accepted.
        verdict: ProtocolVerdict,
    },
    /// An identity provider accepted a request of a service provider or a relying party that is not registered, because its
    /// address is on this machine.
    UnregisteredPartyAccepted {
        /// Key of the identity provider.
        idp: String,
        /// Entity id or client id, as the request has it.
        party: String,
        /// ACS or redirect URI, where the answer goes.
        address: String,
    },
    /// A user signed in at an identity provider.
    IdpSignedIn {
        /// Key of the identity provider.
        idp: String,
        /// Key of the user.
        user: String,
    },
    /// An identity provider refused the username or the password of its sign-in page.
    IdpSignInRefused {
        /// Key of the identity provider.
        idp: String,
        /// Key of the user, if the username is of one.
        user: Option<String>,
    },
    /// An identity provider issued a SAML `Response` or an ID token.
    SsoAnswerIssued {
        /// Key of the identity provider.
        idp: String,
        /// The signals that it sent, and where.
        signals: Vec<Signal>,
    },
    /// The org received a SAML `Response` or an ID token.
    SsoAnswerReceived {
        /// Key of the identity provider, if known.
        idp: Option<String>,
        /// The signals as they reached the org.
        signals: Vec<Signal>,
        /// Whether it was accepted.
        verdict: ProtocolVerdict,
    },
    /// A user answered the approval page of an app.
    AppApprovalAnswered {
        /// Key of the user.
        user: String,
        /// Name of the app.
        app: String,
        /// Whether the user allowed it.
        allowed: bool,
    },
    /// An app got an access token.
    OauthTokenIssued {
        /// Key of the user.
        user: String,
        /// Name of the app.
        app: String,
        /// How it got the authorization.
        flow: OauthFlow,
        /// Whether a refresh token brought it.
        refreshed: bool,
        /// Number of the API session.
        session: u32,
    },
    /// An app was refused, at the authorization endpoint, at the approval page or at the token endpoint.
    OauthRefused {
        /// Key of the user, if known.
        user: Option<String>,
        /// Name of the app, if known.
        app: Option<String>,
        /// `error`, as the app gets it.
        error: String,
        /// Why, in one sentence.
        why: String,
    },
    /// A token was revoked, and with it everything that came of the same authorization.
    OauthTokenRevoked {
        /// Key of the user.
        user: String,
        /// Name of the app.
        app: String,
    },
    /// Somebody signed in to a product beside the org.
    ProductSignedIn {
        /// Key of the product.
        product: String,
        /// Key of its user.
        user: String,
        /// What opened it.
        by: ProductProof,
        /// The application, if it was a program.
        application: Option<String>,
    },
    /// A product beside the org let somebody not in.
    ProductSignInRefused {
        /// Key of the product.
        product: String,
        /// Key of its user, if known.
        user: Option<String>,
        /// Why.
        why: ProductRefusal,
        /// The application, if it was a program.
        application: Option<String>,
    },
    /// A user of a product generated an app password, which was shown once.
    AppPasswordGenerated {
        /// Key of the product.
        product: String,
        /// Key of its user.
        user: String,
        /// The application that it is for.
        application: String,
    },
    /// A user of a product revoked an app password.
    AppPasswordRevoked {
        /// Key of the product.
        product: String,
        /// Key of its user.
        user: String,
        /// The application that it was for.
        application: String,
    },
    /// One more application uses the same app password.
    AppPasswordShared {
        /// Key of the product.
        product: String,
        /// Key of its user.
        user: String,
        /// The application that it is for.
        application: String,
        /// The other application.
        other: String,
    },
    /// A user of a product paired an authenticator app.
    AuthenticatorAppPaired {
        /// Key of the product.
        product: String,
        /// Key of its user.
        user: String,
    },
    /// The authenticator app of a user of a product was disconnected.
    AuthenticatorAppDisconnected {
        /// Key of the product.
        product: String,
        /// Key of its user.
        user: String,
        /// Key of the user who did it.
        by: String,
    },
    /// An integration got its tokens: a user of the org connected it.
    IntegrationConnected {
        /// Key of the product.
        product: String,
        /// Key of the user of the org.
        user: String,
        /// Level of the login behind the connection.
        level: SessionLevel,
    },
    /// An integration read data of the org.
    IntegrationSynced {
        /// Key of the product.
        product: String,
        /// Key of the user of the org who connected it.
        user: String,
    },
    /// An integration could not read data of the org.
    IntegrationStopped {
        /// Key of the product.
        product: String,
        /// Key of the user of the org who connected it.
        user: Option<String>,
        /// Why.
        why: IntegrationFault,
    },
    /// A row was added to Login History.
    LoginRecorded(LoginRecord),
    /// The realm dropped its oldest values of a kind to bound memory. Recorded for the first one and whenever their
    /// number has doubled.
    Dropped {
        /// The kind.
        what: Kept,
        /// How many were dropped so far.
        count: u64,
    },
    /// An endpoint of a real org was asked for that is not simulated.
    NotSimulated {
        /// The host.
        host: HostRole,
        /// The method of the request.
        method: String,
        /// Path without query.
        path: String,
        /// What the request says of itself: `grant_type=password`, `grant_type=authorization_code, DPoP-bound`,
        /// `FROM Organization`.
        what: Option<String>,
    },
    /// A request was refused for another reason: unknown host or path, stale form.
    RequestRefused {
        /// The host.
        host: HostRole,
        /// Path without query.
        path: String,
        /// HTTP status.
        status: u16,
        /// Why, in one sentence.
        why: String,
    },
}

impl Event {
    /// The event as the journal keeps it: with the beginning of a path or a method that is long.
    pub(super) fn kept(mut self) -> Self {
        if let Self::NotSimulated { method, .. } = &mut self {
            *method = shortened(method);
        }
        if let Self::PageServed { path, .. }
        | Self::SessionLevelTooLow { path, .. }
        | Self::SessionCookieRefused { path, .. }
        | Self::NotSimulated { path, .. }
        | Self::RequestRefused { path, .. } = &mut self
        {
            *path = shortened(path);
        }
        self
    }

    /// The user of the org whom the event names.
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::LoginStarted { user, .. }
            | Self::LoginFormPosted { user, .. }
            | Self::PasswordChecked { user, .. }
            | Self::OauthRefused { user, .. }
            | Self::IdpSignInRefused { user, .. }
            | Self::IntegrationStopped { user, .. } => user.as_deref(),
            Self::LoginRecorded(row) => row.user.as_deref(),
            Self::Decided { user, .. }
            | Self::UserLockedOut { user, .. }
            | Self::TotpCodePosted { user, .. }
            | Self::CodeLeftEmpty { user }
            | Self::CodeMistyped { user, .. }
            | Self::VerificationChecked { user, .. }
            | Self::VerifierEnrolled { user, .. }
            | Self::SecurityTokenRenewed { user, .. }
            | Self::TemporaryCodeGenerated { user }
            | Self::VerifierDisconnected { user, .. }
            | Self::UserUnlocked { user }
            | Self::UserFrozen { user }
            | Self::UserUnfrozen { user }
            | Self::PasswordReset { user }
            | Self::WaiverRestored { user }
            | Self::GateLeft { user }
            | Self::InterstitialShown { user, .. }
            | Self::InterstitialLeft { user, .. }
            | Self::DeviceActivationRequired { user }
            | Self::DeviceActivationChecked { user, .. }
            | Self::SessionLevelTooLow { user, .. }
            | Self::StepUpRequired { user, .. }
            | Self::StepUpCodeChecked { user, .. }
            | Self::StepUpPassed { user, .. }
            | Self::SessionOpened { user, .. }
            | Self::SessionClosed { user, .. }
            | Self::AppApprovalAnswered { user, .. }
            | Self::OauthTokenIssued { user, .. }
            | Self::OauthTokenRevoked { user, .. }
            | Self::IntegrationConnected { user, .. }
            | Self::IntegrationSynced { user, .. }
            | Self::IdpSignedIn { user, .. } => Some(user),
            // The users of a product are not those of the org.
            Self::ProductSignedIn { .. }
            | Self::ProductSignInRefused { .. }
            | Self::AppPasswordGenerated { .. }
            | Self::AppPasswordRevoked { .. }
            | Self::AppPasswordShared { .. }
            | Self::AuthenticatorAppPaired { .. }
            | Self::AuthenticatorAppDisconnected { .. }
            | Self::PageServed { .. }
            | Self::FormRenderedAnew { .. }
            | Self::ClickLost { .. }
            | Self::EmailSent { .. }
            | Self::TextMessageSent { .. }
            | Self::DateSet { .. }
            | Self::MfaSettingChanged { .. }
            | Self::SessionCookieRefused { .. }
            | Self::SsoStarted { .. }
            | Self::SsoRequestReceived { .. }
            | Self::UnregisteredPartyAccepted { .. }
            | Self::SsoAnswerIssued { .. }
            | Self::SsoAnswerReceived { .. }
            | Self::Dropped { .. }
            | Self::NotSimulated { .. }
            | Self::RequestRefused { .. } => None,
        }
    }
}

/// What a realm keeps a limited number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// Entries of the journal.
    JournalEntries,
    /// Logins under way at the org.
    Logins,
    /// One-time tickets that take a login or a session from one host to another.
    Tickets,
    /// Passkey ceremonies of passwordless logins.
    PasskeyCeremonies,
    /// Links for a new password, and forms behind them.
    PasswordLinks,
    /// Requests that the org sent to an identity provider.
    SsoRequests,
    /// Ids of assertions and proofs that were used, so that each is accepted once.
    UsedAssertions,
    /// Sessions at an identity provider.
    IdpSessions,
    /// Requests that wait at an identity provider for the user to sign in.
    SignOns,
    /// SAML answers that wait until their receiver asks for them by an artifact.
    Artifacts,
    /// Single logouts that wait for the answer of a service provider.
    Logouts,
    /// Names that an identity provider gave its users at a service provider.
    NameIds,
    /// Authorization codes.
    AuthorizationCodes,
    /// Access tokens of an identity provider.
    AccessTokens,
    /// Relying parties that registered themselves with an identity provider.
    Clients,
    /// Authorization requests that wait at the org for the user.
    OauthRequests,
    /// Approvals, grants and tokens of apps.
    OauthTokens,
    /// Sign-ins and sessions of a product beside the org.
    ProductSessions,
    /// Secrets of users, apps and clients that reports do not show.
    Secrets,
}
