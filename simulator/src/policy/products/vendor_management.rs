//! A vendor-management system (VMS) that brings in MFA by the type of user.
//!
//! Source: the notice "Multi-factor authentication in our VMS". What it leaves open is marked inferred.

use jiff::civil::{Date, date};
use serde::Serialize;
use vestibule_model::ProductUserType;

use super::AfterPassword;

/// What MFA is to a user on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mfa {
    /// The user cannot use it yet.
    NotAvailable,
    /// The user may pair an app.
    Optional,
    /// The user must pair an app.
    Enforced,
}

/// What MFA is to a user of this type on this day.
pub fn mfa(user_type: ProductUserType, day: Date) -> Mfa {
    let Some((available, enforced)) = begins(user_type) else { return Mfa::NotAvailable };
    match day {
        day if day >= enforced => Mfa::Enforced,
        day if day >= available => Mfa::Optional,
        _ => Mfa::NotAvailable,
    }
}

/// What the VMS does when the password is right.
pub fn after_password(user_type: ProductUserType, paired: bool, day: Date) -> AfterPassword {
    match (paired, mfa(user_type, day)) {
        (true, _) => AfterPassword::AskForCode,
        (false, Mfa::Enforced) => AfterPassword::Pair,
        (false, Mfa::Optional | Mfa::NotAvailable) => AfterPassword::Open,
    }
}

/// Whether a user of this type may disconnect the app of another: of a phone that was lost.
pub fn may_disconnect(user_type: ProductUserType) -> bool {
    user_type == ProductUserType::Msp
}

/// From when a user of this type can pair an app, and from when one must; `None` if no day is known. The notice names months;
/// their first days are inferred.
fn begins(user_type: ProductUserType) -> Option<(Date, Date)> {
    match user_type {
        ProductUserType::Administrator | ProductUserType::Msp | ProductUserType::Customer => {
            Some((AVAILABLE, ENFORCED))
        }
        ProductUserType::Supplier | ProductUserType::IndependentContractor | ProductUserType::Resource => None,
    }
}

const AVAILABLE: Date = date(2021, 11, 1);
const ENFORCED: Date = date(2022, 1, 1);

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use strum::IntoEnumIterator;
    use vestibule_model::ProductUserType;

    use super::{Mfa, after_password, may_disconnect, mfa};
    use crate::policy::products::AfterPassword;

    #[test]
    fn administrators_msp_and_customers_may_from_november_and_must_from_january() {
        let rows = [
            (date(2021, 10, 31), Mfa::NotAvailable, AfterPassword::Open),
            (date(2021, 11, 1), Mfa::Optional, AfterPassword::Open),
            (date(2021, 12, 31), Mfa::Optional, AfterPassword::Open),
            (date(2022, 1, 1), Mfa::Enforced, AfterPassword::Pair),
            (date(2026, 9, 1), Mfa::Enforced, AfterPassword::Pair),
        ];
        for user_type in [ProductUserType::Administrator, ProductUserType::Msp, ProductUserType::Customer] {
            for (day, expected, unpaired) in rows {
                assert_eq!(mfa(user_type, day), expected, "{user_type} on {day}");
                assert_eq!(after_password(user_type, false, day), unpaired, "{user_type} on {day}");
                assert_eq!(after_password(user_type, true, day), AfterPassword::AskForCode, "{user_type} on {day}");
            }
        }
    }

    #[test]
    fn suppliers_contractors_and_resources_cannot_and_need_not() {
        for user_type in [ProductUserType::Supplier, ProductUserType::IndependentContractor, ProductUserType::Resource]
        {
            for day in [date(2021, 10, 31), date(2021, 12, 1), date(2022, 1, 1), date(2030, 1, 1)] {
                assert_eq!(mfa(user_type, day), Mfa::NotAvailable, "{user_type} on {day}");
                assert_eq!(after_password(user_type, false, day), AfterPassword::Open, "{user_type} on {day}");
            }
        }
    }

    #[test]
    fn only_the_msp_disconnects() {
        let may: Vec<_> = ProductUserType::iter().filter(|user_type| may_disconnect(*user_type)).collect();

        assert_eq!(may, [ProductUserType::Msp]);
    }
}
