//! Work that would block the async runtime: signing, verifying, and reading or making the key for it.
//!
//! The first use of a key may have to make it, which takes tenths of a second, and xmlsec's objects cannot cross threads.
//! So each piece of work runs on a blocking thread, with at most one per core at a time. More would be slower: eight
//! threads on two busy cores verify ten times slower than two. A signature with a key that is at hand takes a third of a
//! millisecond, and the way to another thread and back as much as a quarter of that again: it is made where it is needed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

/// Runs this work on a blocking thread when its turn comes; `None` if it panicked.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _turn = TURNS.acquire().await;
    // tokio compiles a task for each type of work that it gets.
    let work: Box<dyn FnOnce() -> T + Send> = Box::new(work);
    tokio::task::spawn_blocking(work).await.ok()
}

/// Runs work that only signs: here if its keys are at hand, as [`run`] does otherwise; `None` if it panicked.
pub(crate) async fn sign<T: Send + 'static>(
    keys_at_hand: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if keys_at_hand {
        return catch_unwind(AssertUnwindSafe(work)).ok();
    }
    // What is seldom waited for is not a part of every answer that is being made.
    Box::pin(run(work)).await
}

static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, std::num::NonZero::get)));

#[cfg(test)]
mod tests {
    use std::thread;

    use super::sign;

    #[tokio::test]
    async fn a_signature_is_made_here_if_its_keys_are_at_hand_and_on_another_thread_if_not() {
        let here = thread::current().id();
        for keys_at_hand in [true, false] {
            let made = sign(keys_at_hand, || thread::current().id()).await;

            assert_eq!(made.map(|thread| thread == here), Some(keys_at_hand));
        }
    }

    #[tokio::test]
    async fn a_signature_that_panics_is_none() {
        for keys_at_hand in [true, false] {
            assert_eq!(sign::<()>(keys_at_hand, || panic!("as a test wants it")).await, None);
        }
    }
}
