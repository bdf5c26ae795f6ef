//! Asks an org, by GET and nothing else. The token goes to the org's own address, and no redirect is followed.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Client, Response, StatusCode, redirect};
use serde_json::Value;
use vestibule_model::{Secret, excerpt};

use super::address::OrgAddress;
use super::trouble::Trouble;

/// How long an org is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For one answer.
    pub(crate) limit: Duration,
    /// How often a question is asked again.
    pub(crate) retries: u32,
    /// Before the first retry, if the org does not say how long; each further one waits twice as long.
    pub(crate) first_wait: Duration,
    /// The longest `Retry-After` that is obeyed.
    pub(crate) longest_wait: Duration,
}

impl Patience {
    /// As the program waits, with this limit for one answer.
    pub(crate) fn with_limit(limit: Duration) -> Self {
        Self { limit, retries: 3, first_wait: Duration::from_secs(1), longest_wait: Duration::from_secs(120) }
    }
}

/// A connection to an org.
#[derive(Debug)]
pub(crate) struct Connection {
    client: Client,
    address: OrgAddress,
    token: Secret,
    patience: Patience,
}

impl Connection {
    /// To this org with this token. These authorities are trusted besides those of the machine.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub(crate) fn new(
        address: OrgAddress,
        token: Secret,
        patience: Patience,
        authorities: Vec<Certificate>,
    ) -> Result<Self, reqwest::Error> {
        let client = client(&address, patience.limit, authorities)?;
        Ok(Self { client, address, token, patience })
    }

    /// The org.
    pub(crate) fn address(&self) -> &OrgAddress {
        &self.address
    }

    /// What the org answers to this path, asked again where the trouble may pass.
    ///
    /// # Errors
    /// If there is no such answer.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Trouble> {
        let mut wait = self.patience.first_wait;
        let mut tries: u32 = 1;
        loop {
            let trouble = match self.once(path, query).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            let (status, after) = match &trouble {
                Trouble::Busy { status, after, .. } => (*status, *after),
                _ => (0, None),
            };
            if let Some(after) = after.filter(|after| *after > self.patience.longest_wait) {
                return Err(Trouble::AsksToWait { status, after });
            }
            if !trouble.may_pass() || tries > self.patience.retries {
                return Err(match trouble {
                    Trouble::Busy { status, after, page, .. } => Trouble::Busy { status, after, page, tries },
                    other => other,
                });
            }
            tokio::time::sleep(after.unwrap_or(wait)).await;
            wait = wait.saturating_mul(2);
            tries = tries.saturating_add(1);
        }
    }

    async fn once(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Trouble> {
        let url = self.address.join(path).ok_or_else(|| {
            let shown = path.split(['?', '#']).next().unwrap_or_default();
            self.without_token(Trouble::NextElsewhere(excerpt(shown)))
        })?;
        let request = self
            .client
            .get(url)
            .query(query)
            .bearer_auth(self.token.reveal())
            .header(ACCEPT, "application/json")
            .header("sforce-query-options", "batchSize=2000");
        let answer = request.send().await.map_err(|error| self.lost(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        if status.is_redirection() {
            return Err(self.without_token(Trouble::Redirected(target(&headers))));
        }
        let body = self.body(answer).await?;
        judge(status, &headers, &body).map_err(|trouble| self.without_token(trouble))
    }

    /// The org may repeat what it was sent.
    fn without_token(&self, trouble: Trouble) -> Trouble {
        let hidden = |text: String| text.replace(self.token.reveal(), "[redacted]");
        match trouble {
            Trouble::Refused { status, code, message } => {
                Trouble::Refused { status, code: hidden(code), message: hidden(message) }
            }
            Trouble::Redirected(to) => Trouble::Redirected(hidden(to)),
            Trouble::NextElsewhere(to) => Trouble::NextElsewhere(hidden(to)),
            Trouble::NoToken(code) => Trouble::NoToken(hidden(code)),
            other => other,
        }
    }

    async fn body(&self, mut answer: Response) -> Result<Vec<u8>, Trouble> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.lost(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST_ANSWER {
                return Err(Trouble::TooLong(LONGEST_ANSWER / 1024 / 1024));
            }
        }
        Ok(body)
    }

    fn lost(&self, error: &reqwest::Error) -> Trouble {
        if error.is_timeout() {
            return Trouble::OutOfTime(self.patience.limit);
        }
        let why = vestibule_model::causes_of(error)
            .last()
            .map_or_else(|| "no reason is known".to_owned(), ToString::to_string);
        if error.is_connect() { Trouble::NoConnection(why) } else { Trouble::Cut(why) }
    }
}

/// A client for this org, which follows no redirect.
///
/// # Errors
/// If it cannot be set up.
pub(super) fn client(
    address: &OrgAddress,
    limit: Duration,
    authorities: Vec<Certificate>,
) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .tls_certs_merge(authorities)
        .dns_resolver(Resolver)
        .redirect(redirect::Policy::none())
        .referer(false)
        .timeout(limit)
        .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION"), " audit"));
    // What is on this machine needs no way out of it.
    let builder = if address.is_loopback() { builder.no_proxy() } else { builder };
    builder.build()
}

/// Where a redirect leads, without the query, in which orgs put tokens.
fn target(headers: &HeaderMap) -> String {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or("nowhere");
    let shown = location.split(['?', '#']).next().unwrap_or_default();
    excerpt(shown)
}

fn judge(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Value, Trouble> {
    let page = is_page(headers, body);
    if matches!(status.as_u16(), 429 | 503) {
        return Err(Trouble::Busy { status: status.as_u16(), after: retry_after(headers), page, tries: 1 });
    }
    if status.is_server_error() {
        return Err(Trouble::Failed(status.as_u16()));
    }
    if page {
        return Err(Trouble::Page { status: status.as_u16(), login: is_login(body) });
    }
    let answer: Value = serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => Trouble::Cut("it ends within its JSON".to_owned()),
        _ => Trouble::NotRest(format!("HTTP {}, and no JSON", status.as_u16())),
    })?;
    if status.is_success() { Ok(answer) } else { Err(refusal(status, &answer)) }
}

/// A refusal in the form of the REST API (contract K1.8).
fn refusal(status: StatusCode, answer: &Value) -> Trouble {
    let text = |key: &str| answer.get(0).and_then(|first| first.get(key)).and_then(Value::as_str).unwrap_or_default();
    // The reason stands in the last line; those before show the query.
    let message = text("message").lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    let (code, message) = (text("errorCode"), excerpt(message));
    let named = |code: &str| if code.is_empty() { "without a code".to_owned() } else { excerpt(code) };
    match (status.as_u16(), code) {
        (401, "INVALID_SESSION_ID") => Trouble::Expired,
        (401, code) => Trouble::NoToken(named(code)),
        (403, "REQUEST_LIMIT_EXCEEDED") => Trouble::LimitUsedUp,
        (403, "API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED" | "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE") => {
            Trouble::NoApiAccess(format!("403 {code}"))
        }
        (410, _) => Trouble::Retired,
        (status, code) => Trouble::Refused { status, code: named(code), message },
    }
}

fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let by_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|of| of.contains("html"));
    by_type || body.trim_ascii_start().starts_with(b"<")
}

fn is_login(body: &[u8]) -> bool {
    let page = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body)).to_lowercase();
    page.contains("type=\"password\"") || page.contains("id=\"username\"") || page.contains("login.salesforce.com")
}

/// Seconds, or a day (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(crate::stopwatch::now())).unwrap_or_default())
}

/// `localhost` and everything below it are this machine (RFC 6761, 6.3); other names are resolved as the machine does.
#[derive(Debug)]
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_ascii_lowercase();
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = if name == "localhost" || name.ends_with(".localhost") {
                vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            };
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// Far above 2,000 rows.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
/// Of a page, to see what it is.
const LOOKED_AT: usize = 64 * 1024;
