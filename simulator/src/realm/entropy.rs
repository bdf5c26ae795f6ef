//! The source of a realm's ids, nonces and secrets. Tests seed it, so that protocol snapshots are byte-stable.
//!
//! Every method says whether it makes a secret, which is then known to [`Secrets`], or something that anybody may read.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use vestibule_model::Secret;

use super::secrets::Secrets;

/// A source of random bytes.
#[derive(Debug)]
pub(crate) struct Entropy {
    rng: Mutex<ChaCha20Rng>,
    secrets: Arc<Secrets>,
}

impl Entropy {
    /// The same bytes in every run.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { rng: Mutex::new(ChaCha20Rng::seed_from_u64(seed)), secrets: Arc::default() }
    }

    /// Seeded by the operating system.
    pub(crate) fn from_os() -> Self {
        Self { rng: Mutex::new(ChaCha20Rng::from_os_rng()), secrets: Arc::default() }
    }

    /// The secrets that were made here, and where the other secrets of the realm are kept.
    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// A secret: a base64url token of 256 bits.
    pub(crate) fn token(&self) -> String {
        self.secret(URL_SAFE_NO_PAD.encode(self.bytes::<32>()))
    }

    /// A secret: decimal digits, with leading zeros, as in a verification code.
    pub(crate) fn digits(&self, count: usize) -> String {
        self.secret(self.pick(b"0123456789", count))
    }

    /// A secret: upper-case letters and digits, as in a temporary verification code.
    pub(crate) fn code(&self, count: usize) -> String {
        self.secret(self.alphanumeric(count))
    }

    /// A secret: 25 letters and digits of either case, as in a security token (contract G1.7).
    pub(crate) fn security_token(&self) -> String {
        self.secret(self.pick(LETTERS_AND_DIGITS, 25))
    }

    /// A secret: 40 letters and digits of either case, as in an app password that no person types.
    pub(crate) fn app_password(&self) -> String {
        self.secret(self.pick(LETTERS_AND_DIGITS, 40))
    }

    /// A secret: a TOTP key of 160 bits, the length that RFC 4226 recommends, in base32.
    pub(crate) fn totp_key(&self) -> String {
        self.secret(totp_rs::Secret::from(self.bytes::<20>().to_vec()).to_base32())
    }

    /// A secret: the key and the initialization vector of one encrypted token.
    pub(crate) fn content_key(&self) -> [u8; 48] {
        let bytes = self.bytes::<48>();
        self.secret(URL_SAFE_NO_PAD.encode(bytes));
        bytes
    }

    /// A base64url value of 256 bits that its messages show, as the `nonce` of an ID token.
    pub(crate) fn nonce(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// The key and the initialization vector of a content that is encrypted. The key is never written.
    pub(crate) fn content_secret(&self) -> ([u8; 32], [u8; 16]) {
        (self.bytes(), self.bytes())
    }

    /// A secret: the message handle of an artifact, with which the message is asked for (saml-bindings 3.6.4). It is known as
    /// it stands at the end of the artifact, where whole groups of base64 come before it.
    pub(crate) fn message_handle(&self) -> [u8; 20] {
        let bytes = self.bytes::<20>();
        self.secret(STANDARD_NO_PAD.encode(bytes));
        bytes
    }

    /// A lower-case hexadecimal id of 128 bits that starts with a letter, as an XML `ID` must.
    pub(crate) fn xml_id(&self) -> String {
        format!("_{:032x}", u128::from_be_bytes(self.bytes()))
    }

    /// Upper-case letters and digits, as in an API id.
    pub(crate) fn alphanumeric(&self, count: usize) -> String {
        self.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", count)
    }

    fn secret(&self, value: String) -> String {
        self.secrets.learn_drawn(Secret::new(&value));
        value
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.lock().fill_bytes(&mut bytes);
        bytes
    }

    fn pick(&self, alphabet: &[u8], count: usize) -> String {
        let mut rng = self.rng.lock();
        let size = u32::try_from(alphabet.len()).unwrap_or(1);
        (0..count)
            .filter_map(|_| usize::try_from(rng.next_u32() % size).ok())
            .map(|index| char::from(alphabet[index]))
            .collect()
    }
}

const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
