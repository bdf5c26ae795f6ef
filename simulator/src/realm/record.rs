//! The realm itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use parking_lot::Mutex;
use vestibule_certs::CertStore;

use super::apps::Apps;
use super::clock::Clock;
use super::entropy::Entropy;
use super::event::{Event, Kept};
use super::foreign_idp::ForeignIdp;
use super::hosts::Hosts;
use super::inbox::{Email, Inbox};
use super::journal::Journal;
use super::limited_hours::LimitedHours;
use super::login_history::{LoginHistory, LoginRecord};
use super::messages::MessageLog;
use super::oauth_grants::OauthGrants;
use super::planned_answers::PlannedAnswers;
use super::products::ProductUsers;
use super::requests::RequestLog;
use super::secrets::Secrets;
use super::sessions::{IdleTimer, OrgSession, OrgSessions, SessionKind};
use super::sign_on_requests::SignOnRequests;
use super::sso_trust::SsoTrust;
use super::users::{User, Users};
use crate::policy::{Origin, Rulebook, login_page};
use vestibule_model::Secret;
use vestibule_model::{
    Component, ConnectedApp, HostRole, LoginPage, OrgFacts, ProductKind, RealmSpec, SessionLevel, UserSpec,
};

/// One isolated world.
#[derive(Debug)]
pub struct Realm {
    /// Its specification.
    pub spec: RealmSpec,
    /// 18-character organization id (`00D…`), stable for a My Domain name.
    pub org_id: String,
    /// The rules in force.
    pub rulebook: Arc<Rulebook>,
    /// Host names.
    pub hosts: Hosts,
    /// Protocol clock.
    pub clock: Clock,
    /// The calendar date now; the specification has the one at the start.
    date: Mutex<Date>,
    /// "Require MFA for all direct UI logins" as an admin set it last.
    mfa_setting: AtomicBool,
    /// Ids, nonces and secrets.
    pub(crate) entropy: Entropy,
    /// Every secret that the realm ever had.
    pub secrets: Arc<Secrets>,
    /// Keys and certificates.
    pub certs: Arc<CertStore>,
    /// The trust with each identity provider, in the order of their keys.
    pub trusts: Vec<SsoTrust>,
    /// What the identity providers are to say in their next answers.
    pub answers: PlannedAnswers,
    /// The requests for a sign-on that reached them.
    pub sign_on_requests: SignOnRequests,
    /// The token that the sign-in pages of the identity providers ask for.
    pub guard: Option<Secret>,
    /// Users and what they have registered.
    pub users: Users,
    /// Users of the products beside the org and what they have registered there.
    pub product_users: ProductUsers,
    /// The apps that may ask for tokens.
    pub apps: Apps,
    /// What users granted to them.
    pub grants: OauthGrants,
    /// Open sessions at the org.
    pub sessions: OrgSessions,
    /// The login hours after which they end.
    limited_hours: LimitedHours,
    /// Login History.
    pub login_history: LoginHistory,
    /// Emails that the org sent.
    pub inbox: Inbox,
    /// What happened.
    pub journal: Arc<Journal>,
    /// HTTP requests that were answered.
    pub requests: RequestLog,
    /// SAML responses and ID tokens that the org received.
    pub messages: MessageLog,
}

impl Realm {
    /// Makes a realm that will be served on this port. `foreign` holds, by key, each identity provider that is not simulated.
    pub(crate) fn start(
        spec: RealmSpec,
        rulebook: Arc<Rulebook>,
        certs: Arc<CertStore>,
        port: u16,
        mut foreign: BTreeMap<String, ForeignIdp>,
    ) -> Arc<Self> {
        let clock = Clock::start(&spec.clock);
        let entropy = spec.seed.map_or_else(Entropy::from_os, Entropy::seeded);
        let users = Users::create(&spec.users, &spec.org, &entropy, clock.now(Component::Org));
        let org_id = org_id(spec.org.my_domain());
        let hosts = Hosts::new(&spec, port);
        let trusts = spec.idps.iter();
        let trusts = trusts.map(|(key, idp)| SsoTrust::agree(key, idp, foreign.remove(key), &hosts, &org_id, &entropy));
        let trusts = trusts.collect();
        let apps = Apps::create(&with_integrations(&spec, &hosts), &entropy);
        let product_users = ProductUsers::create(&spec.products, &entropy);
        let guard = spec.guarded.then(|| Secret::new(entropy.token()));
        let most = spec.most_kept.unwrap_or(usize::MAX);
        entropy.secrets().keep_at_most(most);
        let journal = Arc::new(Journal::keeping(most));
        let rulebook = match spec.org.gate {
            Some(gate) => Arc::new(rulebook.with_gate(gate)),
            None => rulebook,
        };
        Arc::new(Self {
            org_id,
            hosts,
            trusts,
            rulebook,
            date: Mutex::new(spec.org.date),
            mfa_setting: AtomicBool::new(spec.org.mfa_setting),
            clock,
            secrets: Arc::clone(entropy.secrets()),
            entropy,
            certs,
            answers: PlannedAnswers::of(&spec.idps),
            sign_on_requests: SignOnRequests::keeping(most),
            guard,
            users,
            product_users,
            apps,
            grants: OauthGrants::new(&journal),
            sessions: OrgSessions::keeping(most),
            limited_hours: LimitedHours::of(&spec.users),
            login_history: LoginHistory::keeping(most),
            inbox: Inbox::keeping(most),
            journal,
            requests: RequestLog::keeping(most),
            messages: MessageLog::keeping(most),
            spec,
        })
    }

    /// Whether this is the id of the organization: of 15 characters, or of 18 with the check characters.
    pub(crate) fn has_org_id(&self, id: &str) -> bool {
        self.org_id == id || self.org_id.get(..15) == Some(id)
    }

    /// The trust with this identity provider.
    pub fn trust(&self, idp: &str) -> Option<&SsoTrust> {
        self.trusts.iter().find(|trust| trust.idp == idp)
    }

    /// By key, what each identity provider that is not simulated says of itself.
    pub(crate) fn foreign_idps(&self) -> BTreeMap<String, ForeignIdp> {
        self.trusts.iter().filter_map(|trust| Some((trust.idp.clone(), trust.foreign.clone()?))).collect()
    }

    /// Creates a user while the realm runs; `None` if another has the username or the Federation ID.
    pub(crate) fn provision(&self, spec: &UserSpec) -> Option<User> {
        self.users.add(spec, &self.spec.org, &self.entropy, self.clock.now(Component::Org))
    }

    /// The calendar date, which decides what is enforced.
    pub fn date(&self) -> Date {
        *self.date.lock()
    }

    /// Goes to another calendar date: what is enforced, and which login page is shown, is from now on as on that day.
    pub fn set_date(&self, date: Date) {
        *self.date.lock() = date;
        self.record(Event::DateSet { date });
    }

    /// The login page that the org shows: its own, or that of the date.
    pub fn login_page(&self) -> LoginPage {
        let by_the_rules = || login_page(&self.rulebook, self.spec.org.kind, self.date());
        self.spec.org.login_page.unwrap_or_else(by_the_rules)
    }

    /// Appends an event to the journal.
    pub(crate) fn record(&self, event: Event) {
        let now = self.clock.now(Component::Org);
        self.journal.append(now, event);
        if let Some(count) = self.secrets.newly_forgotten() {
            self.journal.append(now, Event::Dropped { what: Kept::Secrets, count });
        }
    }

    /// The facts about the org, for the rules.
    pub fn org_facts(&self) -> OrgFacts {
        let waiver_assigned = self.users.has_waiver();
        let mfa_setting = self.mfa_setting.load(Ordering::Relaxed);
        OrgFacts { waiver_assigned, mfa_setting, ..self.spec.org.facts(&self.org_id, !self.spec.idps.is_empty()) }
    }

    /// An admin sets "Require MFA for all direct UI logins". The rules say whether that is still possible.
    pub(crate) fn set_mfa_setting(&self, on: bool) {
        self.mfa_setting.store(on, Ordering::Relaxed);
        self.record(Event::MfaSettingChanged { on });
    }

    /// Where and when a login is made now, for the rules.
    pub fn login_origin(&self) -> Origin {
        let time = self.clock.now(Component::Org).to_zoned(TimeZone::UTC).time();
        Origin { address: self.spec.org.source_ip, time }
    }

    /// The instant that Login History shows now.
    pub(crate) fn shown_time(&self) -> Timestamp {
        self.shown(self.clock.now(Component::Org))
    }

    /// An instant of the protocol clock, as Login History would show it.
    pub(crate) fn shown(&self, at: Timestamp) -> Timestamp {
        shown_time(self.date(), at)
    }

    /// Adds a row to Login History and to the journal.
    pub(crate) fn record_login(&self, row: LoginRecord) {
        self.login_history.push(row.clone());
        self.record(Event::LoginRecorded(row));
    }

    /// Opens a session for a user and records it.
    pub fn open_session(&self, user: &str, level: SessionLevel, kind: SessionKind) -> OrgSession {
        let idle = IdleTimer::start(self.clock.now(Component::Org), self.spec.org.session_timeout.duration());
        let hours = self.limited_hours.of_user(user);
        let (session, gave_way) = self.sessions.open(self.session_id(), user, level, kind, idle, hours);
        if let Some(OrgSession { user, number, .. }) = gave_way {
            self.record(Event::SessionClosed { user, session: number });
        }
        let gated = kind == SessionKind::Gated;
        self.record(Event::SessionOpened { user: user.to_owned(), session: session.number, level, gated });
        session
    }

    /// Lets a user through the enrolment gate: the session gets a new id and counts as signed in from now on.
    pub(crate) fn open_gate(&self, sid: &str, level: SessionLevel) -> Option<OrgSession> {
        let session = self.sessions.raise(sid, self.session_id(), level, SessionKind::Browser)?;
        self.record(Event::SessionOpened {
            user: session.user.clone(),
            session: session.number,
            level: session.level,
            gated: false,
        });
        Some(session)
    }

    /// The open session with this id, which is being used now.
    pub(crate) fn use_session(&self, sid: &str) -> Option<OrgSession> {
        self.sessions.used(sid, self.clock.now(Component::Org))
    }

    fn session_id(&self) -> Secret {
        self.drawn(&format!("{}!AQ", &self.org_id[..15]))
    }

    /// A new refresh token of the org.
    pub(crate) fn refresh_token(&self) -> Secret {
        self.drawn("5Aep861")
    }

    /// A new authorization code of the org.
    pub(crate) fn authorization_code(&self) -> Secret {
        self.drawn("aPrx")
    }

    /// A secret that begins like this.
    fn drawn(&self, beginning: &str) -> Secret {
        let secret = Secret::new(format!("{beginning}{}", self.entropy.token()));
        self.secrets.learn_drawn(secret.clone());
        secret
    }

    /// Closes a session and records it; does nothing if there is none.
    pub fn close_session(&self, sid: &str) {
        if let Some(session) = self.sessions.close(sid) {
            self.record(Event::SessionClosed { user: session.user, session: session.number });
        }
    }

    /// Closes the sessions whose end has come, or whose user's login hours are over (contract H4.4, H5.4).
    pub(crate) fn close_ended_sessions(&self) {
        let (date, time) = (self.date(), self.login_origin().time);
        let are_over = |hours: usize| self.limited_hours.are_over(hours, date, time);
        let ended = self.sessions.ended(self.clock.now(Component::Org), are_over);
        ended.iter().for_each(|sid| self.close_session(sid));
    }

    /// Delivers an email to the inbox and records it.
    pub(crate) fn send_email(&self, to: &str, subject: &str, body: String) {
        self.inbox.deliver(Email {
            at: self.clock.now(Component::Org),
            from: "noreply@salesforce.com".to_owned(),
            to: to.to_owned(),
            subject: subject.to_owned(),
            body,
        });
        self.record(Event::EmailSent { to: to.to_owned(), subject: subject.to_owned() });
    }

    /// Sends a text message. It arrives in the inbox, where a phone number is an address.
    pub(crate) fn send_text_message(&self, to: &str, body: String) {
        self.inbox.deliver(Email {
            at: self.clock.now(Component::Org),
            from: "Salesforce".to_owned(),
            to: to.to_owned(),
            subject: "Text message".to_owned(),
            body,
        });
        self.record(Event::TextMessageSent { to: to.to_owned() });
    }

    /// The My Domain origin.
    pub fn my_domain_origin(&self) -> String {
        self.hosts.origin(&HostRole::MyDomain)
    }
}

/// The apps of the org, with those of the integrations beside it. The key of an integration is the name of its app.
fn with_integrations(spec: &RealmSpec, hosts: &Hosts) -> BTreeMap<String, ConnectedApp> {
    let mut apps = spec.org.connected_apps.clone();
    for (key, _) in spec.products.iter().filter(|(_, product)| product.kind == ProductKind::Integration) {
        let callback = hosts.url(&HostRole::Product(key.clone()), INTEGRATION_CALLBACK);
        apps.entry(key.clone()).or_default().callbacks.push(callback);
    }
    apps
}

/// Where the org sends the answer for an integration.
pub(crate) const INTEGRATION_CALLBACK: &str = "/callback";

/// The instant that Login History shows: the calendar date with the protocol clock's time of day, UTC.
pub(super) fn shown_time(date: Date, now: Timestamp) -> Timestamp {
    let time = now.to_zoned(TimeZone::UTC).time();
    date.to_datetime(time).to_zoned(TimeZone::UTC).map_or(now, |zoned| zoned.timestamp())
}

/// The organization id of a My Domain name: the same name always gives the same id, so that its place in the stagger
/// does not change from run to run.
fn org_id(my_domain: &str) -> String {
    format!("{}EAA", named_id("00D", my_domain))
}

/// The 18-character id of a profile (`00e…`).
pub(crate) fn profile_id(profile: &str) -> String {
    format!("{}AAA", named_id("00e", profile))
}

/// The 15 characters of the id of a thing of this kind: the same name always gives the same id.
pub(crate) fn named_id(kind: &str, name: &str) -> String {
    let digest = openssl::sha::sha256(name.as_bytes());
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let tail: String = digest.iter().take(12).map(|byte| char::from(alphabet[usize::from(*byte) % 36])).collect();
    format!("{kind}{tail}")
}
