//! Signing and verifying on an async runtime.
//!
//! Each costs about a millisecond of CPU, the first use of a key may have to make it, and xmlsec's objects cannot cross
//! threads: so each runs as one piece on a thread that may block, as many at a time as there are cores. More would be
//! slower: eight threads on two busy cores verify ten times slower than two.

use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use vestibule_certs::{CertError, SigningKey};

use super::response_rejection::ResponseRejection;
use super::response_spec::ResponseSpec;
use super::sign::{Signed, SigningCredential, SigningError, sign_response};
use super::verified::VerifiedResponse;
use super::verify::verify_response;
use super::verify_settings::VerifySettings;

/// As [`sign_response`], with a key that may be read or made first.
///
/// # Errors
///
/// The key cannot be had, or as [`sign_response`].
pub async fn sign(
    spec: ResponseSpec,
    signed: Signed,
    key: impl FnOnce() -> Result<Arc<SigningKey>, CertError> + Send + 'static,
) -> Result<String, SigningError> {
    let work = move || sign_response(&spec, signed, &SigningCredential::from(&*key()?));
    bounded(work).await.unwrap_or(Err(SigningError::Stopped))
}

/// As [`verify_response`], with settings that may have to read a key first.
///
/// # Errors
///
/// The settings cannot be had, or as [`verify_response`].
pub async fn verify(
    message: String,
    settings: impl FnOnce() -> Result<VerifySettings, ResponseRejection> + Send + 'static,
) -> Result<VerifiedResponse, ResponseRejection> {
    let work = move || verify_response(&message, &settings()?);
    // A verification that did not come to its end proves nothing.
    bounded(work).await.unwrap_or(Err(ResponseRejection::SignatureInvalid))
}

/// `None` where the work panicked.
async fn bounded<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _turn = TURNS.acquire().await;
    tokio::task::spawn_blocking(work).await.ok()
}

static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, std::num::NonZero::get)));
