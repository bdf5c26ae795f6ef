//! The published list of page names. Each page has one row with what is known about it, for the code that serves it and
//! for the code that recognises it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A page that a browser can show during a login. Scenario files, reports and the journal use these names.
///
/// Source: help 005321561 for the username-first pages; public login suites for ids, paths and titles of each.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "page", rename_all = "kebab-case")]
#[schemars(rename = "PageName")]
#[strum(serialize_all = "kebab-case")]
pub enum PageName {
    /// The classic login page: both fields on one page.
    Login,
    /// The first page of the two-step login: the username only.
    Username,
    /// The second page of the two-step login: the password.
    Password,
    /// The second page of the passkey-first login: a passkey, with the password as an alternative.
    LoginPasskey,
    /// The login page of an Experience Cloud site: both fields on one page, whatever the org's own page is.
    SiteLogin,
    /// "Log In with Email": asks for the email address, and then for the password.
    EmailLogin,
    /// "Forgot Your Password": asks for the username and sends a link.
    ForgotPassword,
    /// Asks for a TOTP code.
    VerifyTotp,
    /// Asks for a passkey.
    VerifyPasskey,
    /// Asks for a temporary verification code.
    VerifyTemporaryCode,
    /// Device activation: asks for the code sent by email.
    VerifyEmail,
    /// Asks for the code sent by text message.
    VerifySms,
    /// "Check Your Mobile Device": the org waits for a push to the vendor's own authenticator app.
    VerifyPush,
    /// The passkey enrolment gate, "Create a Passkey".
    CreatePasskey,
    /// "Choose a Verification Method", reached from the gate or from a verification page.
    ChooseVerificationMethod,
    /// "Connect an Authenticator App": QR code, key and first code.
    ConnectAuthenticatorApp,
    /// Asks for a new password: the old one has expired, or was forgotten.
    ChangePassword,
    /// "Register Your Mobile Phone".
    RegisterPhone,
    /// "Scheduled Improvements": a notice of maintenance before home.
    Maintenance,
    /// The approval page of OAuth, "Allow Access?".
    AuthorizeApp,
    /// The login was refused and the page says why (blocked user, failed SSO).
    LoginRefused,
    /// The Lightning home page.
    Home,
    /// The page after a logout.
    LoggedOut,
    /// Login History.
    LoginHistory,
    /// "Reset Security Token" in the personal settings.
    ResetSecurityToken,
    /// "SAML Assertion Validator" in Setup.
    SamlValidator,
    /// "Identity Verification" in Setup, with the org-wide MFA setting.
    IdentityVerification,
    /// A user's page in Setup, "User Detail".
    UserDetail,
    /// The inbox of the simulated org, where its emails can be read.
    Inbox,
    /// The sign-in page of the identity provider.
    IdpSignIn,
    /// An error page of the identity provider.
    IdpError,
    /// The sign-in page of a product beside the org: username and password.
    ProductSignIn,
    /// The page of a product that asks for the code of the paired authenticator app.
    ProductCode,
    /// The page of a product on which an authenticator app is paired: QR code, pairing code and first code.
    ProductPairing,
    /// The first page of a product behind its sign-in.
    ProductHome,
    /// An error page of a product.
    ProductError,
    /// The browser refused the certificate or could not reach the host.
    BrowserError,
    /// Any other page.
    Unknown,
}

/// One row of the table of pages.
#[derive(Debug, Clone, Copy)]
pub struct PageInfo {
    /// Its name in messages: `Lightning home`.
    pub words: &'static str,
    /// The path at which the org serves it, if it is always the same.
    pub path: Option<&'static str>,
    /// The signs that identify the page in a browser: it matches if all signs of one row do. A page without rows never
    /// matches.
    pub signs: &'static [&'static [Sign]],
    /// The text of the button or link that declines the page's request and continues the login.
    pub declined_by: Option<&'static str>,
    /// Whether only a signed-in user sees it.
    pub needs_session: bool,
}

/// A sign that identifies a page.
#[derive(Debug, Clone, Copy)]
pub enum Sign {
    /// The path is exactly this.
    Path(&'static str),
    /// The path starts with this.
    PathUnder(&'static str),
    /// The URL starts with this.
    Url(&'static str),
    /// An element with this id is in the document, visible or not. Hidden fields do not count.
    Id(&'static str),
    /// No element with this id is in the document.
    NoId(&'static str),
    /// A visible element has this id.
    Shown(&'static str),
    /// No visible element has this id.
    NotShown(&'static str),
    /// The title contains this.
    Title(&'static str),
    /// A heading or the title contains this, without regard to case.
    Heading(&'static str),
    /// A visible button or link contains this, without regard to case.
    Control(&'static str),
    /// There is a visible button or link.
    AnyControl,
    /// The visible text contains this, without regard to case.
    Text(&'static str),
    /// A visible password field is in the document.
    PasswordField,
}

use Sign::{AnyControl, Control, Heading, Id, NoId, NotShown, PasswordField, Path, PathUnder, Shown, Text, Title, Url};

/// The order in which a browser's page is compared with the rows. The first match names it.
pub const ORDER_OF_RECOGNITION: [PageName; 37] = [
    PageName::BrowserError,
    PageName::ProductSignIn,
    PageName::ProductCode,
    PageName::ProductPairing,
    PageName::ProductHome,
    PageName::ProductError,
    PageName::ChooseVerificationMethod,
    PageName::ConnectAuthenticatorApp,
    PageName::CreatePasskey,
    PageName::VerifyPasskey,
    PageName::VerifyPush,
    PageName::VerifyEmail,
    PageName::VerifySms,
    PageName::VerifyTemporaryCode,
    PageName::VerifyTotp,
    PageName::ChangePassword,
    PageName::RegisterPhone,
    PageName::Maintenance,
    PageName::AuthorizeApp,
    PageName::LoggedOut,
    PageName::ForgotPassword,
    PageName::EmailLogin,
    PageName::SiteLogin,
    PageName::Login,
    PageName::Username,
    PageName::Password,
    PageName::LoginPasskey,
    PageName::LoginHistory,
    PageName::ResetSecurityToken,
    PageName::SamlValidator,
    PageName::IdentityVerification,
    PageName::UserDetail,
    PageName::Home,
    PageName::Inbox,
    PageName::IdpError,
    PageName::IdpSignIn,
    PageName::LoginRefused,
];

impl PageName {
    /// Whether the org serves this page, and not an identity provider or the browser itself.
    pub const fn is_of_org(self) -> bool {
        !matches!(self, Self::IdpSignIn | Self::IdpError | Self::BrowserError | Self::Unknown)
    }

    /// What is known about this page.
    pub const fn info(self) -> PageInfo {
        match self {
            // The login pages: contract A1.3, A1.4, B1.2. A remembered username hides its field, which stays in the document.
            Self::Login => row("the login page", None, &[&[Id("username"), Shown("password"), Shown("Login")]]),
            Self::Username => {
                row("page 1 of the login (username only)", None, &[&[Id("username"), NoId("password"), Shown("Login")]])
            }
            Self::Password => {
                row("page 2 of the login (password)", None, &[&[NoId("username"), Shown("password"), Shown("Login")]])
            }
            Self::LoginPasskey => {
                row("page 2 of the login (passkey)", None, &[&[NoId("username"), NoId("password"), Shown("Login")]])
            }
            // Contract B1.10. A site of a real org has a host of its own.
            Self::SiteLogin => row(
                "the login page of an Experience Cloud site",
                Some("/login"),
                &[&[Path("/login"), Shown("password"), Shown("Login")]],
            ),
            // Contract A4.4. It is on another host of the vendor.
            Self::EmailLogin => row(
                "\"Log In with Email\"",
                Some("/vestibule/log-in-with-email"),
                &[&[Path("/vestibule/log-in-with-email")]],
            ),
            // Contract A4.2.
            Self::ForgotPassword => row(
                "\"Forgot Your Password\"",
                Some("/secur/forgotpassword.jsp"),
                &[&[Shown("un"), Shown("continue")], &[Heading("Forgot Your Password")]],
            ),
            // Verification: contract C1.4, C1.6, C3.1, C3.4.
            Self::VerifyTotp => row("the page that asks for a TOTP code", Some(CODE_PATH), &[&[Shown("tc")]]),
            Self::VerifyPasskey => row(
                "the page that asks for a passkey",
                Some("/_ui/identity/verification/method/UnifiedPasskeyVerificationUi"),
                &[&[PathUnder("/_ui/identity/verification/method/UnifiedPasskeyVerificationUi")]],
            ),
            Self::VerifyTemporaryCode => {
                row("the page that asks for a temporary code", Some(CODE_PATH), &[&[Shown("tc"), Text("temporary")]])
            }
            Self::VerifyEmail => row(
                "the page that asks for the code sent by email",
                Some("/_ui/identity/verification/method/EmailVerificationFinishUi/e"),
                &[&[Shown("emc")]],
            ),
            // Contract C3.5. Its path is inferred from that of the email.
            Self::VerifySms => row(
                "the page that asks for the code sent by text message",
                Some("/_ui/identity/verification/method/SmsVerificationFinishUi/e"),
                &[&[Shown("smc")]],
            ),
            Self::VerifyPush => row(
                "the page that waits for a push to Salesforce Authenticator",
                Some("/_ui/identity/verification/method/ToopherVerificationFinishUi/e"),
                &[
                    &[PathUnder("/_ui/identity/verification/method/ToopherVerificationFinishUi")],
                    &[Title("Check Your Mobile Device")],
                ],
            ),
            // The gate and the pages behind it: contract C5.1, C5.6, C5.7. No public source shows the paths of the
            // other two.
            Self::CreatePasskey => row(
                "the gate \"Create a Passkey\"",
                Some("/_ui/identity/webauthn/AddPasskeyUi"),
                &[&[PathUnder("/_ui/identity/webauthn/"), Control("create passkey")], &[Heading("Create a Passkey")]],
            ),
            Self::ChooseVerificationMethod => row(
                "\"Choose a Verification Method\"",
                Some("/_ui/identity/verification/method/ChooseVerificationMethodUi"),
                &[&[Heading("Choose a Verification Method")]],
            ),
            Self::ConnectAuthenticatorApp => row(
                "\"Connect an Authenticator App\"",
                Some("/_ui/identity/totp/AddTotpUi"),
                &[&[Heading("Connect an Authenticator App")]],
            ),
            // Between a login and its destination: contract C1.9, C1.10. The link of a forgotten password leads to the fields of
            // the former at another path.
            Self::ChangePassword => row(
                "the page for a new password",
                Some("/_ui/system/security/ChangePassword"),
                &[&[PathUnder("/_ui/system/security/ChangePassword")], &[Shown("p5"), Shown("p6")]],
            ),
            Self::RegisterPhone => row(
                "\"Register Your Mobile Phone\"",
                Some("/_ui/identity/phone/AddPhoneNumber"),
                &[&[PathUnder("/_ui/identity/phone/AddPhoneNumber")], &[Heading("Register Your Mobile Phone")]],
            )
            .declined_by("I Don't Want to Register My Phone"),
            // Contract C1.17.
            Self::Maintenance => row(
                "\"Scheduled Improvements\"",
                Some("/msg/maintenanceandavailable.jsp"),
                &[&[PathUnder("/msg/maintenanceandavailable.jsp")], &[Heading("Scheduled Improvements")]],
            )
            .declined_by("Continue"),
            // Contract C1.11. Its path lies where other pages are behind the login.
            Self::AuthorizeApp => row("the approval page of OAuth", None, &[&[Shown("oaapprove")]]),
            Self::LoginRefused => {
                row("the page that says the login is refused", None, &[&[Shown("error"), NotShown("Login")]])
            }
            // After the login: contract A6.1.
            Self::Home => row(
                "Lightning home",
                Some("/lightning/page/home"),
                // Contract A6.9: a shell stands at other paths too.
                &[
                    &[PathUnder("/lightning/")],
                    &[PathUnder("/one/")],
                    &[PathUnder("/setup/")],
                    &[PathUnder("/apex/")],
                    &[Id("profile-card")],
                ],
            )
            .needs_session(),
            Self::LoggedOut => row("the page after the logout", Some(LOGOUT_PATH), &[&[Path(LOGOUT_PATH)]]),
            Self::LoginHistory => {
                row("Login History", Some("/lightning/setup/OrgLoginHistory/home"), &[&[Heading("Login History")]])
                    .needs_session()
            }
            Self::ResetSecurityToken => row(
                "\"Reset Security Token\"",
                Some("/_ui/system/security/ResetApiTokenEdit"),
                &[&[PathUnder("/_ui/system/security/ResetApiToken")], &[Heading("Reset Security Token")]],
            )
            .needs_session(),
            // Its path lies where Lightning pages are.
            Self::SamlValidator => row(
                "the SAML Assertion Validator",
                Some("/setup/secur/SAMLValidationPage.apexp"),
                &[&[PathUnder("/setup/secur/SAMLValidationPage")], &[Heading("SAML Assertion Validator")]],
            )
            .needs_session(),
            // Contract H4.5.
            Self::IdentityVerification => row(
                "\"Identity Verification\" in Setup",
                Some("/lightning/setup/IdentityVerification/home"),
                &[&[Path("/lightning/setup/IdentityVerification/home")]],
            )
            .needs_session(),
            // Its path is the id of the user.
            Self::UserDetail => row("a user's page in Setup", None, &[&[Heading("User Detail")]]).needs_session(),
            Self::Inbox => row("the inbox", Some(INBOX_PATH), &[&[Path(INBOX_PATH)]]),
            // The identity provider. Its fields can have any ids, so the path or the password field identifies it. The
            // page that carries the answer to the org has the same path, but nothing to click.
            Self::IdpSignIn => {
                row("the identity provider's sign-in page", None, &[&[Path("/sign-in"), AnyControl], &[PasswordField]])
            }
            Self::IdpError => row("an error page of the identity provider", None, &[&[Heading("Sign-on refused")]]),
            // Products beside the org. Nothing else has these ids.
            Self::ProductSignIn => row("the sign-in page of a product", None, &[&[Id("productSignIn")]]),
            Self::ProductCode => row("the page of a product that asks for a code", None, &[&[Id("productCode")]]),
            Self::ProductPairing => {
                row("the page of a product on which an app is paired", None, &[&[Id("productPairing")]])
            }
            Self::ProductHome => row("the first page of a product", None, &[&[Id("productHome")]]),
            Self::ProductError => row("an error page of a product", None, &[&[Id("productError")]]),
            // Pages of Chromium and Firefox themselves.
            Self::BrowserError => row(
                "an error page of the browser",
                None,
                &[
                    &[Url("chrome-error://")],
                    &[Title("Privacy error")],
                    &[Id("main-frame-error")],
                    &[Url("about:neterror")],
                    &[Url("about:certerror")],
                ],
            ),
            Self::Unknown => row("an unknown page", None, &[]),
        }
    }
}

const fn row(words: &'static str, path: Option<&'static str>, signs: &'static [&'static [Sign]]) -> PageInfo {
    PageInfo { words, path, signs, declined_by: None, needs_session: false }
}

impl PageInfo {
    const fn declined_by(self, control: &'static str) -> Self {
        Self { declined_by: Some(control), ..self }
    }

    const fn needs_session(self) -> Self {
        Self { needs_session: true, ..self }
    }
}

/// A temporary code goes into the same field as a TOTP code (contract C3.2).
const CODE_PATH: &str = "/_ui/identity/verification/method/TotpVerificationUi/e";
const LOGOUT_PATH: &str = "/secur/logout.jsp";
const INBOX_PATH: &str = "/vestibule/inbox";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::IntoEnumIterator;

    use super::{ORDER_OF_RECOGNITION, PageName};

    #[test]
    fn every_page_with_signs_is_looked_for_once() {
        let looked_for: BTreeSet<_> = ORDER_OF_RECOGNITION.into_iter().collect();
        let with_signs: BTreeSet<_> = PageName::iter().filter(|page| !page.info().signs.is_empty()).collect();

        assert_eq!(looked_for, with_signs);
        assert_eq!(looked_for.len(), ORDER_OF_RECOGNITION.len());
    }
}
