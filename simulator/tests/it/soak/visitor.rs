//! A browser or a program that visits one realm. Whatever it gets is searched for the names of other realms.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::SignedDuration;
use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use url::Url;
use vestibule_simulator::realm::{Component, Realm};

use crate::support::browser::{Page, filled_form};

/// Why a login did not end as it should.
pub(super) type Outcome<T = ()> = Result<T, String>;

/// How the realms are told apart in what they answer: by their My Domain names and by the ids of their organizations.
pub(super) struct Names {
    by_org_id: HashMap<String, String>,
    /// How often a realm named itself.
    own: AtomicU64,
}

impl Names {
    pub(super) fn of(realms: &[Arc<Realm>]) -> Self {
        let named = |realm: &Arc<Realm>| (realm.org_id[..15].to_owned(), realm.spec.org.my_domain().to_owned());
        Self { by_org_id: realms.iter().map(named).collect(), own: AtomicU64::default() }
    }

    pub(super) fn own(&self) -> u64 {
        self.own.load(Ordering::Relaxed)
    }

    /// The name of another realm in a text that this one answered.
    pub(super) fn stranger_in(&self, text: &str, own: &str) -> Option<String> {
        let domains = text.match_indices(MARKER).filter_map(|(at, _)| text.get(at..at + own.len()));
        let ids = text.match_indices("00D").filter_map(|(at, _)| self.by_org_id.get(text.get(at..at + 15)?));
        let mut strangers = domains.chain(ids.map(String::as_str)).filter(|name| {
            let same = *name == own;
            self.own.fetch_add(u64::from(same), Ordering::Relaxed);
            !same
        });
        strangers.next().map(str::to_owned)
    }
}

/// Whoever logs in, with cookies of one login.
pub(super) struct Visitor<'a> {
    pub(super) realm: &'a Arc<Realm>,
    client: &'a Client,
    names: &'a Names,
    cookies: Jar,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(realm: &'a Arc<Realm>, client: &'a Client, names: &'a Names) -> Self {
        Self { realm, client, names, cookies: Jar::default() }
    }

    /// Opens an address and goes wherever it leads.
    pub(super) async fn open(&self, url: &str) -> Outcome<Page> {
        self.follow(self.client.get(url), url).await
    }

    /// Fills a form of the page, submits it, and goes wherever that leads.
    pub(super) async fn submit(&self, page: &Page, form: &str, filled: &[(&str, &str)]) -> Outcome<Page> {
        if !page.body.contains(&format!("<form id=\"{form}\"")) {
            return Err(format!("no form `{form}` on the page {} at {}", page.name(), page.url));
        }
        let (url, fields) = filled_form(page, form, filled);
        self.follow(self.client.post(url.as_str()).form(&fields), url.as_str()).await
    }

    /// Submits self-submitting forms until a page has none.
    pub(super) async fn go_on(&self, mut page: Page) -> Outcome<Page> {
        while page.body.contains("data-submit") {
            let action = page.action();
            page = self.follow(self.client.post(&action).form(&page.hidden()), &action).await?;
        }
        Ok(page)
    }

    /// Calls an API; returns status and body.
    pub(super) async fn call(&self, request: RequestBuilder) -> Outcome<(u16, String)> {
        let page = self.answered(request, None).await?;
        Ok((page.status, page.body))
    }

    /// The same, of a call that is answered with JSON.
    pub(super) async fn json(&self, request: RequestBuilder) -> Outcome<Value> {
        let (status, body) = self.call(request).await?;
        match serde_json::from_str(&body) {
            Ok(json) if status == 200 => Ok(json),
            _ => Err(format!("status {status}: {body}")),
        }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.at(path))
    }

    /// An address of the org.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.realm.my_domain_origin())
    }

    /// What the TOTP app shows once the next code is there: a code is good once.
    pub(super) fn next_code(&self) -> String {
        self.realm.clock.advance(SignedDuration::from_secs(30));
        let user = self.realm.users.get("rep").unwrap();
        let secret = totp_rs::Secret::try_from_base32(user.totp_secret.unwrap().reveal()).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
        totp.generate(self.realm.clock.unix(Component::Authenticator)).to_string()
    }

    async fn follow(&self, request: RequestBuilder, url: &str) -> Outcome<Page> {
        let mut page = self.answered(request, Some(url)).await?;
        for _ in 0..MOST_REDIRECTS {
            let Some(location) = page.location.take() else { return Ok(page) };
            page = self.answered(self.client.get(&location), Some(&location)).await?;
        }
        Err(format!("too many redirects, the last one to {}", page.url))
    }

    /// Sends a request, with the cookies for this URL if there is one, and searches the answer.
    async fn answered(&self, mut request: RequestBuilder, url: Option<&str>) -> Outcome<Page> {
        let url: Option<Url> = url.map(|url| url.parse().unwrap());
        if let Some(cookies) = url.as_ref().and_then(|url| self.cookies.cookies(url)) {
            request = request.header(COOKIE, cookies);
        }
        let response = request.send().await.map_err(|error| format!("no answer: {error:?}"))?;
        if let Some(url) = &url {
            self.cookies.set_cookies(&mut response.headers().get_all(SET_COOKIE).iter(), url);
        }
        let headers = response.headers().clone();
        let page = read(response).await?;
        for text in texts(&headers).chain([page.body.as_str()]) {
            if let Some(stranger) = self.names.stranger_in(text, self.realm.spec.org.my_domain()) {
                let own = self.realm.spec.org.my_domain();
                return Err(format!("{own} names {stranger} at {}: {text}", page.url));
            }
        }
        if page.status >= 500 {
            return Err(format!("status {} at {}: {}", page.status, page.url, page.body));
        }
        Ok(page)
    }
}

fn texts(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.values().filter_map(|value| value.to_str().ok())
}

async fn read(response: Response) -> Outcome<Page> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.and_then(|location| response.url().join(location).ok()).map(|url| url.to_string());
    let (url, status) = (response.url().to_string(), response.status().as_u16());
    let body = response.text().await.map_err(|error| format!("the answer of {url} broke off: {error:?}"))?;
    Ok(Page { url, status, location, body })
}

/// How the name of each realm begins. All names are of one length.
pub(super) const MARKER: &str = "soak-";
const MOST_REDIRECTS: usize = 12;

#[test]
fn the_name_of_another_realm_is_found_and_the_own_one_is_not() {
    let by_org_id = HashMap::from([("00DAAAAAAAAAAAA".to_owned(), "soak-0007".to_owned())]);
    let names = Names { by_org_id, own: AtomicU64::default() };
    for (text, stranger) in [
        ("https://soak-0001.my.salesforce.localhost:1/", None),
        ("https://soak-0001.my.salesforce.localhost:1/ soak-0012", Some("soak-0012")),
        ("sid=00DAAAAAAAAAAAA!AQx", Some("soak-0007")),
        ("sid=00DBBBBBBBBBBBB!AQx", None),
        ("soak-", None),
        ("00D", None),
    ] {
        assert_eq!(names.stranger_in(text, "soak-0001").as_deref(), stranger, "{text}");
    }
    assert_eq!(names.own(), 2);
}
