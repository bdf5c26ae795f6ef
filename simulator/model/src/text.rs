//! Values that files write as text.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error};
use url::Url;

/// A day of the calendar, `2026-07-20`.
///
/// # Errors
/// If the text is anything else.
pub fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    calendar_date(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// The same, or nothing.
pub(crate) fn date_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| calendar_date(&text)).transpose().map_err(D::Error::custom)
}

/// A day of the calendar, of a text.
///
/// # Errors
/// If the text is anything else: what was read, and how a day is written.
pub fn calendar_date(text: &str) -> Result<Date, String> {
    let strict = text.len() == "2026-07-20".len();
    let date = text.parse().ok().filter(|_| strict);
    date.ok_or_else(|| format!("`{text}` is not a calendar date: write it as `2026-07-20`"))
}

/// An instant, `2026-08-03T10:00:00Z`, or nothing.
pub(crate) fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let wrong = || D::Error::custom(format!("`{text}` is not an instant: write it as `2026-08-03T10:00:00Z`"));
    text.parse().map(Some).map_err(|_| wrong())
}

/// An IP address, `203.0.113.7`.
pub(crate) fn ip_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<IpAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = || D::Error::custom(format!("`{text}` is not an IP address: write it as `203.0.113.7`"));
    text.parse().map_err(|_| wrong())
}

/// The URL of a server, `https://idp.example/token`, or nothing.
pub(crate) fn server_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let wrong = || D::Error::custom(format!("`{text}` is not a URL: write it as `https://idp.example/token`"));
    Url::parse(&text).ok().filter(Url::has_host).map(Some).ok_or_else(wrong)
}

/// A value whose key may be empty. An empty key counts as missing.
pub(crate) fn left_empty<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A number of milliseconds; none if the key is empty.
pub(crate) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    left_empty(deserializer).map(Duration::from_millis)
}

/// A number of milliseconds, or nothing.
pub(crate) fn milliseconds_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_millis))
}
