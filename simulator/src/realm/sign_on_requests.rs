//! The requests for a sign-on that reached the identity providers of a realm and were accepted.

use std::collections::VecDeque;

use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::Serialize;
use vestibule_model::IdpProtocol;

/// An `AuthnRequest` or an authorization request as it arrived, or a sign-on that the identity provider starts itself. Long
/// texts are cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SignOnRequest {
    /// Key of the identity provider that received it.
    pub idp: String,
    /// Its protocol.
    pub protocol: IdpProtocol,
    /// Who asks: the entity id of the service provider, or the client id.
    pub party: String,
    /// Where the answer goes: the assertion consumer service, or the redirect URI.
    pub address: String,
    /// `ID` of the `AuthnRequest`; none if the identity provider starts the login, and in OpenID Connect.
    pub id: Option<String>,
    /// `RelayState`, or `state`.
    pub relay_state: Option<String>,
    /// Whether the user must sign in again: `ForceAuthn`, `prompt=login`.
    pub fresh: bool,
    /// Whether no page may be shown: `IsPassive`, `prompt=none`.
    pub passive: bool,
    /// Greatest age of the user's sign-in, in seconds: `max_age`.
    pub max_age: Option<u64>,
    /// The user that it names: `login_hint`.
    pub login_hint: Option<String>,
    /// The contexts that it asks for, in order of preference: `RequestedAuthnContext`, `acr_values`.
    pub requested_context: Vec<String>,
    /// `Format` of the `NameIDPolicy`.
    pub name_id_format: Option<String>,
    /// `scope`.
    pub scope: Option<String>,
}

/// The requests that nobody took, oldest first.
#[derive(Debug)]
pub struct SignOnRequests {
    waiting: Mutex<VecDeque<SignOnRequest>>,
    most: usize,
}

impl SignOnRequests {
    /// Keeps so many at most.
    pub(super) fn keeping(most: usize) -> Self {
        Self { waiting: Mutex::default(), most: CAPACITY.min(most).max(1) }
    }

    pub(crate) fn record(&self, request: SignOnRequest) {
        let mut waiting = self.waiting.lock();
        if waiting.len() >= self.most {
            waiting.pop_front();
        }
        waiting.push_back(request.kept());
    }

    /// The oldest request that this identity provider received and that was not taken yet; `None` if there is none.
    pub fn take(&self, idp: &str) -> Option<SignOnRequest> {
        let mut waiting = self.waiting.lock();
        let position = waiting.iter().position(|request| request.idp == idp)?;
        waiting.remove(position)
    }

    /// Every request that this identity provider received and that was not taken, oldest first.
    pub fn waiting(&self, idp: &str) -> Vec<SignOnRequest> {
        self.waiting.lock().iter().filter(|request| request.idp == idp).cloned().collect()
    }
}

impl SignOnRequest {
    /// Without what would fill the memory: a request may be as long as a body.
    fn kept(mut self) -> Self {
        let texts = [&mut self.party, &mut self.address].into_iter();
        let optional =
            [&mut self.id, &mut self.relay_state, &mut self.login_hint, &mut self.name_id_format, &mut self.scope];
        texts.chain(optional.into_iter().flatten()).for_each(cut);
        self.requested_context.truncate(MOST_CONTEXTS);
        self.requested_context.iter_mut().for_each(cut);
        self
    }
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
    }
}

/// The most requests that are kept; older ones are forgotten.
const CAPACITY: usize = 100;
/// In characters; more than any address.
const LONGEST: usize = 2000;
const MOST_CONTEXTS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    fn request(idp: &str, id: String) -> SignOnRequest {
        SignOnRequest {
            idp: idp.to_owned(),
            protocol: IdpProtocol::Saml,
            party: "urn:app".to_owned(),
            address: "x".repeat(LONGEST + 1),
            id: Some(id),
            relay_state: None,
            fresh: false,
            passive: false,
            max_age: None,
            login_hint: None,
            requested_context: vec![String::new(); MOST_CONTEXTS + 1],
            name_id_format: None,
            scope: None,
        }
    }

    #[test]
    fn each_request_is_taken_once_from_the_identity_provider_that_received_it() {
        let requests = SignOnRequests::keeping(usize::MAX);
        requests.record(request("okta", "_1".to_owned()));
        requests.record(request("entra", "_2".to_owned()));
        requests.record(request("okta", "_3".to_owned()));

        let taken = |idp: &str| requests.take(idp).and_then(|request| request.id);
        assert_eq!(requests.waiting("okta").len(), 2);
        assert_eq!([taken("okta"), taken("okta"), taken("okta")], [Some("_1".to_owned()), Some("_3".to_owned()), None]);
        assert_eq!(taken("entra").as_deref(), Some("_2"));
    }

    #[test]
    fn no_more_is_kept_than_fits() {
        let requests = SignOnRequests::keeping(3);
        (0..=3).for_each(|number: u8| requests.record(request("okta", number.to_string())));

        let kept = requests.waiting("okta");
        assert_eq!((kept.len(), kept[0].id.as_deref()), (3, Some("1")));
        assert_eq!((kept[0].address.len(), kept[0].requested_context.len()), (LONGEST, MOST_CONTEXTS));
    }
}
