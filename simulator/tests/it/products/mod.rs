//! The products beside the org over HTTPS, seen from a browser without scripts and from a program.

mod crm;
mod integration;
mod vendor_management;

use std::sync::Arc;

use jiff::civil::{Date, date};
use reqwest::Method;
use vestibule_simulator::realm::{
    Component, Event, HostRole, IdpProtocol, IdpSpec, OrgSpec, ProductKind, ProductSpec, ProductUser, ProductUserSpec,
    Realm,
};
use vestibule_simulator::{ServeError, Simulator};

use crate::support::browser::{Browser, Page, page};

/// A realm with one product.
struct TestProduct {
    realm: Arc<Realm>,
    _simulator: Simulator,
}

impl TestProduct {
    async fn start(product: ProductSpec) -> Self {
        Self::on(date(2026, 12, 1), product).await
    }

    async fn on(day: Date, product: ProductSpec) -> Self {
        let org = OrgSpec::production("acme", day);
        let noon = "2026-12-01T12:00:00Z".parse().unwrap();
        let builder = Simulator::builder().org(org).product(KEY, product).frozen_at(noon).seed(7);
        let simulator = builder.start().await.unwrap();
        Self { realm: Arc::clone(simulator.realm()), _simulator: simulator }
    }

    fn url(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::Product(KEY.to_owned()), path)
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.realm)
    }

    fn user(&self, key: &str) -> ProductUser {
        self.realm.product_users.get(KEY, key).unwrap()
    }

    /// The code that the paired app of a user shows now.
    fn code(&self, user: &str) -> String {
        self.code_of(self.user(user).totp_key.unwrap().reveal())
    }

    /// The code of a base32 key now.
    fn code_of(&self, key: &str) -> String {
        let secret = totp_rs::Secret::try_from_base32(key).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
        totp.generate(self.realm.clock.unix(Component::Authenticator)).to_string()
    }

    /// Types the password of a user, and returns the next page.
    async fn give_password(&self, browser: &Browser, user: &str, password: &str) -> Page {
        let form = browser.get(&self.url("/sign-in")).await;
        let username = self.user(user).username;
        browser.submit(&form, "productSignIn", &[("username", &username), ("password", password)]).await
    }

    /// Calls the API as this application does.
    async fn call(&self, application: &str, user: &str, password: &str) -> Page {
        let request = self.browser().request(Method::GET, &self.url("/api/v1/me"));
        let username = self.user(user).username;
        page(request.basic_auth(username, Some(password)).header("user-agent", format!("{application}/1.0"))).await
    }

    fn events(&self) -> Vec<Event> {
        self.realm.journal.events()
    }
}

const KEY: &str = "product";
const PASSWORD: &str = "Right-password-1";

fn user() -> ProductUserSpec {
    ProductUserSpec::default().password(PASSWORD)
}

#[tokio::test]
async fn an_identity_provider_and_a_product_cannot_have_one_host() {
    let both =
        Simulator::builder().idp(KEY, IdpSpec::new(IdpProtocol::Saml)).product(KEY, ProductSpec::new(ProductKind::Crm));

    let refused = both.start().await.unwrap_err();

    assert!(matches!(&refused, ServeError::HostTaken { host } if host == "product.localhost"), "{refused}");
}
