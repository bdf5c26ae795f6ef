//! Files and passwords at random.

use proptest::prelude::*;
use proptest::sample::Index;
use strum::IntoEnumIterator as _;
use vestibule_model::Secret;

use super::{Format, imported};
use crate::vault::Account;
use crate::vault::tests::{HOST, account};

proptest! {
    #[test]
    fn any_password_and_user_name_survive_a_csv(
        password in "[!-~äß€😀][ -~äß€😀\r\n\t]{0,20}",
        username in "[a-z,\"'=+@.;-]{1,20}",
    ) {
        let mut account = Account::new(HOST, username.clone()).unwrap();
        account.password = Some(Secret::new(password.clone()));
        for format in [Format::BitwardenCsv, Format::OnePasswordCsv] {
            let exported = format.write(&[&account]).unwrap();

            let read = imported(format, exported.text.reveal()).unwrap();

            prop_assert_eq!(read, std::slice::from_ref(&account), "{}", format);
        }
    }

    #[test]
    fn no_file_makes_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn no_change_of_an_export_makes_a_reader_panic(place in any::<Index>(), length in 0_usize..40, put in "[ -~\r\n\u{feff}é]{0,8}") {
        for format in Format::iter() {
            let exported = format.write(&[&account()]).unwrap();
            let mut bytes = exported.text.reveal().as_bytes().to_vec();
            let from = place.index(bytes.len());
            let to = (from + length).min(bytes.len());
            bytes.splice(from..to, put.bytes());

            read_as_everything(&bytes);
        }
    }
}

fn read_as_everything(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _recognised = Format::of("export", bytes);
    for format in Format::iter() {
        for bytes in [bytes, text.as_bytes()] {
            if let Err(error) = format.read("export", bytes) {
                assert!(!error.valid.is_empty() && error.to_string().starts_with("read export"), "{error}");
            }
        }
    }
}
