//! The period in which a certificate is valid.

use std::cmp::Ordering;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::x509::X509Ref;
use rcgen::CertificateParams;

/// The validity period of a certificate (RFC 5280 4.1.2.5).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validity {
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Validity {
    /// From this many days before `now` to this many days after it; a negative number counts the other way.
    pub(crate) fn around(now: Timestamp, days_before: i64, days_after: i64) -> Self {
        Self { not_before: shift(now, -days_before), not_after: shift(now, days_after) }
    }

    /// That of a certificate.
    pub(crate) fn of(certificate: &X509Ref) -> Option<Self> {
        Some(Self { not_before: instant(certificate.not_before())?, not_after: instant(certificate.not_after())? })
    }

    /// Writes the period into the parameters of a certificate.
    pub(crate) fn write_to(self, params: &mut CertificateParams) {
        let epoch = rcgen::date_time_ymd(1970, 1, 1);
        params.not_before = epoch + since_epoch(self.not_before);
        params.not_after = epoch + since_epoch(self.not_after);
    }
}

/// Whether the certificate is valid at `now` and for this many days after it.
pub(crate) fn holds(certificate: &X509Ref, now: Timestamp, days: i64) -> bool {
    order(certificate.not_before(), now).is_some_and(Ordering::is_le)
        && order(certificate.not_after(), shift(now, days)).is_some_and(Ordering::is_gt)
}

/// Whether the certificate has expired at `now`.
pub(crate) fn has_expired(certificate: &X509Ref, now: Timestamp) -> bool {
    order(certificate.not_after(), now).is_some_and(Ordering::is_le)
}

fn instant(time: &Asn1TimeRef) -> Option<Timestamp> {
    let since = Asn1Time::from_unix(0).ok()?.diff(time).ok()?;
    Timestamp::from_second(i64::from(since.days) * SECONDS_A_DAY + i64::from(since.secs)).ok()
}

fn order(time: &Asn1TimeRef, instant: Timestamp) -> Option<Ordering> {
    time.compare(&*Asn1Time::from_unix(instant.as_second()).ok()?).ok()
}

fn shift(now: Timestamp, days: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_hours(days * 24)).unwrap_or(now)
}

fn since_epoch(instant: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(instant.as_second()).unwrap_or(0))
}

const SECONDS_A_DAY: i64 = 24 * 60 * 60;
