//! What a service account should be, with which an integration signs in to the org, so that it is no weak link.
//!
//! Source: KORE's help page on 2FA and service accounts, "Salesforce" and "Why can't KORE use 2FA with the service account?".

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use vestibule_model::{Permission, Secret, UserSpec, UserType};

/// What is wrong with a service account, or cannot be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceAccountFinding {
    /// The account is not restricted to the API.
    NotApiOnly,
    /// The file does not hold the password.
    PasswordUnknown,
    /// The password has fewer than 30 characters.
    PasswordTooShort,
    /// The password is not randomly generated.
    PasswordNotRandom,
    /// The account lacks "Modify All Data".
    LacksModifyAll,
    /// MFA for UI logins is off.
    UiMfaOff,
    /// A person signs in with the account.
    PersonSignsIn(PersonSign),
}

/// The sign that a person signs in with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonSign {
    /// It has a verifier, which somebody must hold.
    Verifier,
    /// It signs on through an identity provider.
    SingleSignOn,
    /// A browser remembers it.
    Browser,
    /// Its page asks for a phone number.
    Phone,
    /// Another user, who is named by the key, has the same username, email address or password.
    SharedWith(String),
}

impl ServiceAccountFinding {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotApiOnly => "not-api-only",
            Self::PasswordUnknown => "password-unknown",
            Self::PasswordTooShort => "password-too-short",
            Self::PasswordNotRandom => "password-not-random",
            Self::LacksModifyAll => "lacks-modify-all",
            Self::UiMfaOff => "ui-mfa-off",
            Self::PersonSignsIn(_) => "person-signs-in",
        }
    }

    /// Whether it is something that nobody can know from the file, and not something wrong.
    pub fn is_open(&self) -> bool {
        *self == Self::PasswordUnknown
    }

    /// What it is and what to do, in one sentence.
    pub fn text(&self) -> String {
        match self {
            Self::NotApiOnly => {
                "it can open the web interface: restrict it to the API (`user-type: api-only`)".to_owned()
            }
            Self::PasswordUnknown => {
                "the file does not hold its password: make sure that it has 30 randomly generated characters".to_owned()
            }
            Self::PasswordTooShort => {
                "its password is too short: generate one of at least 30 random characters".to_owned()
            }
            Self::PasswordNotRandom => {
                "its password looks made up by a person: generate one of at least 30 random characters".to_owned()
            }
            Self::LacksModifyAll => {
                "it lacks the permission \"Modify All Data\" (`permissions: [modify-all-data]`)".to_owned()
            }
            Self::UiMfaOff => {
                "MFA for UI logins is off for it: turn it on, as for everybody else (`mfa-for-ui-logins: true`)"
                    .to_owned()
            }
            Self::PersonSignsIn(sign) => format!("a person signs in with it: {}", sign.text()),
        }
    }
}

impl PersonSign {
    fn text(&self) -> String {
        match self {
            Self::Verifier => "it has a verifier, which somebody holds".to_owned(),
            Self::SingleSignOn => "it signs on through an identity provider".to_owned(),
            Self::Browser => "a browser remembers it".to_owned(),
            Self::Phone => "it is asked for a phone number".to_owned(),
            Self::SharedWith(user) => format!("`{user}` has the same username, email address or password"),
        }
    }
}

impl Serialize for ServiceAccountFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Whether a user is a service account by the type.
pub fn is_service_account(user: &UserSpec) -> bool {
    matches!(user.user_type, UserType::ApiOnly | UserType::Integration)
}

/// What is wrong with the service account of this key; empty if there is no such user.
pub fn audit_service_account(key: &str, users: &BTreeMap<String, UserSpec>) -> Vec<ServiceAccountFinding> {
    let Some(account) = users.get(key) else { return Vec::new() };
    let modifies_all = account.is_administrator() || account.permissions.contains(&Permission::ModifyAllData);
    let checks = [
        (account.user_type != UserType::ApiOnly).then_some(ServiceAccountFinding::NotApiOnly),
        password(key, account),
        (!modifies_all).then_some(ServiceAccountFinding::LacksModifyAll),
        (!account.mfa_for_ui_logins).then_some(ServiceAccountFinding::UiMfaOff),
    ];
    let persons = person_signs(key, account, users).into_iter().map(ServiceAccountFinding::PersonSignsIn);
    checks.into_iter().flatten().chain(persons).collect()
}

fn password(key: &str, account: &UserSpec) -> Option<ServiceAccountFinding> {
    let Some(password) = account.password.as_ref().map(Secret::reveal) else {
        return Some(ServiceAccountFinding::PasswordUnknown);
    };
    if password.chars().count() < SHORTEST {
        return Some(ServiceAccountFinding::PasswordTooShort);
    }
    let username = account.username.as_deref().unwrap_or_default();
    let own = [key, username.split('@').next().unwrap_or_default()];
    (!looks_random(password, &own)).then_some(ServiceAccountFinding::PasswordNotRandom)
}

/// Whether a long password may come from a generator: no known word, no sequence, nothing twice, not too few characters. Of
/// those that do, fewer than one in a thousand is taken for another.
fn looks_random(password: &str, own_words: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let holds = |word: &str| word.len() >= SHORTEST_WORD && lower.contains(&word.to_lowercase());
    if WORDS.iter().any(|word| holds(word)) || own_words.iter().any(|word| holds(word)) {
        return false;
    }
    let characters: Vec<char> = lower.chars().collect();
    let mut distinct = characters.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let windows: Vec<&[char]> = characters.windows(WINDOW).collect();
    let repeats = windows.iter().enumerate().any(|(at, window)| windows[..at].contains(window));
    distinct.len() >= FEWEST_DISTINCT && !repeats && !windows.iter().any(|window| is_sequence(window))
}

/// `12345`, `edcba`, `aaaaa`.
fn is_sequence(window: &[char]) -> bool {
    let steps: Vec<i64> =
        window.windows(2).map(|pair| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]))).collect();
    matches!(steps.first(), Some(-1..=1)) && steps.iter().all(|step| Some(step) == steps.first())
}

fn person_signs(key: &str, account: &UserSpec, users: &BTreeMap<String, UserSpec>) -> Vec<PersonSign> {
    let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => false,
    };
    let is_shared = |other: &UserSpec| {
        same(&account.username, &other.username)
            || same(&account.email, &other.email)
            || (account.password.is_some() && account.password == other.password)
    };
    let shared = users.iter().filter(|(other, spec)| *other != key && is_shared(spec));
    let signs = [
        (!account.verifiers.is_empty()).then_some(PersonSign::Verifier),
        (account.single_sign_on_enabled || account.federation_id.is_some()).then_some(PersonSign::SingleSignOn),
        account.remembered.then_some(PersonSign::Browser),
        account.phone_registration.then_some(PersonSign::Phone),
    ];
    signs.into_iter().flatten().chain(shared.map(|(other, _)| PersonSign::SharedWith(other.clone()))).collect()
}

/// "At least 30 randomly generated characters".
const SHORTEST: usize = 30;
/// Of 30 random hexadecimal digits, some are missing in nearly every one, but hardly ever six.
const FEWEST_DISTINCT: usize = 10;
/// What occurs twice, or is a sequence, and was not drawn.
const WINDOW: usize = 5;
/// A shorter word is in many random texts.
const SHORTEST_WORD: usize = 4;
/// Words that people put into passwords of such accounts.
const WORDS: [&str; 12] = [
    "password",
    "passwort",
    "welcome",
    "qwerty",
    "letmein",
    "salesforce",
    "integration",
    "service",
    "account",
    "admin",
    "secret",
    "company",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vestibule_model::{Permission, UserSpec, UserType, VerificationMethod};

    use super::{PersonSign, ServiceAccountFinding, audit_service_account, is_service_account, looks_random};

    fn good() -> UserSpec {
        let mut account = UserSpec::new("Standard User").password(RANDOM).permission(Permission::ModifyAllData);
        account.user_type = UserType::ApiOnly;
        account.mfa_for_ui_logins = true;
        account
    }

    fn findings(account: UserSpec) -> Vec<ServiceAccountFinding> {
        let person = UserSpec::new("Standard User").username("ann@acme.example").password("Anns-own-1").totp();
        let users = BTreeMap::from([("ann".to_owned(), person), ("sync".to_owned(), account)]);
        audit_service_account("sync", &users)
    }

    #[test]
    fn a_good_account_has_no_finding_and_each_fault_has_its_own() {
        assert!(findings(good()).is_empty());
        type Change = fn(&mut UserSpec);
        let rows: [(Change, ServiceAccountFinding); 12] = [
            (|account| account.user_type = UserType::Employee, ServiceAccountFinding::NotApiOnly),
            (|account| account.user_type = UserType::Integration, ServiceAccountFinding::NotApiOnly),
            (|account| account.password = None, ServiceAccountFinding::PasswordUnknown),
            (|account| *account = account.clone().password(&RANDOM[..29]), ServiceAccountFinding::PasswordTooShort),
            (
                |account| *account = account.clone().password("Sync-with-the-ERP-of-acme-2026!"),
                ServiceAccountFinding::PasswordNotRandom,
            ),
            (|account| account.permissions.clear(), ServiceAccountFinding::LacksModifyAll),
            (|account| account.mfa_for_ui_logins = false, ServiceAccountFinding::UiMfaOff),
            (
                |account| *account = account.clone().verifier(VerificationMethod::TotpApp),
                ServiceAccountFinding::PersonSignsIn(PersonSign::Verifier),
            ),
            (
                |account| account.single_sign_on_enabled = true,
                ServiceAccountFinding::PersonSignsIn(PersonSign::SingleSignOn),
            ),
            (|account| account.remembered = true, ServiceAccountFinding::PersonSignsIn(PersonSign::Browser)),
            (|account| account.phone_registration = true, ServiceAccountFinding::PersonSignsIn(PersonSign::Phone)),
            (
                |account| account.username = Some("Ann@acme.example".to_owned()),
                ServiceAccountFinding::PersonSignsIn(PersonSign::SharedWith("ann".to_owned())),
            ),
        ];
        for (change, expected) in rows {
            let mut account = good();
            change(&mut account);
            assert_eq!(findings(account), [expected]);
        }
    }

    #[test]
    fn only_an_unknown_password_leaves_the_answer_open() {
        assert!(ServiceAccountFinding::PasswordUnknown.is_open() && !ServiceAccountFinding::PasswordTooShort.is_open());
    }

    #[test]
    fn a_user_of_the_api_is_a_service_account() {
        assert!(is_service_account(&good()) && !is_service_account(&UserSpec::new("System Administrator")));
    }

    #[test]
    fn an_administrator_may_modify_everything() {
        let mut account = good();
        account.permissions.clear();
        account.profile = "System Administrator".to_owned();

        assert!(findings(account).is_empty());
    }

    #[test]
    fn what_a_generator_makes_is_told_from_what_a_person_makes() {
        for random in [
            RANDOM,
            "9f86d081884c7d659a2feaa0c55ad015",
            "tH7$kq!2Wm@x9Rz#Lp4&vB8^nC1*sD5",
            "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
        ] {
            assert!(looks_random(random, &["sync"]), "{random}");
        }
        for made in [
            "Salesforce-2026-xK9!mQ4#vT7&zR2",
            "abcdefghijklmnopqrstuvwxyz123456",
            "aB3$aB3$aB3$aB3$aB3$aB3$aB3$aB3$",
            "11111111111111111111111111111111",
            "qT7!Sync8Lr2Xw5Vb9Nm4Kj6Hg3Fd1!",
        ] {
            assert!(!looks_random(made, &["sync"]), "{made}");
        }
    }

    const RANDOM: &str = "vG7kQ2xZ9mT4bN8wR5yJ1cH6pL3sD0fA";
}
