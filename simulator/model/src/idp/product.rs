//! The products whose sign-in pages suites know.

/// A product with a host and a sign-in page that suites know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdpProduct {
    /// Microsoft Entra ID.
    Entra,
    /// Okta.
    Okta,
}

impl IdpProduct {
    /// The product of a preset. The names of all presets of a product begin with its name: `okta-fastpass`.
    pub fn of_preset(preset: &str) -> Option<Self> {
        match preset.split('-').next() {
            Some("entra") => Some(Self::Entra),
            Some("okta") => Some(Self::Okta),
            _ => None,
        }
    }
}
