//! Which server a client asks for by name, read from its first bytes: in a TLS handshake (RFC 6066, 3), or in the `Host` of a
//! plain request.

use http::uri::Authority;
use rustls::server::Acceptor;
use vestibule_model::vendor_hosts::names_vendor_host;

/// The first bytes of a client.
#[derive(Default)]
pub(super) struct FirstBytes {
    bytes: Vec<u8>,
    acceptor: Acceptor,
}

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WantedServer {
    /// This server.
    Name(String),
    /// No server by name, or it speaks neither TLS nor HTTP.
    Nothing,
    /// A server of the vendor, in bytes that cannot be read as TLS.
    Vendor,
}

impl FirstBytes {
    /// Takes more bytes. `None` until it is known what the client asks for.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<WantedServer> {
        self.bytes.extend(bytes);
        if self.bytes.first().is_some_and(|kind| *kind != HANDSHAKE) {
            return self.host_of_a_request();
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let Ok(1..) = self.acceptor.read_tls(&mut rest) else { return Some(self.unread()) };
            match self.acceptor.accept() {
                Ok(None) => {}
                Ok(Some(accepted)) => {
                    let name = accepted.client_hello().server_name().map(str::to_owned);
                    return Some(name.map_or_else(|| self.unread(), WantedServer::Name));
                }
                Err(_) => return Some(self.unread()),
            }
        }
        (self.bytes.len() > MAX_BYTES).then(|| self.unread())
    }

    /// What a plain request asks for, once its headers are there. Other protocols name no server that is known here.
    fn host_of_a_request(&self) -> Option<WantedServer> {
        let begins = |method: &&[u8]| self.bytes.starts_with(method) || method.starts_with(&self.bytes);
        if !METHODS.iter().any(begins) {
            return Some(WantedServer::Nothing);
        }
        let head = String::from_utf8_lossy(&self.bytes);
        let Some((head, _)) = head.split_once("\r\n\r\n") else {
            return (self.bytes.len() > MAX_BYTES).then(|| self.unread());
        };
        let host = head.lines().skip(1).filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
            let value = value.trim().parse::<Authority>().ok().filter(|_| name.eq_ignore_ascii_case("host"))?;
            Some(value.host().to_owned())
        });
        Some(host.map_or(WantedServer::Nothing, WantedServer::Name))
    }

    /// What is known of bytes that ended early or cannot be read.
    pub(super) fn unread(&self) -> WantedServer {
        let names_vendor = names_vendor_host(&String::from_utf8_lossy(&self.bytes));
        if names_vendor { WantedServer::Vendor } else { WantedServer::Nothing }
    }

    /// Every byte so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// How a request of HTTP/1.1 begins.
const METHODS: [&[u8]; 7] = [b"DELETE ", b"GET ", b"HEAD ", b"OPTIONS ", b"PATCH ", b"POST ", b"PUT "];
/// The type of a TLS record with handshake messages (RFC 8446, 5.1).
const HANDSHAKE: u8 = 22;
/// A ClientHello with large keys has a few kilobytes.
const MAX_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::pki_types::ServerName;
    use rustls::{ClientConfig, ClientConnection, RootCertStore};

    use super::*;

    #[test]
    fn the_name_is_read_however_the_bytes_arrive() {
        for (name, expected) in [
            ("login.salesforce.com", WantedServer::Name("login.salesforce.com".to_owned())),
            ("okta.localhost", WantedServer::Name("okta.localhost".to_owned())),
            // An address is not sent as a name.
            ("192.0.2.1", WantedServer::Nothing),
        ] {
            for step in [1, 7, 5000] {
                assert_eq!(read(&hello(name), step), Some(expected.clone()), "{name}, {step} bytes at a time");
            }
        }
    }

    #[test]
    fn what_is_no_hello_asks_for_nothing_unless_it_names_the_vendor() {
        let damaged = |name: &str| {
            let mut hello = hello(name);
            // The type of the message: ServerHello.
            hello[5] = 2;
            hello
        };
        for (sent, expected) in [
            (b"SSH-2.0-x Host: login.salesforce.com\r\n\r\n".to_vec(), Some(WantedServer::Nothing)),
            (b"GE".to_vec(), None),
            (b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\nHost: login.salesforce.com".to_vec(), Some(WantedServer::Nothing)),
            (b"\x16\x03\x01\x40\x00".to_vec(), None),
            (damaged("example.org"), Some(WantedServer::Nothing)),
            (damaged("login.salesforce.com"), Some(WantedServer::Vendor)),
        ] {
            assert_eq!(read(&sent, 5000), expected, "{}", String::from_utf8_lossy(&sent));
        }
    }

    #[test]
    fn a_plain_request_asks_for_its_host() {
        for (host, name) in [
            ("login.salesforce.com", "login.salesforce.com"),
            (" okta.localhost:80 ", "okta.localhost"),
            ("[::1]", "[::1]"),
        ] {
            let request = format!("POST /x HTTP/1.1\r\nAccept: a:b\r\nhOST:{host}\r\nContent-Length: 2\r\n\r\n{{}}");
            for step in [1, 7, 5000] {
                let expected = Some(WantedServer::Name(name.to_owned()));
                assert_eq!(read(request.as_bytes(), step), expected, "{host}, {step} bytes at a time");
            }
        }
    }

    fn read(sent: &[u8], step: usize) -> Option<WantedServer> {
        let mut first = FirstBytes::default();
        sent.chunks(step).find_map(|bytes| first.read(bytes))
    }

    fn hello(name: &str) -> Vec<u8> {
        vestibule_certs::install_tls_provider();
        let config = ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut hello = Vec::new();
        client.write_tls(&mut hello).unwrap();
        hello
    }
}
