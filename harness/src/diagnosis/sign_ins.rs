//! The sign-ins of a run, and the one that decides. A suite has several tests: some type what is wrong on purpose, some go
//! on to another page after their login has stopped.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use vestibule_model::{LoginKind, LoginStatus, PageName};
use vestibule_simulator::org::paths;
use vestibule_simulator::policy::Outcome;
use vestibule_simulator::realm::{Entry, Event, PasswordHolds, UsernameHolds, VerificationResult};

/// The journal of a run, and in it the sign-in of the user in question that got farthest; of several the last. Where the
/// org remembers the username, a login page that names the user and was left as it is comes before what the org had to
/// turn down. Where one sign-in came home and another stands before it, the latter decides.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignIns {
    all: Vec<Entry>,
    decisive: Vec<Entry>,
    /// The login page on which the browser was after the decisive sign-in, with its path.
    sent_back: Option<(PageName, String)>,
    progress: Progress,
    is_last: bool,
    is_only: bool,
    is_unfinished: bool,
    /// Whether another sign-in opened page 1 and posted nothing to it.
    left_page_one: bool,
}

/// How far a sign-in got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    /// The API let the user in, and no page was asked for: what a test prepares, or clears away, signs nobody in.
    ByApi,
    /// Pages were sent, and nothing was typed.
    #[default]
    Opened,
    /// Somebody else signed in, or a username was typed that nobody has.
    OfAnother,
    /// Something was done, and nothing says by whom.
    Begun,
    /// The user's name was typed.
    Named,
    /// A first proof was accepted: the password, an answer of an identity provider, an API session.
    Proved,
    /// A code or a passkey was accepted after it.
    Verified,
}

impl SignIns {
    /// Reads the journal of a suite for the sign-ins of this user, whose name a new browser may find on the login page.
    pub(crate) fn read(all: Vec<Entry>, user: &str, username_remembered: bool) -> Self {
        Self::of(all, user, JournalOf::Suite { username_remembered })
    }

    /// Reads the journal of one of our own actors, which signs in once, however often it opens the first page for it.
    pub(crate) fn of_one_actor(all: Vec<Entry>, user: &str) -> Self {
        Self::of(all, user, JournalOf::OneActor)
    }

    fn of(all: Vec<Entry>, user: &str, whose: JournalOf) -> Self {
        let sign_ins = split(&all, whose);
        let progress: Vec<_> = sign_ins.iter().map(|sign_in| progress(sign_in, user)).collect();
        let Some(best) = progress.iter().copied().max() else {
            return Self { all, ..Self::default() };
        };
        let farthest = progress.iter().rposition(|progress| *progress == best).unwrap_or_default();
        let names_the_user = whose == JournalOf::Suite { username_remembered: true };
        let may_be_on_purpose = names_the_user && was_turned_down(sign_ins[farthest]);
        let left = may_be_on_purpose.then(|| last_left_untouched(&sign_ins)).flatten();
        let unfinished = if whose == JournalOf::OneActor { None } else { unfinished(&sign_ins, user) };
        let at = unfinished.or(left).unwrap_or(farthest);
        let later = || sign_ins.iter().zip(&progress).skip(at + 1);
        let mut decisive = sign_ins[at].to_vec();
        if best >= Progress::Named {
            decisive.retain(|entry| !of_another(&entry.event, user));
        }
        if best >= Progress::Proved {
            decisive = without_login_pages_behind_the_proof(decisive, user);
            let beside = later().take_while(|(_, progress)| **progress <= Progress::OfAnother);
            let beside = beside.take_while(|(sign_in, _)| !sign_in.iter().any(is_login_started));
            let pages = beside.flat_map(|(sign_in, _)| sign_in.iter()).filter(|entry| is_behind_a_proof(&entry.event));
            decisive.extend(pages.cloned());
        }
        let opened = later().take_while(|(_, progress)| **progress <= Progress::Opened);
        let sent_back = opened.filter_map(|(sign_in, _)| sign_in.iter().rev().find_map(login_page)).last();
        let sent_back = sent_back.filter(|_| best > Progress::Opened);
        let is_last = at + 1 == sign_ins.len();
        let is_only = progress.iter().filter(|progress| **progress > Progress::Opened).count() <= 1;
        let opened = sign_ins.iter().zip(&progress).filter(|(_, progress)| **progress == Progress::Opened);
        let last_pages = opened.filter_map(|(sign_in, _)| sign_in.iter().rev().find_map(login_page));
        let left_page_one = last_pages.into_iter().any(|(page, _)| page == PageName::Username);
        let is_unfinished = unfinished.is_some();
        Self { decisive, sent_back, progress: best, is_last, is_only, is_unfinished, left_page_one, all }
    }

    /// The whole run.
    pub(super) fn all(&self) -> &[Entry] {
        &self.all
    }

    /// The decisive sign-in.
    pub(super) fn decisive(&self) -> &[Entry] {
        &self.decisive
    }

    /// The login page on which the browser was after the decisive sign-in: the suite opened it, or was sent there from
    /// a page that needs a session.
    pub(super) fn sent_back(&self) -> Option<(PageName, &str)> {
        self.sent_back.as_ref().map(|(page, path)| (*page, path.as_str()))
    }

    /// Whether the run ended where the decisive sign-in did.
    pub(super) fn ends_the_run(&self) -> bool {
        self.is_last
    }

    /// Whether nothing was typed or begun in any other sign-in of the run.
    pub(super) fn is_only(&self) -> bool {
        self.is_only
    }

    /// Whether the user came home, and stands before a verification or the gate in another sign-in, which decides.
    pub(crate) fn is_unfinished(&self) -> bool {
        self.is_unfinished
    }

    /// Whether somebody else's sign-in decides only because the user's own ended on page 1 of the login.
    pub(super) fn left_page_one(&self) -> bool {
        self.progress == Progress::OfAnother && self.left_page_one
    }

    /// How far the user's sign-ins got.
    pub(super) fn progress(&self) -> Progress {
        self.progress
    }
}

/// Whose journal is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JournalOf {
    /// A suite of several tests.
    Suite {
        /// Whether the login page names the user before anything is typed.
        username_remembered: bool,
    },
    /// One of our own actors, which signs in once.
    OneActor,
}

/// The sign-ins in the order in which they began.
fn split(all: &[Entry], whose: JournalOf) -> Vec<&[Entry]> {
    let mut sign_ins = Vec::new();
    let mut from = 0;
    let mut present = Present::default();
    for (at, (entry, next)) in all.iter().zip(next_is_by_api(all)).enumerate() {
        let begins = begins(&entry.event, &present, next);
        if (whose != JournalOf::OneActor || present.is_proved()) && begins {
            sign_ins.push(&all[from..at]);
            from = at;
            present = Present::default();
        }
        present.add(&entry.event);
    }
    if from < all.len() {
        sign_ins.push(&all[from..]);
    }
    sign_ins
}

/// What has happened in a sign-in so far.
#[derive(Default)]
struct Present<'a> {
    under_way: bool,
    /// Whether a login form was posted, and not answered yet.
    answers_a_form: bool,
    sso: bool,
    sso_answer: bool,
    poster: Option<Poster<'a>>,
    /// Whose logins have begun.
    proved: BTreeSet<Option<&'a str>>,
}

impl<'a> Present<'a> {
    fn add(&mut self, event: &'a Event) {
        self.under_way |= is_step(event);
        self.sso |= is_sso(event);
        self.sso_answer |= is_sso_answer(event);
        self.poster = poster(event).or(self.poster);
        match event {
            Event::LoginStarted { user, .. } => {
                self.proved.insert(user.as_deref());
                self.answers_a_form = false;
            }
            Event::PageServed { .. } => self.answers_a_form = false,
            Event::LoginFormPosted { .. } => self.answers_a_form = true,
            _ => {}
        }
    }

    fn is_proved(&self) -> bool {
        !self.proved.is_empty()
    }
}

/// Whether a sign-in begins with this event, and not one more step of the present one. `next_is_by_api` says whether the
/// next step is a login by the API.
fn begins(event: &Event, present: &Present<'_>, next_is_by_api: bool) -> bool {
    let another = match event {
        Event::PageServed { page, .. } if FIRST_PAGES.contains(page) => !present.answers_a_form,
        Event::SsoStarted { .. } | Event::SessionCookieRefused { .. } => true,
        Event::RequestRefused { path, .. } => path == paths::FRONTDOOR,
        Event::LoginStarted { kind, .. } => !is_after_a_page(kind),
        Event::LoginFormPosted { .. } => {
            let poster = poster(event);
            poster.is_some() && present.poster.is_some() && poster != present.poster
        }
        // A login by the API begins with the check of a password that no form brought.
        Event::PasswordChecked { user: Some(user), .. } => {
            let behind_a_proof = present.proved.contains(&Some(user.as_str())) && !present.answers_a_form;
            next_is_by_api || behind_a_proof
        }
        _ if is_sso(event) => !present.sso || (present.sso_answer && !is_sso_answer(event)),
        _ => false,
    };
    present.under_way && another
}

/// For each entry, whether the first step behind it is a login by the API.
fn next_is_by_api(all: &[Entry]) -> Vec<bool> {
    let mut next = false;
    let mut behind: Vec<bool> = all
        .iter()
        .rev()
        .map(|Entry { event, .. }| {
            let behind = next;
            match event {
                Event::LoginStarted { kind, .. } => next = is_by_api(kind),
                Event::PageServed { .. } | Event::LoginFormPosted { .. } => next = false,
                _ => {}
            }
            behind
        })
        .collect();
    behind.reverse();
    behind
}

fn progress(sign_in: &[Entry], user: &str) -> Progress {
    if is_let_in_by_api(sign_in) {
        return Progress::ByApi;
    }
    let mut progress = Progress::Opened;
    for Entry { event, .. } in sign_in {
        let step = match event {
            Event::LoginStarted { user: Some(of), .. } | Event::Decided { user: of, .. } if of == user => {
                Progress::Proved
            }
            Event::VerificationChecked { user: of, result: VerificationResult::Accepted, .. }
            | Event::DeviceActivationChecked { user: of, accepted: true }
                if of == user =>
            {
                Progress::Verified
            }
            _ if event.user() == Some(user) => Progress::Named,
            _ if of_another(event, user) => Progress::OfAnother,
            Event::LoginFormPosted { username_holds: UsernameHolds::Nothing, .. } => Progress::Opened,
            Event::LoginFormPosted { .. } | Event::SessionCookieRefused { .. } => Progress::Begun,
            // The page tells of itself only what happens after somebody has typed or clicked.
            Event::FormRenderedAnew { .. } | Event::ClickLost { .. } => Progress::Begun,
            Event::RequestRefused { path, .. } if path == paths::FRONTDOOR => Progress::Begun,
            _ if is_sso(event) => Progress::Begun,
            _ => Progress::Opened,
        };
        // What is done by another takes nothing from what the user did, and says whose the rest is.
        let known = progress.max(step) >= Progress::Named;
        let strange = !known && (progress == Progress::OfAnother || step == Progress::OfAnother);
        progress = if strange { Progress::OfAnother } else { progress.max(step) };
    }
    progress
}

/// Whether this is a login by the API alone that the org let in.
fn is_let_in_by_api(sign_in: &[Entry]) -> bool {
    let mut let_in = false;
    for Entry { event, .. } in sign_in {
        match event {
            Event::LoginStarted { kind, .. } if is_by_api(kind) => {}
            Event::Decided { decision, .. } => let_in = matches!(decision.outcome, Outcome::Allow { .. }),
            Event::LoginStarted { .. }
            | Event::PageServed { .. }
            | Event::LoginFormPosted { .. }
            | Event::FormRenderedAnew { .. }
            | Event::ClickLost { .. }
            | Event::SessionCookieRefused { .. } => return false,
            Event::RequestRefused { path, .. } if path == paths::FRONTDOOR => return false,
            _ if is_sso(event) => return false,
            _ => {}
        }
    }
    let_in
}

fn is_by_api(kind: &LoginKind) -> bool {
    use LoginKind::{Api, ClientCredentials, JwtBearer, OauthPassword, SoapLogin};

    matches!(kind, Api | ClientCredentials | JwtBearer | OauthPassword | SoapLogin)
}

/// Who posted a login form, where the form says so.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Poster<'a> {
    User(&'a str),
    Stranger,
}

fn poster(event: &Event) -> Option<Poster<'_>> {
    match event {
        Event::LoginFormPosted { user: Some(user), .. } => Some(Poster::User(user)),
        Event::LoginFormPosted { user: None, username_holds: UsernameHolds::UnknownText, .. } => Some(Poster::Stranger),
        _ => None,
    }
}

/// Whether this was done in the name of somebody else, or of nobody whom the org knows.
fn of_another(event: &Event, user: &str) -> bool {
    match event {
        Event::PasswordChecked { user: None, .. } => true,
        _ if poster(event) == Some(Poster::Stranger) => true,
        _ => event.user().is_some_and(|of| of != user),
    }
}

/// Whether something of a sign-in has happened, and not only what comes before its first page.
fn is_step(event: &Event) -> bool {
    matches!(event, Event::PageServed { .. } | Event::LoginFormPosted { .. } | Event::LoginStarted { .. })
        || is_sso(event)
}

fn is_sso(event: &Event) -> bool {
    match event {
        Event::SsoStarted { .. }
        | Event::SsoRequestReceived { .. }
        | Event::IdpSignedIn { .. }
        | Event::IdpSignInRefused { .. }
        | Event::SsoAnswerIssued { .. }
        | Event::SsoAnswerReceived { .. } => true,
        Event::PageServed { page, .. } => *page == PageName::IdpSignIn,
        _ => false,
    }
}

fn is_sso_answer(event: &Event) -> bool {
    matches!(event, Event::SsoAnswerReceived { .. })
}

fn is_login_started(entry: &Entry) -> bool {
    matches!(entry.event, Event::LoginStarted { .. })
}

/// Whether the first proof of this route is given on a page of the org or of an identity provider: the sign-in began there.
fn is_after_a_page(kind: &LoginKind) -> bool {
    matches!(kind, LoginKind::PasswordUi | LoginKind::Passwordless | LoginKind::Saml | LoginKind::Oidc)
}

/// Whether the org had to turn down what was typed last: a wrong username or password, or none. A user who is locked out is
/// turned down whatever is typed; a password in the username field is no mistake on purpose.
fn was_turned_down(sign_in: &[Entry]) -> bool {
    let typed_too_early =
        |entry: &Entry| matches!(entry.event, Event::LoginFormPosted { username_holds: UsernameHolds::Password, .. });
    let last = sign_in.iter().rev().find_map(|entry| match &entry.event {
        Event::UserLockedOut { .. } | Event::LoginStarted { .. } => Some(false),
        Event::LoginRecorded(row) if row.status == LoginStatus::PasswordLockout => Some(false),
        Event::PasswordChecked { accepted, .. } => Some(!accepted),
        Event::LoginFormPosted { username_holds, password_holds, .. } => {
            Some(*username_holds == UsernameHolds::Nothing || *password_holds == PasswordHolds::Empty)
        }
        _ => None,
    });
    last == Some(true) && !sign_in.iter().any(typed_too_early)
}

/// The last visit of a login page that came to nothing: nothing was posted there, and no single sign-on began.
fn last_left_untouched(sign_ins: &[&[Entry]]) -> Option<usize> {
    sign_ins.iter().enumerate().rposition(|(at, sign_in)| {
        let went_on = sign_in.iter().any(|Entry { event, .. }| {
            matches!(event, Event::LoginFormPosted { .. } | Event::LoginStarted { .. }) || is_sso(event)
        });
        let next = sign_ins.get(at + 1).and_then(|next| next.first());
        let left_for_sso = next.is_some_and(|entry| is_sso(&entry.event));
        let last_page = sign_in.iter().rev().find_map(|entry| match &entry.event {
            Event::PageServed { page: PageName::Inbox, .. } => None,
            Event::PageServed { page, .. } => Some(*page),
            _ => None,
        });
        let stands = matches!(last_page, Some(PageName::Login | PageName::Username));
        stands && !went_on && !left_for_sso
    })
}

/// Of a user who came home, the last sign-in that proved the password or an identity provider's answer and never became a
/// session. One that ended with a wrong code was meant to.
///
/// Nothing in the journal tells browsers apart. A session is that of the sign-in in whose entries it was opened, or else of the
/// oldest that waits for one.
fn unfinished(sign_ins: &[&[Entry]], user: &str) -> Option<usize> {
    let mut waiting: VecDeque<usize> = VecDeque::new();
    let mut last_checks = BTreeMap::new();
    let (mut by_api, mut sessions, mut since_session) = (false, 0, None);
    for (at, entry) in sign_ins.iter().enumerate().flat_map(|(at, entries)| entries.iter().map(move |one| (at, one))) {
        match &entry.event {
            Event::LoginStarted { user: Some(of), kind } if of == user => {
                by_api = !is_after_a_page(kind);
                // A form that is sent twice begins no second sign-in.
                if !by_api && waiting.len() + sessions <= at {
                    waiting.push_back(at);
                }
            }
            Event::SessionOpened { user: of, gated: false, .. } if of == user && by_api => by_api = false,
            Event::SessionOpened { user: of, gated: false, .. } if of == user => {
                sessions += 1;
                since_session = None;
                // Those of these entries wait at the end.
                if waiting.back() == Some(&at) {
                    waiting.pop_back()
                } else {
                    waiting.pop_front()
                };
            }
            Event::VerificationChecked { user: of, result, .. } if of == user => {
                last_checks.insert(at, *result);
                since_session = Some((at, *result));
            }
            _ => {}
        }
    }
    if sessions == 0 || waiting.is_empty() {
        return None;
    }
    // Both sign-ins were under way, and this code is that of the one that waits.
    if let Some((at, VerificationResult::Replayed | VerificationResult::Stale)) = since_session {
        return Some(at);
    }
    let on_purpose = |at: &usize| {
        use VerificationResult::{Denied, ReportedDenied, Wrong};
        matches!(last_checks.get(at), Some(Wrong | Denied | ReportedDenied))
    };
    waiting.into_iter().rev().find(|at| !on_purpose(at))
}

fn login_page(entry: &Entry) -> Option<(PageName, String)> {
    match &entry.event {
        Event::PageServed { page, path, .. } if FIRST_PAGES.contains(page) => Some((*page, path.clone())),
        _ => None,
    }
}

/// Behind a proof no login page belongs to the sign-in any more: it is that of a test that runs beside it.
fn without_login_pages_behind_the_proof(sign_in: Vec<Entry>, user: &str) -> Vec<Entry> {
    let mut proved = false;
    let kept = sign_in.into_iter().filter(|entry| {
        proved |= matches!(&entry.event, Event::LoginStarted { user: Some(of), .. } if of == user);
        !proved || !matches!(entry.event, Event::PageServed { .. }) || is_behind_a_proof(&entry.event)
    });
    kept.collect()
}

fn is_behind_a_proof(event: &Event) -> bool {
    matches!(event, Event::PageServed { page, .. } if !LOGIN_PAGES.contains(page))
}

/// The pages with which a sign-in at the org begins.
const FIRST_PAGES: [PageName; 4] = [PageName::Login, PageName::Username, PageName::SiteLogin, PageName::LoggedOut];
/// The pages before the first proof.
const LOGIN_PAGES: [PageName; 6] = [
    PageName::Login,
    PageName::Username,
    PageName::SiteLogin,
    PageName::LoggedOut,
    PageName::Password,
    PageName::LoginPasskey,
];
