//! The products beside the org whose sign-ins are simulated too: their kinds, and their users with what these have.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::Secret;

/// The kind of product.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "kind of product", rename_all = "kebab-case")]
#[schemars(rename = "ProductKind")]
#[strum(serialize_all = "kebab-case")]
pub enum ProductKind {
    /// A CRM with app passwords for programs that cannot give a second factor.
    Crm,
    /// A vendor-management system that brings in MFA by the type of user.
    VendorManagement,
    /// An integration that works with the data of the org by an OAuth connection, as a user of the org. It has no users of its
    /// own.
    Integration,
}

/// The type of a user of a vendor-management system.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "type of product user", rename_all = "kebab-case")]
#[schemars(rename = "ProductUserType")]
#[strum(serialize_all = "kebab-case")]
pub enum ProductUserType {
    /// An administrator.
    Administrator,
    /// A user of the managed service provider.
    Msp,
    /// A user of the customer.
    #[default]
    Customer,
    /// A user of a supplier.
    Supplier,
    /// An independent contractor.
    IndependentContractor,
    /// A resource.
    Resource,
}

/// What opened a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProductProof {
    /// The password alone.
    Password,
    /// The password, and a code of the paired authenticator app.
    LoginCode,
    /// An app password.
    AppPassword,
}

/// Why an integration cannot work with the data of the org.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IntegrationFault {
    /// Nobody has connected it.
    NotConnected,
    /// MFA has gone on for the user who connected it, and the connection was made without.
    MfaTurnedOn,
    /// The org refuses its tokens.
    TokensRefused,
}

/// Why a product let nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProductRefusal {
    /// The username is unknown, or the password is wrong.
    WrongPassword,
    /// The code is wrong, too old, or was used before.
    WrongCode,
    /// A program gave the right password of a user whose second factor is on.
    SecondFactorMissing,
    /// A person typed an app password.
    AppPasswordOfPerson,
    /// The app password was revoked.
    AppPasswordRevoked,
}

/// `products.<key>`: a product beside the org with a sign-in of its own. Its key is the first label of its host: `crm` serves
/// `crm.localhost`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Product")]
pub struct ProductSpec {
    /// The kind of product.
    pub kind: ProductKind,
    /// Its users by key; the key is the name that steps and the journal use.
    #[serde(default)]
    pub users: BTreeMap<String, ProductUserSpec>,
}

impl ProductSpec {
    /// A product without users.
    pub fn new(kind: ProductKind) -> Self {
        Self { kind, users: BTreeMap::new() }
    }

    /// With this user.
    #[must_use]
    pub fn user(mut self, key: impl Into<String>, user: ProductUserSpec) -> Self {
        self.users.insert(key.into(), user);
        self
    }

    /// A key of a user that the kind of product has no place for.
    pub fn misplaced_key(&self) -> Option<MisplacedProductKey<'_>> {
        self.users.iter().find_map(|(user, spec)| {
            let (key, why) = match self.kind {
                ProductKind::Crm if spec.user_type.is_some() => ("user-type", "the users of a CRM have no type"),
                ProductKind::VendorManagement if !spec.app_passwords.is_empty() => {
                    ("app-passwords", "a vendor-management system has no app passwords")
                }
                ProductKind::Integration => ("password", "an integration has no users of its own"),
                ProductKind::Crm | ProductKind::VendorManagement => return None,
            };
            Some(MisplacedProductKey { user, key, why })
        })
    }
}

/// A key of a user that a kind of product has no place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MisplacedProductKey<'a> {
    /// Key of the user.
    pub user: &'a str,
    /// The key.
    pub key: &'static str,
    /// Why, in one sentence.
    pub why: &'static str,
}

/// `products.<key>.users.<key>`: a user of a product. The username is `<user>@<product>.example`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "ProductUser")]
pub struct ProductUserSpec {
    /// Password; default: generated.
    pub password: Option<Secret>,
    /// Whether an authenticator app is paired, so that the sign-in asks for its code; default: `false`.
    pub paired: bool,
    /// CRM: the applications that have an app password of this user; default: none.
    pub app_passwords: BTreeSet<String>,
    /// Vendor management: the type of user; default: `customer`.
    pub user_type: Option<ProductUserType>,
}

impl ProductUserSpec {
    /// With this password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(Secret::new(password));
        self
    }

    /// With a paired authenticator app.
    #[must_use]
    pub fn paired(mut self) -> Self {
        self.paired = true;
        self
    }

    /// The type of user.
    pub fn user_type(&self) -> ProductUserType {
        self.user_type.unwrap_or_default()
    }

    /// Of this type.
    #[must_use]
    pub fn of_type(mut self, user_type: ProductUserType) -> Self {
        self.user_type = Some(user_type);
        self
    }

    /// With an app password for this application.
    #[must_use]
    pub fn app_password(mut self, application: impl Into<String>) -> Self {
        self.app_passwords.insert(application.into());
        self
    }
}
