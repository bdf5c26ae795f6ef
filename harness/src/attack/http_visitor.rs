//! A browser without script: cookies, redirects, and forms that post themselves.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use parking_lot::Mutex;
use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::{Certificate, Client, Response, redirect};
use url::{Origin, Url};
use vestibule_simulator::attacks::Delivery;

use super::detector::Seen;
use super::hosts::{AllowedHosts, NotNamed, Resolver};
use super::self_step::{SelfStep, self_step};
use super::visit::{Arrival, Lost, SentMessage, Visit};

/// A browser without script, with a cookie jar of its own.
#[derive(Debug)]
pub(super) struct HttpVisitor {
    cookies: Cookies,
    settings: HttpSettings,
}

/// What a visitor is made from.
#[derive(Debug, Clone)]
pub(super) struct HttpSettings {
    client: Client,
    /// Whom it may ask.
    pub(super) allowed: AllowedHosts,
    /// Where the identity provider is.
    pub(super) idp: Vec<Origin>,
    /// How long one request may take.
    pub(super) limit: Duration,
}

impl HttpSettings {
    /// For visitors that also trust these authorities, besides those of the machine.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub(super) fn new(
        allowed: AllowedHosts,
        idp: Vec<Origin>,
        authorities: Vec<Certificate>,
        limit: Duration,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .tls_certs_merge(authorities)
            .dns_resolver(Resolver { allowed: allowed.clone() })
            .redirect(redirect::Policy::none())
            // A connection that was kept may be closed just when the next request is sent.
            .pool_max_idle_per_host(0)
            // A proxy would see what is sent, and would resolve names by itself.
            .no_proxy()
            .timeout(limit)
            .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION"), " attack"))
            .build()?;
        Ok(Self { client, allowed, idp, limit })
    }
}

/// One request.
#[derive(Debug, Clone)]
enum Step {
    Get(Url),
    Post { url: Url, body: String },
}

/// How far a visitor goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// Until a page stays, without asking the identity provider.
    Idp,
    /// Until the identity provider has answered and a page stays.
    End,
    /// Until it has an answer of the identity provider to deliver.
    Answer,
}

/// Where it is then.
enum Reached {
    End(Visit),
    /// The request that delivers the answer.
    Answer(Step),
}

impl HttpVisitor {
    /// A visitor with an empty cookie jar.
    pub(super) fn new(settings: &HttpSettings) -> Self {
        Self { cookies: Cookies::default(), settings: settings.clone() }
    }

    /// Goes to an address and on from there, until a page stays. It asks the identity provider once at most, and without
    /// `to_idp` not at all.
    pub(super) async fn visit(&self, url: &Url, to_idp: bool) -> Result<Visit, Lost> {
        let until = if to_idp { Until::End } else { Until::Idp };
        match self.follow(Step::Get(url.clone()), until).await? {
            Reached::End(visit) => Ok(visit),
            Reached::Answer(_) => Ok(Visit::default()),
        }
    }

    /// Delivers the answer to a login of somebody else: a second time, with the cookies that the login had before, or in place
    /// of who asked for it and without any cookie.
    pub(super) async fn deliver_again(&self, start: &Url, delivery: Delivery) -> Result<Visit, Lost> {
        let other = Self::new(&self.settings);
        let answer = match other.follow(Step::Get(start.clone()), Until::Answer).await? {
            Reached::Answer(answer) => answer,
            Reached::End(visit) => return Ok(visit),
        };
        if delivery == Delivery::Twice {
            self.cookies.take_from(&other.cookies);
            other.follow(answer.clone(), Until::Idp).await?;
        }
        match self.follow(answer, Until::Idp).await? {
            Reached::End(visit) => Ok(visit),
            Reached::Answer(_) => Ok(Visit::default()),
        }
    }

    async fn follow(&self, mut step: Step, until: Until) -> Result<Reached, Lost> {
        let mut visit = Visit::default();
        let (mut at_idp, mut answered) = (false, until == Until::Idp);
        for _ in 0..MOST_STEPS {
            let url = step.url().clone();
            if let Err(NotNamed { host }) = self.settings.allowed.check(&url) {
                visit.arrival = Arrival::LedElsewhere { host };
                return Ok(Reached::End(visit));
            }
            let to_idp = self.settings.idp.contains(&url.origin());
            if to_idp && answered {
                visit.arrival = Arrival::AtIdp;
                return Ok(Reached::End(visit));
            }
            if at_idp && !to_idp {
                if until == Until::Answer {
                    return Ok(Reached::Answer(step));
                }
                answered = true;
            }
            at_idp = to_idp;
            if !to_idp {
                visit.sent.extend(SentMessage::in_request(&url, step.body()));
            }
            let posted = step.body().is_some();
            let answer = self.ask(&step).await?;
            let status = answer.status();
            if let Some(location) = location(&answer, &url) {
                step = step.redirected(location, status);
                continue;
            }
            let body = read(answer).await?;
            let next = if is_html(&body) { self_step(&body, &url) } else { None };
            step = match next {
                Some(SelfStep::Get(url)) => Step::Get(url),
                Some(SelfStep::Post { url, fields }) => {
                    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                    Step::Post { url, body }
                }
                None => {
                    let cookies = self.cookies.names_for(&url);
                    visit.arrival =
                        Arrival::Stayed { seen: Seen { url, status: status.as_u16(), body, cookies }, posted };
                    return Ok(Reached::End(visit));
                }
            };
        }
        visit.arrival = Arrival::Endless;
        Ok(Reached::End(visit))
    }

    async fn ask(&self, step: &Step) -> Result<Response, Lost> {
        let client = &self.settings.client;
        let mut request = match step {
            Step::Get(url) => client.get(url.clone()),
            Step::Post { url, body } => {
                client.post(url.clone()).body(body.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            }
        };
        if let Some(cookies) = self.cookies.jar.cookies(step.url()) {
            request = request.header(COOKIE, cookies);
        }
        let request = request.header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        let answer = request.send().await.map_err(|error| Lost::of(&error))?;
        self.cookies.receive(answer.headers().get_all(SET_COOKIE).iter(), step.url());
        Ok(answer)
    }
}

impl Step {
    fn url(&self) -> &Url {
        match self {
            Self::Get(url) | Self::Post { url, .. } => url,
        }
    }

    fn body(&self) -> Option<&str> {
        match self {
            Self::Get(_) => None,
            Self::Post { body, .. } => Some(body),
        }
    }

    /// After a redirect: 307 and 308 keep the method, and browsers turn a POST into a GET after the others (RFC 9110 15.4).
    fn redirected(self, location: Url, status: StatusCode) -> Self {
        let keeps = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        match self {
            Self::Post { body, .. } if keeps => Self::Post { url: location, body },
            _ => Self::Get(location),
        }
    }
}

/// A cookie jar that can be copied, as it was filled.
#[derive(Debug, Default)]
struct Cookies {
    jar: Jar,
    received: Mutex<Vec<(Url, HeaderValue)>>,
}

impl Cookies {
    fn receive<'a>(&self, headers: impl Iterator<Item = &'a HeaderValue>, url: &Url) {
        for value in headers {
            self.received.lock().push((url.clone(), value.clone()));
            self.jar.set_cookies(&mut std::iter::once(value), url);
        }
    }

    /// Puts in what the other has received so far.
    fn take_from(&self, other: &Self) {
        for (url, value) in &*other.received.lock() {
            self.receive(std::iter::once(value), url);
        }
    }

    /// Names of the cookies that would be sent to this address.
    fn names_for(&self, url: &Url) -> Vec<String> {
        let header = self.jar.cookies(url);
        let header = header.as_ref().and_then(|header| header.to_str().ok()).unwrap_or_default();
        header.split("; ").filter_map(|pair| pair.split_once('=')).map(|(name, _)| name.to_owned()).collect()
    }
}

/// Where a redirect leads. The fragment of the address stays in the browser.
fn location(answer: &Response, base: &Url) -> Option<Url> {
    let location = answer.headers().get(LOCATION).filter(|_| answer.status().is_redirection())?;
    let mut url = base.join(location.to_str().ok()?).ok()?;
    url.set_fragment(None);
    Some(url)
}

/// The body, as far as it is looked at.
async fn read(mut answer: Response) -> Result<String, Lost> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| Lost::of(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_BODY {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// Whether a body can be a page, whatever its type says.
fn is_html(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

/// A login takes about ten.
const MOST_STEPS: usize = 40;
/// More than any page of a login.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
