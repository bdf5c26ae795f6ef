//! Cookies of the simulated hosts. Each is `Secure` and has a `Max-Age`; scripts can read none of them.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use jiff::SignedDuration;

/// A cookie for every path of its host.
pub(crate) fn cookie(
    name: impl Into<Cow<'static, str>>,
    value: impl Into<String>,
    lifetime: SignedDuration,
    same_site: SameSite,
) -> Cookie<'static> {
    // The cookie crate does not re-export its duration type, so it is inferred.
    let max_age = std::time::Duration::from_secs(lifetime.as_secs().unsigned_abs()).try_into().unwrap_or_default();
    let cookie = Cookie::build((name.into(), value.into())).path("/").max_age(max_age).same_site(same_site);
    cookie.secure(true).http_only(true).build()
}

/// Removes a cookie.
pub(crate) fn removal(name: impl Into<Cow<'static, str>>, same_site: SameSite) -> Cookie<'static> {
    cookie(name, "", SignedDuration::ZERO, same_site)
}

/// Adds cookies to an answer. If a value cannot be sent, the answer is an error that names the cookie.
pub(crate) fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = Cookie<'static>>) -> Response {
    for cookie in cookies {
        match header_value(&cookie) {
            Ok(value) => response.headers_mut().append(SET_COOKIE, value),
            Err(error) => {
                return (StatusCode::INTERNAL_SERVER_ERROR, format!("failed to {error}")).into_response();
            }
        };
    }
    response
}

/// Whether a cookie can carry this value unchanged (`cookie-octet`, RFC 6265 4.1.1).
pub(crate) fn is_cookie_value(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
}

/// Why a cookie cannot be sent.
#[derive(Debug, thiserror::Error)]
#[error("set the cookie `{name}`: its value has a character that cookies do not allow")]
struct CookieError {
    name: String,
}

fn header_value(cookie: &Cookie<'_>) -> Result<HeaderValue, CookieError> {
    let error = || CookieError { name: cookie.name().to_owned() };
    if !is_cookie_value(cookie.value()) {
        return Err(error());
    }
    HeaderValue::from_str(&cookie.to_string()).map_err(|_| error())
}

#[cfg(test)]
mod tests {
    use axum::response::{IntoResponse, Response};
    use axum_extra::extract::cookie::SameSite;
    use http::StatusCode;
    use http::header::SET_COOKIE;
    use jiff::SignedDuration;

    use super::{cookie, with_cookies};

    #[test]
    fn a_cookie_is_secure_hidden_from_scripts_and_has_a_max_age() {
        let sent = set("sid", "00D!AQ");

        let cookies: Vec<_> = sent.headers().get_all(SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["sid=00D!AQ; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600"]);
    }

    #[test]
    fn a_value_that_no_cookie_can_carry_is_an_error_that_names_the_cookie() {
        for value in ["line\nbreak", "x; Domain=localhost", "a,b", "\"quoted\"", "space d", "ü"] {
            let sent = set("sfdc_lv2", value);

            assert_eq!(sent.status(), StatusCode::INTERNAL_SERVER_ERROR, "{value}");
            assert_eq!(sent.headers().get(SET_COOKIE), None, "{value}");
        }
    }

    fn set(name: &'static str, value: &str) -> Response {
        let cookie = cookie(name, value, SignedDuration::from_hours(1), SameSite::Lax);
        with_cookies(StatusCode::OK.into_response(), [cookie])
    }
}
