//! Files that are cut off or changed.

use std::fs;

use super::{filled, insert_account};
use crate::vault::{VaultError, VaultFile, VaultKey};

#[test]
fn a_file_that_is_cut_off_anywhere_is_damaged_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());
    let whole = fs::read(file.path()).unwrap();
    // Every byte of the header and of the first bytes behind it, then every seventh.
    let lengths = (0..whole.len()).filter(|length| *length < 260 || length % 7 == 0 || length + 20 > whole.len());

    for length in lengths {
        fs::write(file.path(), &whole[..length]).unwrap();

        let read = file.read().unwrap_err();
        let updated = file.update(insert_account).unwrap_err();

        for error in [read, updated] {
            assert!(matches!(error, VaultError::Damaged { .. }), "{length} of {}: {error}", whole.len());
        }
        assert_eq!(fs::read(file.path()).unwrap(), &whole[..length]);
    }
    fs::write(file.path(), &whole).unwrap();
    assert!(file.read().is_ok());
}

#[test]
fn a_file_with_one_changed_byte_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());
    let whole = fs::read(file.path()).unwrap();

    for place in (0..whole.len()).filter(|place| *place < 260 || place % 11 == 0) {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(file.path(), &changed).unwrap();

        let refused = file.read().unwrap_err();

        assert!(
            matches!(refused, VaultError::Damaged { .. } | VaultError::NotAge(_) | VaultError::WrongIdentity(_)),
            "{place}: {refused}"
        );
    }
}

#[test]
fn a_header_without_end_is_refused_before_it_is_parsed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.age");
    fs::write(&path, format!("age-encryption.org/v1\n{}", "-> x y\n\n".repeat(500_000))).unwrap();

    let refused = VaultFile::open(path, VaultKey::generate().0).unwrap_err();

    assert!(refused.to_string().contains("its header has no end"), "{refused}");
}

#[test]
fn another_file_is_said_not_to_be_a_vault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in ["folder,favorite\n", "age-encryption.org/v2\n", "-----BEGIN AGE ENCRYPTED FILE-----\n"] {
        fs::write(&path, text).unwrap();

        let refused = VaultFile::open(path.clone(), VaultKey::generate().0).unwrap_err();

        assert!(matches!(refused, VaultError::NotAge(_)), "{text}: {refused}");
    }
}
