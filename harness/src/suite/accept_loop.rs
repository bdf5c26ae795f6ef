//! Takes the connections of a listener.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::Limits;
use super::peer::OtherEnd;

/// A connection that was just accepted.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    /// Held as long as the connection is open.
    pub(crate) permit: OwnedSemaphorePermit,
    pub(crate) limits: Limits,
}

impl Accepted {
    /// Who is at its other end.
    pub(crate) fn other_end(&self) -> OtherEnd {
        OtherEnd::of(&self.stream)
    }
}

/// Hands every connection to `serve`, until it is dropped. While too many are open, new ones are closed.
pub(crate) async fn accept_loop(listener: &TcpListener, limits: Limits, mut serve: impl FnMut(Accepted)) {
    let free = Arc::new(Semaphore::new(limits.connections));
    let admit = |(stream, _)| {
        if let Ok(permit) = Arc::clone(&free).try_acquire_owned() {
            serve(Accepted { stream, permit, limits });
        }
    };
    accept_by(|| listener.accept(), admit).await;
}

/// As [`accept_loop`]. A failure tends to come again at once, as where no file descriptor is left: each one in a row is
/// followed by a longer pause, in which other connections may end.
async fn accept_by<C, F>(mut accept: impl FnMut() -> F, mut serve: impl FnMut(C))
where
    F: Future<Output = io::Result<C>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        match accept().await {
            Ok(connection) => {
                pause = FIRST_PAUSE;
                serve(connection);
            }
            Err(_) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(320);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_after_a_failure_is_served() {
        let mut tries = 0;
        let accept = || {
            tries += 1;
            let this = tries;
            async move {
                match this {
                    1 | 2 => Err(io::ErrorKind::Other.into()),
                    3 => Ok("connection"),
                    _ => std::future::pending().await,
                }
            }
        };
        let (sender, mut served) = tokio::sync::mpsc::unbounded_channel();

        tokio::select! {
            () = accept_by(accept, |connection| sender.send(connection).unwrap()) => {}
            connection = served.recv() => assert_eq!(connection, Some("connection")),
        }
    }

    #[tokio::test]
    async fn a_listener_without_descriptors_is_not_asked_without_end() {
        let mut tries = 0;
        let accept = || {
            tries += 1;
            std::future::ready(Err::<(), _>(io::ErrorKind::Other.into()))
        };

        let _ended = tokio::time::timeout(FIRST_PAUSE * 40, accept_by(accept, drop)).await;

        assert!((2..=6).contains(&tries), "{tries} tries");
    }
}
