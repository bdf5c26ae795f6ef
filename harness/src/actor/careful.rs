//! Signs in at an org of which nothing may be changed: looks at how each page is built, types each secret once and only at the
//! hosts of its account, and enrols and accepts nothing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use url::Url;
use vestibule_model::{PageName, Secret};

use super::adaptive::moved_by_itself;
use super::credentials::AuthenticatorState;
use super::enrolment::next_code_is_due;
use super::login_driver::{LoginDriver, Stop};
use super::persona::Persona;
use super::routes::{self, LoginRoute};
use crate::authenticator::CodePlan;
use crate::browser::{BrowserError, Element, PageOutline, PageState, WebDriverSession};
use crate::trace::{ActionKind, Control, Destination, Obstacle, StopReason, Trace, TypedText};

/// Gives a code of the account's TOTP app that nobody else gets, or says how long to wait for one; the error says why there is
/// none.
pub(crate) type CodeSource = Arc<dyn Fn() -> Result<CodePlan, String> + Send + Sync>;

/// Hears of each secret before it is typed, so that one whose fate nobody learns is not sent again either.
pub(crate) trait SecretGuard: Send + Sync {
    /// This is typed next. The error says why it must not be.
    fn sends(&self, what: TypedText) -> Result<(), String>;

    /// It was not refused: another page followed, or it was not sent after all.
    fn settled(&self);
}

/// What a user types, and where it may be typed.
#[derive(Clone)]
pub(crate) struct HostAccount {
    /// The bare names of the hosts to which it may go.
    pub(crate) hosts: BTreeSet<String>,
    /// The username.
    pub(crate) username: String,
    /// The password.
    pub(crate) password: Option<Secret>,
    /// The TOTP app.
    pub(crate) codes: Option<CodeSource>,
    /// Who hears of its secrets.
    pub(crate) guard: Option<Arc<dyn SecretGuard>>,
}

/// What to visit.
#[derive(Debug)]
pub(crate) struct VisitPlan<'a> {
    /// How the login begins.
    pub(crate) route: &'a LoginRoute,
    /// The accounts; no two have one host.
    pub(crate) accounts: &'a [HostAccount],
    /// The bare name of the org's My Domain host.
    pub(crate) org_host: &'a str,
    /// Lightning home, which is opened to see whether the gate lets the browser go there.
    pub(crate) home_url: &'a str,
    /// The longest wait for one page.
    pub(crate) limit: Duration,
}

/// What was met.
#[derive(Debug)]
pub(crate) struct Visit {
    /// The pages, in order.
    pub(crate) pages: Vec<VisitedPage>,
    /// The enrolment gate, if it was met.
    pub(crate) gate: Option<GateSeen>,
    /// How it ended.
    pub(crate) end: VisitEnd,
}

/// A page as it was met.
#[derive(Debug, Clone)]
pub(crate) struct VisitedPage {
    /// What it is, by what it asks for.
    pub(crate) name: PageName,
    /// How it is built.
    pub(crate) outline: PageOutline,
}

/// The enrolment gate as it was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GateSeen {
    /// Whether opening Lightning home leaves it.
    pub(crate) leavable: bool,
}

/// How a visit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VisitEnd {
    /// At home.
    Home,
    /// At the gate, which cannot be left.
    Gate,
    /// At a page of a host for which there is no account: that of an identity provider.
    Elsewhere {
        /// The host.
        host: String,
    },
    /// A page refused a secret.
    Refused {
        /// The host.
        host: String,
        /// The page that says so.
        page: PageName,
        /// What was typed.
        what: TypedText,
    },
    /// A page asks for a secret that the account does not have.
    Missing {
        /// The page.
        page: PageName,
        /// What it asks for.
        what: TypedText,
    },
    /// No code could be had.
    NoCode {
        /// Why.
        why: String,
    },
    /// A secret was not typed.
    Withheld {
        /// Why.
        why: String,
    },
    /// At a page that is not known.
    Unknown {
        /// The host.
        host: String,
    },
    /// Otherwise.
    Stopped(StopReason),
}

/// Visits the org in the open window.
///
/// # Errors
///
/// Only if the browser, the driver or the machine broke.
pub(crate) async fn visit(
    session: &WebDriverSession,
    authenticator: &mut AuthenticatorState,
    plan: &VisitPlan<'_>,
) -> Result<Visit, BrowserError> {
    let persona = nobody();
    let mut trace = Trace::start();
    let (typed, limit) = (BTreeSet::new(), plan.limit);
    let driver = LoginDriver { session, persona: &persona, authenticator, trace: &mut trace, limit, seen: None, typed };
    let mut visitor = Visitor { driver, plan, sent: Vec::new(), unanswered: None, pages: Vec::new(), gate: None };
    let end = match visitor.go().await {
        Ok(end) => end,
        Err(Stop::Login(why)) => VisitEnd::Stopped(why),
        Err(Stop::Broken(error)) => return Err(error),
    };
    Ok(Visit { pages: visitor.pages, gate: visitor.gate, end })
}

/// One visit in progress.
struct Visitor<'a, 'b> {
    driver: LoginDriver<'b>,
    plan: &'a VisitPlan<'a>,
    /// What was typed, and at which host.
    sent: Vec<(String, TypedText)>,
    /// Who heard of the secret that no page has answered yet.
    unanswered: Option<Arc<dyn SecretGuard>>,
    pages: Vec<VisitedPage>,
    gate: Option<GateSeen>,
}

/// What a step leads to.
enum Next {
    Page(Box<PageState>),
    End(VisitEnd),
}

impl Next {
    fn page(page: PageState) -> Self {
        Self::Page(Box::new(page))
    }
}

/// The page in hand.
struct Met {
    page: PageState,
    outline: PageOutline,
    host: String,
    name: PageName,
}

impl Visitor<'_, '_> {
    async fn go(&mut self) -> Result<VisitEnd, Stop> {
        let mut page = routes::open_first_page(&mut self.driver, self.plan.route).await?;
        for _ in 0..MOST_STEPS {
            let Some(outline) = self.driver.session.outline(&page).await? else {
                page = self.driver.session.page().await?;
                continue;
            };
            let met = self.met(page.clone(), outline);
            self.pages.push(VisitedPage { name: met.name, outline: met.outline.clone() });
            let before = page.clone();
            page = match self.step(&met).await {
                // A page may move on by itself while it is worked on.
                Err(Stop::Login(why @ StopReason::Element { .. })) => {
                    moved_by_itself(&mut self.driver, &before, why).await?
                }
                other => match other? {
                    Next::End(end) => return Ok(end),
                    Next::Page(next) => *next,
                },
            };
            if page.same_document(&before) {
                return Ok(self.stays(&met, &page));
            }
        }
        Err(Stop::Login(StopReason::TooManySteps { steps: MOST_STEPS, page: page.described() }))
    }

    /// What it means that a page did not move on.
    fn stays(&self, met: &Met, page: &PageState) -> VisitEnd {
        match self.last_sent(&met.host).filter(|what| page.error().is_some() && is_secret(*what)) {
            Some(what) => VisitEnd::Refused { host: met.host.clone(), page: met.name, what },
            None => {
                VisitEnd::Stopped(StopReason::Stuck { page: page.described(), error: None, limit: self.plan.limit })
            }
        }
    }

    /// What a page is: by its signs or, where these are other ones, by the fields that it shows.
    fn met(&self, page: PageState, outline: PageOutline) -> Met {
        let url = Url::parse(page.url()).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
        let path = url.as_ref().map(Url::path).unwrap_or_default();
        let name = match page.name {
            // Each of these may be a page of the login whose ids are other ones.
            PageName::Login
            | PageName::Username
            | PageName::Password
            | PageName::LoginPasskey
            | PageName::LoginRefused
            | PageName::IdpSignIn
            | PageName::Unknown
                if host == self.plan.org_host || self.is_of_account(&host) =>
            {
                let fields =
                    (self.username_field(&outline, &host, page.name).is_some(), password_field(&outline).is_some());
                match fields {
                    (true, true) => PageName::Login,
                    (true, false) => PageName::Username,
                    (false, true) => PageName::Password,
                    (false, false) if path.starts_with(CODE_PATH) && code_field(&outline).is_some() => {
                        PageName::VerifyTotp
                    }
                    (false, false) => page.name,
                }
            }
            name => name,
        };
        Met { page, outline, host, name }
    }

    /// A lone text field is that of the username as long as none was typed there.
    fn username_field<'p>(&self, outline: &'p PageOutline, host: &str, name: PageName) -> Option<&'p Element> {
        let known = !matches!(name, PageName::Unknown | PageName::IdpSignIn | PageName::LoginRefused);
        let field = outline.field("username", &["text", "email"])?;
        (known || field.id == "username" || !self.was_sent(host, TypedText::Username)).then_some(field)
    }

    fn account(&self, host: &str) -> Option<&HostAccount> {
        account_of(self.plan.accounts, host)
    }

    fn is_of_account(&self, host: &str) -> bool {
        self.account(host).is_some()
    }

    fn last_sent(&self, host: &str) -> Option<TypedText> {
        let here = |at: &str| same_account(self.plan.accounts, at, host);
        self.sent.iter().rev().find(|(at, _)| here(at)).map(|(_, what)| *what)
    }

    fn was_sent(&self, host: &str, what: TypedText) -> bool {
        self.sent.iter().any(|(at, sent)| at == host && *sent == what)
    }

    async fn step(&mut self, met: &Met) -> Result<Next, Stop> {
        let end = |end| Ok(Next::End(end));
        if let Some(what) = self.refused(met) {
            return end(VisitEnd::Refused { host: met.host.clone(), page: met.name, what });
        }
        if !matches!(met.name, PageName::LoginRefused | PageName::IdpError | PageName::BrowserError) {
            self.settled();
        }
        match met.name {
            PageName::Home => end(VisitEnd::Home),
            PageName::BrowserError => end(VisitEnd::Stopped(StopReason::of_browser_page(met.page.title(), None))),
            PageName::Login | PageName::Username | PageName::Password | PageName::SiteLogin => self.fill_in(met).await,
            PageName::IdpSignIn => end(VisitEnd::Elsewhere { host: met.host.clone() }),
            PageName::LoginPasskey => match met.page.control(USE_PASSWORD).map(str::to_owned) {
                Some(control) => self.driver.click_text(&control).await.map(Next::page),
                None => end(VisitEnd::Missing { page: met.name, what: TypedText::Password }),
            },
            PageName::VerifyTotp => self.verify_by_code(met).await,
            PageName::VerifyPasskey => self.verify_by_passkey(met).await,
            PageName::VerifyPush | PageName::VerifyTemporaryCode => self.other_method(met).await,
            PageName::ChooseVerificationMethod => self.choose_method(met).await,
            PageName::CreatePasskey => self.at_gate().await,
            PageName::VerifyEmail | PageName::VerifySms => {
                end(VisitEnd::Missing { page: met.name, what: TypedText::EmailCode })
            }
            PageName::ChangePassword if met.page.shows(CANCEL) => self.driver.click(CANCEL).await.map(Next::page),
            PageName::Unknown if met.host != self.plan.org_host && !self.is_of_account(&met.host) => {
                end(VisitEnd::Elsewhere { host: met.host.clone() })
            }
            PageName::Unknown => end(VisitEnd::Unknown { host: met.host.clone() }),
            PageName::LoginRefused | PageName::IdpError => end(match self.last_sent(&met.host) {
                Some(what) => VisitEnd::Refused { host: met.host.clone(), page: met.name, what },
                None => VisitEnd::Stopped(StopReason::Refused { page: met.page.described(), error: None }),
            }),
            other => match other.info().declined_by {
                Some(control) => self.driver.click_text(control).await.map(Next::page),
                None => Err(Stop::cannot(Obstacle::UnknownPage, &met.page)),
            },
        }
    }

    /// The secret that the page refuses: whoever asks for it again, or for the username after it, did not take it.
    fn refused(&self, met: &Met) -> Option<TypedText> {
        match met.name {
            PageName::Login | PageName::Username | PageName::Password | PageName::SiteLogin => {
                let password = TypedText::Password;
                was_typed(self.plan.accounts, &self.sent, &met.host, password).then_some(password)
            }
            // Each code is another one.
            PageName::VerifyTotp => Some(TypedText::VerificationCode).filter(|what| self.was_sent(&met.host, *what)),
            _ => None,
        }
    }

    /// The secret that was typed last was not refused.
    fn settled(&mut self) {
        if let Some(guard) = self.unanswered.take() {
            guard.settled();
        }
    }

    /// Types what the form asks for, and sends it.
    async fn fill_in(&mut self, met: &Met) -> Result<Next, Stop> {
        let Some(account) = self.account(&met.host).cloned() else {
            return Ok(Next::End(VisitEnd::Elsewhere { host: met.host.clone() }));
        };
        if let Some(field) =
            self.username_field(&met.outline, &met.host, met.page.name).filter(|_| met.name != PageName::Password)
        {
            self.type_into(field, TypedText::Username, &Secret::new(account.username.clone()), &met.host).await?;
        }
        if let Some(field) = password_field(&met.outline) {
            let Some(password) = &account.password else {
                return Ok(Next::End(VisitEnd::Missing { page: met.name, what: TypedText::Password }));
            };
            let withheld = self.type_secret(&account, field, TypedText::Password, password, &met.host).await?;
            if let Some(end) = withheld {
                return Ok(Next::End(end));
            }
        }
        self.send(met, "Login").await
    }

    async fn verify_by_code(&mut self, met: &Met) -> Result<Next, Stop> {
        let Some(account) = self.account(&met.host).cloned() else {
            return Ok(Next::End(VisitEnd::Elsewhere { host: met.host.clone() }));
        };
        let (Some(codes), Some(field)) = (&account.codes, code_field(&met.outline)) else {
            return self.other_method(met).await;
        };
        let code = match self.fresh_code(codes).await {
            Ok(code) => code,
            Err(why) => return Ok(Next::End(VisitEnd::NoCode { why })),
        };
        let withheld = self.type_secret(&account, field, TypedText::VerificationCode, &code, &met.host).await?;
        if let Some(end) = withheld {
            return Ok(Next::End(end));
        }
        self.send(met, "save").await
    }

    async fn fresh_code(&self, codes: &CodeSource) -> Result<Secret, String> {
        for _ in 0..MOST_WAITS {
            match codes()? {
                CodePlan::Ready { code, .. } => return Ok(code),
                CodePlan::WaitUntil(until) => {
                    next_code_is_due(until, self.driver.authenticator.now()).await;
                }
            }
        }
        Err("no new code came".to_owned())
    }

    /// The authenticator is in the browser for this ceremony only: a page that begins another one by itself would enrol it.
    async fn verify_by_passkey(&mut self, met: &Met) -> Result<Next, Stop> {
        if !self.has_passkey() || !self.is_of_account(&met.host) {
            return self.other_method(met).await;
        }
        let id = self.driver.authenticator.add_to(self.driver.session).await?;
        let button = met.page.control(PASSKEY_BUTTON).unwrap_or(PASSKEY_BUTTON).to_owned();
        let after = self.driver.start_ceremony(&button).await;
        let removed = self.driver.authenticator.remove_from(self.driver.session, id).await;
        let after = after?;
        removed?;
        Ok(Next::page(after))
    }

    async fn other_method(&mut self, met: &Met) -> Result<Next, Stop> {
        let chosen = self.pages.iter().any(|page| page.name == PageName::ChooseVerificationMethod);
        match met.page.control(OTHER_METHOD).filter(|_| !chosen).map(str::to_owned) {
            Some(control) => self.driver.click_text(&control).await.map(Next::page),
            None => Ok(Next::End(VisitEnd::Missing { page: met.name, what: TypedText::VerificationCode })),
        }
    }

    /// Chooses a registered method. The page on which one is registered has no button to go on.
    async fn choose_method(&mut self, met: &Met) -> Result<Next, Stop> {
        let has_codes = self.account(&met.host).is_some_and(|account| account.codes.is_some());
        let held =
            [(self.has_passkey(), "built-in"), (self.has_passkey(), "security key"), (has_codes, "one-time password")];
        let choice =
            held.iter().filter(|(held, _)| *held).find_map(|(_, label)| met.page.choice(label)).map(str::to_owned);
        let Some(choice) = choice.filter(|_| met.page.shows("save")) else {
            return Err(Stop::cannot(Obstacle::NoMethod, &met.page));
        };
        self.driver.session.click_text(&choice).await?;
        self.driver.note(ActionKind::Choose(choice)).await?;
        self.driver.click("save").await.map(Next::page)
    }

    /// Enrols nothing: only opens Lightning home, as a suite would.
    async fn at_gate(&mut self) -> Result<Next, Stop> {
        self.driver.session.navigate(self.plan.home_url).await?;
        let arrived = self.driver.session.wait_for(self.plan.limit, |page| page.name != PageName::Unknown).await?;
        let page = arrived.into_page();
        self.driver.record(ActionKind::Open(Destination::Lightning), &page);
        let leavable = page.name == PageName::Home;
        self.gate = Some(GateSeen { leavable });
        if leavable { Ok(Next::page(page)) } else { Ok(Next::End(VisitEnd::Gate)) }
    }

    fn has_passkey(&self) -> bool {
        !self.driver.authenticator.passkeys.is_empty()
    }

    /// Types a secret of an account, unless its guard withholds it. Until a page answers it, it counts as refused.
    async fn type_secret(
        &mut self,
        account: &HostAccount,
        field: &Element,
        what: TypedText,
        secret: &Secret,
        host: &str,
    ) -> Result<Option<VisitEnd>, Stop> {
        if let Some(guard) = &account.guard {
            if let Err(why) = guard.sends(what) {
                return Ok(Some(VisitEnd::Withheld { why }));
            }
            self.unanswered = Some(Arc::clone(guard));
        }
        let typed = self.type_into(field, what, secret, host).await;
        if matches!(typed, Err(Stop::Login(_))) {
            self.settled();
        }
        typed.map(|()| None)
    }

    async fn type_into(&mut self, field: &Element, what: TypedText, text: &Secret, host: &str) -> Result<(), Stop> {
        self.driver.session.type_into(&field.selector(), text).await?;
        self.driver.note(ActionKind::Type { what, field: field.id.clone() }).await?;
        self.sent.push((host.to_owned(), what));
        Ok(())
    }

    /// Clicks the button of the form once.
    async fn send(&mut self, met: &Met, id: &str) -> Result<Next, Stop> {
        let Some(button) = met.outline.submit(id) else {
            self.settled();
            return Ok(Next::End(VisitEnd::Unknown { host: met.host.clone() }));
        };
        self.driver.session.click(&button.selector()).await?;
        self.driver.settle(&met.page, ActionKind::Click(Control::Id(button.id.clone()))).await.map(Next::page)
    }
}

fn account_of<'a>(accounts: &'a [HostAccount], host: &str) -> Option<&'a HostAccount> {
    accounts.iter().find(|account| account.hosts.contains(host))
}

fn same_account(accounts: &[HostAccount], one: &str, other: &str) -> bool {
    one == other || account_of(accounts, one).is_some_and(|account| account.hosts.contains(other))
}

/// Whether this was typed at any host of the account to which a host belongs. What one of its hosts refused, another may ask
/// for again.
fn was_typed(accounts: &[HostAccount], sent: &[(String, TypedText)], host: &str, what: TypedText) -> bool {
    sent.iter().any(|(at, typed)| *typed == what && same_account(accounts, at, host))
}

fn password_field(outline: &PageOutline) -> Option<&Element> {
    outline.field("password", &["password"])
}

fn code_field(outline: &PageOutline) -> Option<&Element> {
    outline.field("tc", &["text", "tel", "number"])
}

fn is_secret(what: TypedText) -> bool {
    matches!(what, TypedText::Password | TypedText::VerificationCode)
}

/// What the visitor types comes from the account of the page's host.
fn nobody() -> Persona {
    Persona {
        username: String::new(),
        password: Secret::new(""),
        totp: None,
        temporary_code: None,
        email: None,
        answers_push: false,
        idp_page: vestibule_model::SignInPage::default(),
        remember: false,
    }
}

impl std::fmt::Debug for HostAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostAccount").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

const MOST_STEPS: u32 = 14;
const MOST_WAITS: u32 = 4;
/// Contract C3.1.
const CODE_PATH: &str = "/_ui/identity/verification/method/Totp";
/// Contract B1.7.
const USE_PASSWORD: &str = "use password";
/// Contract C1.6.
const PASSKEY_BUTTON: &str = "Log In With a Passkey";
/// Contract C3.7.
const OTHER_METHOD: &str = "verification method";
/// Contract C1.10.
const CANCEL: &str = "cancel";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_was_typed_wherever_its_account_may_type_it_and_nowhere_else() {
        let account = |hosts: &[&str]| HostAccount {
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            username: "rep@acme.example".to_owned(),
            password: None,
            codes: None,
            guard: None,
        };
        let accounts = [account(&["acme.my.salesforce.com", "test.salesforce.com"]), account(&["idp.example"])];
        let sent = [("acme.my.salesforce.com".to_owned(), TypedText::Password)];

        for (host, what, typed) in [
            ("acme.my.salesforce.com", TypedText::Password, true),
            ("test.salesforce.com", TypedText::Password, true),
            ("idp.example", TypedText::Password, false),
            ("other.example", TypedText::Password, false),
            ("test.salesforce.com", TypedText::VerificationCode, false),
        ] {
            assert_eq!(was_typed(&accounts, &sent, host, what), typed, "{host} {what:?}");
        }
    }
}
