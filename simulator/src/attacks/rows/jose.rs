//! `jose.*`: header, key and signature of the ID token.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::oidc::{ClaimEdit, HeaderEdit, Json, OidcMutation, Secret, Signer, TokenText};
use crate::attacks::row::row;
use vestibule_model::Weakness;

const fn jose(id: &'static str, about: &'static str, mutation: OidcMutation) -> Case {
    row(Family::Jose, Protocol::Oidc, id, about, Mutation::Oidc(mutation))
}

const fn signed(id: &'static str, about: &'static str, signer: Signer) -> Case {
    jose(id, about, OidcMutation::Signed(signer)).refuse(Reason::Signature, Severity::Critical)
}

const fn none(id: &'static str, about: &'static str, alg: &'static str) -> Case {
    signed(id, about, Signer::Nobody(alg)).source("RFC 8725 3.1 and 3.2").aims_at(Weakness::AcceptAlgNone)
}

const fn mac(id: &'static str, about: &'static str, secret: Secret) -> Case {
    signed(id, about, Signer::PublicKey(secret)).source("RFC 8725 2.1 and 3.1").aims_at(Weakness::AlgFromHeader)
}

const fn header(id: &'static str, about: &'static str, set: &'static [(&'static str, Json)]) -> Case {
    jose(id, about, OidcMutation::Header(HeaderEdit { set }))
}

const fn text(id: &'static str, about: &'static str, edit: TokenText) -> Case {
    jose(id, about, OidcMutation::Text(edit))
}

const MALFORMED: Reason = Reason::Malformed;
const KEY: Reason = Reason::Key;
const CRITICAL: Severity = Severity::Critical;
const MEDIUM: Severity = Severity::Medium;
const LOW: Severity = Severity::Low;

pub(in crate::attacks) const ROWS: &[Case] = &[
    none("jose.none.lower", "There is no signature, and alg is none.", "none"),
    none("jose.none.title", "There is no signature, and alg is None.", "None"),
    none("jose.none.upper", "There is no signature, and alg is NONE.", "NONE"),
    none("jose.none.mixed", "There is no signature, and alg is nOnE.", "nOnE"),
    mac("jose.rs-as-hs.pem", "The token is an HMAC whose secret is the public key in PEM.", Secret::Pem),
    mac(
        "jose.rs-as-hs.no-newline",
        "The token is an HMAC whose secret is the public key in PEM without its last line break.",
        Secret::PemWithoutNewline,
    ),
    mac("jose.rs-as-hs.der", "The token is an HMAC whose secret is the public key in DER.", Secret::Der),
    mac("jose.rs-as-hs.modulus", "The token is an HMAC whose secret is the modulus of the public key.", Secret::Jwk),
    signed("jose.blank-secret", "The token is an HMAC with an empty secret.", Signer::Known(""))
        .source("CVE-2019-20933")
        .aims_at(Weakness::AcceptBlankSecret),
    signed("jose.embedded-jwk", "A stranger signs, and the key is in the header.", Signer::EmbeddedKey)
        .source("RFC 8725 3.10; RFC 7515 4.1.3")
        .aims_at(Weakness::TrustEmbeddedKey),
    signed("jose.embedded-x5c", "A stranger signs, and the certificate is in the header.", Signer::EmbeddedCertificate)
        .source("RFC 8725 3.10; RFC 7515 4.1.6")
        .aims_at(Weakness::TrustEmbeddedKey),
    signed(
        "jose.jku-attacker",
        "A stranger signs, and the header says where the key is.",
        Signer::KeyUrl("https://elsewhere.example/jwks"),
    )
    .source("RFC 8725 3.10; RFC 7515 4.1.2")
    .aims_at(Weakness::SkipSignature),
    signed(
        "jose.x5u-attacker",
        "A stranger signs, and the header says where the certificate is.",
        Signer::CertificateUrl("https://elsewhere.example/x5u"),
    )
    .source("RFC 8725 3.10; RFC 7515 4.1.5")
    .aims_at(Weakness::SkipSignature),
    signed("jose.foreign", "A stranger signs under the kid of the provider.", Signer::Foreign)
        .source("OpenID Connect Core 3.1.3.7, 6")
        .aims_at(Weakness::SkipSignature),
    signed("jose.foreign-kid", "A stranger signs under a kid that the provider does not publish.", Signer::ForeignKid)
        .source("OpenID Connect Core 10.1")
        .refuse(KEY, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    signed("jose.kid-path", "The kid is a path.", Signer::StrangeKid("../../../../dev/null"))
        .source("RFC 8725 3.10")
        .refuse(KEY, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    signed("jose.kid-sql", "The kid ends a string in SQL.", Signer::StrangeKid("x' UNION SELECT 'secret"))
        .source("RFC 8725 3.10")
        .refuse(KEY, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    signed("jose.kid-command", "The kid is a command.", Signer::StrangeKid("x; id"))
        .source("RFC 8725 3.10")
        .refuse(KEY, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    signed("jose.kid-url", "The kid is a URL.", Signer::StrangeKid("https://elsewhere.example/key"))
        .source("RFC 8725 3.10")
        .refuse(KEY, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    signed("jose.kid-empty", "The kid is empty.", Signer::StrangeKid(""))
        .source("OpenID Connect Core 10.1")
        .refuse(KEY, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    signed("jose.kid-missing", "There is no kid, and the provider publishes two keys.", Signer::NoKid)
        .source("OpenID Connect Core 10.1")
        .refuse(KEY, LOW),
    signed("jose.rolled-over", "The provider signs with its other published key.", Signer::RolledOver)
        .source("OpenID Connect Core 10.1.1")
        .accept(),
    signed("jose.null-signature", "The signature is empty.", Signer::Empty)
        .source("CVE-2020-28042")
        .aims_at(Weakness::AcceptEmptySignature),
    signed("jose.psychic", "The algorithm is ES256, and both numbers of the signature are zero.", Signer::Zero)
        .source("SEC 1 4.1.4; RFC 7518 3.4")
        .refuse(KEY, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    signed("jose.rs512", "The provider signs with RS512, which it did not announce.", Signer::Rs512)
        .source("OpenID Connect Core 3.1.3.7, 7")
        .refuse(Reason::Signature, LOW),
    signed("jose.ps256", "The provider signs with PS256, which it did not announce.", Signer::Pss)
        .source("OpenID Connect Core 3.1.3.7, 7")
        .refuse(Reason::Signature, LOW),
    header(
        "jose.crit-unknown",
        "The header says that an unknown member must be understood.",
        &[("crit", Json::Texts(&["exp"])), ("exp", Json::Number(1))],
    )
    .source("RFC 7515 4.1.11")
    .refuse(MALFORMED, MEDIUM)
    .aims_at(Weakness::IgnoreCrit),
    header("jose.crit-empty", "The list of members that must be understood is empty.", &[("crit", Json::Texts(&[]))])
        .source("RFC 7515 4.1.11")
        .refuse(MALFORMED, LOW)
        .aims_at(Weakness::IgnoreCrit),
    header("jose.crit-null", "The list of members that must be understood is null.", &[("crit", Json::Null)])
        .source("RFC 7515 4.1.11")
        .refuse(MALFORMED, LOW),
    header(
        "jose.b64-false",
        "The header says that the payload is not in base64url.",
        &[("b64", Json::False), ("crit", Json::Texts(&["b64"]))],
    )
    .source("RFC 7797 3 and 6")
    .refuse(MALFORMED, MEDIUM)
    .aims_at(Weakness::IgnoreCrit),
    header("jose.typ-access-token", "The type is that of an access token.", &[("typ", Json::Text("at+jwt"))])
        .source("RFC 8725 3.11; RFC 9068 2.1")
        .refuse(MALFORMED, Severity::High)
        .aims_at(Weakness::IgnoreTyp),
    header("jose.typ-logout-token", "The type is that of a logout token.", &[("typ", Json::Text("logout+jwt"))])
        .source("RFC 8725 3.11; OpenID Connect Back-Channel Logout 2.4")
        .refuse(MALFORMED, Severity::High)
        .aims_at(Weakness::IgnoreTyp),
    header("jose.typ-missing", "The header has no type.", &[("typ", Json::Absent)]).source("RFC 7519 5.1"),
    header("jose.typ-case", "The type is in lower case.", &[("typ", Json::Text("jwt"))])
        .source("RFC 7519 5.1; RFC 7515 4.1.9"),
    header("jose.alg-missing", "The header has no alg.", &[("alg", Json::Absent)])
        .source("RFC 7515 4.1.1")
        .refuse(MALFORMED, MEDIUM),
    header("jose.alg-case", "The alg is in lower case.", &[("alg", Json::Text("rs256"))])
        .source("RFC 7515 4.1.1")
        .refuse(Reason::Signature, LOW),
    header("jose.alg-unknown", "The alg is unknown.", &[("alg", Json::Text("XX256"))])
        .source("RFC 7515 4.1.1")
        .refuse(Reason::Signature, LOW),
    header("jose.alg-array", "The alg is an array.", &[("alg", Json::Texts(&["RS256", "none"]))])
        .source("RFC 7515 4.1.1")
        .refuse(MALFORMED, MEDIUM),
    header("jose.kid-null", "The kid is null.", &[("kid", Json::Null)]).source("RFC 7515 4.1.4").refuse(MALFORMED, LOW),
    header("jose.kid-number", "The kid is a number.", &[("kid", Json::Number(1))])
        .source("RFC 7515 4.1.4")
        .refuse(MALFORMED, LOW),
    header("jose.unknown-member", "The header has an unknown member.", &[("foo", Json::Text("bar"))])
        .source("RFC 7515 4.2"),
    header("jose.zip", "The header says that a signed token is compressed.", &[("zip", Json::Text("DEF"))])
        .source("RFC 7516 4.1.3; RFC 7515 4"),
    text("jose.tampered-subject", "The subject was changed after the token was signed.", TokenText::OtherSubject)
        .source("RFC 7515 5.2")
        .refuse(Reason::Signature, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    text("jose.tampered-signals", "The amr was changed after the token was signed.", TokenText::OtherSignals)
        .source("RFC 7515 5.2")
        .refuse(Reason::Signature, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    text("jose.truncated", "The signature has lost its last characters.", TokenText::Truncated)
        .source("RFC 7515 5.2")
        .refuse(Reason::Signature, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    text("jose.zeros", "The signature is all zeros.", TokenText::Zeros)
        .source("RFC 8017 8.2.2")
        .refuse(Reason::Signature, CRITICAL)
        .aims_at(Weakness::SkipSignature),
    text("jose.two-parts", "The token has neither a signature nor the dot before it.", TokenText::TwoParts)
        .source("RFC 7515 7.1")
        .refuse(MALFORMED, MEDIUM),
    text("jose.four-parts", "The token has four parts.", TokenText::FourParts)
        .source("RFC 7515 7.1")
        .refuse(MALFORMED, LOW),
    text("jose.five-parts", "The token has five parts, like an encrypted one.", TokenText::FiveParts)
        .source("RFC 7516 7.1")
        .refuse(MALFORMED, LOW),
    text("jose.garbage", "The signature has a character that is not in base64url.", TokenText::Garbage)
        .source("RFC 7515 2")
        .refuse(Reason::Signature, LOW),
    text("jose.padded", "The signature has padding.", TokenText::Padded)
        .source("RFC 7515 2")
        .refuse(Reason::Signature, LOW),
    text("jose.blank", "A space precedes the token.", TokenText::Blank).source("RFC 7515 7.1").refuse(MALFORMED, LOW),
    text("jose.flattened", "The token is in JSON.", TokenText::Flattened)
        .source("OpenID Connect Core 2; RFC 7515 7.2.2")
        .refuse(MALFORMED, MEDIUM),
    text("jose.empty", "The token is empty.", TokenText::Text("")).source("RFC 7515 7.1").refuse(MALFORMED, LOW),
    text("jose.points", "The token is two dots.", TokenText::Text("..")).source("RFC 7515 7.1").refuse(MALFORMED, LOW),
    text("jose.huge-signature", "The signature has a hundred thousand characters.", TokenText::LongSignature(100_000))
        .source("CWE-770")
        .refuse(MALFORMED, MEDIUM),
    jose(
        "jose.huge-token",
        "A claim has a hundred thousand characters.",
        OidcMutation::Claims(ClaimEdit::Long(100_000)),
    )
    .source("CWE-770")
    .refuse(MALFORMED, MEDIUM),
    jose(
        "jose.dup-json-keys",
        "The subject appears twice, with another value last.",
        OidcMutation::Claims(ClaimEdit::Repeat("sub", "somebody-else")),
    )
    .source("RFC 7519 4; RFC 8725 3")
    .refuse(MALFORMED, Severity::High),
    jose(
        "jose.dup-nonce",
        "The nonce appears twice, with another value last.",
        OidcMutation::Claims(ClaimEdit::Repeat("nonce", "never-sent")),
    )
    .source("RFC 7519 4")
    .refuse(MALFORMED, MEDIUM),
];
