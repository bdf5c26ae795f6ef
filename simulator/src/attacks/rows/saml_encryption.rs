//! `saml.enc.*`: answers of which a part is encrypted.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::{Damage, SamlMutation, Seal, Sealed, SentKey};
use vestibule_model::{ContentEncryption, KeyTransport, Weakness};

const fn what(id: &'static str, about: &'static str, sealed: Sealed) -> Case {
    row(Family::SamlEncryption, Protocol::Saml, id, about, Mutation::Saml(SamlMutation::Encrypted(sealed, Seal::GOOD)))
        .source("saml-core 2.3.4 and 6.2")
}

/// The signed assertion, encrypted in this way.
const fn how(id: &'static str, about: &'static str, seal: Seal) -> Case {
    row(
        Family::SamlEncryption,
        Protocol::Saml,
        id,
        about,
        Mutation::Saml(SamlMutation::Encrypted(Sealed::Assertion, seal)),
    )
    .source("W3C xmlenc-core1 5.2 and 5.5")
}

/// Only who has the key notices.
const fn unreadable(id: &'static str, about: &'static str, seal: Seal) -> Case {
    how(id, about, seal).refuse(Reason::Malformed, Severity::Medium)
}

/// A change of a text in CBC. What a receiver tells about it decrypts the text for whoever asks often enough.
const fn changed_in_cbc(id: &'static str, about: &'static str, damage: Damage) -> Case {
    unreadable(id, about, Seal { content: ContentEncryption::Aes128Cbc, damage, ..Seal::GOOD })
        .source("W3C xmlenc-core1 6; Jager and Somorovsky, How to Break XML Encryption (CCS 2011)")
        .fix("Refuse whatever cannot be decrypted, read or verified in one and the same way, and allow only GCM.")
}

const GOOD: Seal = Seal::GOOD;

pub(in crate::attacks) const ROWS: &[Case] = &[
    what("saml.enc.assertion", "The signed assertion is encrypted.", Sealed::Assertion),
    what("saml.enc.signed-around", "The assertion is encrypted, in a signed Response.", Sealed::InSignedResponse),
    what(
        "saml.enc.signed-both",
        "The signed assertion is encrypted, in a signed Response.",
        Sealed::SignedInSignedResponse,
    ),
    what("saml.enc.name", "The name is encrypted, in a signed assertion.", Sealed::Name)
        .source("saml-core 2.2.4 and 6.2"),
    what("saml.enc.attribute", "An attribute is encrypted, in a signed assertion.", Sealed::Attribute)
        .source("saml-core 2.7.3.2 and 6.2"),
    how(
        "saml.enc.cbc",
        "The content is encrypted by AES-256 in CBC.",
        Seal { content: ContentEncryption::Aes256Cbc, ..GOOD },
    ),
    how(
        "saml.enc.gcm-256",
        "The content is encrypted by AES-256 in GCM.",
        Seal { content: ContentEncryption::Aes256Gcm, ..GOOD },
    ),
    how(
        "saml.enc.oaep-sha256",
        "The key is encrypted by RSA-OAEP with SHA-256.",
        Seal { key: SentKey::Wrapped(KeyTransport::RsaOaep), ..GOOD },
    )
    .source("W3C xmlenc-core1 5.5.2"),
    how(
        "saml.enc.key-beside",
        "The EncryptedKey stands beside the EncryptedData.",
        Seal { key: SentKey::Beside, ..GOOD },
    )
    .source("saml-core 2.2.4"),
    how(
        "saml.enc.two-keys",
        "The key is there for another receiver, too.",
        Seal { key: SentKey::AfterAnother, ..GOOD },
    )
    .source("saml-core 2.2.4"),
    what("saml.enc.unsigned", "The assertion is encrypted, and nothing is signed.", Sealed::Unsigned)
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::AcceptUnsigned)
        .fix("Demand a signature inside or around what is encrypted: anybody can encrypt for you."),
    what("saml.enc.foreign", "A stranger signed the assertion before it was encrypted.", Sealed::ByStranger)
        .refuse(Reason::Key, Severity::Critical)
        .aims_at(Weakness::TrustKeyInfo),
    what("saml.enc.renamed", "The name was changed between signing and encrypting.", Sealed::Renamed)
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::SkipSignature),
    what(
        "saml.enc.swapped-assertion",
        "Another assertion is encrypted in place of that which the Response was signed with.",
        Sealed::Swapped,
    )
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature)
    .fix("Verify the signature around what is encrypted, and decrypt only what it covers."),
    what(
        "saml.enc.swapped-name",
        "Another name is encrypted in place of that which the assertion was signed with.",
        Sealed::SwappedName,
    )
    .source("saml-core 2.2.4 and 6.2")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature)
    .fix("Verify the signature of the assertion before you decrypt the name in it."),
    what(
        "saml.enc.after-plain",
        "A plain assertion that nobody signed stands before the encrypted one.",
        Sealed::AfterPlain,
    )
    .refuse(Reason::Malformed, Severity::Critical)
    .aims_at(Weakness::FirstAssertionWins),
    what(
        "saml.enc.before-plain",
        "A plain assertion that nobody signed stands after the encrypted one.",
        Sealed::BeforePlain,
    )
    .refuse(Reason::Malformed, Severity::Critical)
    .aims_at(Weakness::LastAssertionWins),
    what(
        "saml.enc.after-unsigned",
        "An encrypted assertion that nobody signed stands before the one that is signed.",
        Sealed::AfterUnsigned,
    )
    .refuse(Reason::Malformed, Severity::Critical)
    .aims_at(Weakness::FirstAssertionWins),
    what(
        "saml.enc.two-inside",
        "An assertion that nobody signed is encrypted together with the signed one.",
        Sealed::Two,
    )
    .refuse(Reason::Malformed, Severity::High),
    what(
        "saml.enc.other-inside",
        "What is encrypted is no assertion.",
        Sealed::Text("<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">x</saml:Issuer>"),
    )
    .refuse(Reason::Malformed, Severity::Medium),
    what("saml.enc.text-inside", "What is encrypted is a text.", Sealed::Text("signed in"))
        .refuse(Reason::Malformed, Severity::Medium),
    what("saml.enc.nothing-inside", "What is encrypted is empty.", Sealed::Text(""))
        .refuse(Reason::Malformed, Severity::Medium),
    unreadable(
        "saml.enc.other-key",
        "The key that is sent is that of another content.",
        Seal { key: SentKey::OfAnother, ..GOOD },
    ),
    unreadable("saml.enc.no-key", "There is no EncryptedKey.", Seal { key: SentKey::Missing, ..GOOD })
        .source("saml-core 2.2.4"),
    unreadable(
        "saml.enc.rsa-1.5",
        "The key is encrypted by RSA with PKCS #1 v1.5.",
        Seal { key: SentKey::Pkcs1, ..GOOD },
    )
    .source(
        "W3C xmlenc-core1 5.5.1 and 6; Jager, Schinzel and Somorovsky, Bleichenbacher's Attack Strikes Again (ESORICS 2012)",
    )
    .fix("Take keys by RSA-OAEP only."),
    unreadable(
        "saml.enc.gcm-as-cbc",
        "The content is said to be in CBC, and is in GCM.",
        Seal { announced: Some(ContentEncryption::Aes128Cbc), ..GOOD },
    )
    .source("W3C xmlenc-core1 6; Jager, Paterson and Somorovsky, One Bad Apple (NDSS 2013)")
    .fix("Allow only GCM, whatever the message says: one key in two modes gives it away."),
    unreadable(
        "saml.enc.key-too-short",
        "The key is shorter than the algorithm asks for.",
        Seal { announced: Some(ContentEncryption::Aes256Gcm), ..GOOD },
    ),
    unreadable(
        "saml.enc.gcm-changed",
        "A bit of the content in GCM has changed.",
        Seal { damage: Damage::Middle, ..GOOD },
    ),
    unreadable(
        "saml.enc.gcm-short-tag",
        "The tag of GCM has lost three quarters of its bytes.",
        Seal { damage: Damage::ShortTag, ..GOOD },
    ),
    changed_in_cbc("saml.enc.cbc-first", "A bit of the first block in CBC has changed.", Damage::First),
    changed_in_cbc("saml.enc.cbc-middle", "A bit of a block in CBC has changed.", Damage::Middle),
    changed_in_cbc("saml.enc.cbc-padding", "A bit of the last block in CBC has changed.", Damage::Last),
    unreadable(
        "saml.enc.cipher-reference",
        "The content is said to be at another address.",
        Seal { damage: Damage::Elsewhere("https://elsewhere.example/content"), ..GOOD },
    )
    .source("W3C xmlenc-core1 3.3.1; CWE-918")
    .refuse(Reason::Malformed, Severity::High)
    .fix("Read only what the message itself contains."),
];
