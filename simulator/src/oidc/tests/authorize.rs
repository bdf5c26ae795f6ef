//! Authorization requests and their answers.

use super::{CLIENT, ISSUER};
use crate::oidc::authorize::PageError;
use crate::oidc::{
    AuthorizationAnswer, AuthorizationError, AuthorizationRequest, CallbackError, ClaimsRequest, CodeChallenge,
    ErrorCode, Prompt, ProviderMetadata, Registration, ResponseMode, claimed,
};
use vestibule_model::ResponseType;

const REDIRECT: &str = "https://acme.my.salesforce.localhost:8443/services/authcallback/okta";

#[test]
fn a_request_that_the_rp_writes_is_read_unchanged() {
    let url = full().to_url(&format!("{ISSUER}/oidc/authorize"));
    let (_, query) = url.split_once('?').unwrap();
    assert_eq!(AuthorizationRequest::parse(query, &[registration()], ISSUER).unwrap(), full());
}

#[test]
fn parameters_that_nobody_asked_for_are_ignored() {
    let query = format!("{}&display=popup&ui_locales=de", query(&[]));
    assert!(AuthorizationRequest::parse(&query, &[registration()], ISSUER).is_ok());
}

#[test]
fn nothing_is_redirected_until_client_and_redirect_uri_are_known() {
    let evil = "https://evil.example/cb";
    let table = [
        (query(&[("client_id", "")]), PageError::ClientIdMissing, ErrorCode::InvalidRequest),
        (query(&[("client_id", "x")]), PageError::UnknownClient { client_id: "x".into() }, ErrorCode::InvalidClient),
        (query(&[("redirect_uri", "")]), PageError::RedirectUriMissing, ErrorCode::InvalidRequest),
        (query(&[("redirect_uri", evil)]), foreign(evil), ErrorCode::InvalidRequest),
        (
            query(&[("redirect_uri", &format!("{REDIRECT}/"))]),
            foreign(&format!("{REDIRECT}/")),
            ErrorCode::InvalidRequest,
        ),
        (
            format!("{}&redirect_uri={evil}", query(&[])),
            PageError::Repeated { name: "redirect_uri" },
            ErrorCode::InvalidRequest,
        ),
        (format!("{}&client_id=x", query(&[])), PageError::Repeated { name: "client_id" }, ErrorCode::InvalidRequest),
        (String::new(), PageError::ClientIdMissing, ErrorCode::InvalidRequest),
    ];
    for (query, expected, code) in table {
        let error = AuthorizationRequest::parse(&query, &[registration()], ISSUER).unwrap_err();
        assert_eq!(error, AuthorizationError::ShowPage(expected.clone()), "{query}");
        assert_eq!(expected.code(), code);
    }
}

#[test]
fn every_other_fault_goes_to_the_redirect_uri_with_the_code_of_the_specification() {
    let table: [(&[(&str, &str)], &str); 18] = [
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "none")], "unsupported_response_type"),
        (&[("response_type", "code code")], "unsupported_response_type"),
        (&[("claims", "[]")], "invalid_request"),
        (&[("claims", "{\"id_token\": 7}")], "invalid_request"),
        (&[("scope", "")], "invalid_scope"),
        (&[("scope", "profile email")], "invalid_scope"),
        (&[("scope", "openidx")], "invalid_scope"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "sometimes")], "invalid_request"),
        (&[("max_age", "-1")], "invalid_request"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("response_mode", "pigeon")], "invalid_request"),
        (&[("request", "eyJ")], "request_not_supported"),
        (&[("request_uri", "https://x.localhost/r")], "request_uri_not_supported"),
    ];
    for (changes, code) in table {
        let error = AuthorizationRequest::parse(&query(changes), &[registration()], ISSUER).unwrap_err();
        let AuthorizationError::Redirect { response, .. } = error else { panic!("{changes:?}: {error:?}") };
        let location = response.location().unwrap();
        let answer = location.strip_prefix(&format!("{REDIRECT}?")).expect("the answer goes to the redirect URI");
        let refused = AuthorizationAnswer::parse(answer, "af0ifjsldkj", &ProviderMetadata::new(ISSUER)).err().unwrap();
        assert!(matches!(&refused, CallbackError::Refused { error, .. } if error == code), "{changes:?}: {refused}");
    }
}

#[test]
fn a_repeated_parameter_is_refused_and_a_repeated_state_is_not_sent_back() {
    let text = format!("{}&scope=openid", query(&[]));
    let error = AuthorizationRequest::parse(&text, &[registration()], ISSUER).unwrap_err();
    assert_eq!(error.to_string(), "invalid_request: scope is given more than once");

    let text = format!("{}&state=other", query(&[]));
    let error = AuthorizationRequest::parse(&text, &[registration()], ISSUER).unwrap_err();
    let AuthorizationError::Redirect { response, .. } = error else { panic!("{error:?}") };
    assert!(response.fields.iter().all(|(name, _)| *name != "state"));
}

/// OAuth 2.0 Multiple Response Types 2.1 and 5, OpenID Connect Core 3.2.2.1.
#[test]
fn tokens_travel_in_the_fragment_never_in_the_query_and_an_id_token_needs_a_nonce() {
    for (response_type, mode) in [
        ("code", ResponseMode::Query),
        ("token", ResponseMode::Fragment),
        ("id_token", ResponseMode::Fragment),
        ("token id_token", ResponseMode::Fragment),
        ("id_token code", ResponseMode::Fragment),
        ("code token", ResponseMode::Fragment),
        ("code id_token token", ResponseMode::Fragment),
    ] {
        let with = |changes: &[(&str, &str)]| {
            let changes: Vec<_> = [("response_type", response_type)].iter().chain(changes).copied().collect();
            AuthorizationRequest::parse(&query(&changes), &[registration()], ISSUER)
        };
        let read = with(&[("nonce", "n")]).unwrap();
        assert_eq!(read.response_mode, mode, "{response_type}");
        assert_eq!(
            with(&[("nonce", "n"), ("response_mode", "form_post")]).unwrap().response_mode,
            ResponseMode::FormPost
        );

        let in_query = with(&[("nonce", "n"), ("response_mode", "query")]);
        assert_eq!(in_query.is_ok(), response_type == "code", "{response_type}");
        let signed = with(&[("nonce", "n"), ("response_mode", "jwt")]).unwrap().response_mode;
        assert_eq!((signed.is_jwt(), signed.is_query()), (true, response_type == "code"), "{response_type}");
        let without_nonce = with(&[]).is_err();
        assert_eq!(without_nonce, response_type.contains("id_token"), "{response_type}");
    }
}

#[test]
fn a_client_gets_only_the_response_types_that_it_is_registered_for() {
    let narrow = Registration { response_types: Some(vec![ResponseType::Code]), ..registration() };
    let parse =
        |changes: &[(&str, &str)]| AuthorizationRequest::parse(&query(changes), std::slice::from_ref(&narrow), ISSUER);

    assert!(parse(&[]).is_ok());
    let refused = parse(&[("response_type", "id_token"), ("nonce", "n")]).unwrap_err();
    let AuthorizationError::Redirect { code, response, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(code, ErrorCode::UnauthorizedClient);
    assert!(response.location().unwrap().contains("#error=unauthorized_client"));
}

#[test]
fn plain_pkce_is_read_only_where_it_is_allowed() {
    let plain = query(&[("code_challenge_method", "plain")]);
    let lax = Registration { allow_plain_pkce: true, ..registration() };

    let challenge =
        AuthorizationRequest::parse(&plain, std::slice::from_ref(&lax), ISSUER).unwrap().code_challenge.unwrap();
    let verifier = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    assert_eq!((challenge.method(), challenge.verify(Some(verifier))), ("plain", Ok(())));
    assert!(challenge.verify(Some(&verifier.replace('E', "F"))).is_err());
    let short = query(&[("code_challenge", "short"), ("code_challenge_method", "")]);
    assert!(AuthorizationRequest::parse(&short, &[lax], ISSUER).is_err());
    assert!(AuthorizationRequest::parse(&plain, &[registration()], ISSUER).is_err());
}

#[test]
fn pkce_may_be_left_out_only_where_the_registration_does_not_require_it() {
    let without = query(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let lax = Registration { pkce_required: false, ..registration() };
    assert_eq!(AuthorizationRequest::parse(&without, &[lax], ISSUER).unwrap().code_challenge, None);
    let error = AuthorizationRequest::parse(&without, &[registration()], ISSUER).unwrap_err();
    assert_eq!(error.to_string(), "invalid_request: code_challenge is missing: PKCE is required");
}

#[test]
fn a_request_is_checked_against_the_registration_of_its_own_client() {
    let theirs = "https://app.localhost:3000/callback";
    let app = Registration { client_id: "app".into(), redirect_uris: vec![theirs.into()], ..Registration::default() };
    let clients = [registration(), app];
    let parse = |changes: &[(&str, &str)]| AuthorizationRequest::parse(&query(changes), &clients, ISSUER);

    assert_eq!(parse(&[]).unwrap().client_id, CLIENT);
    let of_app =
        [("client_id", "app"), ("redirect_uri", theirs), ("code_challenge", ""), ("code_challenge_method", "")];
    assert_eq!(parse(&of_app).unwrap().redirect_uri, theirs);
    let crossed = parse(&[("client_id", "app")]).unwrap_err();
    assert_eq!(crossed, AuthorizationError::ShowPage(foreign(REDIRECT)), "the redirect URI of another client");
    let lax = parse(&[("code_challenge", ""), ("code_challenge_method", "")]).unwrap_err();
    assert_eq!(lax.to_string(), "invalid_request: code_challenge is missing: PKCE is required");
}

#[test]
fn a_request_claims_a_parameter_only_if_it_says_so_once() {
    assert_eq!(claimed(&query(&[]), "client_id").as_deref(), Some(CLIENT));
    assert_eq!(claimed(&query(&[("client_id", "")]), "client_id"), None);
    assert_eq!(claimed(&format!("{}&client_id=x", query(&[])), "client_id"), None);
    assert_eq!(claimed(&format!("{}&client_id=x", query(&[])), "redirect_uri").as_deref(), Some(REDIRECT));
}

#[test]
fn an_answer_travels_as_the_request_asks() {
    let answer = "code=c%2B1&state=af0ifjsldkj&iss=https%3A%2F%2Fokta.localhost%3A8443";
    let table = [
        ("query", Some(format!("{REDIRECT}?{answer}"))),
        ("fragment", Some(format!("{REDIRECT}#{answer}"))),
        ("form_post", None),
    ];
    for (mode, location) in table {
        let request =
            AuthorizationRequest::parse(&query(&[("response_mode", mode)]), &[registration()], ISSUER).unwrap();
        let response = request.answer(vec![("code", "c+1".to_owned())], ISSUER);
        assert_eq!(response.location(), location, "{mode}");
        if location.is_none() {
            let fields = ["code", "state", "iss"].into_iter().zip(["c+1", "af0ifjsldkj", ISSUER]);
            assert!(response.fields.iter().map(|(name, value)| (*name, value.as_str())).eq(fields), "{mode}");
        }
    }
}

#[test]
fn a_redirect_uri_with_a_query_keeps_it() {
    let uri = format!("{REDIRECT}?org=1");
    let registration = Registration { redirect_uris: vec![uri.clone()], ..registration() };
    let request = AuthorizationRequest::parse(&query(&[("redirect_uri", &uri)]), &[registration], ISSUER).unwrap();
    let response = request.answer(vec![("code", "c".to_owned())], ISSUER);
    assert!(response.location().unwrap().starts_with(&format!("{uri}&code=c&")));
}

#[test]
fn the_rp_believes_an_answer_only_with_its_own_state_and_issuer() {
    let named = ProviderMetadata::new(ISSUER);
    let silent = ProviderMetadata { authorization_response_iss_parameter_supported: false, ..named.clone() };
    let parse = |fields: &str| AuthorizationAnswer::parse(fields, "s", &silent).map(|answer| answer.code);
    let mix_up = CallbackError::IssuerMismatch { expected: ISSUER.into(), actual: "https://evil.localhost".into() };
    let denied = CallbackError::Refused { error: "access_denied".into(), description: Some("no".into()) };
    assert_eq!(parse("code=c&state=s"), Ok("c".to_owned()));
    assert_eq!(parse("code=c"), Err(CallbackError::StateMissing));
    assert_eq!(parse("code=c&state=t"), Err(CallbackError::StateMismatch));
    assert_eq!(parse("error=access_denied&state=t"), Err(CallbackError::StateMismatch));
    assert_eq!(parse("code=c&state=s&iss=https://evil.localhost"), Err(mix_up));
    assert_eq!(parse("error=access_denied&error_description=no&state=s"), Err(denied));
    assert_eq!(parse("state=s"), Err(CallbackError::CodeMissing));
    assert_eq!(parse("code=c&code=d&state=s"), Err(CallbackError::Repeated { name: "code".into() }));

    let parse = |fields: &str| AuthorizationAnswer::parse(fields, "s", &named).map(|answer| answer.code);
    let issuer = format!("iss={ISSUER}");
    for nameless in ["code=c&state=s", "error=access_denied&state=s", "code=c&state=s&iss="] {
        assert_eq!(parse(nameless), Err(CallbackError::IssuerMissing), "{nameless}");
    }
    assert_eq!(parse(&format!("code=c&state=s&{issuer}")), Ok("c".to_owned()));
    let twice = format!("code=c&state=s&{issuer}&{issuer}");
    assert_eq!(parse(&twice), Err(CallbackError::Repeated { name: "iss".into() }));
}

#[test]
fn debug_of_a_refusal_does_not_show_the_state() {
    let error = AuthorizationRequest::parse(&query(&[("scope", "x")]), &[registration()], ISSUER).unwrap_err();
    assert!(!format!("{error:?}").contains("af0ifjsldkj"));
}

fn registration() -> Registration {
    Registration {
        client_id: CLIENT.to_owned(),
        redirect_uris: vec![REDIRECT.to_owned()],
        pkce_required: true,
        ..Registration::default()
    }
}

fn foreign(redirect_uri: &str) -> PageError {
    PageError::ForeignRedirectUri { redirect_uri: redirect_uri.to_owned() }
}

/// A valid query with some parameters changed or, with an empty value, left out.
fn query(changes: &[(&str, &str)]) -> String {
    let valid = [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile"),
        ("state", "af0ifjsldkj"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    let kept = valid.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept.chain(changes.iter().filter(|(_, value)| !value.is_empty())))
        .finish()
}

fn full() -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: CLIENT.to_owned(),
        redirect_uri: REDIRECT.to_owned(),
        scope: "openid profile".to_owned(),
        state: Some("s & t".to_owned()),
        nonce: Some("n".to_owned()),
        code_challenge: Some(CodeChallenge::of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")),
        response_mode: ResponseMode::FormPost,
        prompt: vec![Prompt::Login, Prompt::SelectAccount],
        max_age: Some(0),
        login_hint: Some("rep@acme.example".to_owned()),
        acr_values: vec!["phr".to_owned(), "phrh".to_owned()],
        response_type: ResponseType::CodeIdToken,
        id_token_hint: Some("e30.e30.".to_owned()),
        claims: ClaimsRequest::parse(Some(r#"{"id_token":{"acr":{"essential":true,"value":"phr"}}}"#)).unwrap(),
        dpop_jkt: Some("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I".to_owned()),
    }
}
