//! When cases may run: first attempts beside each other, a retry alone, so that no other case is the reason why it
//! passes or fails.

use tokio::sync::{Semaphore, SemaphorePermit};

/// The turns of the cases of a run.
#[derive(Debug)]
pub(super) struct CaseTurns {
    turns: Semaphore,
    all: u32,
}

impl CaseTurns {
    /// The turns for this many workers.
    pub(super) fn new(workers: usize) -> Self {
        let all = u32::try_from(workers).unwrap_or(u32::MAX);
        Self { turns: Semaphore::new(workers), all }
    }

    /// Waits until an attempt at a case may run, alone or beside others, and holds its turn. Nobody overtakes a retry that
    /// waits to be alone: those that run end, then it runs.
    pub(super) async fn take(&self, alone: bool) -> Option<SemaphorePermit<'_>> {
        let turns = if alone { self.all } else { 1 };
        // Nobody closes the semaphore.
        self.turns.acquire_many(turns).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::CaseTurns;

    #[test]
    fn first_attempts_run_beside_each_other_and_a_retry_alone() {
        let turns = CaseTurns::new(2);
        let first = turns.take(false).now_or_never().flatten();
        let second = turns.take(false).now_or_never().flatten();
        assert!(first.is_some() && second.is_some());
        assert!(turns.take(false).now_or_never().is_none(), "a third on two workers");

        drop(first);
        assert!(turns.take(true).now_or_never().is_none(), "a retry beside another case");
        drop(second);
        let retry = turns.take(true).now_or_never().flatten();
        assert!(retry.is_some());
        assert!(turns.take(false).now_or_never().is_none(), "a case beside a retry");
        drop(retry);
        assert!(turns.take(false).now_or_never().is_some());
    }

    #[tokio::test]
    async fn nobody_overtakes_a_retry_that_waits() {
        let turns = CaseTurns::new(2);
        let running = turns.take(false).await;
        let mut retry = Box::pin(turns.take(true));
        assert!(retry.as_mut().now_or_never().is_none());

        let mut next = Box::pin(turns.take(false));
        assert!(next.as_mut().now_or_never().is_none(), "a turn is free, but the retry waits for it");

        drop(running);
        let retry = retry.await;
        assert!(next.as_mut().now_or_never().is_none());
        drop(retry);
        assert!(next.await.is_some());
    }
}
