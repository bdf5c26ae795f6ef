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

            let values = [WANTED.to_owned(), "urn:example:second".to_owned()];

            let answer = answered(&spec, Some(Requested { values: &values, comparison: Comparison::Exact }), signals);

            let expected: Option<Vec<_>> =
                expected.map(|value| value.map(|value| Signal::new(value, carrier.clone())).into_iter().collect());
            assert_eq!(answer, expected, "{on_requested_context:?} {said:?} {protocol:?}");
        }
    }
}

#[test]
fn without_a_request_nothing_is_changed_or_refused() {
    let spec = IdpSpec { on_requested_context: OnRequestedContext::Refuse, ..IdpSpec::new(IdpProtocol::Saml) };

    assert_eq!(answered(&spec, None, Vec::new()), Some(Vec::new()));
    assert!(Requested::by_acr_values(&[]).is_none());
}

#[test]
fn a_comparison_is_met_only_by_what_surely_meets_it() {
    let table = [
        (Comparison::Exact, WANTED, Some(WANTED)),
        (Comparison::Minimum, WANTED, Some(WANTED)),
        (Comparison::Maximum, WANTED, Some(WANTED)),
        (Comparison::Better, WANTED, None),
        (Comparison::Exact, "urn:example:other", None),
        (Comparison::Minimum, "urn:example:other", None),
        (Comparison::Maximum, "urn:example:other", None),
        (Comparison::Better, "urn:example:other", None),
    ];
    let values = [WANTED.to_owned()];
    let said = |value: &str| vec![Signal::new(value, Carrier::AuthnContextClassRef)];
    for (comparison, value, expected) in table {
        let requested = Some(Requested { values: &values, comparison });
        let spec = |on_requested_context| IdpSpec { on_requested_context, ..IdpSpec::new(IdpProtocol::Saml) };

        let refusing = answered(&spec(OnRequestedContext::Refuse), requested, said(value));
        let honouring = answered(&spec(OnRequestedContext::Honour), requested, said(value));
        let ignoring = answered(&spec(OnRequestedContext::Ignore), requested, said(value));

        assert_eq!(refusing, expected.map(said), "{comparison:?} {value}");
        assert_eq!(honouring, (comparison != Comparison::Better).then(|| said(WANTED)), "{comparison:?} {value}");
        assert_eq!(ignoring, Some(said(value)), "{comparison:?} {value}");
    }
    let declaration = Some(Requested { values: &[], comparison: Comparison::Exact });
    let spec = IdpSpec { on_requested_context: OnRequestedContext::Honour, ..IdpSpec::new(IdpProtocol::Saml) };
    assert_eq!(answered(&spec, declaration, said(WANTED)), None);
}
