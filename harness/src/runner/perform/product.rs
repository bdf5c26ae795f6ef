//! What a user of a product beside the org does there in our browser, and what a program of the user's does without one.

use std::time::Duration;

use vestibule_model::{PageName, Secret};
use vestibule_simulator::realm::{Component, HostRole, ProductUser, Realm};

use super::back_channel;
use crate::actor::key_in;
use crate::authenticator::{CodePlan, TotpGenerator};
use crate::browser::{PageState, WebDriverSession};
use crate::runner::error::Broken;
use crate::scenario::model::{ProductAct, ProductCall, ProductStep, ProgramSecret};
use crate::trace::{ActionKind, Control, Destination, Trace, TypedText};

/// A product, and what its user acts with.
pub(super) struct ProductVisit<'a> {
    pub(super) realm: &'a Realm,
    pub(super) session: &'a WebDriverSession,
    pub(super) trace: &'a mut Trace,
    /// How long a page may take.
    pub(super) limit: Duration,
    /// Key of the product.
    pub(super) key: String,
}

/// Does what the step says.
pub(super) async fn perform(mut visit: ProductVisit<'_>, step: &ProductStep) -> Result<(), Broken> {
    if step.act == ProductAct::Sync {
        visit.open("/").await?;
        return visit.click("syncNow").await.map(drop);
    }
    let user = visit.user(step.user.as_ref().map_or("", |user| user.value.as_str()))?;
    match &step.act {
        ProductAct::SignIn => visit.sign_in(&user).await,
        ProductAct::GivePassword => visit.give_password(&user).await.map(drop),
        ProductAct::GenerateAppPassword(application) => {
            visit.type_into("application", TypedText::Name, &Secret::new(application)).await?;
            visit.click("generateAppPassword").await.map(drop)
        }
        ProductAct::RevokeAppPassword(application) => {
            visit.click_text(&format!("Revoke {application}")).await.map(drop)
        }
        ProductAct::Pair => visit.pair().await,
        ProductAct::Disconnect(other) => visit.click_text(&format!("Disconnect {other}")).await.map(drop),
        ProductAct::Call(call) => visit.call(&user, call).await,
        // No user of the product does it.
        ProductAct::Sync => Ok(()),
    }
}

impl ProductVisit<'_> {
    fn user(&self, key: &str) -> Result<ProductUser, Broken> {
        let unknown = || Broken::Step(format!("the product `{}` has no user `{key}`", self.key));
        self.realm.product_users.get(&self.key, key).ok_or_else(unknown)
    }

    fn role(&self) -> HostRole {
        HostRole::Product(self.key.clone())
    }

    async fn sign_in(&mut self, user: &ProductUser) -> Result<(), Broken> {
        let page = self.give_password(user).await?;
        if page.name == PageName::ProductCode {
            let code = self.code(user)?;
            self.type_into("productCodeField", TypedText::VerificationCode, &code).await?;
            self.click("productSubmit").await?;
        }
        Ok(())
    }

    async fn give_password(&mut self, user: &ProductUser) -> Result<PageState, Broken> {
        self.open("/sign-in").await?;
        self.type_into("productUser", TypedText::Username, &Secret::new(&user.username)).await?;
        self.type_into("productPassword", TypedText::Password, &user.password).await?;
        self.click("productSubmit").await
    }

    /// Types the pairing code into an app, and the code of the app into the page.
    async fn pair(&mut self) -> Result<(), Broken> {
        let mut page = self.session.page().await?;
        if page.name != PageName::ProductPairing {
            self.open("/pair").await?;
            page = self.session.page().await?;
        }
        let none = || Broken::Step(format!("no pairing code is on the page {}", page.described()));
        let key = key_in(page.secret_text()).ok_or_else(none)?;
        let code = self.code_of(&key, None)?;
        self.type_into("productCodeField", TypedText::VerificationCode, &code).await?;
        self.click("productSubmit").await.map(drop)
    }

    async fn open(&mut self, path: &str) -> Result<(), Broken> {
        self.session.goto(&self.realm.hosts.url(&self.role(), path)).await?;
        self.note(ActionKind::Open(Destination::Page)).await
    }

    async fn call(&mut self, user: &ProductUser, call: &ProductCall) -> Result<(), Broken> {
        let of = call.app_password_of.as_ref().unwrap_or(&call.application);
        let secret = match call.with {
            ProgramSecret::Password => user.password.clone(),
            ProgramSecret::AppPassword => {
                let newest = user.app_passwords.iter().rev().find(|one| one.application == *of);
                let none = || Broken::Step(format!("`{}` never had an app password for `{of}`", user.key));
                newest.ok_or_else(none)?.secret.clone()
            }
        };
        back_channel::call_product(self.realm, &self.role(), &call.application, &user.username, &secret).await?;
        self.note(ActionKind::CallProduct(call.application.clone())).await
    }

    /// A code of the paired app that was not used before. The clock of the realm goes to its time, if that is still to come.
    fn code(&self, user: &ProductUser) -> Result<Secret, Broken> {
        let none = || Broken::Step(format!("the page asks for a code, and `{}` has no paired app", user.key));
        self.code_of(user.totp_key.as_ref().ok_or_else(none)?, user.last_totp_step)
    }

    fn code_of(&self, key: &Secret, last_step: Option<u64>) -> Result<Secret, Broken> {
        let (app, clock) = (TotpGenerator::from_base32(key)?, &self.realm.clock);
        for _ in 0..MOST_WAITS {
            let now = clock.now(Component::Authenticator);
            match app.plan(now, last_step) {
                CodePlan::Ready { code, .. } => return Ok(code),
                CodePlan::WaitUntil(until) => clock.advance(until.duration_since(now)),
            }
        }
        Err(Broken::Step("no code of the app comes, however long one waits".to_owned()))
    }

    async fn type_into(&mut self, id: &str, what: TypedText, text: &Secret) -> Result<(), Broken> {
        self.session.type_into(&format!("#{id}"), text).await?;
        self.note(ActionKind::Type { what, field: id.to_owned() }).await
    }

    async fn click(&mut self, id: &str) -> Result<PageState, Broken> {
        let before = self.session.page().await?;
        self.session.click(&format!("#{id}")).await?;
        self.after_click(&before, Control::Id(id.to_owned())).await
    }

    async fn click_text(&mut self, text: &str) -> Result<PageState, Broken> {
        let before = self.session.page().await?;
        self.session.click_text(text).await?;
        self.after_click(&before, Control::Text(text.to_owned())).await
    }

    /// The next page: each click here leads to another document.
    async fn after_click(&mut self, before: &PageState, control: Control) -> Result<PageState, Broken> {
        let moved = |page: &PageState| !page.same_document(before);
        let page = self.session.wait_for_change(before, self.limit, moved).await?.into_page();
        self.trace.record(ActionKind::Click(control), page.name, page.url());
        Ok(page)
    }

    async fn note(&mut self, kind: ActionKind) -> Result<(), Broken> {
        let page = self.session.page().await?;
        self.trace.record(kind, page.name, page.url());
        Ok(())
    }
}

/// The next code is at most one step away, and the one after it where that is used.
const MOST_WAITS: u32 = 4;
