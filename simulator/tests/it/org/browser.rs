//! A browser without scripts: cookies, redirects, forms.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
use vestibule_simulator::realm::Realm;

use super::html;

/// A browser with its own cookies.
pub(super) struct Browser {
    client: Client,
    staying: Client,
    cookies: Arc<Jar>,
}

/// The page that a browser shows.
#[derive(Debug)]
pub(super) struct Page {
    /// Its URL after every redirect.
    pub(super) url: String,
    /// HTTP status.
    pub(super) status: u16,
    /// HTML.
    pub(super) body: String,
}

impl Browser {
    pub(super) fn new(realm: &Realm, authority: &str) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], realm.hosts.port()));
        let cookies = Arc::new(Jar::default());
        let build = |redirects| {
            let mut builder = Client::builder()
                .cookie_provider(Arc::clone(&cookies))
                .redirect(redirects)
                .tls_certs_only([Certificate::from_pem(authority.as_bytes()).unwrap()]);
            for host in realm.hosts.all() {
                builder = builder.resolve(&host, address);
            }
            builder.build().unwrap()
        };
        Self { client: build(Policy::default()), staying: build(Policy::none()), cookies }
    }

    /// Sets a cookie, as a test script does.
    pub(super) fn set_cookie(&self, url: &str, cookie: &str) {
        self.cookies.add_cookie_str(cookie, &url.parse().unwrap());
    }

    /// The value of a cookie that this browser would send there.
    pub(super) fn cookie(&self, url: &str, name: &str) -> Option<String> {
        let sent = self.cookies.cookies(&url.parse().unwrap())?;
        let pairs = sent.to_str().unwrap().split("; ");
        pairs.filter_map(|pair| pair.split_once('=')).find(|(one, _)| *one == name).map(|(_, value)| value.to_owned())
    }

    pub(super) async fn get(&self, url: &str) -> Page {
        page(self.client.get(url).send().await.unwrap()).await
    }

    pub(super) async fn get_with(&self, url: &str, header: &str, value: &str) -> Page {
        page(self.client.get(url).header(header, value).send().await.unwrap()).await
    }

    pub(super) async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Page {
        page(self.client.post(url).form(fields).send().await.unwrap()).await
    }

    /// Fills a form of the page, submits it, and follows the redirects.
    pub(super) async fn submit(&self, page: &Page, form: &str, filled: &[(&str, &str)]) -> Page {
        let (url, fields) = filled_form(page, form, filled);
        self::page(self.client.post(url).form(&fields).send().await.unwrap()).await
    }

    /// Fills a form of the page, submits it, and returns the cookies of the response without following redirects.
    pub(super) async fn cookies_set_by(&self, page: &Page, form: &str, filled: &[(&str, &str)]) -> Vec<String> {
        let (url, fields) = filled_form(page, form, filled);
        let response = self.staying.post(url).form(&fields).send().await.unwrap();
        let cookies = response.headers().get_all("set-cookie").iter();
        cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
    }

    /// Logs in on the classic page with the right password.
    pub(super) async fn log_in(&self, realm: &Realm, user: &str) -> Page {
        let login = self.get(&realm.my_domain_origin()).await;
        let username = realm.users.get(user).unwrap().username;
        self.submit(&login, "login_form", &[("username", &username), ("pw", "Right-password-1")]).await
    }
}

async fn page(response: Response) -> Page {
    Page { url: response.url().to_string(), status: response.status().as_u16(), body: response.text().await.unwrap() }
}

fn filled_form(page: &Page, form: &str, filled: &[(&str, &str)]) -> (url::Url, Vec<(String, String)>) {
    let action = html::one(&page.body, &format!("form#{form}")).attribute("action").to_owned();
    let url = url::Url::parse(&page.url).unwrap().join(&action).unwrap();
    let mut fields = html::form(&page.body, form);
    fields.retain(|(name, _)| !filled.iter().any(|(other, _)| other == name));
    fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    (url, fields)
}
