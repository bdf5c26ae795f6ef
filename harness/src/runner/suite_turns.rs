//! When suites may run: at the same time where each has an overlay of the folder, otherwise one at a time.

use tokio::sync::{Semaphore, SemaphorePermit};

use super::run_context::RunContext;
use crate::outcome::Copies;
use crate::suite::Overlay;

/// The turns of the suites of a run.
#[derive(Debug)]
pub(super) struct SuiteTurns {
    turns: Semaphore,
    overlay: Option<Overlay>,
    copies: Option<Copies>,
}

impl SuiteTurns {
    /// The turns for this many suites on this many workers.
    pub(super) async fn new(suites: usize, workers: usize, context: &RunContext) -> Self {
        if suites < 2 || workers < 2 {
            return Self::of(1, None, None);
        }
        match Overlay::of_working_folder(context.folder()).await {
            Ok(overlay) => Self::of(workers, Some(overlay), Some(Copies::Overlay)),
            Err(why) => Self::of(1, None, Some(Copies::OneAtATime(why.to_string()))),
        }
    }

    fn of(turns: usize, overlay: Option<Overlay>, copies: Option<Copies>) -> Self {
        Self { turns: Semaphore::new(turns), overlay, copies }
    }

    /// How copies are kept apart, if several could run at the same time.
    pub(super) fn copies(&self) -> Option<Copies> {
        self.copies.clone()
    }

    /// What gives each suite a folder of its own.
    pub(super) fn overlay(&self) -> Option<&Overlay> {
        self.overlay.as_ref()
    }

    /// Waits until a suite may run, and holds its turn.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes the semaphore.
        self.turns.acquire().await.ok()
    }
}
