//! Applies a case to a good answer.

use openssl::error::ErrorStack;
use serde_json::{Map, Value};

use super::case::{Case, Delivery, Protocol};
use super::keys::Keys;
use super::mutation::Mutation;
use super::oidc::{self, GoodToken, HttpAnswer, OidcMutation};
use super::saml::{self, FormFields, GoodResponse, NotApplicable, WrongLogoutRequest};
use super::webauthn::{Authenticator, Ceremony, CeremonyKind};

impl Case {
    /// The fields of the form that carries the `Response`; `None` if the case leaves it good.
    ///
    /// # Errors
    ///
    /// If the good answer has not the part that the case changes.
    pub(crate) fn response(&self, good: &GoodResponse<'_>, keys: &Keys) -> Option<Result<FormFields, NotApplicable>> {
        match self.mutation {
            Mutation::Saml(mutation) => Some(saml::apply(mutation, good, keys)),
            _ => None,
        }
    }

    /// The ID token; `None` if the case leaves it good.
    pub(crate) fn id_token(&self, good: &GoodToken, keys: &Keys) -> Option<String> {
        match self.mutation {
            Mutation::Oidc(OidcMutation::Token(_) | OidcMutation::Keys(_) | OidcMutation::Answer(_)) => None,
            Mutation::Oidc(mutation) => Some(oidc::id_token(mutation, good, keys)),
            _ => None,
        }
    }

    /// What the token endpoint answers; `None` if the case leaves it good.
    pub(crate) fn token_answer(&self, good: Map<String, Value>) -> Option<HttpAnswer> {
        match self.mutation {
            Mutation::Oidc(OidcMutation::Token(edit)) => Some(edit.apply(good)),
            _ => None,
        }
    }

    /// What the endpoint of the keys answers; `None` if the case leaves it good.
    pub(crate) fn key_set(&self, keys: &Keys) -> Option<HttpAnswer> {
        match self.mutation {
            Mutation::Oidc(OidcMutation::Keys(edit)) => Some(edit.apply(keys)),
            _ => None,
        }
    }

    /// Changes the parameters of the answer of the authorization endpoint, if the case is about them.
    pub(crate) fn authorization_answer(&self, fields: &mut Vec<(&'static str, String)>) {
        if let Mutation::Oidc(OidcMutation::Answer(edit)) = self.mutation {
            edit.apply(fields);
        }
    }

    /// The `LogoutRequest`, where `good` is not signed yet; `None` if the case leaves it good.
    ///
    /// # Errors
    ///
    /// If the good request has not the part that the case changes.
    pub(crate) fn logout_request(&self, good: &str, keys: &Keys) -> Option<Result<WrongLogoutRequest, NotApplicable>> {
        match self.mutation {
            Mutation::SamlLogout(mutation) => Some(saml::logout_request(mutation, good, keys)),
            _ => None,
        }
    }

    /// The logout token; `None` if the case leaves it good.
    pub(crate) fn logout_token(&self, good: &Map<String, Value>, keys: &Keys) -> Option<String> {
        match self.mutation {
            Mutation::Logout(mutation) => Some(oidc::logout_token(mutation, good, keys)),
            _ => None,
        }
    }

    /// Whether the case is that the message of one logout comes again at the next.
    pub(crate) fn repeats_logout(&self) -> bool {
        self.protocol.is_logout() && self.delivery == Delivery::Twice
    }

    /// What is typed in place of the code of an authenticator app, where `code_of` gives the code of each step, counted from
    /// now; `None` if the case is not about one.
    pub fn code(&self, code_of: &dyn Fn(i64) -> String) -> Option<String> {
        match self.mutation {
            Mutation::Code(change) => Some(change.apply(code_of)),
            Mutation::None if self.protocol == Protocol::Totp => Some(code_of(0)),
            _ => None,
        }
    }

    /// The ceremony that the case is about, if it is about one.
    pub fn ceremony(&self) -> Option<CeremonyKind> {
        match self.mutation {
            Mutation::Webauthn(kind, _) => Some(kind),
            Mutation::None if self.protocol == Protocol::Webauthn => Some(CeremonyKind::Assertion),
            _ => None,
        }
    }
}

impl Authenticator {
    /// The credential with which an authenticator answers a ceremony, as JSON: a good one, or that of a case which is about
    /// this ceremony.
    ///
    /// # Errors
    ///
    /// If OpenSSL cannot sign.
    pub fn answer(
        &self,
        kind: CeremonyKind,
        ceremony: &Ceremony<'_>,
        case: Option<&Case>,
    ) -> Result<Value, ErrorStack> {
        let change = case.and_then(|case| match case.mutation {
            Mutation::Webauthn(of, change) if of == kind => Some(change),
            _ => None,
        });
        match kind {
            CeremonyKind::Registration => Ok(self.create(ceremony, change)),
            CeremonyKind::Assertion => self.get(ceremony, change),
        }
    }
}
