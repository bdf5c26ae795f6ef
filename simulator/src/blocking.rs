//! Work that would block the async runtime: signing, verifying, and reading or making the key for it.
//!
//! A signature costs about a millisecond of CPU, the first use of a key may have to make it, and xmlsec's objects
//! cannot cross threads. So each piece of work runs on a blocking thread, with at most one per core at a time. More
//! would be slower: eight threads on two busy cores verify ten times slower than two.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

/// Runs this work on a blocking thread when its turn comes; `None` if it panicked.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _turn = TURNS.acquire().await;
    tokio::task::spawn_blocking(work).await.ok()
}

static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, std::num::NonZero::get)));
