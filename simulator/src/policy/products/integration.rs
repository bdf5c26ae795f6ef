//! An integration that works with the data of the org by an OAuth connection.
//!
//! Source: Commercient's page "Is Your Business Prepared For Salesforces Multi-Factor Authentication?". It says that MFA "may
//! disrupt your OAuth", and that the connection is then made again with a code; how it breaks is inferred.

use jiff::civil::{Date, date};
use vestibule_model::SessionLevel;

/// Whether a connection works. `level` is that of the login behind it; `asked` says whether the org now asks the user who made
/// it for a second factor.
pub fn works(level: SessionLevel, asked: bool) -> bool {
    !asked || level == SessionLevel::HighAssurance
}

/// What somebody reads after the login who connected the integration without a second factor; `None` if there is nothing to
/// read.
pub fn notice(level: SessionLevel, day: Date) -> Option<&'static str> {
    (level == SessionLevel::Standard && day >= NOTICE_FROM).then_some("Activate MFA now. Set your org up for it first.")
}

/// "With the Spring 2021 updates". The last weekend of that release (background).
const NOTICE_FROM: Date = date(2021, 2, 13);

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use vestibule_model::SessionLevel::{HighAssurance, Standard};

    use super::{notice, works};

    #[test]
    fn only_a_connection_made_without_a_code_breaks_when_mfa_goes_on() {
        for (level, asked, expected) in [
            (Standard, false, true),
            (Standard, true, false),
            (HighAssurance, false, true),
            (HighAssurance, true, true),
        ] {
            assert_eq!(works(level, asked), expected, "{level:?}, asked: {asked}");
        }
    }

    #[test]
    fn the_notice_is_for_whoever_connected_without_a_code_since_spring_2021() {
        assert_eq!(notice(Standard, date(2021, 2, 12)), None);
        assert!(notice(Standard, date(2021, 2, 13)).is_some_and(|text| text.contains("Activate MFA now")));
        assert_eq!(notice(HighAssurance, date(2021, 6, 1)), None);
    }
}
