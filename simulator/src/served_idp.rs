//! What a test in Rust says to one identity provider of a running simulator.

use std::sync::Arc;

use vestibule_model::{AnswerSpec, Carriage, Fault, MethodUsed, OnRequestedContext};

use crate::realm::{PlannedAnswer, Realm, SignOnRequest};

/// One identity provider of a running [`Simulator`](crate::Simulator), from [`Simulator::idp`](crate::Simulator::idp).
#[derive(Debug, Clone)]
pub struct ServedIdp {
    realm: Arc<Realm>,
    key: String,
}

impl ServedIdp {
    pub(crate) fn new(realm: Arc<Realm>, key: String) -> Self {
        Self { realm, key }
    }

    /// Plans its next answer, after those that are planned already. What the methods of [`NextLogin`] do not set is as the
    /// identity provider is set up; the answer is given once.
    ///
    /// ```
    /// use vestibule_model::Fault;
    /// use vestibule_simulator::Simulator;
    /// use vestibule_simulator::realm::{IdpProtocol, IdpSpec, UserSpec};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sim = Simulator::builder()
    ///     .user("ann", UserSpec::new("Standard User"))
    ///     .idp("okta", IdpSpec::new(IdpProtocol::Saml))
    ///     .start()
    ///     .await?;
    ///
    /// sim.idp("okta").next_login().amr(["pwd", "swk"]);
    /// sim.idp("okta").next_login().amr(["pwd", "swk"]).fault(Fault::SignalsJoined);
    /// // … two logins of the system under test …
    ///
    /// assert_eq!(sim.idp("okta").planned().len(), 2);
    /// assert_eq!(sim.idp("okta").take_request(), None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If a thousand answers are waiting.
    pub fn next_login(&self) -> NextLogin {
        let planned = self.realm.answers.plan(&self.key, AnswerSpec::default());
        let planned = planned.unwrap_or_else(|error| panic!("failed to {error}"));
        NextLogin { realm: Arc::clone(&self.realm), planned }
    }

    /// The answers that are planned and not given yet, the next one first.
    pub fn planned(&self) -> Vec<AnswerSpec> {
        self.realm.answers.waiting(&self.key)
    }

    /// Forgets them.
    pub fn forget_planned(&self) {
        self.realm.answers.forget(&self.key);
    }

    /// Takes the oldest `AuthnRequest` or authorization request that it accepted and that was not taken yet; `None` if there is
    /// none.
    pub fn take_request(&self) -> Option<SignOnRequest> {
        self.realm.sign_on_requests.take(&self.key)
    }
}

/// The next answer of an identity provider. Each method takes effect at once, until the answer is given.
#[derive(Debug)]
pub struct NextLogin {
    realm: Arc<Realm>,
    planned: PlannedAnswer,
}

impl NextLogin {
    /// Is meant for the login of this user; an automatic sign-in page signs this user in.
    pub fn user(self, key: impl Into<String>) -> Self {
        self.with(|answer| answer.user = Some(key.into()))
    }

    /// Says that the user signed in by this method; the preset knows what is then sent.
    pub fn method(self, method: MethodUsed) -> Self {
        self.with(|answer| answer.method = Some(method))
    }

    /// Sends exactly these `amr` values; none sends no attribute and no claim.
    pub fn amr<V: Into<String>>(self, values: impl IntoIterator<Item = V>) -> Self {
        self.with(|answer| answer.amr = Some(values.into_iter().map(Into::into).collect()))
    }

    /// Sends exactly this `acr` (OpenID Connect).
    pub fn acr(self, value: impl Into<String>) -> Self {
        self.with(|answer| answer.acr = Some(value.into()))
    }

    /// Sends exactly this `AuthnContextClassRef` (SAML).
    pub fn class_ref(self, value: impl Into<String>) -> Self {
        self.with(|answer| answer.class_ref = Some(value.into()))
    }

    /// Adds a SAML attribute that carries signals.
    pub fn attribute<V: Into<String>>(self, name: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.with(|answer| {
            answer.attributes.insert(name.into(), values);
        })
    }

    /// Carries `amr` there.
    pub fn carriage(self, carriage: Carriage) -> Self {
        self.with(|answer| answer.carriage = Some(carriage))
    }

    /// Answers a requested context like this.
    pub fn on_requested_context(self, behaviour: OnRequestedContext) -> Self {
        self.with(|answer| answer.on_requested_context = Some(behaviour))
    }

    /// Has this fault, besides those of the identity provider.
    pub fn fault(self, fault: Fault) -> Self {
        self.with(|answer| answer.faults.push(fault))
    }

    fn with(self, change: impl FnOnce(&mut AnswerSpec)) -> Self {
        self.realm.answers.change(self.planned, change);
        self
    }
}
