//! A two-step login with a TOTP code by plain HTTP requests, over connections that are kept open for all hosts of a server.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use regex::Regex;
use reqwest::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use url::Url;

use super::figures::{Failure, failed_to};
use super::org_servers::{PASSWORD, Person, Place};

/// The client of a server.
pub(crate) struct HttpClient {
    client: Client,
    /// The URL of the server, for every connection. The `Host` header says which host is asked.
    origin: String,
    requests: AtomicU64,
}

/// A page, and where it is.
struct Page {
    url: Url,
    body: String,
}

/// The cookies of one login, by host.
type Cookies = BTreeMap<String, BTreeMap<String, String>>;

impl HttpClient {
    pub(crate) fn new(place: &Place) -> Result<Self, Failure> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, place.port));
        let name = place.host.split(':').next().unwrap_or_default();
        let authority = Certificate::from_pem(place.authority.as_bytes()).map_err(failed_to("read the test CA"))?;
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .tls_certs_only([authority])
            .resolve(name, address)
            .build()
            .map_err(failed_to("make a client"))?;
        Ok(Self { client, origin: format!("https://{}", place.host), requests: AtomicU64::default() })
    }

    /// Requests so far.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// One login at this time of the org, from the first page to home.
    pub(crate) async fn log_in(&self, person: &Person, unix: u64) -> Result<(), Failure> {
        let mut cookies = Cookies::new();
        let first = Url::parse(&format!("https://{}/", person.host))?;
        self.open(first.clone(), None, &mut cookies).await?;
        let username = ("un".to_owned(), person.username.clone());
        self.open(first.clone(), Some(vec![username.clone()]), &mut cookies).await?;
        let fields = vec![username, ("pw".to_owned(), PASSWORD.to_owned())];
        let asked = self.open(first, Some(fields), &mut cookies).await?;
        let (action, mut fields) = form(&asked)?;
        fields.push(("tc".to_owned(), code(&person.totp_secret, unix)?));
        let home = self.open(action, Some(fields), &mut cookies).await?;
        if home.body.contains("name=\"vestibule-page\" content=\"home\"") {
            return Ok(());
        }
        Err(format!("failed to sign {} in: the login ended at {}\n{}", person.username, home.url, home.body).into())
    }

    /// Asks for the root of the server.
    pub(crate) async fn ask(&self) -> Result<(), Failure> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = async { self.client.get(&self.origin).send().await?.error_for_status()?.bytes().await };
        answer.await.map(drop).map_err(failed_to::<reqwest::Error>("ask the empty server"))
    }

    /// Opens an address, or posts a form there, and goes wherever it leads.
    async fn open(
        &self,
        mut url: Url,
        mut form: Option<Vec<(String, String)>>,
        cookies: &mut Cookies,
    ) -> Result<Page, Failure> {
        for _ in 0..MOST_REDIRECTS {
            let host = url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
            let to = format!("{}{}", self.origin, &url[url::Position::BeforePath..url::Position::AfterQuery]);
            let request = match form.take() {
                Some(fields) => self.client.post(to).form(&fields),
                None => self.client.get(to),
            };
            let own = cookies.entry(host.clone()).or_default();
            let sent: Vec<String> = own.iter().map(|(name, value)| format!("{name}={value}")).collect();
            self.requests.fetch_add(1, Ordering::Relaxed);
            let request = request.header(HOST, host).header(COOKIE, sent.join("; "));
            let answer = request.send().await.map_err(failed_to("ask the org"))?;
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                own.insert(name.to_owned(), value.to_owned());
            }
            let location = answer.headers().get(LOCATION).map(|to| to.to_str().map(str::to_owned)).transpose()?;
            let body = answer.text().await.map_err(failed_to("read a page of the org"))?;
            match location {
                Some(location) => url = url.join(&location)?,
                None => return Ok(Page { url, body }),
            }
        }
        Err(format!("failed to sign in: too many redirects, the last one to {url}").into())
    }
}

/// Where the form of the page is posted, and its hidden fields.
fn form(page: &Page) -> Result<(Url, Vec<(String, String)>), Failure> {
    let found = ACTION.captures(&page.body);
    let action = found.ok_or_else(|| format!("failed to sign in: no form at {}\n{}", page.url, page.body))?;
    let hidden = HIDDEN.captures_iter(&page.body).map(|field| (plain(&field[1]), plain(&field[2])));
    Ok((page.url.join(&plain(&action[1]))?, hidden.collect()))
}

/// Without the character references that the templates write.
fn plain(text: &str) -> String {
    text.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn code(secret: &str, unix: u64) -> Result<String, Failure> {
    let secret = totp_rs::Secret::try_from_base32(secret).map_err(|_| "failed to read a TOTP secret")?;
    Ok(totp_rs::Builder::new().with_secret(secret).build_noncompliant().generate(unix).to_string())
}

static ACTION: LazyLock<Regex> = LazyLock::new(|| pattern(r#"<form id="editPage"[^>]* action="([^"]*)""#));
static HIDDEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"<input type="hidden" name="([^"]*)"[^>]* value="([^"]*)""#));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("invariant: the patterns are well formed")
}

const MOST_REDIRECTS: usize = 12;
