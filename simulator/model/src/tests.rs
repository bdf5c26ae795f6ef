use strum::IntoEnumIterator;

use super::*;

/// strum and serde must use the same words. Otherwise a word from a message could not be written in a file.
fn same_words<T>()
where
    T: IntoEnumIterator + serde::Serialize + std::fmt::Display + std::str::FromStr + PartialEq + std::fmt::Debug,
    <T as std::str::FromStr>::Err: std::fmt::Debug,
{
    for value in T::iter() {
        let word = value.to_string();
        assert_eq!(serde_json::to_value(&value).unwrap(), word.as_str());
        assert_eq!(word.parse::<T>().unwrap(), value);
    }
}

#[test]
fn a_word_is_printed_as_it_is_read() {
    same_words::<ActorKind>();
    same_words::<AuthenticatorFault>();
    same_words::<AuthenticatorKind>();
    same_words::<CallbackHost>();
    same_words::<ClientAuth>();
    same_words::<Component>();
    same_words::<Confidence>();
    same_words::<EnrolmentGate>();
    same_words::<GoodEnd>();
    same_words::<GrantType>();
    same_words::<HostKind>();
    same_words::<IdpProtocol>();
    same_words::<JweAlgorithm>();
    same_words::<JweEncryption>();
    same_words::<JwsAlgorithm>();
    same_words::<KeyAlgorithm>();
    same_words::<KeyState>();
    same_words::<LoginPage>();
    same_words::<MethodUsed>();
    same_words::<OnRequestedContext>();
    same_words::<OrgKind>();
    same_words::<OutcomeKind>();
    same_words::<PageName>();
    same_words::<PasskeyLoss>();
    same_words::<PasswordExpiry>();
    same_words::<ProductKind>();
    same_words::<ProductUserType>();
    same_words::<RelyingPartyAuth>();
    same_words::<ResponseType>();
    same_words::<SamlSigning>();
    same_words::<SignInRoute>();
    same_words::<SpEntityId>();
    same_words::<Strength>();
    same_words::<SubjectType>();
    same_words::<Survival>();
    same_words::<UserIdentity>();
    same_words::<UserType>();
    same_words::<Verdict>();
    same_words::<Waiver>();
}

#[test]
fn a_secret_shows_in_neither_debug_nor_json() {
    let secret = Secret::new("hunter2");

    assert!(!format!("{secret:?}").contains("hunter2"));
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"[redacted]\"");
}

#[test]
fn a_key_that_an_identity_provider_has_no_place_for_is_named() {
    let document = |text: &str| Some(IdpDocument::Text(text.to_owned()));
    let saml = || IdpSpec { metadata: document("<a/>"), ..IdpSpec::new(IdpProtocol::Saml) };
    let oidc = || IdpSpec { discovery: document("{}"), ..IdpSpec::new(IdpProtocol::Oidc) };
    let simulated = IdpSpec::new;
    let secret = || Some(Secret::new("of the org"));
    let attack = |id: &str| Fault::Attack(id.parse().unwrap());
    let with_attack = |id: &str| AnswerSpec { faults: vec![attack(id)], ..AnswerSpec::default() };
    let with_acr = || AnswerSpec { acr: Some("phr".to_owned()), ..AnswerSpec::default() };
    for (spec, key) in [
        (saml(), None),
        (oidc(), None),
        (simulated(IdpProtocol::Saml), None),
        (IdpSpec { metadata: document("<a/>"), ..simulated(IdpProtocol::Oidc) }, Some("metadata")),
        (IdpSpec { discovery: document("{}"), ..simulated(IdpProtocol::Saml) }, Some("discovery")),
        (IdpSpec { client_id: Some("org".to_owned()), ..saml() }, Some("client-id")),
        (IdpSpec { client_secret: secret(), ..saml() }, Some("client-secret")),
        (IdpSpec { client_secret: secret(), ..simulated(IdpProtocol::Oidc) }, Some("client-secret")),
        (IdpSpec { client_secret: secret(), ..oidc() }, None),
        (IdpSpec { callback: CallbackHost::Shared, ..saml() }, Some("callback")),
        (IdpSpec { entity_id: SpEntityId::Shared, ..oidc() }, Some("entity-id")),
        (IdpSpec { entity_id: SpEntityId::Shared, ..saml() }, None),
        (IdpSpec { just_in_time: true, ..oidc() }, Some("just-in-time")),
        (IdpSpec { amr: Some(Vec::new()), ..saml() }, Some("amr")),
        (IdpSpec { preset: Some("okta".to_owned()), ..oidc() }, Some("preset")),
        (IdpSpec { faults: vec![Fault::AudienceOther], ..saml() }, Some("faults")),
        (IdpSpec { faults: vec![Fault::SignalsInUserInfo], ..simulated(IdpProtocol::Saml) }, Some("faults")),
        (IdpSpec { faults: vec![Fault::SignalsInUserInfo], ..simulated(IdpProtocol::Oidc) }, None),
        (IdpSpec { faults: vec![attack("jose.none.lower")], ..simulated(IdpProtocol::Saml) }, Some("faults")),
        (IdpSpec { faults: vec![attack("jose.none.lower")], ..simulated(IdpProtocol::Oidc) }, None),
        (IdpSpec { faults: vec![attack("totp.replay")], ..simulated(IdpProtocol::Oidc) }, Some("faults")),
        (IdpSpec { next: vec![with_attack("saml.sig.none")], ..simulated(IdpProtocol::Oidc) }, Some("next")),
        (IdpSpec { next: vec![with_attack("saml.sig.none")], ..simulated(IdpProtocol::Saml) }, None),
        (IdpSpec { next: vec![AnswerSpec::default()], ..saml() }, Some("next")),
        (IdpSpec { next: vec![with_acr()], ..simulated(IdpProtocol::Saml) }, Some("next")),
        (IdpSpec { next: vec![with_acr()], ..simulated(IdpProtocol::Oidc) }, None),
        (
            IdpSpec { per_user: [("rep".to_owned(), with_acr())].into(), ..simulated(IdpProtocol::Saml) },
            Some("per-user"),
        ),
    ] {
        assert_eq!(spec.misplaced_key().map(|misplaced| misplaced.key), key, "{spec:?}");
    }
}

#[test]
fn an_answer_takes_what_it_leaves_open_from_the_one_below_it_and_signals_from_one_of_them() {
    let amr = |value: &str| Some(vec![value.to_owned()]);
    let below = AnswerSpec {
        amr: amr("pwd"),
        class_ref: Some("x".to_owned()),
        method: Some(MethodUsed::Sms),
        faults: vec![Fault::Expired],
        ..AnswerSpec::default()
    };
    let above = AnswerSpec { amr: amr("swk"), faults: vec![Fault::SignalsJoined], ..AnswerSpec::default() };

    let both = above.over(&below);
    let only_below = AnswerSpec { user: Some("rep".to_owned()), ..AnswerSpec::default() }.over(&below);

    assert_eq!((both.amr, both.class_ref, both.method), (amr("swk"), None, Some(MethodUsed::Sms)));
    assert_eq!(both.faults, [Fault::Expired, Fault::SignalsJoined]);
    assert_eq!(
        (only_below.amr, only_below.class_ref, only_below.user),
        (amr("pwd"), Some("x".to_owned()), Some("rep".to_owned()))
    );
}

#[test]
fn a_method_alone_leaves_the_signals_to_the_preset() {
    let okta = IdpSpec { preset: Some("okta".to_owned()), amr: Some(Vec::new()), ..IdpSpec::new(IdpProtocol::Saml) };
    let push = AnswerSpec { method: Some(MethodUsed::Push), ..AnswerSpec::default() };

    assert_eq!(push.applied_to(&okta).signals(), None);
    assert_eq!(AnswerSpec::default().applied_to(&okta).signals(), Some(Vec::new()));
}

#[test]
fn a_place_for_signals_is_written_as_it_is_read() {
    for text in [
        "id-token amr",
        "id-token amr-text",
        "id-token acr",
        "userinfo amr",
        "access-token amr",
        "class-ref",
        "attribute methods",
        "claim methods",
        "unsigned",
    ] {
        let place: Carriage = text.parse().unwrap();
        assert_eq!(place.to_string(), text);
    }
    assert_eq!("claim amr".parse(), Ok(Carriage(Carrier::IdTokenAmr)));
    assert!("claim".parse::<Carriage>().is_err());
}

#[test]
fn an_openid_provider_needs_what_it_gave_to_the_org() {
    let discovery = Some(IdpDocument::Text("{}".to_owned()));
    let spec = IdpSpec { discovery, ..IdpSpec::new(IdpProtocol::Oidc) };
    let named = IdpSpec { client_id: Some("org".to_owned()), ..spec.clone() };

    assert_eq!(spec.missing_key(), Some("client-id"));
    assert_eq!(named.missing_key(), Some("client-secret"));
    assert_eq!(IdpSpec { client_secret: Some(Secret::new("x")), ..named }.missing_key(), None);
    assert_eq!(IdpSpec::new(IdpProtocol::Oidc).missing_key(), None);
}

#[test]
fn a_key_of_a_user_that_a_product_has_no_place_for_is_named() {
    let typed = || ProductUserSpec::default().of_type(ProductUserType::Supplier);
    let with_app = || ProductUserSpec::default().app_password("sync");
    for (kind, user, key) in [
        (ProductKind::Crm, with_app(), None),
        (ProductKind::Crm, typed(), Some("user-type")),
        (ProductKind::VendorManagement, typed(), None),
        (ProductKind::VendorManagement, with_app(), Some("app-passwords")),
        (ProductKind::Integration, ProductUserSpec::default(), Some("password")),
    ] {
        let product = ProductSpec::new(kind).user("ann", user);

        assert_eq!(product.misplaced_key().map(|wrong| (wrong.user, wrong.key)), key.map(|key| ("ann", key)), "{kind}");
    }
    assert_eq!(ProductSpec::new(ProductKind::Integration).misplaced_key(), None);
}

/// RFC 9864 2.2 has another name for what clients have long called `EdDSA`.
#[test]
fn a_signature_by_ed25519_has_two_names_and_is_written_by_the_older() {
    for name in ["EdDSA", "Ed25519"] {
        assert_eq!(name.parse::<JwsAlgorithm>().unwrap(), JwsAlgorithm::EdDsa);
        assert_eq!(serde_json::from_value::<JwsAlgorithm>(name.into()).unwrap(), JwsAlgorithm::EdDsa);
    }
    assert_eq!(JwsAlgorithm::EdDsa.to_string(), "EdDSA");
    assert_eq!(<&'static str>::from(JwsAlgorithm::EdDsa), "EdDSA");
}
