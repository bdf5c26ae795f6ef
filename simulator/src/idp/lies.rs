//! Changes what an identity provider says about how a user signed in, before it becomes a message.

use serde_json::Value;

use crate::realm::IdpProtocol;
use crate::saml::class_ref;
use vestibule_model::{Carrier, Fault, Signal};

/// The signals as an identity provider with these faults sends them.
pub(super) fn told<'a>(
    faults: impl IntoIterator<Item = &'a Fault>,
    protocol: IdpProtocol,
    mut signals: Vec<Signal>,
) -> Vec<Signal> {
    for fault in faults.into_iter().filter(|fault| fault.is_about_signals()) {
        let (mut contexts, mut methods): (Vec<_>, Vec<_>) = signals.into_iter().partition(is_context);
        if *fault == Fault::SignalsContradicted {
            contexts = vec![only_a_password(protocol)];
        } else {
            methods = bent(*fault, protocol, methods);
        }
        // The order of the message.
        signals = match protocol {
            IdpProtocol::Saml => [contexts, methods].concat(),
            IdpProtocol::Oidc => [methods, contexts].concat(),
        };
    }
    signals
}

/// The context that stands for a password and nothing else.
pub(super) fn only_a_password(protocol: IdpProtocol) -> Signal {
    let carrier = match protocol {
        IdpProtocol::Saml => Carrier::AuthnContextClassRef,
        IdpProtocol::Oidc => Carrier::IdTokenAcr,
    };
    Signal::new(class_ref::PASSWORD, carrier)
}

fn is_context(signal: &Signal) -> bool {
    matches!(signal.carrier, Carrier::AuthnContextClassRef | Carrier::IdTokenAcr)
}

fn bent(fault: Fault, protocol: IdpProtocol, methods: Vec<Signal>) -> Vec<Signal> {
    match fault {
        Fault::SignalsDropped => Vec::new(),
        Fault::SignalsInOtherName => moved(methods, |_| named(protocol, OTHER_NAME)),
        Fault::SignalsInRecasedName => moved(methods, |carrier| match carrier {
            Carrier::SamlAttribute(name) => Carrier::SamlAttribute(name.to_uppercase()),
            Carrier::IdTokenClaim(name) => Carrier::IdTokenClaim(name.to_uppercase()),
            Carrier::IdTokenAmr => Carrier::IdTokenClaim("AMR".to_owned()),
            other => other.clone(),
        }),
        Fault::SignalsInUserInfo => moved(methods, |_| Carrier::UserInfo),
        Fault::SignalsInAccessToken => moved(methods, |_| Carrier::AccessToken),
        Fault::SignalsUnsigned => moved(methods, |_| Carrier::Unsigned),
        Fault::SignalsRenamed => said(methods, renamed),
        Fault::SignalsRecased => said(methods, str::to_uppercase),
        Fault::SignalsPadded => said(methods, |value| format!(" {value}\n")),
        Fault::SignalsJoined => by_carrier(methods, |carrier, values| (carrier, values.join(","))),
        Fault::SignalsDuplicated => methods.into_iter().flat_map(|signal| [signal.clone(), signal]).collect(),
        Fault::SignalsAsText => by_carrier(methods, |carrier, values| match carrier {
            Carrier::IdTokenAmr => (Carrier::IdTokenAmrText, values.join(" ")),
            other => (other, Value::from(values).to_string()),
        }),
        Fault::SignalsAsNumbers => (1..).zip(methods).map(|(number, signal)| numbered(number, signal)).collect(),
        Fault::SignalsContradicted
        | Fault::IssuerOther
        | Fault::AudienceOther
        | Fault::RecipientOther
        | Fault::RequestOther
        | Fault::Expired
        | Fault::NotYetValid
        | Fault::SignInStale
        | Fault::Attack(_) => methods,
    }
}

fn moved(methods: Vec<Signal>, to: impl Fn(&Carrier) -> Carrier) -> Vec<Signal> {
    methods.into_iter().map(|signal| Signal { carrier: to(&signal.carrier), ..signal }).collect()
}

fn said(methods: Vec<Signal>, how: impl Fn(&str) -> String) -> Vec<Signal> {
    methods.into_iter().map(|signal| Signal { value: how(&signal.value), ..signal }).collect()
}

/// One signal for all values of each carrier.
fn by_carrier(methods: Vec<Signal>, joined: impl Fn(Carrier, Vec<String>) -> (Carrier, String)) -> Vec<Signal> {
    let mut places: Vec<(Carrier, Vec<String>)> = Vec::new();
    for Signal { value, carrier } in methods {
        match places.iter_mut().find(|(known, _)| *known == carrier) {
            Some((_, values)) => values.push(value),
            None => places.push((carrier, vec![value])),
        }
    }
    let joined = places.into_iter().map(|(carrier, values)| joined(carrier, values));
    joined.map(|(carrier, value)| Signal { value, carrier }).collect()
}

fn named(protocol: IdpProtocol, name: &str) -> Carrier {
    match protocol {
        IdpProtocol::Saml => Carrier::SamlAttribute(name.to_owned()),
        IdpProtocol::Oidc => Carrier::IdTokenClaim(name.to_owned()),
    }
}

/// A name of the identity provider's own: the org compares the last segment.
fn renamed(value: &str) -> String {
    let start = value.rfind(['/', ':']).map_or(0, |at| at + 1);
    format!("{}acme_{}", &value[..start], &value[start..])
}

fn numbered(number: u64, signal: Signal) -> Signal {
    let carrier = match signal.carrier {
        Carrier::IdTokenAmr => Carrier::IdTokenAmrText,
        other => other,
    };
    Signal::new(number.to_string(), carrier)
}

/// A name for methods that no party looks for.
const OTHER_NAME: &str = "authentication_methods";

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    const CLASS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
    const MULTIPLE: &str = "http://schemas.microsoft.com/claims/multipleauthn";

    fn amr() -> Carrier {
        Carrier::SamlAttribute("amr".to_owned())
    }

    fn saml() -> Vec<Signal> {
        let class = Signal::new(CLASS, Carrier::AuthnContextClassRef);
        vec![class, Signal::new("pwd", amr()), Signal::new(MULTIPLE, amr())]
    }

    fn oidc() -> Vec<Signal> {
        let methods = ["pwd", "swk"].map(|value| Signal::new(value, Carrier::IdTokenAmr));
        methods.into_iter().chain([Signal::new("phr", Carrier::IdTokenAcr)]).collect()
    }

    /// Values with where they are carried.
    type Carried = Vec<(String, Carrier)>;

    /// The methods after a fault, in SAML and in OpenID Connect.
    fn bent_by(fault: Fault) -> (Carried, Carried) {
        let methods = |signals: Vec<Signal>| {
            signals
                .into_iter()
                .filter(|signal| !is_context(signal))
                .map(|signal| (signal.value, signal.carrier))
                .collect()
        };
        (methods(told(&[fault], IdpProtocol::Saml, saml())), methods(told(&[fault], IdpProtocol::Oidc, oidc())))
    }

    #[test]
    fn each_lie_changes_exactly_what_it_is_about() {
        let in_saml = |values: &[&str], carrier: Carrier| -> Vec<(String, Carrier)> {
            values.iter().map(|value| ((*value).to_owned(), carrier.clone())).collect()
        };
        let (array, text) = (Carrier::IdTokenAmr, Carrier::IdTokenAmrText);
        let claim = |name: &str| Carrier::IdTokenClaim(name.to_owned());
        let attribute = |name: &str| Carrier::SamlAttribute(name.to_owned());
        let own = "http://schemas.microsoft.com/claims/acme_multipleauthn";
        let capitals = MULTIPLE.to_uppercase();
        let padded = format!(" {MULTIPLE}\n");
        let joined = format!("pwd,{MULTIPLE}");
        let json = format!("[\"pwd\",\"{MULTIPLE}\"]");
        let (other, both, plain) = (OTHER_NAME, ["pwd", MULTIPLE], ["pwd", "swk"]);
        for (fault, saml, oidc) in [
            (Fault::SignalsDropped, Vec::new(), Vec::new()),
            (Fault::SignalsInOtherName, in_saml(&both, attribute(other)), in_saml(&plain, claim(other))),
            (Fault::SignalsInRecasedName, in_saml(&both, attribute("AMR")), in_saml(&plain, claim("AMR"))),
            (Fault::SignalsInUserInfo, in_saml(&both, Carrier::UserInfo), in_saml(&plain, Carrier::UserInfo)),
            (Fault::SignalsInAccessToken, in_saml(&both, Carrier::AccessToken), in_saml(&plain, Carrier::AccessToken)),
            (Fault::SignalsUnsigned, in_saml(&both, Carrier::Unsigned), in_saml(&plain, Carrier::Unsigned)),
            (
                Fault::SignalsRenamed,
                in_saml(&["acme_pwd", own], amr()),
                in_saml(&["acme_pwd", "acme_swk"], array.clone()),
            ),
            (Fault::SignalsRecased, in_saml(&["PWD", &capitals], amr()), in_saml(&["PWD", "SWK"], array.clone())),
            (Fault::SignalsPadded, in_saml(&[" pwd\n", &padded], amr()), in_saml(&[" pwd\n", " swk\n"], array.clone())),
            (Fault::SignalsJoined, in_saml(&[&joined], amr()), in_saml(&["pwd,swk"], array.clone())),
            (
                Fault::SignalsDuplicated,
                in_saml(&["pwd", "pwd", MULTIPLE, MULTIPLE], amr()),
                in_saml(&["pwd", "pwd", "swk", "swk"], array),
            ),
            (Fault::SignalsAsText, in_saml(&[&json], amr()), in_saml(&["pwd swk"], text.clone())),
            (Fault::SignalsAsNumbers, in_saml(&["1", "2"], amr()), in_saml(&["1", "2"], text)),
        ] {
            assert_eq!(bent_by(fault), (saml, oidc), "{fault}");
        }
    }

    #[test]
    fn a_contradiction_changes_the_context_and_no_lie_changes_both() {
        let contexts = |signals: Vec<Signal>| signals.into_iter().filter(is_context).collect::<Vec<_>>();
        for fault in Fault::iter() {
            for (protocol, signals) in [(IdpProtocol::Saml, saml()), (IdpProtocol::Oidc, oidc())] {
                let after = told(&[fault], protocol, signals.clone());

                if fault == Fault::SignalsContradicted {
                    assert_eq!(contexts(after), [only_a_password(protocol)]);
                } else {
                    assert_eq!(contexts(after.clone()), contexts(signals.clone()), "{fault}");
                    assert_eq!(after == signals, !fault.is_about_signals(), "{fault}");
                }
            }
        }
    }

    #[test]
    fn several_lies_are_told_in_order() {
        let faults = [Fault::SignalsRecased, Fault::SignalsJoined];

        let signals = told(&faults, IdpProtocol::Oidc, oidc());

        assert_eq!(signals[0], Signal::new("PWD,SWK", Carrier::IdTokenAmr));
    }
}
