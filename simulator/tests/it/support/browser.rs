//! A browser without scripts: cookies, redirects, forms.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder};
use serde::Serialize;
use vestibule_simulator::realm::Realm;

use super::html;

/// A browser with its own cookies.
pub(crate) struct Browser {
    client: Client,
    /// The same browser, for a request whose redirects are not followed.
    staying: Client,
    cookies: Arc<Jar>,
}

/// The page that a browser shows.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its URL after every redirect.
    pub(crate) url: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// Where it redirects to, if the redirect was not followed.
    pub(crate) location: Option<String>,
    /// HTML.
    pub(crate) body: String,
}

impl Browser {
    /// A browser without cookies, which trusts the realm's CA and reaches its hosts.
    pub(crate) fn new(realm: &Realm) -> Self {
        Self::with(realm, Policy::default())
    }

    /// A browser that does not follow redirects.
    pub(crate) fn careful(realm: &Realm) -> Self {
        Self::with(realm, Policy::none())
    }

    fn with(realm: &Realm, redirects: Policy) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], realm.hosts.port()));
        let cookies = Arc::new(Jar::default());
        let build = |redirects| {
            let mut builder = Client::builder()
                .cookie_provider(Arc::clone(&cookies))
                .no_proxy()
                .redirect(redirects)
                .tls_certs_only([Certificate::from_pem(realm.certs.authority_pem().as_bytes()).unwrap()]);
            for host in realm.hosts.all() {
                builder = builder.resolve(&host, address);
            }
            builder.build().unwrap()
        };
        let (client, staying) = (build(redirects), build(Policy::none()));
        Self { client, staying, cookies }
    }

    /// Sets a cookie, as a test script does.
    pub(crate) fn set_cookie(&self, url: &str, cookie: &str) {
        self.cookies.add_cookie_str(cookie, &url.parse().unwrap());
    }

    /// The value of a cookie that this browser would send there.
    pub(crate) fn cookie(&self, url: &str, name: &str) -> Option<String> {
        let sent = self.cookies.cookies(&url.parse().unwrap())?;
        let pairs = sent.to_str().unwrap().split("; ");
        pairs.filter_map(|pair| pair.split_once('=')).find(|(one, _)| *one == name).map(|(_, value)| value.to_owned())
    }

    /// The `Cookie` header that this browser would send there.
    pub(crate) fn cookie_header(&self, url: &str) -> String {
        let sent = self.cookies.cookies(&url.parse().unwrap());
        sent.map(|cookies| cookies.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    pub(crate) async fn get(&self, url: &str) -> Page {
        page(self.client.get(url)).await
    }

    /// Opens an address without following a redirect.
    pub(crate) async fn get_and_stay(&self, url: &str) -> Page {
        page(self.staying.get(url)).await
    }

    pub(crate) async fn get_with(&self, url: &str, header: &str, value: &str) -> Page {
        page(self.client.get(url).header(header, value)).await
    }

    /// Posts a form of pairs: name and value.
    pub(crate) async fn post(&self, url: &str, form: &(impl Serialize + ?Sized)) -> Page {
        page(self.client.post(url).form(form)).await
    }

    pub(crate) fn request(&self, method: reqwest::Method, url: &str) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Fills a form of the page, submits it, and follows the redirects.
    pub(crate) async fn submit(&self, page: &Page, form: &str, filled: &[(&str, &str)]) -> Page {
        let (url, fields) = filled_form(page, form, filled);
        self.post(url.as_str(), &fields).await
    }

    /// Fills a form of the page and submits it without following a redirect.
    pub(crate) async fn submit_and_stay(&self, page: &Page, form: &str, filled: &[(&str, &str)]) -> Page {
        let (url, fields) = filled_form(page, form, filled);
        self::page(self.staying.post(url).form(&fields)).await
    }

    /// Fills a form of the page, submits it, and returns the cookies of the response without following redirects.
    pub(crate) async fn cookies_set_by(&self, page: &Page, form: &str, filled: &[(&str, &str)]) -> Vec<String> {
        let (url, fields) = filled_form(page, form, filled);
        let response = self.staying.post(url).form(&fields).send().await.unwrap();
        let cookies = response.headers().get_all("set-cookie").iter();
        cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
    }

    /// Opens an address and submits every self-submitting form.
    pub(crate) async fn go(&self, url: &str) -> Page {
        let page = self.get(url).await;
        self.go_on(page).await
    }

    /// Submits self-submitting forms until a page has none.
    pub(crate) async fn go_on(&self, mut page: Page) -> Page {
        while page.body.contains("data-submit") {
            page = self.post(&page.action(), &page.hidden()).await;
        }
        page
    }

    /// Logs in on the classic page with the right password.
    pub(crate) async fn log_in(&self, realm: &Realm, user: &str) -> Page {
        let login = self.get(&realm.my_domain_origin()).await;
        let username = realm.users.get(user).unwrap().username;
        self.submit(&login, "login_form", &[("username", &username), ("pw", "Right-password-1")]).await
    }
}

impl Page {
    /// The page's published name.
    pub(crate) fn name(&self) -> &str {
        between(&self.body, "name=\"vestibule-page\" content=\"", "\"").unwrap_or("none")
    }

    /// The address that the first form posts to.
    pub(crate) fn action(&self) -> String {
        let action = between(&self.body, "action=\"", "\"").expect("a form with an action");
        url::Url::parse(&self.url).unwrap().join(&html::unescape(action)).unwrap().to_string()
    }

    /// The hidden fields.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let inputs = self.body.split("<input type=\"hidden\" name=\"").skip(1);
        let fields = inputs.map(|input| {
            let name = input.split('"').next().unwrap_or_default();
            let value = between(input, "value=\"", "\"").unwrap_or_default();
            (name.to_owned(), html::unescape(value))
        });
        fields.collect()
    }

    pub(crate) fn field(&self, name: &str) -> String {
        let mut fields = self.hidden().into_iter();
        fields.find(|(key, _)| key == name).unwrap_or_else(|| panic!("no field {name} in {}", self.body)).1
    }

    /// A parameter of the redirect's query.
    pub(crate) fn redirected_with(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location.as_deref().expect("a redirect")).unwrap();
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// Sends a request, and reads the page that answers it.
pub(crate) async fn page(request: RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let header = response.headers().get("location");
    let location = header.map(|value| response.url().join(value.to_str().unwrap()).unwrap().to_string());
    Page {
        url: response.url().to_string(),
        status: response.status().as_u16(),
        location,
        body: response.text().await.unwrap(),
    }
}

/// A form of pairs that are owned.
pub(crate) fn pairs(form: &[(&str, &str)]) -> Vec<(String, String)> {
    form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Where a form of the page is posted, and what is posted once these fields are filled.
pub(crate) fn filled_form(page: &Page, form: &str, filled: &[(&str, &str)]) -> (url::Url, Vec<(String, String)>) {
    let action = html::one(&page.body, &format!("form#{form}")).attribute("action").to_owned();
    let url = url::Url::parse(&page.url).unwrap().join(&action).unwrap();
    let mut fields = html::form(&page.body, form);
    fields.retain(|(name, _)| !filled.iter().any(|(other, _)| other == name));
    fields.extend(pairs(filled));
    (url, fields)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}
