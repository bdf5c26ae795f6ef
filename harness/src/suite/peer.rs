//! Who is at the other end of a connection on the loopback. Every user of a machine can connect to its loopback ports; the
//! kernel knows whose the connection is, which needs no password that a client would have to carry.

use std::net::SocketAddr;
use std::sync::Arc;

use nix::unistd::geteuid;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

/// The user at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// The user of this process, or root.
    Own,
    /// Another user, or nobody: once a program has closed its socket, the kernel no longer says whose it was, and a client
    /// that has gone needs no answer.
    Another,
    /// The system does not say, as on systems without `/proc/net`.
    Unknown,
}

/// The other end of one connection. It is looked up when the first request has come: that costs a look at all connections
/// of the machine, and idle ones are not worth it.
#[derive(Debug, Clone)]
pub(crate) struct OtherEnd {
    addresses: Option<(SocketAddr, SocketAddr)>,
    peer: Arc<OnceCell<Peer>>,
}

impl OtherEnd {
    /// The other end of this connection.
    pub(super) fn of(stream: &TcpStream) -> Self {
        let addresses = stream.peer_addr().ok().zip(stream.local_addr().ok());
        Self { addresses, peer: Arc::default() }
    }

    /// Who is there.
    pub(crate) async fn peer(&self) -> Peer {
        *self.peer.get_or_init(|| Peer::of(self.addresses)).await
    }
}

impl Peer {
    /// The user whose program opened the connection between these addresses; there are none if it was reset meanwhile.
    async fn of(addresses: Option<(SocketAddr, SocketAddr)>) -> Self {
        // The kernel writes these tables in parts: while others change, a line may be left out.
        for _ in 0..LOOKS {
            let mut told = false;
            // A client may reach an IPv4 port over an IPv6 socket, as Java does.
            for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
                let Ok(table) = tokio::fs::read_to_string(table).await else { continue };
                // A system that keeps no such table may show its heading. A real one has at least the listener.
                told |= table.lines().nth(1).is_some();
                let held = |line| addresses.and_then(|(from, to)| holder(line, from, to));
                if let Some(holder) = table.lines().find_map(held) {
                    return Self::who_is(holder);
                }
            }
            if !told {
                return Self::Unknown;
            }
        }
        Self::Another
    }

    fn who_is(holder: Holder) -> Self {
        match holder {
            Holder::User(user) if user == 0 || user == geteuid().as_raw() => Self::Own,
            Holder::User(_) | Holder::Nobody => Self::Another,
        }
    }
}

/// Who holds a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// A program of this user.
    User(u32),
    /// Nobody: the program has closed it. The tables then name root.
    Nobody,
}

/// Who holds the socket between these addresses, by a line of `/proc/net/tcp` (proc_pid_net(5)).
fn holder(line: &str, from: SocketAddr, to: SocketAddr) -> Option<Holder> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (local, remote) = (fields.next()?, fields.next()?);
    let is = |field: &str, address: SocketAddr| written(address).iter().any(|written| written == field);
    if !is(local, from) || !is(remote, to) {
        return None;
    }
    let user = fields.nth(4)?.parse().ok()?;
    let inode = fields.nth(1)?;
    Some(if inode == "0" { Holder::Nobody } else { Holder::User(user) })
}

/// An address as these tables write it: words of 32 bits in the order of the machine, and the port. An IPv4 address is also
/// written as one of IPv6 (RFC 4291, 2.5.5.2).
fn written(address: SocketAddr) -> Vec<String> {
    let words = |octets: &[u8]| {
        let word = |four: &[u8]| u32::from_ne_bytes([four[0], four[1], four[2], four[3]]);
        octets.chunks_exact(4).map(|four| format!("{:08X}", word(four))).collect::<String>()
    };
    let of = |octets: &[u8]| format!("{}:{:04X}", words(octets), address.port());
    match address {
        SocketAddr::V4(v4) => vec![of(&v4.ip().octets()), of(&v4.ip().to_ipv6_mapped().octets())],
        SocketAddr::V6(v6) => vec![of(&v6.ip().octets())],
    }
}

/// How often the tables are looked at for a connection that is not in them.
const LOOKS: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_socket_is_found_in_the_lines_of_the_kernel() {
        let [from, to]: [SocketAddr; 2] = ["127.0.0.1:45678", "127.0.0.1:8080"].map(|address| address.parse().unwrap());
        let line = |local: &str, remote: &str| {
            format!(
                "   4: {local} {remote} 01 00000000:00000000 00:00000000 00000000  1000        0 52 1 0000 20 4 30 10 -1"
            )
        };
        // As the kernel writes a socket that is closed and waits for the other end (FIN_WAIT2).
        let closed = format!(
            "   4: {} {} 05 00000000:00000000 03:0000175F 00000000     0        0 0 3 0000",
            written(from)[0],
            written(to)[0]
        );
        let own = [line(&written(from)[0], &written(to)[0]), line(&written(from)[1], &written(to)[1])];
        let others = [
            line(&written(to)[0], &written(from)[0]),
            line(&written(from)[0], "00000000:0000"),
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
                .to_owned(),
            String::new(),
        ];

        for line in own {
            assert_eq!(holder(&line, from, to), Some(Holder::User(1000)), "{line}");
        }
        assert_eq!(holder(&closed, from, to), Some(Holder::Nobody), "root is named, and has nothing to do with it");
        for line in others {
            assert_eq!(holder(&line, from, to), None, "{line}");
        }
    }

    #[tokio::test]
    async fn a_connection_of_this_process_is_of_its_own_user() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();

        assert_eq!(OtherEnd::of(&accepted).peer().await, Peer::Own);
        drop(client);
    }

    /// Another user could send a command and close the connection before anybody asks whose it was.
    #[tokio::test]
    async fn a_client_that_has_gone_is_not_of_the_own_user() {
        for abruptly in [false, true] {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let (accepted, _) = listener.accept().await.unwrap();
            let other_end = OtherEnd::of(&accepted);
            if abruptly {
                client.set_zero_linger().unwrap();
            }
            drop(client);

            assert_eq!(other_end.peer().await, Peer::Another, "abruptly: {abruptly}");
            // The addresses of a connection that was reset are not known any more.
            assert_eq!(OtherEnd::of(&accepted).peer().await, Peer::Another, "abruptly: {abruptly}");
        }
    }
}
