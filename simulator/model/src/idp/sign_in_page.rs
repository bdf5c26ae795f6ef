//! The sign-in page of an identity provider, and its fields.

use schemars::JsonSchema;
use serde::Deserialize;

use super::product::IdpProduct;

/// The sign-in page of the identity provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "page to sign in", rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "SignIn")]
pub enum SignInPage {
    /// No form: the user is signed in immediately.
    #[default]
    Automatic,
    /// No form: always signs in this user, even if the request or the page's chooser names another.
    #[serde(skip)]
    AutomaticAs(String),
    /// A form with the default field ids; with the real host names, that of the preset's product.
    Own,
    /// Pages with the fields of Entra: `i0116`, `i0118`, `idSIButton9`; the last asks whether to stay signed in.
    Entra,
    /// Pages with the fields of Okta Identity Engine: `identifier`, then `credentials.passcode`.
    Okta,
    /// A page with the fields of Okta Classic Engine: `okta-signin-username`, `okta-signin-password`.
    OktaClassic,
    /// A form with these field ids.
    Fields {
        /// `id` and `name` of the username field.
        username: String,
        /// `id` and `name` of the password field.
        password: String,
        /// `id` of the submit button.
        submit: String,
    },
}

/// A field of a sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInField<'a> {
    /// Its `id`.
    pub id: &'a str,
    /// Its `name`.
    pub name: &'a str,
}

/// The fields of a sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInFields<'a> {
    /// The username.
    pub username: SignInField<'a>,
    /// The password.
    pub password: SignInField<'a>,
    /// `id` of the button.
    pub submit: &'a str,
}

impl SignInPage {
    /// The fields of the page.
    // Contract K1.10, K1.11.
    pub fn fields(&self) -> SignInFields<'_> {
        let (username, password, submit) = match self {
            Self::Automatic | Self::AutomaticAs(_) | Self::Own => (same("username"), same("password"), "sign-in"),
            Self::Entra => (
                SignInField { id: "i0116", name: "loginfmt" },
                SignInField { id: "i0118", name: "passwd" },
                "idSIButton9",
            ),
            Self::Okta => (same("identifier"), same("credentials.passcode"), "okta-signin-submit"),
            Self::OktaClassic => (
                SignInField { id: "okta-signin-username", name: "username" },
                SignInField { id: "okta-signin-password", name: "password" },
                "okta-signin-submit",
            ),
            Self::Fields { username, password, submit } => (same(username), same(password), submit.as_str()),
        };
        SignInFields { username, password, submit }
    }

    /// Whether it signs the user in without a form.
    pub fn is_automatic(&self) -> bool {
        matches!(self, Self::Automatic | Self::AutomaticAs(_))
    }

    pub(super) fn product(&self) -> Option<IdpProduct> {
        match self {
            Self::Entra => Some(IdpProduct::Entra),
            Self::Okta | Self::OktaClassic => Some(IdpProduct::Okta),
            Self::Automatic | Self::AutomaticAs(_) | Self::Own | Self::Fields { .. } => None,
        }
    }
}

fn same(id: &str) -> SignInField<'_> {
    SignInField { id, name: id }
}
