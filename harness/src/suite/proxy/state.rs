//! What the connections of the proxy share.

use parking_lot::Mutex;
use tokio::task::JoinSet;

use super::destination::Destinations;
use super::request_log::RequestLog;
use crate::suite::upstream_proxy::UpstreamProxy;

/// What all connections of one proxy share.
#[derive(Debug)]
pub(super) struct ProxyState {
    pub(super) destinations: Destinations,
    pub(super) log: RequestLog,
    pub(super) upstream: Option<UpstreamProxy>,
    /// Every connection and tunnel; `None` after the end.
    tasks: Mutex<Option<JoinSet<()>>>,
}

impl ProxyState {
    pub(super) fn new(destinations: Destinations, log: RequestLog, upstream: Option<UpstreamProxy>) -> Self {
        Self { destinations, log, upstream, tasks: Mutex::new(Some(JoinSet::new())) }
    }

    /// Runs a task that ends with the proxy.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = self.tasks.lock().as_mut() {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(task);
        }
    }

    /// Ends all tasks.
    pub(super) fn end(&self) {
        drop(self.tasks.lock().take());
    }
}
