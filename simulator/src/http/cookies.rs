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

/// Adds cookies to an answer. Values are percent-encoded, and [`RequestContext::cookie`](super::RequestContext::cookie)
/// decodes them, so no value can end its cookie or add an attribute (`cookie-octet`, RFC 6265 4.1.1).
pub(crate) fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = Cookie<'static>>) -> Response {
    for cookie in cookies {
        let Ok(value) = HeaderValue::from_str(&cookie.encoded().to_string()) else {
            let why = format!("failed to set the cookie `{}`", cookie.name());
            return (StatusCode::INTERNAL_SERVER_ERROR, why).into_response();
        };
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::response::{IntoResponse, Response};
    use axum_extra::extract::CookieJar;
    use axum_extra::extract::cookie::SameSite;
    use http::header::{COOKIE, SET_COOKIE};
    use http::{HeaderMap, StatusCode};
    use jiff::SignedDuration;

    use super::{cookie, with_cookies};

    #[test]
    fn a_cookie_is_secure_hidden_from_scripts_and_has_a_max_age() {
        let sent = set("sid", "00D!AQ");

        let cookies: Vec<_> = sent.headers().get_all(SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["sid=00D!AQ; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600"]);
    }

    #[test]
    fn every_value_comes_back_as_it_was_set_and_adds_no_attribute() {
        for value in [
            "",
            "line\nbreak",
            "x; Domain=localhost",
            "a,b",
            "\"quoted\"",
            " space d ",
            "ü",
            "%41",
            "100%",
            "a+b&c=d",
            "\\",
            "\u{0}",
        ] {
            let sent = set("login", value);

            let sent = sent.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
            let (pair, attributes) = sent.split_once("; ").unwrap();
            assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600", "{value:?}");
            let headers = HeaderMap::from_iter([(COOKIE, pair.parse().unwrap())]);
            let jar = CookieJar::from_headers(&headers);
            assert_eq!(jar.get("login").map(|cookie| cookie.value()), Some(value), "{pair}");
        }
    }

    fn set(name: &'static str, value: &str) -> Response {
        let cookie = cookie(name, value, SignedDuration::from_hours(1), SameSite::Lax);
        with_cookies(StatusCode::OK.into_response(), [cookie])
    }
}
