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

/// One thing that an identity provider does wrong. Each changes the answer before it is signed, except an attack, which may
/// change it anywhere; what is wrong with the key that signs it is its `key-state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, JsonSchema, EnumIter, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Fault")]
#[strum(serialize_all = "kebab-case")]
pub enum Fault {
    /// Uses another entity id or issuer.
    IssuerOther,
    /// Names another service provider or client as the audience.
    AudienceOther,
    /// Names another assertion consumer service, or in an ID token another authorized party.
    RecipientOther,
    /// Answers a request that was never sent; in an ID token, has a `nonce` that was never sent.
    RequestOther,
    /// Moves the validity period back by an hour, so that it is over.
    Expired,
    /// Moves the validity period forward by an hour, so that it has not begun.
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
    /// Whether the answers of this protocol have a place for it. Whether a case of the catalogue is of a protocol, says
    /// [`CaseId::is_of`].
    pub fn has_place_in(self, protocol: IdpProtocol) -> bool {
        protocol == IdpProtocol::Oidc || !matches!(self, Self::SignalsInUserInfo | Self::SignalsInAccessToken)
    }

    /// Whether it changes what the answer says about how the user signed in, and nothing else.
    pub fn is_about_signals(self) -> bool {
        match self {
            Self::IssuerOther
            | Self::AudienceOther
            | Self::RecipientOther
            | Self::RequestOther
            | Self::Expired
            | Self::NotYetValid
            | Self::SignInStale
            | Self::Attack(_) => false,
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
            | Self::SignalsContradicted => true,
        }
    }

    /// The case of the catalogue, if this is one.
    pub fn attack(self) -> Option<CaseId> {
        match self {
            Self::Attack(id) => Some(id),
            _ => None,
        }
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
    use super::{Fault, NAMES};

    #[test]
    fn a_fault_is_read_by_its_name_or_by_the_id_of_its_case() {
        for text in NAMES.iter().copied().chain(["saml.sig.none"]) {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
            assert_eq!(fault.attack().is_some(), text.contains('.'), "{text}");
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
