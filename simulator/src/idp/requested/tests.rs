use super::*;

const WANTED: &str = "urn:example:strong";

#[test]
fn a_requested_context_is_ignored_honoured_or_refused() {
    let other = Some("urn:example:weak");
    let rows = [
        (OnRequestedContext::Ignore, None, Some(None)),
        (OnRequestedContext::Ignore, other, Some(other)),
        (OnRequestedContext::Honour, None, Some(Some(WANTED))),
        (OnRequestedContext::Honour, other, Some(Some(WANTED))),
        (OnRequestedContext::Honour, Some("urn:example:second"), Some(Some("urn:example:second"))),
        (OnRequestedContext::Refuse, None, None),
        (OnRequestedContext::Refuse, other, None),
        (OnRequestedContext::Refuse, Some(WANTED), Some(Some(WANTED))),
    ];
    let carriers = [(IdpProtocol::Saml, Carrier::AuthnContextClassRef), (IdpProtocol::Oidc, Carrier::IdTokenAcr)];
    for (on_requested_context, said, expected) in rows {
        for (protocol, carrier) in &carriers {
            let spec = IdpSpec { on_requested_context, ..IdpSpec::new(*protocol) };
            let signals = said.map(|value| Signal::new(value, carrier.clone())).into_iter().collect();

            let answer = answered(&spec, &[WANTED.to_owned(), "urn:example:second".to_owned()], signals);

            let expected: Option<Vec<_>> =
                expected.map(|value| value.map(|value| Signal::new(value, carrier.clone())).into_iter().collect());
            assert_eq!(answer, expected, "{on_requested_context:?} {said:?} {protocol:?}");
        }
    }
}

#[test]
fn without_a_request_nothing_is_changed_or_refused() {
    let spec = IdpSpec { on_requested_context: OnRequestedContext::Refuse, ..IdpSpec::new(IdpProtocol::Saml) };

    assert_eq!(answered(&spec, &[], Vec::new()), Some(Vec::new()));
}
