//! `wa.*`: ceremonies of WebAuthn, for a relying party.

use crate::attacks::case::{Case, Delivery, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::webauthn::{
    AT, BE, BS, CeremonyKind, ChallengeChange, ClientValue, ED, KeyChange, OriginChange, SignatureChange, UP, UV,
    WebauthnMutation,
};
use vestibule_model::Weakness;

const fn create(id: &'static str, about: &'static str, change: WebauthnMutation) -> Case {
    row(Family::Webauthn, Protocol::Webauthn, id, about, Mutation::Webauthn(CeremonyKind::Registration, change))
        .source("WebAuthn Level 3 7.1")
        .refuse(Reason::Ceremony, Severity::High)
}

const fn get(id: &'static str, about: &'static str, change: WebauthnMutation) -> Case {
    row(Family::Webauthn, Protocol::Webauthn, id, about, Mutation::Webauthn(CeremonyKind::Assertion, change))
        .source("WebAuthn Level 3 7.2")
        .refuse(Reason::Ceremony, Severity::High)
}

const fn origin(id: &'static str, about: &'static str, change: OriginChange) -> Case {
    get(id, about, WebauthnMutation::Origin(change))
        .source("WebAuthn Level 3 7.2, origin")
        .aims_at(Weakness::SkipOrigin)
}

const fn challenge(id: &'static str, about: &'static str, change: ChallengeChange) -> Case {
    get(id, about, WebauthnMutation::Challenge(change))
        .source("WebAuthn Level 3 7.2, challenge; 13.4.3")
        .aims_at(Weakness::SkipChallenge)
}

const fn signature(id: &'static str, about: &'static str, change: SignatureChange) -> Case {
    get(id, about, WebauthnMutation::Signature(change))
        .source("WebAuthn Level 3 7.2, signature")
        .refuse(Reason::Ceremony, Severity::Critical)
        .aims_at(Weakness::SkipSignature)
}

const fn key(id: &'static str, about: &'static str, change: KeyChange) -> Case {
    create(id, about, WebauthnMutation::Key(change)).source("WebAuthn Level 3 6.5.1 and 7.1; RFC 9053 7")
}

const NONE: &[u8] = &[0xA0];

pub(in crate::attacks) const ROWS: &[Case] = &[
    // Assertions.
    get(
        "wa.get.type-create",
        "The client data are those of a registration.",
        WebauthnMutation::Client("type", ClientValue::Text("webauthn.create")),
    )
    .source("WebAuthn Level 3 7.2, type")
    .aims_at(Weakness::SkipCeremonyType),
    get(
        "wa.get.type-other",
        "The type of the client data is another one.",
        WebauthnMutation::Client("type", ClientValue::Text("payment.get")),
    )
    .source("WebAuthn Level 3 7.2, type")
    .aims_at(Weakness::SkipCeremonyType),
    get("wa.get.type-missing", "The client data have no type.", WebauthnMutation::NoClient("type"))
        .source("WebAuthn Level 3 5.8.1"),
    challenge("wa.get.challenge-other", "The challenge is that of another ceremony.", ChallengeChange::Other),
    challenge(
        "wa.get.challenge-short",
        "The challenge is only the first byte of the right one.",
        ChallengeChange::Short,
    ),
    challenge("wa.get.challenge-empty", "The challenge is empty.", ChallengeChange::Empty),
    challenge("wa.get.challenge-long", "The challenge begins with the right one.", ChallengeChange::Long),
    get("wa.get.challenge-missing", "The client data have no challenge.", WebauthnMutation::NoClient("challenge"))
        .source("WebAuthn Level 3 5.8.1"),
    origin("wa.get.origin-other", "The origin is of another host.", OriginChange::Other),
    origin("wa.get.origin-http", "The origin is without TLS.", OriginChange::Http),
    origin("wa.get.origin-port", "The origin has another port.", OriginChange::Port),
    origin("wa.get.origin-sub-domain", "The origin is of a subdomain.", OriginChange::SubDomain),
    origin("wa.get.origin-suffix", "The origin begins with the right host.", OriginChange::Suffix),
    origin("wa.get.origin-prefix", "The origin ends with the right host.", OriginChange::Prefix),
    get(
        "wa.get.origin-null",
        "The origin is null, as of a sandboxed frame.",
        WebauthnMutation::Origin(OriginChange::Null),
    )
    .source("WebAuthn Level 3 7.2, origin"),
    get("wa.get.origin-missing", "The client data have no origin.", WebauthnMutation::NoClient("origin"))
        .source("WebAuthn Level 3 5.8.1"),
    get(
        "wa.get.cross-origin",
        "The ceremony took place in a frame of another origin.",
        WebauthnMutation::Client("crossOrigin", ClientValue::True),
    )
    .source("WebAuthn Level 3 7.2, crossOrigin"),
    get(
        "wa.get.top-origin",
        "The page around the frame is of another origin.",
        WebauthnMutation::Client("topOrigin", ClientValue::Text("https://elsewhere.example")),
    )
    .source("WebAuthn Level 3 7.2, topOrigin"),
    get(
        "wa.get.token-binding",
        "The client data have a token binding, which no browser sends any more.",
        WebauthnMutation::Client("tokenBinding", ClientValue::Status("supported")),
    )
    .source("WebAuthn Level 3 5.8.1")
    .accept(),
    get(
        "wa.get.unknown-member",
        "The client data have an unknown member.",
        WebauthnMutation::Client(
            "other_keys_can_be_added_here",
            ClientValue::Text("do not compare clientDataJSON against a template"),
        ),
    )
    .source("WebAuthn Level 3 5.8.1")
    .accept(),
    get("wa.get.client-no-json", "The client data are not JSON.", WebauthnMutation::ClientText("type=webauthn.get"))
        .source("WebAuthn Level 3 7.2, step 9"),
    get("wa.get.client-empty", "The client data are empty.", WebauthnMutation::ClientText(""))
        .source("WebAuthn Level 3 7.2, step 9"),
    get("wa.get.rp-id-other", "The hash is that of another RP ID.", WebauthnMutation::RpId("elsewhere.example"))
        .source("WebAuthn Level 3 7.2, rpIdHash")
        .aims_at(Weakness::SkipRpId),
    get("wa.get.up-0", "The user was not present.", WebauthnMutation::Flags(0, UP))
        .source("WebAuthn Level 3 7.2, UP")
        .aims_at(Weakness::SkipUserPresence),
    get("wa.get.uv-0", "The user was not verified, though that is required.", WebauthnMutation::Flags(0, UV))
        .source("WebAuthn Level 3 7.2, UV")
        .aims_at(Weakness::SkipUserVerification),
    get(
        "wa.get.bs-without-be",
        "The credential is backed up, but not eligible for backup.",
        WebauthnMutation::Flags(BS, 0),
    )
    .source("WebAuthn Level 3 6.1.3 and 7.2, BE and BS"),
    get(
        "wa.get.ed-without-extensions",
        "The flag for extensions is set, but none follow.",
        WebauthnMutation::Flags(ED, 0),
    )
    .source("WebAuthn Level 3 6.1"),
    get(
        "wa.get.at-without-data",
        "The flag for attested credential data is set, but none follow.",
        WebauthnMutation::Flags(AT, 0),
    )
    .source("WebAuthn Level 3 6.1"),
    get("wa.get.leftover", "Bytes follow the authenticator data.", WebauthnMutation::Leftover(&[0, 0]))
        .source("WebAuthn Level 3 6.1"),
    get("wa.get.cut", "The authenticator data have lost their last bytes.", WebauthnMutation::Cut(2))
        .source("WebAuthn Level 3 6.1"),
    get("wa.get.counter-equal", "The counter is that of the last ceremony.", WebauthnMutation::Counter(-1))
        .source("WebAuthn Level 3 6.1.1 and 7.2, signCount")
        .aims_at(Weakness::SkipCounter),
    get("wa.get.counter-lower", "The counter is lower than in the last ceremony.", WebauthnMutation::Counter(-5))
        .source("WebAuthn Level 3 6.1.1 and 7.2, signCount")
        .aims_at(Weakness::SkipCounter),
    get("wa.get.counter-zero", "The counter is zero after higher values.", WebauthnMutation::Counter(-11))
        .source("WebAuthn Level 3 6.1.1 and 7.2, signCount")
        .aims_at(Weakness::SkipCounter),
    get(
        "wa.get.counter-jump",
        "The counter is much higher than in the last ceremony.",
        WebauthnMutation::Counter(1_000_000),
    )
    .source("WebAuthn Level 3 6.1.1")
    .accept(),
    get(
        "wa.get.counter-highest",
        "The counter is the highest that there is.",
        WebauthnMutation::Counter(4_294_967_284),
    )
    .source("WebAuthn Level 3 6.1.1")
    .accept(),
    row(
        Family::Webauthn,
        Protocol::Webauthn,
        "wa.get.replay",
        "The same assertion answers another ceremony.",
        Mutation::None,
    )
    .source("WebAuthn Level 3 7.2, challenge; 13.4.3")
    .refuse(Reason::Ceremony, Severity::High)
    .delivered(Delivery::Twice)
    .fix("Make a challenge for each ceremony, and forget it once it is answered."),
    signature("wa.get.sig-other-data", "The signature is of other bytes.", SignatureChange::OtherData),
    signature("wa.get.sig-other-key", "The signature is of another key.", SignatureChange::OtherKey),
    signature("wa.get.sig-truncated", "The signature has lost its last byte.", SignatureChange::Truncated),
    signature("wa.get.sig-leftover", "A byte follows the signature.", SignatureChange::Leftover),
    signature("wa.get.sig-empty", "The signature is empty.", SignatureChange::Empty),
    signature("wa.get.sig-zeros", "The signature is all zeros.", SignatureChange::Zeros),
    get(
        "wa.get.sig-high-s",
        "The signature is the other one of the same two numbers, which verifies too.",
        WebauthnMutation::Signature(SignatureChange::OtherHalf),
    )
    .source("SEC 1 4.1.4")
    .accept(),
    signature("wa.get.sig-plain", "The signature is not in DER.", SignatureChange::Plain),
    get(
        "wa.get.user-handle-other",
        "The user handle is that of another user.",
        WebauthnMutation::UserHandle(b"somebody-else"),
    )
    .source("WebAuthn Level 3 7.2, userHandle")
    .aims_at(Weakness::SkipUserHandle),
    get("wa.get.credential-of-another", "The authenticator of another user answers.", WebauthnMutation::AnotherUser)
        .source("WebAuthn Level 3 7.2, allowCredentials")
        .fix("Take only a credential of the user who is to be verified."),
    get("wa.get.credential-other", "Nobody registered the credential.", WebauthnMutation::OtherCredential)
        .source("WebAuthn Level 3 7.2, allowCredentials"),
    get("wa.get.id-other", "The id of the credential is not that of its rawId.", WebauthnMutation::Id)
        .source("WebAuthn Level 3 5.1")
        .refuse(Reason::Ceremony, Severity::Low),
    get("wa.get.kind-other", "The credential is of another type.", WebauthnMutation::Kind("password"))
        .source("WebAuthn Level 3 5.1"),
    // Registrations.
    create(
        "wa.create.type-get",
        "The client data are those of an assertion.",
        WebauthnMutation::Client("type", ClientValue::Text("webauthn.get")),
    )
    .source("WebAuthn Level 3 7.1, type"),
    create(
        "wa.create.challenge-other",
        "The challenge is that of another ceremony.",
        WebauthnMutation::Challenge(ChallengeChange::Other),
    )
    .source("WebAuthn Level 3 7.1, challenge"),
    create(
        "wa.create.challenge-short",
        "The challenge is only the first byte of the right one.",
        WebauthnMutation::Challenge(ChallengeChange::Short),
    )
    .source("WebAuthn Level 3 7.1, challenge"),
    create("wa.create.origin-other", "The origin is of another host.", WebauthnMutation::Origin(OriginChange::Other))
        .source("WebAuthn Level 3 7.1, origin"),
    create("wa.create.origin-http", "The origin is without TLS.", WebauthnMutation::Origin(OriginChange::Http))
        .source("WebAuthn Level 3 7.1, origin"),
    create("wa.create.origin-port", "The origin has another port.", WebauthnMutation::Origin(OriginChange::Port))
        .source("WebAuthn Level 3 7.1, origin"),
    create(
        "wa.create.origin-sub-domain",
        "The origin is of a subdomain.",
        WebauthnMutation::Origin(OriginChange::SubDomain),
    )
    .source("WebAuthn Level 3 7.1, origin"),
    create("wa.create.origin-path", "The origin has a path.", WebauthnMutation::Origin(OriginChange::Path))
        .source("WebAuthn Level 3 5.8.1")
        .refuse(Reason::Ceremony, Severity::Low),
    create(
        "wa.create.cross-origin",
        "The ceremony took place in a frame of another origin.",
        WebauthnMutation::Client("crossOrigin", ClientValue::True),
    )
    .source("WebAuthn Level 3 7.1, crossOrigin"),
    create(
        "wa.create.top-origin",
        "The page around the frame is of another origin.",
        WebauthnMutation::Client("topOrigin", ClientValue::Text("https://elsewhere.example")),
    )
    .source("WebAuthn Level 3 7.1, topOrigin"),
    create("wa.create.client-no-json", "The client data are not JSON.", WebauthnMutation::ClientText("hello"))
        .source("WebAuthn Level 3 7.1, step 6"),
    create("wa.create.rp-id-other", "The hash is that of another RP ID.", WebauthnMutation::RpId("elsewhere.example"))
        .source("WebAuthn Level 3 7.1, rpIdHash"),
    create("wa.create.up-0", "The user was not present.", WebauthnMutation::Flags(0, UP))
        .source("WebAuthn Level 3 7.1, UP"),
    create("wa.create.uv-0", "The user was not verified, though that is required.", WebauthnMutation::Flags(0, UV))
        .source("WebAuthn Level 3 7.1, UV"),
    create(
        "wa.create.synced",
        "The credential is eligible for backup, and backed up.",
        WebauthnMutation::Flags(BE | BS, 0),
    )
    .source("WebAuthn Level 3 6.1.3")
    .accept(),
    create(
        "wa.create.bs-without-be",
        "The credential is backed up, but not eligible for backup.",
        WebauthnMutation::Flags(BS, 0),
    )
    .source("WebAuthn Level 3 6.1.3 and 7.1, BE and BS"),
    create(
        "wa.create.no-attested-data",
        "The flag for attested credential data is not set.",
        WebauthnMutation::Flags(0, AT),
    )
    .source("WebAuthn Level 3 6.1"),
    create(
        "wa.create.ed-without-extensions",
        "The flag for extensions is set, but none follow.",
        WebauthnMutation::Flags(ED, 0),
    )
    .source("WebAuthn Level 3 6.1"),
    create("wa.create.cut", "The authenticator data have lost their last bytes.", WebauthnMutation::Cut(2))
        .source("WebAuthn Level 3 6.1"),
    key("wa.create.key-off-curve", "The public key is not a point on the curve.", KeyChange::OffCurve),
    key("wa.create.key-zero", "The public key is all zeros.", KeyChange::Zero),
    key("wa.create.key-compressed", "The public key is compressed.", KeyChange::Compressed)
        .source("WebAuthn Level 3 5.8.5"),
    key("wa.create.alg-not-offered", "The algorithm is one that nobody offered.", KeyChange::NotOffered)
        .source("WebAuthn Level 3 7.1, alg"),
    key("wa.create.alg-of-other-kind", "The algorithm does not fit the kind of key.", KeyChange::OtherAlgorithm),
    key("wa.create.kind-of-other-alg", "The kind of key does not fit the algorithm.", KeyChange::OtherKind),
    key("wa.create.no-alg", "The public key names no algorithm.", KeyChange::NoAlgorithm),
    key("wa.create.key-symmetric", "The public key is a symmetric one.", KeyChange::Symmetric),
    create("wa.create.id-taken", "The credential id is that of another user.", WebauthnMutation::TakenId)
        .source("WebAuthn Level 3 7.1, credentialId")
        .fix("Refuse a credential whose id is registered already, for whomever."),
    create("wa.create.id-long", "The credential id has 1024 bytes.", WebauthnMutation::LongId(1024))
        .source("WebAuthn Level 3 7.1, credentialId")
        .refuse(Reason::Ceremony, Severity::Low),
    create(
        "wa.create.id-length",
        "The length of the credential id is not that of the id.",
        WebauthnMutation::IdLength(65_535),
    )
    .source("WebAuthn Level 3 6.5.1"),
    create(
        "wa.create.attestation-unknown",
        "The format of the attestation is unknown.",
        WebauthnMutation::Attestation("unknown", NONE),
    )
    .source("WebAuthn Level 3 7.1, fmt")
    .refuse(Reason::Ceremony, Severity::Low),
    create(
        "wa.create.attestation-packed-empty",
        "The attestation is packed, and its statement is empty.",
        WebauthnMutation::Attestation("packed", NONE),
    )
    .source("WebAuthn Level 3 8.2"),
    create(
        "wa.create.attestation-packed-wrong-alg",
        "The self attestation is of another algorithm than the key.",
        WebauthnMutation::Attestation(
            "packed",
            &[0xA2, 0x63, b'a', b'l', b'g', 0x38, 0x22, 0x63, b's', b'i', b'g', 0x41, 0x00],
        ),
    )
    .source("WebAuthn Level 3 8.2, self attestation"),
    create(
        "wa.create.attestation-packed-wrong-signature",
        "The signature of the self attestation is of one byte.",
        WebauthnMutation::Attestation(
            "packed",
            &[0xA2, 0x63, b'a', b'l', b'g', 0x26, 0x63, b's', b'i', b'g', 0x41, 0x00],
        ),
    )
    .source("WebAuthn Level 3 8.2, self attestation"),
    create(
        "wa.create.attestation-u2f-empty",
        "The attestation is of U2F, and its statement is empty.",
        WebauthnMutation::Attestation("fido-u2f", NONE),
    )
    .source("WebAuthn Level 3 8.6"),
    create(
        "wa.create.cbor-four-members",
        "The attestation object says that it has four members, and has three.",
        WebauthnMutation::AttestationHead(&[0xA4]),
    )
    .source("RFC 8949 5.3.1"),
    create(
        "wa.create.cbor-two-members",
        "The attestation object says that it has two members, and has three.",
        WebauthnMutation::AttestationHead(&[0xA2]),
    )
    .source("RFC 8949 5.3.1"),
    create("wa.create.cbor-array", "The attestation object is an array.", WebauthnMutation::AttestationHead(&[0x83]))
        .source("WebAuthn Level 3 6.5.4"),
    create(
        "wa.create.cbor-cut",
        "The attestation object has lost its last bytes.",
        WebauthnMutation::AttestationCut(3),
    )
    .source("RFC 8949 5.3.1"),
    create(
        "wa.create.cbor-leftover",
        "Bytes follow the attestation object.",
        WebauthnMutation::AttestationLeftover(&[0, 0]),
    )
    .source("CTAP 2.1 8")
    .refuse(Reason::Ceremony, Severity::Low),
    create("wa.create.kind-other", "The credential is of another type.", WebauthnMutation::Kind("password"))
        .source("WebAuthn Level 3 5.1")
        .refuse(Reason::Ceremony, Severity::Low),
];
