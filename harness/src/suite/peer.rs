//! Who is at the other end of a connection on the loopback. Every user of a machine can connect to its loopback ports; the
//! kernel knows whose the connection is, which needs no password that a client would have to carry.

use std::net::SocketAddr;
use std::sync::Arc;

use nix::unistd::geteuid;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

/// The user at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// The user of this process, or root.
    Own,
    /// Another user.
    Another,
    /// The system does not say, as on systems without `/proc/net`.
    Unknown,
}

/// The other end of one connection. It is looked up when the first request has come: that costs a look at all connections
/// of the machine, and idle ones are not worth it.
#[derive(Debug, Clone)]
pub(super) struct OtherEnd {
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
    pub(super) async fn peer(&self) -> Peer {
        let Some((from, to)) = self.addresses else { return Peer::Unknown };
        *self.peer.get_or_init(|| Peer::between(from, to)).await
    }
}

impl Peer {
    /// The user whose program opened the connection between these addresses.
    async fn between(peer: SocketAddr, local: SocketAddr) -> Self {
        // A client may reach an IPv4 port over an IPv6 socket, as Java does.
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let Ok(table) = tokio::fs::read_to_string(table).await else { continue };
            if let Some(user) = table.lines().find_map(|line| owner(line, peer, local)) {
                return if user == 0 || user == geteuid().as_raw() { Self::Own } else { Self::Another };
            }
        }
        Self::Unknown
    }
}

/// The user of a socket between these addresses, of a line of `/proc/net/tcp` (proc_pid_net(5)).
fn owner(line: &str, from: SocketAddr, to: SocketAddr) -> Option<u32> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (local, remote) = (fields.next()?, fields.next()?);
    let is = |field: &str, address: SocketAddr| written(address).iter().any(|written| written == field);
    if !is(local, from) || !is(remote, to) {
        return None;
    }
    fields.nth(4)?.parse().ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_of_a_socket_is_found_in_the_lines_of_the_kernel() {
        let [from, to]: [SocketAddr; 2] = ["127.0.0.1:45678", "127.0.0.1:8080"].map(|address| address.parse().unwrap());
        let line = |local: &str, remote: &str| {
            format!(
                "   4: {local} {remote} 01 00000000:00000000 00:00000000 00000000  1000        0 52 1 0000 20 4 30 10 -1"
            )
        };
        let own = [line(&written(from)[0], &written(to)[0]), line(&written(from)[1], &written(to)[1])];
        let others = [
            line(&written(to)[0], &written(from)[0]),
            line(&written(from)[0], "00000000:0000"),
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
                .to_owned(),
            String::new(),
        ];

        for line in own {
            assert_eq!(owner(&line, from, to), Some(1000), "{line}");
        }
        for line in others {
            assert_eq!(owner(&line, from, to), None, "{line}");
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
}
