//! What an identity provider can do wrong.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::de::{EnumAccess, Error as _, VariantAccess as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::{EnumIter, IntoEnumIterator as _, IntoStaticStr};

use crate::diagnostic::suggest;
use crate::{CaseId, IdpProtocol, UnknownCase};

/// One thing that an identity provider does wrong: with the signals, before the answer is signed; or with the rest of it, as
/// a case of the catalogue says, of which an answer has one at most, the last one. What is wrong with the key that signs it is
/// its `key-state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, JsonSchema, EnumIter, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Fault")]
#[strum(serialize_all = "kebab-case")]
pub enum Fault {
    /// Uses another entity id, in the assertion, or another issuer.
    IssuerOther,
    /// Names another service provider or client as the audience.
    AudienceOther,
    /// Names another assertion consumer service, or in an ID token another authorized party.
    RecipientOther,
    /// Answers a request that was never sent: in `InResponseTo` of the `Response`; in an ID token, by its `nonce`.
    RequestOther,
    /// Ends the validity an hour earlier, so that it is over.
    Expired,
    /// Begins the validity an hour later, so that it has not begun.
    NotYetValid,
    /// Says that the user signed in a day ago: `AuthnInstant`, `auth_time`.
    SignInStale,
    /// Leaves the signals out: the attribute, or the claim `amr`. The context stays.
    SignalsDropped,
    /// Sends the signals under another name: in the attribute or claim `authentication_methods`.
    SignalsInOtherName,
    /// Writes the name of the attribute or claim in capitals.
    SignalsInRecasedName,
    /// Sends the signals in UserInfo only.
    SignalsInUserInfo,
    /// Sends the signals in the access token only.
    SignalsInAccessToken,
    /// Sends the signals only in a part that no signature covers.
    SignalsUnsigned,
    /// Sends each value under a name of the identity provider's own: `acme_swk`.
    SignalsRenamed,
    /// Sends each value in capitals.
    SignalsRecased,
    /// Sends each value with a space before it and a line break after it.
    SignalsPadded,
    /// Sends all values as one, with commas between them.
    SignalsJoined,
    /// Sends each value twice.
    SignalsDuplicated,
    /// Sends the values as one string in place of an array; in SAML, as the text of a JSON array.
    SignalsAsText,
    /// Sends a number in place of each value: 1, 2 …
    SignalsAsNumbers,
    /// Sends a context that says the opposite of the other signals: only a password.
    SignalsContradicted,
    /// Sends the wrong answer of this case of the catalogue of attacks: `saml.sig.none`, `jose.none.lower` …
    #[schemars(untagged)]
    #[strum(disabled)]
    Attack(CaseId),
}

impl Fault {
    /// Whether the answers of this protocol have a place for it.
    pub fn has_place_in(self, protocol: IdpProtocol) -> bool {
        match self {
            Self::Attack(id) => id.is_of(protocol),
            Self::SignalsInUserInfo | Self::SignalsInAccessToken => protocol == IdpProtocol::Oidc,
            _ => true,
        }
    }

    /// Whether it changes what the answer says about how the user signed in, and nothing else.
    pub fn is_about_signals(self) -> bool {
        self.case(IdpProtocol::Saml).is_none()
    }

    /// The case of the catalogue that it is at an identity provider of this protocol; `None` if it is about signals. A name
    /// stands for one case of each protocol.
    pub fn case(self, protocol: IdpProtocol) -> Option<CaseId> {
        let (saml, oidc) = match self {
            Self::Attack(id) => return Some(id),
            Self::IssuerOther => ("saml.assertion.issuer-other", "oidc.iss-other"),
            Self::AudienceOther => ("saml.audience.other", "oidc.aud-other"),
            Self::RecipientOther => ("saml.confirmation.recipient-other", "oidc.azp-other"),
            Self::RequestOther => ("saml.resp.inresponseto-other", "oidc.nonce-other"),
            Self::Expired => ("saml.conditions.end-past", "oidc.exp-past"),
            Self::NotYetValid => ("saml.conditions.begin-future", "oidc.nbf-future"),
            Self::SignInStale => ("saml.statement.instant-old", "oidc.auth_time-old"),
            Self::SignalsDropped
            | Self::SignalsInOtherName
            | Self::SignalsInRecasedName
            | Self::SignalsInUserInfo
            | Self::SignalsInAccessToken
            | Self::SignalsUnsigned
            | Self::SignalsRenamed
            | Self::SignalsRecased
            | Self::SignalsPadded
            | Self::SignalsJoined
            | Self::SignalsDuplicated
            | Self::SignalsAsText
            | Self::SignalsAsNumbers
            | Self::SignalsContradicted => return None,
        };
        Some(CaseId::new(match protocol {
            IdpProtocol::Saml => saml,
            IdpProtocol::Oidc => oidc,
        }))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attack(id) => id.as_str(),
            named => named.into(),
        })
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(named) = Self::iter().find(|fault| <&'static str>::from(fault) == text) {
            return Ok(named);
        }
        if text.contains('.') {
            return Ok(Self::Attack(text.parse()?));
        }
        let near = suggest(text, Self::iter().map(<&'static str>::from));
        Err(UnknownFault::Name { text: text.to_owned(), near })
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads a word of the list `fault`, so that a reader of files can name the list.
impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("fault", NAMES.as_slice(), FaultVisitor)
    }
}

struct FaultVisitor;

impl<'de> Visitor<'de> for FaultVisitor {
    type Value = Fault;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a fault, or the id of a case")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, word: A) -> Result<Fault, A::Error> {
        let (Word(fault), variant) = word.variant()?;
        variant.unit_variant()?;
        Ok(fault)
    }
}

struct Word(Fault);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fault = text.parse().map_err(|error| match error {
            UnknownFault::Name { text, .. } => D::Error::unknown_variant(&text, NAMES.as_slice()),
            case @ UnknownFault::Case(_) => D::Error::custom(case),
        });
        fault.map(Self)
    }
}

/// A text that is neither the name of a fault nor a case of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownFault {
    /// No fault has this name.
    #[error("`{text}` is not a fault{}", near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default())]
    Name {
        /// What was read.
        text: String,
        /// The nearest name.
        near: Option<&'static str>,
    },
    /// No case has this id.
    #[error(transparent)]
    Case(#[from] UnknownCase),
}

/// The faults that are not attacks, for error messages.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| Fault::iter().map(Into::into).collect());

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::{Fault, NAMES};
    use crate::IdpProtocol;

    #[test]
    fn a_fault_is_read_by_its_name_or_by_the_id_of_its_case() {
        for text in NAMES.iter().copied().chain(["saml.sig.none"]) {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
            assert_eq!(fault.is_about_signals(), text.starts_with("signals-"), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_not_about_signals_is_a_case_of_each_protocol() {
        let mut named = 0;
        for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
            for fault in Fault::iter() {
                let Some(case) = fault.case(protocol) else { continue };
                assert_eq!(case.as_str().parse(), Ok(case), "{fault} is a case of the catalogue");
                assert!(case.is_of(protocol) && !case.is_of(protocol.other()), "{fault}: {case}");
                assert!(fault.has_place_in(protocol), "{fault}");
                named += 1;
            }
        }
        assert_eq!(named, 14);
    }

    #[test]
    fn a_case_has_a_place_where_its_protocol_is_spoken() {
        for (text, places) in [
            ("saml.sig.none", [true, false]),
            ("jose.none.lower", [false, true]),
            ("logout.nonce", [false, true]),
            ("wa.get.up-0", [false, false]),
            ("signals-in-user-info", [false, true]),
            ("expired", [true, true]),
        ] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!([IdpProtocol::Saml, IdpProtocol::Oidc].map(|one| fault.has_place_in(one)), places, "{text}");
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest_one() {
        let why = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert_eq!(why("expird"), "`expird` is not a fault: did you mean `expired`?");
        assert_eq!(
            why("saml.sig.nome"),
            "`saml.sig.nome` is not a case of the catalogue: did you mean `saml.sig.none`?"
        );
    }
}
