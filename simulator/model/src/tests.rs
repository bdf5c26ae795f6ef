use strum::IntoEnumIterator;

use super::*;

/// strum and serde must use the same words. Otherwise a word from a message could not be written in a file.
fn same_words<T>()
where
    T: IntoEnumIterator + serde::Serialize + std::fmt::Display + std::str::FromStr + PartialEq + std::fmt::Debug,
    <T as std::str::FromStr>::Err: std::fmt::Debug,
{
    for value in T::iter() {
        let word = value.to_string();
        assert_eq!(serde_json::to_value(&value).unwrap(), word.as_str());
        assert_eq!(word.parse::<T>().unwrap(), value);
    }
}

#[test]
fn a_word_is_printed_as_it_is_read() {
    same_words::<ActorKind>();
    same_words::<AuthenticatorKind>();
    same_words::<ClientAuth>();
    same_words::<Component>();
    same_words::<Confidence>();
    same_words::<EnrolmentGate>();
    same_words::<GoodEnd>();
    same_words::<HostKind>();
    same_words::<IdpProtocol>();
    same_words::<KeyAlgorithm>();
    same_words::<KeyState>();
    same_words::<LoginPage>();
    same_words::<MethodUsed>();
    same_words::<OnRequestedContext>();
    same_words::<OrgKind>();
    same_words::<OutcomeKind>();
    same_words::<PageName>();
    same_words::<PasskeyLoss>();
    same_words::<PasswordExpiry>();
    same_words::<SamlSigning>();
    same_words::<SignInRoute>();
    same_words::<Strength>();
    same_words::<Survival>();
    same_words::<UserType>();
    same_words::<Verdict>();
    same_words::<Waiver>();
}

#[test]
fn a_secret_shows_in_neither_debug_nor_json() {
    let secret = Secret::new("hunter2");

    assert!(!format!("{secret:?}").contains("hunter2"));
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"[redacted]\"");
}
