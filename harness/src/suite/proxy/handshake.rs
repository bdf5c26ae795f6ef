//! Detects from outside whether a TLS client refused the certificate.
//!
//! Only record headers are read (RFC 8446, 5.1; RFC 5246, 6.2.1), and the two bytes of an alert that is not encrypted.
//! A client refuses in one of three ways:
//!
//! - with a fatal alert about the certificate: in the clear under TLS 1.2; under TLS 1.3 encrypted, which shows as a
//!   record of [`ALERT_13`] bytes where its `Finished` should be (curl, Python, Java);
//! - by closing the connection before its `Finished`;
//! - by finishing the handshake, checking the certificate after it, and closing at once without a byte of data (Node,
//!   wget). An idle connection looks the same except for "at once".

/// The observed part of one handshake.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    client: TlsRecords,
    realm: TlsRecords,
    realm_answered: bool,
    /// Under TLS 1.3 the server encrypts before the client finishes; under TLS 1.2 it never does.
    realm_encrypted: bool,
    client_changed_cipher: bool,
    finished: bool,
    refused: bool,
    data: bool,
}

impl Handshake {
    /// Bytes that the client sent.
    pub(super) fn read_from_client(&mut self, bytes: &[u8]) {
        for record in self.client.read(bytes) {
            self.client_sent(&record);
        }
    }

    /// Bytes that the realm sent.
    pub(super) fn read_from_realm(&mut self, bytes: &[u8]) {
        for record in self.realm.read(bytes) {
            self.realm_answered |= record.kind == HANDSHAKE;
            self.realm_encrypted |= record.kind == APPLICATION_DATA;
        }
    }

    /// Whether the client sent data, or no TLS at all: then there is nothing left to observe.
    pub(super) fn has_data(&self) -> bool {
        self.data
    }

    /// Whether the client finished its side.
    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Whether the client refused the certificate. `at_once`: the client closed right after the last step.
    pub(super) fn is_refused(&self, at_once: bool) -> bool {
        !self.data && (self.refused || (at_once && self.realm_answered))
    }

    fn client_sent(&mut self, record: &Record) {
        match record.kind {
            CHANGE_CIPHER_SPEC => self.client_changed_cipher = true,
            ALERT => self.refused |= record.length == 2 && CERTIFICATE_ALERTS.contains(&record.start[1]),
            HANDSHAKE => self.finished |= self.client_changed_cipher && !self.realm_encrypted,
            APPLICATION_DATA if self.finished => self.data |= record.length != ALERT_13,
            APPLICATION_DATA if self.realm_encrypted && record.length == ALERT_13 => self.refused = true,
            APPLICATION_DATA if self.realm_encrypted => self.finished = true,
            _ => self.data = true,
        }
    }
}

/// One record: its kind, the length of its content, and the content's first two bytes.
#[derive(Debug)]
struct Record {
    kind: u8,
    length: usize,
    start: [u8; 2],
}

/// Splits bytes into records, however they arrived.
#[derive(Debug, Default)]
struct TlsRecords {
    head: Vec<u8>,
    skip: usize,
}

impl TlsRecords {
    fn read(&mut self, mut bytes: &[u8]) -> Vec<Record> {
        let mut records = Vec::new();
        while let [next, rest @ ..] = bytes {
            if self.skip > 0 {
                let skipped = self.skip.min(bytes.len());
                self.skip -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            self.head.push(*next);
            bytes = rest;
            if let Some(record) = self.complete() {
                self.skip = record.length - record.length.min(2);
                self.head.clear();
                records.push(record);
            }
        }
        records
    }

    fn complete(&self) -> Option<Record> {
        let [kind, _, _, high, low, start @ ..] = self.head.as_slice() else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let byte = |at| start.get(at).copied().unwrap_or_default();
        (start.len() == length.min(2)).then(|| Record { kind: *kind, length, start: [byte(0), byte(1)] })
    }
}

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// An encrypted alert under TLS 1.3: two bytes, the content type, and a tag of 16 (RFC 8446, 5.2). A `Finished` is
/// longer.
const ALERT_13: usize = 19;

/// `bad_certificate`, `unsupported_certificate`, `certificate_revoked`, `certificate_expired`, `certificate_unknown`,
/// `unknown_ca` (RFC 8446, 6).
const CERTIFICATE_ALERTS: [u8; 6] = [42, 43, 44, 45, 46, 48];
