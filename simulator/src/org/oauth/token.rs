//! The token endpoint: each grant type has its file.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::{Method, StatusCode};

use super::error::OauthError;
use super::parameters::Parameters;
use super::{client_credentials, code, device, jwt_bearer, password, refresh, saml_bearer};
use crate::http::{Form, NOT_STORED, RequestContext};
use crate::org::{Org, not_simulated};

pub(super) async fn token(
    Extension(org): Extension<Arc<Org>>,
    method: Method,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    let parameters = Parameters::new(&fields, &request);
    let grant_type = parameters.text("grant_type");
    if request.has_dpop_proof() {
        // The app gets bearer tokens (contract F1.5).
        not_simulated::record_dpop(&org, &request, &method, grant_type);
    }
    if method != Method::POST {
        return OauthError::invalid_request("must use HTTP POST", "the token endpoint takes only POST").answer(&org);
    }
    if let Err(error) = parameters.check() {
        return error.answer(&org);
    }
    let result = match grant_type {
        "authorization_code" => code::exchange(&org, &request, &parameters, code::Kind::WebServer).await,
        "hybrid_auth_code" => code::exchange(&org, &request, &parameters, code::Kind::Hybrid).await,
        "refresh_token" | "hybrid_refresh" => refresh::exchange(&org, &request, &parameters).await,
        "password" => password::exchange(&org, &request, &parameters).await,
        "client_credentials" => client_credentials::exchange(&org, &request, &parameters).await,
        JWT_BEARER => jwt_bearer::exchange(&org, &request, &parameters).await,
        "device" | DEVICE_CODE => device::exchange(&org, &request, &parameters).await,
        "" if parameters.text("response_type") == "device_code" => device::start(&org, &request, &parameters),
        SAML_BEARER => saml_bearer::exchange(&org, &request, &parameters).await,
        TOKEN_EXCHANGE => {
            let answer = not_simulated::answer(&org, &request, &method, &fields);
            return answer.unwrap_or_else(|| StatusCode::BAD_REQUEST.into_response());
        }
        _ => {
            let why = "the token endpoint does not know the grant type that was sent";
            Err(OauthError::new("unsupported_grant_type", "grant type not supported", why))
        }
    };
    match result {
        Ok(answer) => (NOT_STORED, Json(answer)).into_response(),
        Err(error) => error.answer(&org),
    }
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The vendor's name of the same grant is `device`.
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const SAML_BEARER: &str = "urn:ietf:params:oauth:grant-type:saml2-bearer";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
