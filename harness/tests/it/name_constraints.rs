//! Whoever trusts the test CA trusts it for simulated hosts alone: real clients refuse a certificate for any other host,
//! though the CA has signed it (RFC 5280 4.2.1.10).

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;
use vestibule_certs::CertStore;

use crate::clients::installed;

/// Hosts of a simulator, of the vendor and of identity providers.
const SIMULATED: [&str; 5] = [
    "localhost",
    "okta.localhost",
    "login.salesforce.com",
    "acme--uat.sandbox.my.salesforce.com",
    "accounts.google.com",
];
/// Others, some of which look like them.
const OTHER: [&str; 5] =
    ["www.example.com", "notsalesforce.com", "salesforce.com.example", "mylocalhost.example", "mail.google.com"];
/// What OpenSSL says when a name is outside the permitted subtrees.
const OUTSIDE: &str = "permitted subtree violation";

#[test]
fn curl_openssl_node_and_python_refuse_a_certificate_for_a_host_that_is_not_simulated() {
    let server = Server::start();
    for (name, client) in CLIENTS {
        for host in SIMULATED {
            let (code, said) = server.visited(client, host);

            assert_eq!(code, Some(0), "{name} at {host}: {said}");
        }
        for host in OTHER {
            let (code, said) = server.visited(client, host);

            assert_ne!(code, Some(0), "{name} at {host}: {said}");
            assert!(said.contains(OUTSIDE), "{name} at {host}: {said}");
        }
    }
}

/// Makes the command of a client that trusts the test CA and visits this host.
type Client = fn(&Server, &str) -> Command;

const CLIENTS: [(&str, Client); 4] = [("curl", curl), ("openssl", openssl), ("Node", node), ("Python", python)];

fn curl(server: &Server, host: &str) -> Command {
    let mut command = Command::new("curl");
    command.args(["-sS", "--noproxy", "*", "--max-time", "20", "--resolve"]);
    command.arg(format!("{host}:{}:127.0.0.1", server.port)).arg("--cacert").arg(server.authority());
    command.arg(format!("https://{host}:{}/", server.port));
    command
}

fn openssl(server: &Server, host: &str) -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-brief", "-verify_return_error", "-verify_hostname", host, "-servername", host]);
    command.arg("-connect").arg(format!("127.0.0.1:{}", server.port)).arg("-CAfile").arg(server.authority());
    command
}

/// By the variable with which a suite trusts the test CA.
fn node(server: &Server, host: &str) -> Command {
    let script = "const [, host, port] = process.argv;
require('tls').connect({ host: '127.0.0.1', port, servername: host }, () => process.exit(0))
  .on('error', (error) => { console.error(error.message); process.exit(9); });";
    let mut command = Command::new(installed().join("bin/node"));
    command.args(["-e", script, host, &server.port.to_string()]).env("NODE_EXTRA_CA_CERTS", server.authority());
    command
}

fn python(server: &Server, host: &str) -> Command {
    let script = "import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[3])
with socket.create_connection(('127.0.0.1', int(sys.argv[2])), 20) as plain:
    context.wrap_socket(plain, server_hostname=sys.argv[1]).close()";
    let mut command = Command::new("python3");
    command.args(["-c", script, host, &server.port.to_string()]).arg(server.authority());
    command
}

/// A server that presents a certificate of the test CA for whatever host it is asked for.
struct Server {
    port: u16,
    folder: TempDir,
}

impl Server {
    #[expect(clippy::disallowed_methods, reason = "clients check a certificate against the system clock")]
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = CertStore::open(folder.path(), jiff::Timestamp::now()).unwrap();
        std::fs::write(authority_in(folder.path()), store.authority_pem()).unwrap();
        let config = store.server_config().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let config = Arc::clone(&config);
                std::thread::spawn(move || answer(config, stream));
            }
        });
        Self { port, folder }
    }

    fn authority(&self) -> PathBuf {
        authority_in(self.folder.path())
    }

    /// The exit code of this client at this host, and what it said.
    fn visited(&self, client: Client, host: &str) -> (Option<i32>, String) {
        let mut command = client(self, host);
        command.stdin(Stdio::null());
        // Nothing around the test decides what a client trusts.
        command.env_remove("NODE_OPTIONS").env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        let Output { status, stdout, stderr } = command.output().unwrap();
        (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
    }
}

fn authority_in(folder: &Path) -> PathBuf {
    folder.join("authority.pem")
}

/// Answers one request. A client that refuses the certificate sends none.
fn answer(config: Arc<ServerConfig>, stream: TcpStream) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    if tls.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {
        let _sent = tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    tls.conn.send_close_notify();
    let _flushed = tls.flush();
}
