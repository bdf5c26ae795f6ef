//! Values on the command line. Words and dates are those of scenario files. Each error says how the value is written;
//! clap shows before it what was read.

use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use url::Url;
use vestibule_model::text::calendar_date;

use crate::scenario::read_word;

/// Parses a word of a type, spelled as in a scenario file; the error lists every valid word and names the nearest.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    read_word(text).map_err(|refused| refused.in_one_line())
}

/// `2026-09-01`.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    calendar_date(text)
}

/// `NAME=VALUE`; what follows the first `=` is the value.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    if name.is_empty() { Err("write NAME=VALUE".to_owned()) } else { Ok((name.to_owned(), value.to_owned())) }
}

/// `30s`, `1m 30s`, `250ms`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration = text.parse().map_err(|_| match (text.parse::<u32>(), hours(text)) {
        (Ok(seconds), _) => format!("write the unit too: {seconds}s"),
        (_, Some(hours)) => format!("a duration has no days: write {hours}h"),
        _ => "write a number and a unit: 250ms, 30s, 2m".to_owned(),
    })?;
    Duration::try_from(parsed).map_err(|_| "a duration cannot be negative".to_owned())
}

/// The hours of `2d` or `1 day`.
fn hours(text: &str) -> Option<u32> {
    let count = ["days", "day", "d"].into_iter().find_map(|unit| text.strip_suffix(unit))?;
    count.trim_end().parse::<u32>().ok()?.checked_mul(24)
}

/// How long something may take.
pub(crate) fn time_limit(text: &str) -> Result<Duration, String> {
    let limit = duration(text)?;
    if limit.is_zero() { Err("nothing ends in no time: write 30s or 2m".to_owned()) } else { Ok(limit) }
}

/// A port of TCP.
pub(crate) fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "write a port, 1 to 65535, or 0 for a free one".to_owned())
}

/// A whole number of a type that has no zero.
pub(crate) fn at_least_one<T: FromStr<Err = ParseIntError>>(text: &str) -> Result<T, String> {
    whole_number(text, "a whole number, at least 1")
}

/// A whole number of a type without negative numbers.
pub(crate) fn at_least_zero<T: FromStr<Err = ParseIntError>>(text: &str) -> Result<T, String> {
    whole_number(text, "a whole number, at least 0")
}

fn whole_number<T: FromStr<Err = ParseIntError>>(text: &str, expected: &str) -> Result<T, String> {
    text.parse().map_err(|error: ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow => "the number is too large".to_owned(),
        _ => format!("write {expected}"),
    })
}

/// The URL of a server: `http://grid:4444`.
pub(crate) fn server_url(text: &str) -> Result<Url, String> {
    let served = |text: &str| {
        let url = Url::parse(text).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
    };
    served(text).ok_or_else(|| {
        let with_scheme = format!("http://{text}");
        if !text.contains("//") && served(&with_scheme).is_some() {
            format!("write a URL: {with_scheme}")
        } else {
            "write a URL that begins with http:// or https://, such as http://grid:4444".to_owned()
        }
    })
}

/// A URL as it is shown: without the password that it may hold.
pub(crate) fn shown_url(url: &Url) -> String {
    let mut shown = url.clone();
    if shown.password().is_some() && shown.set_password(Some("HIDDEN")).is_err() {
        return String::new();
    }
    shown.as_str().replacen(":HIDDEN@", ":…@", 1)
}

/// The proxy of a browser: `socks4://127.0.0.1:1080`. A user and a password would stand in the arguments of the browser,
/// which everybody on its machine can see, and Chromium reads neither.
pub(crate) fn browser_proxy(text: &str) -> Result<String, String> {
    let example = "write a proxy, such as socks4://127.0.0.1:1080";
    let url = Url::parse(text).map_err(|_| example.to_owned())?;
    let known = matches!(url.scheme(), "socks4" | "socks5" | "http" | "https");
    let (Some(host), true) = (url.host_str().filter(|host| !host.is_empty()), known) else {
        return Err(format!("{example}; valid schemes: socks4, socks5, http, https"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Chromium takes no user and no password for a proxy: leave them out".to_owned());
    }
    let port = url.port_or_known_default().ok_or("write its port too, such as socks4://127.0.0.1:1080")?;
    Ok(format!("{}://{host}:{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use vestibule_model::{OrgKind, VerificationMethod};

    use super::*;

    #[test]
    fn a_word_is_answered_with_the_valid_ones_and_the_nearest() {
        assert_eq!(word("sandbox"), Ok(OrgKind::Sandbox));
        assert_eq!(word("totp"), Ok(VerificationMethod::TotpApp));
        assert_eq!(
            word::<OrgKind>("prod").unwrap_err(),
            "`prod` is not a valid org kind; valid: production, sandbox, trial, converted-trial, scratch, \
             developer-edition, partner-developer-edition, trailhead-playground; did you mean `production`?"
        );
    }

    #[test]
    fn a_date_has_one_spelling() {
        assert_eq!(date("2026-09-01"), Ok(jiff::civil::date(2026, 9, 1)));
        for wrong in ["tomorrow", "01/09/2026", "2026-13-01", "2026-02-30", "2026-9-1", "20260901", ""] {
            assert_eq!(date(wrong), Err(format!("`{wrong}` is not a calendar date: write it as `2026-07-20`")));
        }
    }

    #[test]
    fn a_duration_needs_a_unit_and_a_sign_that_makes_sense() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("1m 30s"), Ok(Duration::from_secs(90)));
        for (wrong, said) in [
            ("30", "write the unit too: 30s"),
            ("soon", "write a number and a unit: 250ms, 30s, 2m"),
            ("-3s", "a duration cannot be negative"),
            ("2d", "a duration has no days: write 48h"),
            ("1 day", "a duration has no days: write 24h"),
            ("d", "write a number and a unit: 250ms, 30s, 2m"),
            ("99999999999d", "write a number and a unit: 250ms, 30s, 2m"),
        ] {
            assert_eq!(duration(wrong), Err(said.to_owned()), "{wrong}");
        }
    }

    #[test]
    fn a_time_limit_is_longer_than_nothing() {
        assert_eq!(time_limit("1ms"), Ok(Duration::from_millis(1)));
        assert_eq!(time_limit("0s"), Err("nothing ends in no time: write 30s or 2m".to_owned()));
        assert_eq!(time_limit("-1s"), Err("a duration cannot be negative".to_owned()));
    }

    #[test]
    fn a_port_is_one_of_tcp() {
        assert_eq!((port("0"), port("65535")), (Ok(0), Ok(65535)));
        for wrong in ["65536", "-1", "https", "8443/tcp", ""] {
            assert_eq!(port(wrong), Err("write a port, 1 to 65535, or 0 for a free one".to_owned()), "{wrong}");
        }
    }

    #[test]
    fn a_number_is_whole_and_in_its_range() {
        assert_eq!(at_least_one("3"), Ok(NonZeroUsize::MIN.saturating_add(2)));
        assert_eq!(at_least_zero::<u32>("0"), Ok(0));
        for (wrong, said) in [
            ("0", "write a whole number, at least 1"),
            ("-1", "write a whole number, at least 1"),
            ("two", "write a whole number, at least 1"),
            ("1.5", "write a whole number, at least 1"),
            ("99999999999999999999999", "the number is too large"),
        ] {
            assert_eq!(at_least_one::<NonZeroUsize>(wrong), Err(said.to_owned()), "{wrong}");
        }
        assert_eq!(at_least_zero::<u32>("-1"), Err("write a whole number, at least 0".to_owned()));
    }

    #[test]
    fn the_url_of_a_server_has_a_scheme_that_it_speaks() {
        assert_eq!(server_url("http://127.0.0.1:4444/wd/hub").unwrap().port(), Some(4444));
        let general = "write a URL that begins with http:// or https://, such as http://grid:4444";
        for (wrong, said) in [
            ("grid:4444", "write a URL: http://grid:4444"),
            ("localhost", "write a URL: http://localhost"),
            ("127.0.0.1:4444/wd/hub", "write a URL: http://127.0.0.1:4444/wd/hub"),
            ("not a url", general),
            ("ftp://grid", general),
            ("http://", general),
            ("", general),
        ] {
            assert_eq!(server_url(wrong), Err(said.to_owned()), "{wrong}");
        }
    }

    #[test]
    fn the_password_of_a_server_is_not_shown() {
        for (url, shown) in [
            ("http://bob:canary-1@grid:4444/wd/hub", "http://bob:…@grid:4444/wd/hub"),
            ("http://bob@grid:4444/", "http://bob@grid:4444/"),
            ("https://grid.example/", "https://grid.example/"),
        ] {
            assert_eq!(shown_url(&server_url(url).unwrap()), shown);
        }
    }

    #[test]
    fn a_proxy_of_a_browser_has_a_scheme_a_port_and_no_password() {
        assert_eq!(browser_proxy("socks4://127.0.0.1:1080"), Ok("socks4://127.0.0.1:1080".to_owned()));
        assert_eq!(browser_proxy("http://proxy.example/"), Ok("http://proxy.example:80".to_owned()));
        for (wrong, said) in [
            ("127.0.0.1:1080", "write a proxy"),
            ("ftp://proxy:1", "valid schemes: socks4, socks5, http, https"),
            ("socks5://proxy", "write its port too"),
            ("http://bob:canary-1@proxy:3128", "leave them out"),
        ] {
            let refused = browser_proxy(wrong).unwrap_err();
            assert!(refused.contains(said) && !refused.contains("canary-1"), "{wrong}: {refused}");
        }
    }
}
