//! A CRM with app passwords. A second factor keeps out programs, so each gets a password of its own, which needs none.
//!
//! Source: KORE's help page on 2FA and service accounts, "Dynamics 365". What it leaves open is marked inferred.

use std::collections::BTreeSet;

use strum::EnumIter;
use vestibule_model::ProductRefusal;

use super::AfterPassword;

/// Who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter)]
pub enum Client {
    /// A person at the sign-in page.
    Person,
    /// A program, through the API.
    Program,
}

/// What was given, and is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter)]
pub enum Given {
    /// The password of the user.
    Password,
    /// An app password that is valid.
    AppPassword,
    /// An app password that was revoked.
    RevokedAppPassword,
}

/// What the CRM does with it. `paired` says whether the second factor of the user is on.
pub fn after_password(client: Client, given: Given, paired: bool) -> AfterPassword {
    match (client, given, paired) {
        (Client::Person | Client::Program, Given::Password, false) => AfterPassword::Open,
        (Client::Person, Given::Password, true) => AfterPassword::AskForCode,
        // There is nobody who could give the code.
        (Client::Program, Given::Password, true) => AfterPassword::Refuse(ProductRefusal::SecondFactorMissing),
        (Client::Program, Given::AppPassword, _) => AfterPassword::Open,
        (Client::Program, Given::RevokedAppPassword, _) => AfterPassword::Refuse(ProductRefusal::AppPasswordRevoked),
        // It is for what cannot give a second factor; a person can (inferred).
        (Client::Person, Given::AppPassword | Given::RevokedAppPassword, _) => {
            AfterPassword::Refuse(ProductRefusal::AppPasswordOfPerson)
        }
    }
}

/// Why no app password is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotGenerated {
    /// The name of the application is missing, or no name.
    NoName,
    /// The application has one: there is one for each.
    HasOne,
    /// The user has too many.
    TooMany,
}

/// Whether an app password is generated for an application. `have` are the applications that have one.
///
/// # Errors
/// Why not.
pub fn generate(application: &str, have: &BTreeSet<String>) -> Result<(), NotGenerated> {
    if !is_name(application) {
        return Err(NotGenerated::NoName);
    }
    if have.contains(application) {
        return Err(NotGenerated::HasOne);
    }
    if have.len() >= MOST { Err(NotGenerated::TooMany) } else { Ok(()) }
}

/// Whether this can be the name of an application.
pub fn is_name(text: &str) -> bool {
    let is_of_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    !text.is_empty() && text.len() <= LONGEST_NAME && text.chars().all(is_of_name)
}

/// Whether this use of an app password is to be reported: another application has used it before.
pub fn is_shared(used_by: &BTreeSet<String>, application: &str) -> bool {
    !used_by.is_empty() && !used_by.contains(application)
}

/// As in the vendor's own directory (background).
const MOST: usize = 40;
const LONGEST_NAME: usize = 60;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::IntoEnumIterator;
    use vestibule_model::ProductRefusal;

    use super::{Client, Given, MOST, NotGenerated, after_password, generate, is_shared};
    use crate::policy::products::AfterPassword;

    #[test]
    fn only_an_app_password_lets_a_program_in_where_the_second_factor_is_on() {
        let open = |paired| {
            let all = Given::iter()
                .filter(move |given| after_password(Client::Program, *given, paired) == AfterPassword::Open);
            all.collect::<Vec<_>>()
        };

        assert_eq!(open(false), [Given::Password, Given::AppPassword]);
        assert_eq!(open(true), [Given::AppPassword]);
    }

    #[test]
    fn a_program_is_never_asked_and_a_person_never_gets_in_by_an_app_password() {
        for paired in [false, true] {
            for given in Given::iter() {
                let (person, program) = (Client::Person, Client::Program);
                assert_ne!(after_password(program, given, paired), AfterPassword::AskForCode, "{given:?}");
                if given != Given::Password {
                    let refused = AfterPassword::Refuse(ProductRefusal::AppPasswordOfPerson);
                    assert_eq!(after_password(person, given, paired), refused, "{given:?}");
                }
            }
        }
        assert_eq!(after_password(Client::Person, Given::Password, true), AfterPassword::AskForCode);
    }

    #[test]
    fn each_application_gets_one_app_password() {
        let have: BTreeSet<String> = ["erp".to_owned()].into();
        let many: BTreeSet<String> = (0..MOST).map(|number| format!("app-{number}")).collect();
        for (application, have, expected) in [
            ("mailer", &have, Ok(())),
            ("erp", &have, Err(NotGenerated::HasOne)),
            ("", &have, Err(NotGenerated::NoName)),
            ("a b", &have, Err(NotGenerated::NoName)),
            ("<b>", &have, Err(NotGenerated::NoName)),
            ("erp", &many, Err(NotGenerated::TooMany)),
        ] {
            assert_eq!(generate(application, have), expected, "{application}");
        }
    }

    #[test]
    fn the_second_application_with_one_app_password_is_reported() {
        let one: BTreeSet<String> = ["erp".to_owned()].into();

        assert!(!is_shared(&BTreeSet::new(), "erp") && !is_shared(&one, "erp") && is_shared(&one, "mailer"));
    }
}
