//! What a browser writes about a ceremony, and what is signed of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;
use serde::Serialize;

/// The kind of a ceremony.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) enum Ceremony {
    /// `navigator.credentials.create()`.
    #[serde(rename = "webauthn.create")]
    Create,
    /// `navigator.credentials.get()`.
    #[serde(rename = "webauthn.get")]
    Get,
}

/// `CollectedClientData` in the order in which it is serialized (WebAuthn Level 3, 5.8.1.1), for RPs that compare bytes.
#[derive(Serialize)]
struct CollectedClientData<'a> {
    #[serde(rename = "type")]
    kind: Ceremony,
    challenge: String,
    origin: &'a str,
    #[serde(rename = "crossOrigin")]
    cross_origin: bool,
}

/// `clientDataJSON`. The origin is written as browsers write it, without a slash at its end.
pub(super) fn client_data_json(kind: Ceremony, challenge: &[u8], origin: &str) -> Result<Vec<u8>, serde_json::Error> {
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    serde_json::to_vec(&CollectedClientData { kind, challenge, origin, cross_origin: false })
}

/// The hash of the serialized client data.
pub(super) fn hash(client_data_json: &[u8]) -> Vec<u8> {
    sha256(client_data_json).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_serialized_byte_by_byte_as_the_specification_says() {
        let written = client_data_json(Ceremony::Get, &[251, 255, 1], "https://acme.localhost:8443").unwrap();

        assert_eq!(
            String::from_utf8(written).unwrap(),
            r#"{"type":"webauthn.get","challenge":"-_8B","origin":"https://acme.localhost:8443","crossOrigin":false}"#
        );
    }
}
