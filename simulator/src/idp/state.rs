//! What the endpoints of one identity provider share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum_extra::extract::cookie::{Cookie, SameSite};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use vestibule_model::{AcsBinding, AnswerSpec, IdpProtocol, KeyAlgorithm};

use super::chosen::Chosen;
use super::directory::Directory;
use super::provider::Provider;
use crate::attacks::Case;
use crate::http::{RequestContext, cookie, excerpt};
use crate::oidc::{AuthorizationRequest, Prompt};
use crate::realm::{
    Component, Event, Expiring, HostRole, Kept, MethodUsed, ProtocolVerdict, Realm, RequestFault, SignInPage,
    SignOnRequest, SsoTrust, User, later,
};
use crate::saml::{NameId, NameIdPolicy, RequestedAuthnContext, SignedResponse};

/// One running identity provider.
pub(super) struct Idp {
    /// The realm.
    pub(super) realm: Arc<Realm>,
    /// The trust with the org.
    pub(super) trust: SsoTrust,
    /// Its sign-in page.
    pub(super) page: SignInPage,
    /// Who is signed in, by the value of the session cookie.
    pub(super) sessions: Expiring<IdpSession>,
    /// Requests that wait for the user to sign in, by the id in the sign-in page's URL.
    pub(super) waiting: Expiring<SignOn>,
    /// The planned answers that were given to those requests: a form that is posted twice is answered twice alike.
    pub(super) planned: Expiring<AnswerSpec>,
    /// SAML: who was signed in at which service provider in a session, by `SessionIndex`.
    pub(super) participants: Expiring<Vec<Participant>>,
    /// SAML: single logouts that wait for an answer, by the `ID` of the request that was sent last.
    pub(super) logouts: Expiring<Logout>,
    /// SAML: answers that wait until their receiver asks for them, by artifact.
    pub(super) artifacts: Expiring<IssuedArtifact>,
    /// SAML: the persistent names that were given, by service provider and user.
    pub(super) persistent_names: Expiring<()>,
    /// OIDC: answers that wait for the consent of the user, by the id in the consent page.
    pub(super) decisions: Expiring<Decision>,
    /// OIDC: grants, codes, tokens and clients.
    pub(super) provider: Provider,
    /// What SCIM wrote.
    pub(super) directory: Directory,
    /// OIDC: the attack of the last login, which its keys may belong to.
    pub(super) last_attack: Mutex<Option<&'static Case>>,
    /// The message of the first logout, by its receiver, where a case of the catalogue sends it again.
    pub(super) first_logouts: Mutex<BTreeMap<String, String>>,
}

/// A user who is signed in at the identity provider.
#[derive(Debug, Clone)]
pub(super) struct IdpSession {
    /// Key of the user.
    pub(super) user: String,
    /// When the user signed in: `AuthnInstant`, `auth_time`.
    pub(super) auth_time: Timestamp,
    /// How the user signed in.
    pub(super) method: MethodUsed,
    /// What was chosen on the page.
    pub(super) chosen: Chosen,
    /// `SessionIndex`, a public name of the session.
    pub(super) index: String,
}

/// A sign-on that an SP or RP asked for.
#[derive(Debug, Clone)]
pub(super) struct SignOn {
    /// The request to answer once the user is signed in.
    pub(super) request: Request,
    /// The user that the request names: key, username or Federation ID.
    pub(super) hint: Option<String>,
    /// The user must sign in again: `ForceAuthn`, `prompt=login`.
    pub(super) fresh: bool,
    /// No page may be shown: `IsPassive`, `prompt=none`.
    pub(super) passive: bool,
    /// Longest time since the last sign-in, in seconds: `max_age`.
    pub(super) max_age: Option<u64>,
    /// `SessionIndex` of the session that this sign-on opened, while a page still asks for something.
    pub(super) opened: Option<String>,
    /// Whether the token of the listener was typed, where its page asks for one.
    pub(super) admitted: bool,
}

/// The protocol's own part of a sign-on.
#[derive(Debug, Clone)]
pub(super) enum Request {
    /// SAML.
    Saml(SamlRequest),
    /// OpenID Connect.
    Oidc(Box<AuthorizationRequest>),
    /// A device, by its device code (RFC 8628).
    Device(String),
}

/// An answer that waits for the consent of the user who is signed in.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    /// What is answered.
    pub(super) request: Request,
    /// The session of the user.
    pub(super) session: IdpSession,
}

/// What a `Response` answers.
#[derive(Debug, Clone)]
pub(super) struct SamlRequest {
    /// The service provider that the answer is for: its entity id.
    pub(super) audience: String,
    /// Where the answer goes: its ACS.
    pub(super) acs_url: String,
    /// By which binding the answer goes there.
    pub(super) binding: AcsBinding,
    /// `ID` of the `AuthnRequest`; `None` when the IdP starts the login.
    pub(super) id: Option<String>,
    /// `RelayState`, returned unchanged.
    pub(super) relay_state: Option<String>,
    /// `RequestedAuthnContext`.
    pub(super) requested: Option<RequestedAuthnContext>,
    /// `NameIDPolicy`.
    pub(super) name_id_policy: Option<NameIdPolicy>,
    /// Key of the only user about whom an answer may be: the `Subject` of the request.
    pub(super) subject: Option<String>,
    /// `AttributeConsumingServiceIndex`.
    pub(super) attribute_service: Option<u16>,
}

/// A user at a service provider: what a `LogoutRequest` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Participant {
    /// Entity id of the service provider.
    pub(super) entity_id: String,
    /// `NameID` of the assertion.
    pub(super) name_id: NameId,
    /// `SessionIndex` of the assertion.
    pub(super) session_index: String,
}

/// A single logout on its way from one service provider to the next.
#[derive(Debug, Clone)]
pub(super) struct Logout {
    /// Who is still to be told.
    pub(super) remaining: Vec<Participant>,
    /// Whose answer it waits for.
    pub(super) awaited: String,
    /// Whether somebody was not reached, or refused.
    pub(super) partial: bool,
    /// The request of the service provider that started it; `None` if the user started it here.
    pub(super) started_by: Option<LogoutStart>,
}

/// The request of a service provider that started a logout.
#[derive(Debug, Clone)]
pub(super) struct LogoutStart {
    /// Entity id of the service provider.
    pub(super) entity_id: String,
    /// `ID` of the request.
    pub(super) id: String,
    /// `RelayState`, returned unchanged.
    pub(super) relay_state: Option<String>,
}

/// An answer that waits until its receiver asks for it.
#[derive(Clone)]
pub(super) struct IssuedArtifact {
    /// Entity id of the service provider that may have it.
    pub(super) audience: String,
    /// The answer.
    pub(super) response: SignedResponse,
}

impl SignOn {
    /// Whether the user shall choose an account (`prompt=select_account`) and has not done so.
    pub(super) fn chooses_account(&self) -> bool {
        let asked = matches!(&self.request, Request::Oidc(request) if request.prompt.contains(&Prompt::SelectAccount));
        asked && !self.fresh
    }
}

impl Idp {
    pub(super) fn new(realm: Arc<Realm>, trust: SsoTrust) -> Arc<Self> {
        Arc::new(Self {
            page: trust.spec.sign_in_page(realm.spec.naming),
            trust,
            sessions: Expiring::new(Kept::IdpSessions, &realm.journal),
            waiting: Expiring::new(Kept::SignOns, &realm.journal),
            planned: Expiring::new(Kept::SignOns, &realm.journal),
            participants: Expiring::new(Kept::IdpSessions, &realm.journal),
            logouts: Expiring::new(Kept::Logouts, &realm.journal),
            artifacts: Expiring::new(Kept::Artifacts, &realm.journal),
            persistent_names: Expiring::new(Kept::NameIds, &realm.journal),
            decisions: Expiring::new(Kept::SignOns, &realm.journal),
            provider: Provider::new(&realm),
            directory: Directory::default(),
            last_attack: Mutex::new(None),
            first_logouts: Mutex::default(),
            realm,
        })
    }

    /// The host of this identity provider.
    pub(super) fn role(&self) -> HostRole {
        HostRole::Idp(self.trust.idp.clone())
    }

    /// The address of an endpoint of OpenID Connect.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.trust.issuer)
    }

    /// Whether the key with which it signs by this algorithm is at hand.
    pub(super) fn holds_key(&self, algorithm: KeyAlgorithm) -> bool {
        self.realm.certs.holds_signing_key(algorithm, self.trust.spec.key_state)
    }

    /// Whether the entity id is that of the org that is served.
    pub(super) fn is_org(&self, entity_id: &str) -> bool {
        self.trust.org_is_served && entity_id == self.trust.sp_entity_id
    }

    /// Now, on the clock of the identity providers.
    pub(super) fn now(&self) -> Timestamp {
        self.realm.clock.now(Component::Idp)
    }

    /// An instant this long from now.
    pub(super) fn after(&self, duration: SignedDuration) -> Timestamp {
        later(self.now(), duration)
    }

    /// The user that a request names, by key, username or Federation ID.
    pub(super) fn named(&self, hint: &str) -> Option<User> {
        let users = &self.realm.users;
        users.get(hint).or_else(|| users.by_username(hint)).or_else(|| users.by_federation_id(hint))
    }

    /// The session of this browser, if it may answer this request.
    pub(super) fn session_for(&self, context: &RequestContext, sign_on: &SignOn) -> Option<IdpSession> {
        let now = self.now();
        let session = self.session_of(context)?;
        let age = now.duration_since(session.auth_time).as_secs();
        let young = sign_on.max_age.is_none_or(|limit| i64::try_from(limit).map_or(true, |limit| age <= limit));
        let same_user =
            sign_on.hint.as_deref().and_then(|hint| self.named(hint)).is_none_or(|user| user.key == session.user);
        (!sign_on.fresh && young && same_user).then_some(session)
    }

    /// The session as one answer uses it. What is planned for the answer counts for more than what a person chose on the page,
    /// and that for more than what is always said of this user. `waiting` is the id of a request that waited.
    pub(super) fn answering(&self, session: &IdpSession, waiting: Option<&str>) -> IdpSession {
        let spec = &self.trust.spec;
        let mut session = session.clone();
        if let Some(always) = spec.per_user.get(&session.user) {
            // Like the settings of the identity provider, it bows to a requested context.
            let behaviour = always.on_requested_context.unwrap_or(spec.on_requested_context);
            let always = AnswerSpec { on_requested_context: Some(behaviour), ..always.clone() };
            session.chosen = session.chosen.over(Chosen::from(always));
        }
        if let Some(planned) = self.planned_answer(&session.user, waiting) {
            session.chosen = Chosen::from(planned).over(session.chosen);
        }
        session.chosen = session.chosen.on(self.realm.date());
        session
    }

    fn planned_answer(&self, user: &str, waiting: Option<&str>) -> Option<AnswerSpec> {
        let Some(id) = waiting else { return self.realm.answers.take(&self.trust.idp, user) };
        if let Some(given) = self.planned.get(id, self.now()) {
            return Some(given);
        }
        let planned = self.realm.answers.take(&self.trust.idp, user)?;
        self.planned.put(id, planned.clone(), self.after(WAITING_LIFETIME), self.now());
        Some(planned)
    }

    /// Keeps what a request for a sign-on asks for.
    pub(super) fn keep_request(&self, sign_on: &SignOn) {
        let trust = &self.trust;
        let request = match &sign_on.request {
            // The device asked for a code, and its user brings it.
            Request::Device(_) => return,
            Request::Saml(request) => SignOnRequest {
                idp: trust.idp.clone(),
                protocol: IdpProtocol::Saml,
                party: request.audience.clone(),
                address: request.acs_url.clone(),
                id: request.id.clone(),
                relay_state: request.relay_state.clone(),
                requested_context: request.requested.as_ref().map(|asked| asked.class_refs.clone()).unwrap_or_default(),
                name_id_format: request.name_id_policy.as_ref().and_then(|policy| policy.format.clone()),
                scope: None,
                fresh: sign_on.fresh,
                passive: sign_on.passive,
                max_age: sign_on.max_age,
                login_hint: sign_on.hint.clone(),
            },
            Request::Oidc(request) => SignOnRequest {
                idp: trust.idp.clone(),
                protocol: IdpProtocol::Oidc,
                party: request.client_id.clone(),
                address: request.redirect_uri.clone(),
                id: None,
                relay_state: request.state.clone(),
                requested_context: request.acr_values.clone(),
                name_id_format: None,
                scope: Some(request.scope.clone()),
                fresh: sign_on.fresh,
                passive: sign_on.passive,
                max_age: sign_on.max_age,
                login_hint: sign_on.hint.clone(),
            },
        };
        self.realm.sign_on_requests.record(request);
    }

    /// The session that this browser opened for this sign-on.
    pub(super) fn session_opened_by(&self, context: &RequestContext, sign_on: &SignOn) -> Option<IdpSession> {
        let session = self.session_of(context)?;
        (sign_on.opened.as_ref() == Some(&session.index)).then_some(session)
    }

    /// The session of this browser, unless its user may not sign in any more.
    pub(super) fn session_of(&self, context: &RequestContext) -> Option<IdpSession> {
        let session = self.sessions.get(context.cookie(SESSION_COOKIE)?, self.now());
        session.filter(|session| self.directory.admits(&session.user))
    }

    /// Signs a user in; the cookie names the session. What is wrong with the first answer is not wrong with later ones.
    pub(super) fn open_session(
        &self,
        user: &User,
        method: MethodUsed,
        chosen: Chosen,
    ) -> (IdpSession, Cookie<'static>) {
        let (auth_time, index) = (self.now(), self.realm.entropy.xml_id());
        let session = IdpSession { user: user.key.clone(), auth_time, method, chosen, index };
        let lasting = IdpSession { chosen: session.chosen.lasting(), ..session.clone() };
        let id = self.realm.entropy.token();
        let lifetime = self.session_lifetime();
        self.sessions.put(&id, lasting, self.after(lifetime), self.now());
        self.realm.record(Event::IdpSignedIn { idp: self.trust.idp.clone(), user: user.key.clone() });
        (session, self.session_cookie(id, lifetime))
    }

    /// How long a session lasts.
    pub(super) fn session_lifetime(&self) -> SignedDuration {
        self.trust.spec.session_lifetime.map_or(SESSION_LIFETIME, |seconds| SignedDuration::from_secs(seconds.into()))
    }

    /// Ends the sessions with these indexes, in whichever browser; returns who was signed in through them.
    pub(super) fn close_sessions(&self, indexes: &BTreeSet<String>) -> Vec<Participant> {
        let now = self.now();
        for (id, _) in self.sessions.all(now).into_iter().filter(|(_, session)| indexes.contains(&session.index)) {
            self.sessions.take(&id, now);
        }
        indexes.iter().filter_map(|index| self.participants.take(index, now)).flatten().collect()
    }

    /// Ends the session of this browser; returns the cookie that removes it.
    pub(super) fn close_session(&self, context: &RequestContext) -> Cookie<'static> {
        if let Some(id) = context.cookie(SESSION_COOKIE) {
            self.sessions.take(id, self.now());
        }
        self.session_cookie(String::new(), SignedDuration::ZERO)
    }

    /// A SAML request may arrive as a cross-site POST, which must carry the cookie: SameSite=None. From another machine over
    /// plain HTTP, browsers take neither such a cookie nor one that is `Secure`.
    fn session_cookie(&self, value: String, lifetime: SignedDuration) -> Cookie<'static> {
        let mut cookie = cookie(SESSION_COOKIE, value, lifetime, SameSite::None);
        let public = self.trust.spec.public_url.as_ref();
        if public.is_some_and(|url| url.origin().starts_with("http://") && !url.is_loopback()) {
            cookie.set_secure(false);
            cookie.set_same_site(SameSite::Lax);
        }
        cookie
    }

    /// Records a request of a service provider or a relying party, accepted or refused.
    pub(super) fn record_request(&self, verdict: ProtocolVerdict) {
        self.realm.record(Event::SsoRequestReceived { idp: self.trust.idp.clone(), verdict });
    }

    /// Records that a request is answered although nobody registered who sent it.
    pub(super) fn record_unregistered(&self, party: &str, address: &str) {
        let (idp, party, address) = (self.trust.idp.clone(), excerpt(party), excerpt(address));
        self.realm.record(Event::UnregisteredPartyAccepted { idp, party, address });
    }

    /// Records a request that is refused under a code of the protocol. `request` says what is wrong with its signature,
    /// if that is why.
    pub(super) fn record_refusal(&self, code: &str, why: impl Into<String>, request: Option<RequestFault>) {
        self.record_request(ProtocolVerdict::Refused {
            code: code.to_owned(),
            why: excerpt(&why.into()),
            context: None,
            request,
        });
    }
}

/// How long a request waits for its user.
pub(super) const WAITING_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
/// Cookie of the `IdpSession`.
const SESSION_COOKIE: &str = "idp_session";
/// A working day.
const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(8);
