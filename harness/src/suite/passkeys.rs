//! The passkeys of a suite's browsers, and what becomes of them.

use std::fmt;
use std::sync::Arc;

use vestibule_model::Credential;

/// The passkeys in the virtual authenticators of a suite's browsers.
#[derive(Debug, Clone)]
pub enum Passkeys {
    /// These, of users whose realm ends with the case.
    Fixed(Vec<Credential>),
    /// Those of a keeper, who gets back what the browsers made of them.
    Kept(Arc<dyn PasskeyKeeper>),
}

/// Keeps passkeys beyond the run of a suite.
pub trait PasskeyKeeper: fmt::Debug + Send + Sync {
    /// The passkeys for one more virtual authenticator. Each has a signature counter above all that earlier
    /// authenticators can count up to: one that does not grow looks like that of a cloned key.
    fn lend(&self) -> Vec<Credential>;

    /// Takes back what an authenticator holds, with the counters that the browser counted up. Passkeys that were made
    /// there are among them, and what the suite itself put there may be.
    fn give_back(&self, held: Vec<Credential>);
}

/// The passkeys for one more authenticator. A keeper may have to wait for its file.
pub(super) async fn lent(keeper: &Arc<dyn PasskeyKeeper>) -> Vec<Credential> {
    let keeper = Arc::clone(keeper);
    tokio::task::spawn_blocking(move || keeper.lend()).await.unwrap_or_default()
}

/// Gives back what an authenticator holds.
pub(super) async fn given_back(keeper: &Arc<dyn PasskeyKeeper>, held: Vec<Credential>) {
    if held.is_empty() {
        return;
    }
    let keeper = Arc::clone(keeper);
    // A keeper that fails says so itself.
    let _kept = tokio::task::spawn_blocking(move || keeper.give_back(held)).await;
}
