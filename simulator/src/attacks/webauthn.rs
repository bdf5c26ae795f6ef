//! A software authenticator that can make one thing of a ceremony wrong.
//!
//! Source: WebAuthn Level 3, 5.8.1 (client data), 6.1 (authenticator data), 6.5.4 (attestation object), RFC 9052 (COSE keys).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};

/// What is asked of an authenticator.
#[derive(Debug, Clone, Copy)]
pub struct Ceremony<'a> {
    /// The origin of the page.
    pub origin: &'a str,
    /// The RP ID.
    pub rp_id: &'a str,
    /// The challenge.
    pub challenge: &'a [u8],
    /// The handle of the user who signs in; `None` if the authenticator gives none.
    pub user_handle: Option<&'a [u8]>,
}

/// An authenticator with one credential: ES256, without attestation.
#[derive(Debug, Clone)]
pub struct Authenticator {
    key: PKey<Private>,
    x: Vec<u8>,
    y: Vec<u8>,
    id: Vec<u8>,
    counter: u32,
}

/// The two ceremonies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyKind {
    /// A credential is made.
    Registration,
    /// A credential signs in.
    Assertion,
}

/// A change of a ceremony.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WebauthnMutation {
    /// Sets a member of the client data.
    Client(&'static str, ClientValue),
    /// Removes a member of the client data.
    NoClient(&'static str),
    /// Other bytes in place of the client data.
    ClientText(&'static str),
    /// Changes the origin.
    Origin(OriginChange),
    /// Changes the challenge.
    Challenge(ChallengeChange),
    /// The hash of another RP ID.
    RpId(&'static str),
    /// Flags that are set and flags that are not.
    Flags(u8, u8),
    /// The counter, so far from the next one.
    Counter(i64),
    /// Bytes after the authenticator data.
    Leftover(&'static [u8]),
    /// Without the last bytes of the authenticator data.
    Cut(usize),
    /// Changes the signature.
    Signature(SignatureChange),
    /// Another user handle.
    UserHandle(&'static [u8]),
    /// Another `id`, with the same `rawId`.
    Id,
    /// The id of a credential that nobody registered.
    OtherCredential,
    /// The id of a credential of another user.
    TakenId,
    /// The authenticator of another user answers.
    AnotherUser,
    /// Another `type` of the credential.
    Kind(&'static str),
    /// Changes the public key.
    Key(KeyChange),
    /// A credential id of so many bytes.
    LongId(usize),
    /// The length of the credential id in the authenticator data is another one.
    IdLength(u16),
    /// The attestation: its format, and its statement in CBOR.
    Attestation(&'static str, &'static [u8]),
    /// The attestation object begins with these bytes in place of its own.
    AttestationHead(&'static [u8]),
    /// Bytes after the attestation object.
    AttestationLeftover(&'static [u8]),
    /// Without the last bytes of the attestation object.
    AttestationCut(usize),
}

/// A value of the client data.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ClientValue {
    /// A text.
    Text(&'static str),
    /// `true`.
    True,
    /// An object with a status.
    Status(&'static str),
}

/// Another origin.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OriginChange {
    /// Of another host.
    Other,
    /// Without TLS.
    Http,
    /// With another port.
    Port,
    /// Of a host below.
    SubDomain,
    /// Of a host that begins with the right one.
    Suffix,
    /// Of a host that ends with the right one.
    Prefix,
    /// With a path.
    Path,
    /// `null`, as of a sandboxed frame.
    Null,
}

/// Another challenge.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ChallengeChange {
    /// Of another ceremony.
    Other,
    /// Only its first byte.
    Short,
    /// None.
    Empty,
    /// With a byte after it.
    Long,
}

/// Another signature.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SignatureChange {
    /// Of other bytes.
    OtherData,
    /// Of another key.
    OtherKey,
    /// Without its last byte.
    Truncated,
    /// With a byte after it.
    Leftover,
    /// Empty.
    Empty,
    /// Zeros.
    Zeros,
    /// `r` and `s` side by side in place of DER.
    Plain,
    /// With the order of the curve less `s`.
    OtherHalf,
}

/// Another public key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyChange {
    /// A point that is not on the curve.
    OffCurve,
    /// The point at infinity.
    Zero,
    /// `y` as a sign, which CTAP2 forbids.
    Compressed,
    /// An algorithm that nobody offered: RS1.
    NotOffered,
    /// An algorithm that does not fit the kind of key: RS256.
    OtherAlgorithm,
    /// A kind of key that does not fit the algorithm: RSA.
    OtherKind,
    /// No algorithm.
    NoAlgorithm,
    /// A symmetric key.
    Symmetric,
}

impl Authenticator {
    /// An authenticator whose key and credential id come from a seed.
    ///
    /// # Errors
    ///
    /// If OpenSSL cannot make the key.
    pub fn from_seed(seed: u64) -> Result<Self, ErrorStack> {
        let secret = secret_of(seed);
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        let mut context = BigNumContext::new()?;
        let number = BigNum::from_slice(&secret)?;
        let mut point = EcPoint::new(&group)?;
        point.mul_generator2(&group, &number, &mut context)?;
        let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
        point.affine_coordinates(&group, &mut x, &mut y, &mut context)?;
        let key = PKey::from_ec_key(EcKey::from_private_components(&group, &number, &point)?)?;
        Ok(Self {
            key,
            x: x.to_vec_padded(32)?,
            y: y.to_vec_padded(32)?,
            id: sha256(&secret).to_vec(),
            counter: FIRST_COUNTER,
        })
    }

    /// The authenticator of another user: a party where the cases about one are tried must know it as that of somebody else.
    ///
    /// # Errors
    ///
    /// If OpenSSL cannot make the key.
    pub fn of_another_user() -> Result<Self, ErrorStack> {
        Self::from_seed(ANOTHER_USER)
    }

    /// The id of the credential.
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// The credential that answers `navigator.credentials.create`, as JSON.
    pub(super) fn create(&self, ceremony: &Ceremony<'_>, change: Option<WebauthnMutation>) -> Value {
        let client = client_data("webauthn.create", ceremony, change);
        let id = match change {
            Some(WebauthnMutation::LongId(length)) => vec![7; length],
            Some(WebauthnMutation::TakenId) => sha256(&secret_of(ANOTHER_USER)).to_vec(),
            _ => self.id.clone(),
        };
        let length = match change {
            Some(WebauthnMutation::IdLength(length)) => length,
            _ => u16::try_from(id.len()).unwrap_or(u16::MAX),
        };
        let mut data = self.head(ceremony, UP | UV | AT, self.counter, change);
        data.extend([0; 16]);
        data.extend(length.to_be_bytes());
        data.extend(&id);
        data.extend(self.cose_key(change));
        finish(&mut data, change);
        let (format, statement) = match change {
            Some(WebauthnMutation::Attestation(format, statement)) => (format, statement),
            _ => ("none", &[0xA0_u8][..]),
        };
        let head = match change {
            Some(WebauthnMutation::AttestationHead(head)) => head,
            _ => &[0xA3],
        };
        let mut object = [head, &cbor_text("fmt"), &cbor_text(format), &cbor_text("attStmt"), statement].concat();
        object.extend(cbor_text("authData"));
        object.extend(cbor_bytes(&data));
        match change {
            Some(WebauthnMutation::AttestationLeftover(bytes)) => object.extend(bytes),
            Some(WebauthnMutation::AttestationCut(bytes)) => object.truncate(object.len().saturating_sub(bytes)),
            _ => {}
        }
        let response = json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "transports": ["internal"],
        });
        credential(&id, response, change)
    }

    /// The credential that answers `navigator.credentials.get`, as JSON.
    ///
    /// # Errors
    ///
    /// If OpenSSL cannot sign.
    pub(super) fn get(&self, ceremony: &Ceremony<'_>, change: Option<WebauthnMutation>) -> Result<Value, ErrorStack> {
        if matches!(change, Some(WebauthnMutation::AnotherUser)) {
            return Self::of_another_user()?.get(ceremony, None);
        }
        let client = client_data("webauthn.get", ceremony, change);
        let next = i64::from(self.counter) + 1;
        let counter = match change {
            Some(WebauthnMutation::Counter(distance)) => u32::try_from(next + distance).unwrap_or(0),
            _ => self.counter + 1,
        };
        let mut data = self.head(ceremony, UP | UV, counter, change);
        finish(&mut data, change);
        let signed = [data.as_slice(), &sha256(&client)].concat();
        let signature = self.signature(&signed, change)?;
        let handle = match change {
            Some(WebauthnMutation::UserHandle(handle)) => Some(handle),
            _ => ceremony.user_handle,
        };
        let response = json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "signature": URL_SAFE_NO_PAD.encode(signature),
            "userHandle": handle.map(|handle| URL_SAFE_NO_PAD.encode(handle)),
        });
        let id = match change {
            Some(WebauthnMutation::OtherCredential) => vec![9; 32],
            _ => self.id.clone(),
        };
        Ok(credential(&id, response, change))
    }

    fn head(&self, ceremony: &Ceremony<'_>, flags: u8, counter: u32, change: Option<WebauthnMutation>) -> Vec<u8> {
        let rp_id = match change {
            Some(WebauthnMutation::RpId(other)) => other,
            _ => ceremony.rp_id,
        };
        let flags = match change {
            Some(WebauthnMutation::Flags(set, cleared)) => (flags | set) & !cleared,
            _ => flags,
        };
        [&sha256(rp_id.as_bytes())[..], &[flags], &counter.to_be_bytes()].concat()
    }

    fn signature(&self, signed: &[u8], change: Option<WebauthnMutation>) -> Result<Vec<u8>, ErrorStack> {
        let sign =
            |bytes: &[u8], key: &PKey<Private>| Signer::new(MessageDigest::sha256(), key)?.sign_oneshot_to_vec(bytes);
        let Some(WebauthnMutation::Signature(change)) = change else { return sign(signed, &self.key) };
        let mut good = sign(signed, &self.key)?;
        match change {
            SignatureChange::OtherData => return sign(b"other", &self.key),
            SignatureChange::OtherKey => return sign(signed, &Self::from_seed(u64::MAX)?.key),
            SignatureChange::Truncated => {
                good.pop();
            }
            SignatureChange::Leftover => good.push(0),
            SignatureChange::Empty => good.clear(),
            SignatureChange::Zeros => good.fill(0),
            SignatureChange::OtherHalf => {
                let parsed = openssl::ecdsa::EcdsaSig::from_der(&good)?;
                let (mut order, mut context) = (BigNum::new()?, BigNumContext::new()?);
                self.key.ec_key()?.group().order(&mut order, &mut context)?;
                let mut other = BigNum::new()?;
                other.checked_sub(&order, parsed.s())?;
                let r = parsed.r().to_owned()?;
                return openssl::ecdsa::EcdsaSig::from_private_components(r, other)?.to_der();
            }
            SignatureChange::Plain => {
                let parsed = openssl::ecdsa::EcdsaSig::from_der(&good)?;
                return Ok([parsed.r().to_vec_padded(32)?, parsed.s().to_vec_padded(32)?].concat());
            }
        }
        Ok(good)
    }

    /// The public key as a COSE key.
    fn cose_key(&self, change: Option<WebauthnMutation>) -> Vec<u8> {
        let (mut x, mut y) = (self.x.clone(), cbor_bytes(&self.y));
        let (mut kind, mut algorithm) = (vec![0x01, 0x02], vec![0x03, 0x26]);
        if let Some(WebauthnMutation::Key(change)) = change {
            match change {
                KeyChange::OffCurve => x[31] ^= 1,
                KeyChange::Zero => (x, y) = (vec![0; 32], cbor_bytes(&[0; 32])),
                KeyChange::Compressed => y = vec![0xF5],
                // RS1 is -65535, and RS256 is -257.
                KeyChange::NotOffered => algorithm = vec![0x03, 0x39, 0xFF, 0xFE],
                KeyChange::OtherAlgorithm => algorithm = vec![0x03, 0x39, 0x01, 0x00],
                KeyChange::OtherKind => kind = vec![0x01, 0x03],
                KeyChange::NoAlgorithm => {
                    let members = [&[0xA4_u8][..], &kind, &[0x20, 0x01, 0x21], &cbor_bytes(&x), &[0x22], &y];
                    return members.concat();
                }
                KeyChange::Symmetric => return [&[0xA2_u8, 0x01, 0x04, 0x20][..], &cbor_bytes(&x)].concat(),
            }
        }
        [&[0xA5_u8][..], &kind, &algorithm, &[0x20, 0x01, 0x21], &cbor_bytes(&x), &[0x22], &y].concat()
    }
}

/// The private key that a seed gives; its hash is the id of the credential.
fn secret_of(seed: u64) -> [u8; 32] {
    sha256(&seed.to_be_bytes())
}

fn finish(data: &mut Vec<u8>, change: Option<WebauthnMutation>) {
    match change {
        Some(WebauthnMutation::Leftover(bytes)) => data.extend(bytes),
        Some(WebauthnMutation::Cut(bytes)) => data.truncate(data.len().saturating_sub(bytes)),
        _ => {}
    }
}

fn credential(id: &[u8], response: Value, change: Option<WebauthnMutation>) -> Value {
    let raw = URL_SAFE_NO_PAD.encode(id);
    let named = match change {
        Some(WebauthnMutation::Id) => URL_SAFE_NO_PAD.encode([8; 32]),
        _ => raw.clone(),
    };
    let kind = match change {
        Some(WebauthnMutation::Kind(kind)) => kind,
        _ => "public-key",
    };
    json!({ "id": named, "rawId": raw, "type": kind, "response": response, "extensions": {} })
}

fn client_data(kind: &str, ceremony: &Ceremony<'_>, change: Option<WebauthnMutation>) -> Vec<u8> {
    let challenge = match change {
        Some(WebauthnMutation::Challenge(change)) => match change {
            ChallengeChange::Other => vec![5; 32],
            ChallengeChange::Short => ceremony.challenge.iter().take(1).copied().collect(),
            ChallengeChange::Empty => Vec::new(),
            ChallengeChange::Long => [ceremony.challenge, &[0]].concat(),
        },
        _ => ceremony.challenge.to_vec(),
    };
    let origin = match change {
        Some(WebauthnMutation::Origin(change)) => change.of(ceremony.origin),
        _ => ceremony.origin.to_owned(),
    };
    let mut data = json!({
        "type": kind,
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "origin": origin,
        "crossOrigin": false,
    });
    match change {
        Some(WebauthnMutation::ClientText(text)) => return text.as_bytes().to_vec(),
        Some(WebauthnMutation::Client(name, value)) => {
            data[name] = match value {
                ClientValue::Text(text) => Value::from(text),
                ClientValue::True => Value::Bool(true),
                ClientValue::Status(status) => json!({ "status": status }),
            };
        }
        Some(WebauthnMutation::NoClient(name)) => {
            if let Some(members) = data.as_object_mut() {
                members.remove(name);
            }
        }
        _ => {}
    }
    data.to_string().into_bytes()
}

impl OriginChange {
    fn of(self, origin: &str) -> String {
        let (scheme, host) = origin.split_once("://").unwrap_or(("https", origin));
        let (host, port) =
            host.split_once(':').map_or((host, String::new()), |(host, port)| (host, format!(":{port}")));
        match self {
            Self::Other => "https://elsewhere.example".to_owned(),
            Self::Http => format!("http://{host}{port}"),
            Self::Port => format!("{scheme}://{host}:1"),
            Self::SubDomain => format!("{scheme}://evil.{host}{port}"),
            Self::Suffix => format!("{scheme}://{host}.evil.example{port}"),
            Self::Prefix => format!("{scheme}://evil-{host}{port}"),
            Self::Path => format!("{origin}/any/path"),
            Self::Null => "null".to_owned(),
        }
    }
}

fn cbor_text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap_or(23);
    [&[0x60 | length.min(23)][..], text.as_bytes()].concat()
}

fn cbor_bytes(bytes: &[u8]) -> Vec<u8> {
    let head = match u8::try_from(bytes.len()) {
        Ok(length) if length < 24 => vec![0x40 | length],
        Ok(length) => vec![0x58, length],
        Err(_) => {
            let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
            vec![0x59, length[0], length[1]]
        }
    };
    [head.as_slice(), bytes].concat()
}

/// User present.
pub(super) const UP: u8 = 0x01;
/// User verified.
pub(super) const UV: u8 = 0x04;
/// Backup eligible.
pub(super) const BE: u8 = 0x08;
/// Backed up.
pub(super) const BS: u8 = 0x10;
/// Attested credential data follow.
pub(super) const AT: u8 = 0x40;
/// Extensions follow.
pub(super) const ED: u8 = 0x80;
/// The seed of the authenticator of another user.
const ANOTHER_USER: u64 = u64::MAX - 1;
/// High enough to go back from.
const FIRST_COUNTER: u32 = 10;
