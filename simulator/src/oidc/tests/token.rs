//! Token requests and responses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_model::Secret;

use crate::oidc::{
    ClientAuthentication, ErrorCode, TokenError, TokenExchange, TokenGrant, TokenRequest, TokenResponse,
    TokenResponseError,
};

const BODY: &str = "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fx.localhost%2Fcb&code_verifier=v";

#[test]
fn a_request_that_the_rp_writes_is_read_unchanged_in_each_way_of_authentication() {
    let client_id = || "a:b %+=&é".to_owned();
    let secret = || Secret::new("p:w %+=&é");
    let ways = [
        ClientAuthentication::Basic { client_id: client_id(), secret: secret() },
        ClientAuthentication::Post { client_id: client_id(), secret: secret() },
        ClientAuthentication::None { client_id: client_id() },
    ];
    for client in ways {
        let request = TokenRequest {
            client: client.clone(),
            grant: TokenGrant::Code {
                code: "c+1".to_owned(),
                redirect_uri: "https://x.localhost/cb?a=b&c=d".to_owned(),
                code_verifier: Some("v".to_owned()),
            },
        };
        let read = TokenRequest::parse(request.authorization().as_deref(), &request.body()).unwrap();
        assert!(read == request, "{client:?}");
    }
}

#[test]
fn every_other_grant_is_read_as_it_is_written() {
    let exchange = TokenExchange {
        subject_token: "s".to_owned(),
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token".to_owned(),
        actor: Some(("a".to_owned(), "urn:ietf:params:oauth:token-type:id_token".to_owned())),
        requested_token_type: None,
        resource: Some("https://api.localhost/".to_owned()),
        audience: Some("api".to_owned()),
        scope: Some("read".to_owned()),
    };
    for grant in [
        TokenGrant::Refresh { refresh_token: "r".to_owned(), scope: None },
        TokenGrant::ClientCredentials { scope: Some("a b".to_owned()) },
        TokenGrant::Device { device_code: "d".to_owned() },
        TokenGrant::Exchange(exchange),
    ] {
        let client = ClientAuthentication::None { client_id: "id".to_owned() };
        let request = TokenRequest { client, grant };
        let read = TokenRequest::parse(None, &request.body()).unwrap();
        assert!(read == request, "{}", request.body());
    }
    for (body, code) in [
        ("grant_type=refresh_token", "invalid_request"),
        ("grant_type=urn:ietf:params:oauth:grant-type:device_code", "invalid_request"),
        ("grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=s", "invalid_request"),
        ("grant_type=implicit", "unsupported_grant_type"),
        ("grant_type=client_credentials&client_assertion=a.b.c", "invalid_request"),
    ] {
        let refused = TokenRequest::parse(None, &format!("{body}&client_id=id")).err().unwrap();
        assert_eq!(refused.code.as_str(), code, "{body}");
    }
}

#[test]
fn the_example_of_rfc_6749_is_read() {
    // 4.1.3 and 2.3.1.
    let body = "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
                &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb";
    let request = TokenRequest::parse(Some("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"), body).unwrap();
    assert_eq!(request.client.client_id(), "s6BhdRkqt3");
    assert_eq!(request.client.verify("s6BhdRkqt3", "gX1fBat3bV"), Ok(()));
    let TokenGrant::Code { code, redirect_uri, .. } = request.grant else { panic!("another grant") };
    assert_eq!((code.as_str(), redirect_uri.as_str()), ("SplxlOBeZQQYbYS6WxSbIA", "https://client.example.com/cb"));
}

#[test]
fn each_fault_has_the_code_and_status_of_rfc_6749() {
    let basic = format!("Basic {}", STANDARD.encode("id:secret"));
    let basic = Some(basic.as_str());
    let table = [
        (None, BODY.to_owned(), "invalid_client", 401),
        (Some("Bearer x"), BODY.to_owned(), "invalid_client", 401),
        (Some("Basic !!"), BODY.to_owned(), "invalid_client", 401),
        (Some("Basic aWQ="), BODY.to_owned(), "invalid_client", 401),
        (basic, format!("{BODY}&client_id=id&client_secret=secret"), "invalid_request", 400),
        (basic, format!("{BODY}&client_id=other"), "invalid_request", 400),
        (basic, format!("{BODY}&code=d"), "invalid_request", 400),
        (basic, BODY.replace("grant_type=authorization_code", ""), "invalid_request", 400),
        (basic, BODY.replace("authorization_code", "password"), "unsupported_grant_type", 400),
        (basic, BODY.replace("code=c&", ""), "invalid_request", 400),
        (basic, BODY.replace("redirect_uri", "x"), "invalid_request", 400),
        (basic, String::new(), "invalid_request", 400),
    ];
    for (authorization, body, code, status) in table {
        let error = TokenRequest::parse(authorization, &body).err().unwrap();
        assert_eq!((error.code.as_str(), error.status()), (code, status), "{authorization:?} {body}");
    }
}

#[test]
fn only_the_registered_secret_of_the_registered_client_is_accepted() {
    let secret = |text: &str| Secret::new(text);
    let basic = |id: &str, text: &str| ClientAuthentication::Basic { client_id: id.to_owned(), secret: secret(text) };
    assert_eq!(basic("id", "secret").verify("id", "secret"), Ok(()));
    let public = ClientAuthentication::None { client_id: "id".to_owned() };
    for wrong in [basic("id", "secreT"), basic("id", ""), basic("id", "secret2"), basic("other", "secret"), public] {
        assert_eq!(wrong.verify("id", "secret").unwrap_err().code, ErrorCode::InvalidClient, "{wrong:?}");
    }
}

#[test]
fn a_refusal_is_written_by_the_op_and_read_by_the_rp() {
    let refusal = TokenError::new(ErrorCode::InvalidGrant, "the code has been used");
    assert_eq!(refusal.body(), r#"{"error":"invalid_grant","error_description":"the code has been used"}"#);
    let read = TokenResponse::parse(refusal.status(), refusal.body().as_bytes()).unwrap_err();
    assert_eq!(read.to_string(), "the token endpoint refused with `invalid_grant`: the code has been used");
}

#[test]
fn a_response_survives_writing_and_reading_and_its_debug_shows_no_token() {
    let response = TokenResponse {
        access_token: "access-canary".to_owned(),
        token_type: "Bearer".to_owned(),
        expires_in: Some(300),
        id_token: Some("id-canary".to_owned()),
        refresh_token: Some("refresh-canary".to_owned()),
        ..TokenResponse::default()
    };
    let read = TokenResponse::parse(200, &serde_json::to_vec(&response).unwrap()).unwrap();
    assert!(read == response);
    assert_eq!(read.id_token().unwrap(), "id-canary");
    assert!(!format!("{response:?}").contains("canary"));
}

#[test]
fn a_lifetime_is_a_number_or_a_text_of_one() {
    let read = |lifetime: &str| {
        let body = format!(r#"{{"access_token":"a","token_type":"Bearer","expires_in":{lifetime}}}"#);
        TokenResponse::parse(200, body.as_bytes()).map(|response| response.expires_in)
    };
    for (lifetime, expected) in [
        ("3600", Some(3600)),
        ("3600.0", Some(3600)),
        ("3599.75", Some(3599)),
        (r#""3600""#, Some(3600)),
        (r#"" 3600.0 ""#, Some(3600)),
        ("null", None),
    ] {
        assert_eq!(read(lifetime).unwrap(), expected, "{lifetime}");
    }
    for lifetime in [r#""soon""#, r#""""#, r#""3600.x""#, "-1", "true", "[]"] {
        assert!(matches!(read(lifetime), Err(TokenResponseError::Malformed(_))), "{lifetime}");
    }
}

#[test]
fn a_scope_in_another_form_is_no_reason_to_refuse() {
    for (scope, expected) in [
        (r#""openid profile""#, Some("openid profile")),
        (r#"["openid","profile"]"#, Some("openid profile")),
        ("null", None),
        ("1", None),
    ] {
        let body = format!(r#"{{"access_token":"a","token_type":"Bearer","scope":{scope}}}"#);
        let read = TokenResponse::parse(200, body.as_bytes()).unwrap();
        assert_eq!(read.scope.as_deref(), expected, "{scope}");
    }
}

#[test]
fn a_token_endpoint_that_is_broken_is_named_for_what_it_did() {
    let id_token = TokenResponse::parse(200, br#"{"access_token":"a","token_type":"Bearer"}"#).unwrap();
    assert!(matches!(id_token.id_token(), Err(TokenResponseError::IdTokenMissing)));
    let parse = |status, body: &str| TokenResponse::parse(status, body.as_bytes()).unwrap_err();
    assert!(matches!(parse(500, "<html>"), TokenResponseError::Status { status: 500 }));
    assert!(matches!(parse(400, "{}"), TokenResponseError::Status { status: 400 }));
    assert!(matches!(parse(200, "<html>"), TokenResponseError::Malformed(_)));
    assert!(matches!(parse(200, r#"{"access_token":"a","token_type":"mac"}"#), TokenResponseError::TokenType { .. }));
}
