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
fn a_requested_context_is_downgraded_or_contradicted_even_where_it_could_be_met() {
    let values = [WANTED.to_owned()];
    let requested = Some(Requested { values: &values, comparison: Comparison::Exact });
    for (protocol, carrier, weak) in [
        (IdpProtocol::Saml, Carrier::AuthnContextClassRef, class_ref::PASSWORD),
        (IdpProtocol::Oidc, Carrier::IdTokenAcr, "0"),
    ] {
        let spec = |on_requested_context| IdpSpec { on_requested_context, ..IdpSpec::new(protocol) };
        let amr = |value: &str| Signal::new(value, spec(OnRequestedContext::Ignore).carrier());
        let said = vec![Signal::new(WANTED, carrier.clone()), amr("hwk")];

        let downgraded = answered(&spec(OnRequestedContext::Downgrade), requested, said.clone());
        let contradicted = answered(&spec(OnRequestedContext::Contradict), requested, said);

        assert_eq!(downgraded, Some(vec![Signal::new(weak, carrier.clone()), amr("hwk")]));
        assert_eq!(contradicted, Some(vec![Signal::new(WANTED, carrier), amr("pwd")]));
    }
}

#[test]
fn a_downgrade_never_names_what_was_asked_for() {
    for (protocol, weak) in [(IdpProtocol::Saml, class_ref::PASSWORD), (IdpProtocol::Oidc, "0")] {
        let values = [weak.to_owned()];
        let requested = Some(Requested { values: &values, comparison: Comparison::Exact });
        let spec = IdpSpec { on_requested_context: OnRequestedContext::Downgrade, ..IdpSpec::new(protocol) };

        let answer = answered(&spec, requested, Vec::new()).unwrap();

        assert!(answer.iter().all(|signal| signal.value != weak), "{answer:?}");
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

const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
const PROTECTED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
const X509: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
const SMARTCARD_PKI: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI";

#[test]
fn contexts_are_compared_by_their_order() {
    use Comparison::{Better, Exact, Maximum, Minimum};
    let said = |value: &str| vec![Signal::new(value, Carrier::AuthnContextClassRef)];
    /// Comparison, what is requested, what the sign-in was, whether that meets it, and what is answered.
    type Row = (Comparison, &'static [&'static str], &'static str, bool, Option<&'static str>);
    let table: [Row; 16] = [
        (Exact, &[PROTECTED], PROTECTED, true, Some(PROTECTED)),
        (Exact, &[PASSWORD], PROTECTED, false, Some(PASSWORD)),
        (Minimum, &[PASSWORD], PROTECTED, true, Some(PROTECTED)),
        (Minimum, &[PROTECTED], PASSWORD, false, Some(PROTECTED)),
        (Minimum, &[X509, PASSWORD], PROTECTED, true, Some(PROTECTED)),
        (Minimum, &[PASSWORD], WANTED, false, Some(PASSWORD)),
        (Minimum, &[WANTED], X509, false, Some(WANTED)),
        (Maximum, &[PROTECTED], PASSWORD, true, Some(PASSWORD)),
        (Maximum, &[PROTECTED], X509, false, Some(PROTECTED)),
        (Maximum, &[PASSWORD, X509], PROTECTED, true, Some(PROTECTED)),
        (Better, &[PASSWORD], PASSWORD, false, Some(PROTECTED)),
        (Better, &[PASSWORD], X509, true, Some(X509)),
        (Better, &[PASSWORD, X509], PROTECTED, false, Some("urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard")),
        (Better, &[SMARTCARD_PKI], SMARTCARD_PKI, false, None),
        (Better, &[WANTED], X509, false, None),
        (Better, &[], X509, false, None),
    ];
    for (comparison, values, value, met, honoured) in table {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let requested = Some(Requested { values: &values, comparison });
        let spec = |on_requested_context| IdpSpec { on_requested_context, ..IdpSpec::new(IdpProtocol::Saml) };

        let refusing = answered(&spec(OnRequestedContext::Refuse), requested, said(value));
        let honouring = answered(&spec(OnRequestedContext::Honour), requested, said(value));

        assert_eq!(refusing, met.then(|| said(value)), "{comparison:?} {values:?} {value}");
        assert_eq!(honouring, honoured.map(said), "{comparison:?} {values:?} {value}");
    }
}

#[test]
fn an_identity_provider_may_have_an_order_of_its_own() {
    let values = ["urn:b".to_owned()];
    let requested = |comparison| Some(Requested { values: &values, comparison });
    let said = |value: &str| vec![Signal::new(value, Carrier::AuthnContextClassRef)];
    let spec = IdpSpec {
        on_requested_context: OnRequestedContext::Refuse,
        context_order: ["urn:a", "urn:b", "urn:c"].map(str::to_owned).to_vec(),
        ..IdpSpec::new(IdpProtocol::Saml)
    };

    for (comparison, weaker, stronger) in
        [(Comparison::Minimum, false, true), (Comparison::Maximum, true, false), (Comparison::Better, false, true)]
    {
        assert_eq!(answered(&spec, requested(comparison), said("urn:a")).is_some(), weaker, "{comparison:?}");
        assert_eq!(answered(&spec, requested(comparison), said("urn:c")).is_some(), stronger, "{comparison:?}");
        assert!(answered(&spec, requested(comparison), said(X509)).is_none(), "{comparison:?}: it is in no order");
    }
}
