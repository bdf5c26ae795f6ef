//! The credential store.

use vestibule_model::Credential;

/// The credentials of one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CredentialStore {
    credentials: Vec<Credential>,
}

impl CredentialStore {
    /// Every credential, oldest first.
    pub(crate) fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.credentials.is_empty()
    }

    /// The credentials of an RP ID, oldest first.
    pub(crate) fn of<'a>(&'a self, rp_id: &'a str) -> impl Iterator<Item = &'a Credential> {
        self.credentials.iter().filter(move |credential| credential.rp_id == rp_id)
    }

    /// Adds a credential, or updates the one with the same ID. The signature counter never goes back, and a user handle
    /// or name that the other side did not send is kept.
    pub(crate) fn store(&mut self, credential: Credential) {
        match self.credentials.iter_mut().find(|held| held.id == credential.id && held.rp_id == credential.rp_id) {
            Some(held) => {
                *held = Credential {
                    sign_count: held.sign_count.max(credential.sign_count),
                    user_handle: credential.user_handle.or_else(|| held.user_handle.take()),
                    user_name: credential.user_name.or_else(|| held.user_name.take()),
                    ..credential
                };
            }
            None => self.credentials.push(credential),
        }
    }

    pub(super) fn by_id_mut(&mut self, rp_id: &str, id: &[u8]) -> Option<&mut Credential> {
        self.credentials.iter_mut().find(|credential| credential.rp_id == rp_id && credential.id == id)
    }
}
