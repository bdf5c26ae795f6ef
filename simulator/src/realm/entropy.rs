//! The source of a realm's ids, nonces and secrets. Tests seed it, so that protocol snapshots are byte-stable.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A source of random bytes.
#[derive(Debug)]
pub(crate) struct Entropy {
    rng: Mutex<ChaCha20Rng>,
}

impl Entropy {
    /// The same bytes in every run.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { rng: Mutex::new(ChaCha20Rng::seed_from_u64(seed)) }
    }

    /// Seeded by the operating system.
    pub(crate) fn from_os() -> Self {
        Self { rng: Mutex::new(ChaCha20Rng::from_os_rng()) }
    }

    /// `N` random bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.lock().fill_bytes(&mut bytes);
        bytes
    }

    /// A base64url token of 256 bits.
    pub(crate) fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// A lower-case hexadecimal id of 128 bits that starts with a letter, as an XML `ID` must.
    pub(crate) fn xml_id(&self) -> String {
        let hex: String = self.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("_{hex}")
    }

    /// Decimal digits, with leading zeros.
    pub(crate) fn digits(&self, count: usize) -> String {
        self.pick(b"0123456789", count)
    }

    /// Upper-case letters and digits, as in a temporary verification code or an API id.
    pub(crate) fn alphanumeric(&self, count: usize) -> String {
        self.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", count)
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
