use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use vestibule_model::{Credential, Secret, TotpAlgorithm, TotpKey};

use super::*;
use crate::authenticator::CodePlan;

mod damage;
mod processes;

pub(crate) const HOST: &str = "acme--uat.sandbox.my.salesforce.com";
pub(crate) const USER: &str = "rep@acme.example.uat";

/// Every secret of [`account`]. None of them may be seen outside of the encrypted file.
pub(crate) const CANARIES: [&str; 4] =
    ["canary-password-9d2f", "JBSWY3DPEHPK3PXPCANARYQQ", PRIVATE_KEY, "canary-backup-41ab"];

/// A P-256 key that is used nowhere else: PKCS#8 in base64url.
pub(crate) const PRIVATE_KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwZbDTnefoxPwkPJ5kO5Vil6H3edpRYC6fCfeASoP3aGhRANCAASkwBMD4-5q9_DVVDBKuBRPXlNWLLm1wpC2N57CrYmQ-ZyhucZkzaTpZKMVCeNYNp6mCstEkaGpWuVQT1LQA0xJ";

/// A passkey of [`HOST`].
pub(crate) fn passkey() -> Credential {
    Credential {
        id: b"credential-one".to_vec(),
        rp_id: HOST.to_owned(),
        user_handle: Some(b"handle".to_vec()),
        user_name: Some(USER.to_owned()),
        private_key: Secret::new(PRIVATE_KEY),
        sign_count: 7,
        resident: true,
        backup_eligible: true,
        backed_up: false,
    }
}

/// An account with everything.
pub(crate) fn account() -> Account {
    let [password, totp, _, backup_code] = CANARIES;
    let mut account = Account::new(&format!("https://{HOST}/"), USER).unwrap();
    account.also = vec!["test.salesforce.com".to_owned()];
    account.password = Some(Secret::new(password));
    account.totp = Some(Totp::new(TotpKey {
        algorithm: TotpAlgorithm::Sha256,
        digits: 8,
        period: 60,
        ..TotpKey::usual(totp.parse().unwrap())
    }));
    account.passkeys.store(passkey());
    account.registrations.insert(passkey().id, "0moRR0000000uzt".to_owned());
    account.backup_codes = vec![Secret::new(backup_code)];
    account
}

/// A vault with [`account`] in this folder, and the identity file that opens it.
pub(crate) fn filled(folder: &Path) -> (VaultFile, Secret) {
    let (key, identity, _) = VaultKey::generate();
    let file = VaultFile::create(folder.join("vault.age"), key).unwrap();
    file.update(insert_account).unwrap();
    (file, identity)
}

fn insert_account(vault: &mut Vault) -> Result<(), VaultError> {
    vault.insert(account());
    Ok(())
}

fn forget_password(vault: &mut Vault) -> Result<(), VaultError> {
    vault.find_mut(USER, None)?.password = None;
    Ok(())
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn what_is_put_in_comes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let (file, identity) = filled(folder.path());

    let opened = VaultFile::open(file.path().to_owned(), VaultKey::from_identities(&identity).unwrap()).unwrap();

    assert_eq!(opened.read().unwrap().accounts(), [account()]);
}

#[test]
fn a_passphrase_opens_only_what_it_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.age");
    let passphrase = |text: &str| VaultKey::Passphrase(Secret::new(text));
    VaultFile::create(path.clone(), passphrase("canary horse")).unwrap();

    assert!(VaultFile::open(path.clone(), passphrase("canary horse")).is_ok());
    let wrong = VaultFile::open(path.clone(), passphrase("canary house")).unwrap_err();
    let identity = VaultFile::open(path.clone(), VaultKey::generate().0).unwrap_err();

    assert!(matches!(wrong, VaultError::WrongPassphrase(_)), "{wrong}");
    assert!(matches!(identity, VaultError::NeedsPassphrase(_)), "{identity}");
    assert!(!format!("{wrong} {wrong:?}").contains("canary"));
}

#[test]
fn an_identity_opens_only_what_was_closed_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());
    let open = |key| VaultFile::open(file.path().to_owned(), key).unwrap_err();

    assert!(matches!(open(VaultKey::generate().0), VaultError::WrongIdentity(_)));
    assert!(matches!(open(VaultKey::Passphrase(Secret::new("x"))), VaultError::NeedsIdentity(_)));
}

#[test]
fn an_identity_file_has_comments_and_several_identities() {
    let folder = tempfile::tempdir().unwrap();
    let (file, identity) = filled(folder.path());
    let (_, other, _) = VaultKey::generate();
    let text =
        format!("# created: today\r\n# public key: age1…\r\n\r\n{}\r\n  {}\n", other.reveal(), identity.reveal());

    let key = VaultKey::from_identities(&Secret::new(text)).unwrap();

    assert!(VaultFile::open(file.path().to_owned(), key).is_ok());
}

#[test]
fn what_is_not_an_identity_is_refused_by_line_and_not_repeated() {
    let (_, identity, recipient) = VaultKey::generate();
    let read = |text: &str| VaultKey::from_identities(&Secret::new(text)).unwrap_err();
    let cut = &identity.reveal()[..40];

    assert_eq!(read("# nothing\n\n"), VaultKeyError::Empty);
    assert_eq!(read(&recipient), VaultKeyError::Recipient(1));
    assert_eq!(read(&format!("# x\n{cut}")), VaultKeyError::Malformed(2));
    assert_eq!(read("AGE-PLUGIN-YUBIKEY-1QQPQQQQ"), VaultKeyError::OtherKind(1));
    assert_eq!(read("-----BEGIN OPENSSH PRIVATE KEY-----"), VaultKeyError::OtherKind(1));
    assert!(!read(cut).to_string().contains(cut));
    assert!(matches!(parse_recipient("age1nonsense"), Err(VaultKeyError::NotARecipient(_))));
}

#[test]
fn every_recipient_can_open_the_file_after_any_of_them_changed_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());
    let (other, _, recipient) = VaultKey::generate();
    file.update(|vault| {
        vault.add_recipient(recipient.clone());
        Ok(())
    })
    .unwrap();
    let theirs = VaultFile::open(file.path().to_owned(), other).unwrap();

    theirs.update(forget_password).unwrap();
    assert_eq!(file.read().unwrap().accounts()[0].password, None);
    file.update(insert_account).unwrap();

    assert_eq!(theirs.read().unwrap().accounts(), [account()]);
}

#[test]
fn a_file_that_is_encrypted_for_keys_that_it_does_not_name_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());
    let (_, _, recipient) = VaultKey::generate();
    let (key, _, own) = VaultKey::generate();
    let plain = r#"{"version":1,"accounts":[]}"#;
    let by_age = key.encrypt(plain.as_bytes(), &[recipient, own]).unwrap();
    fs::write(file.path(), &by_age).unwrap();
    let file = VaultFile::open(file.path().to_owned(), key).unwrap();

    let refused = file.update(insert_account).unwrap_err();

    assert!(matches!(refused, VaultError::UnknownRecipients { found: 2, known: 1, .. }), "{refused}");
    assert_eq!(fs::read(file.path()).unwrap(), by_age);
}

#[test]
fn nothing_is_written_if_the_change_fails_or_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());
    let before = fs::read(file.path()).unwrap();

    let failed = file.update(|vault| {
        vault.find_mut(USER, None)?.password = None;
        Err::<(), _>(VaultError::NoTotp(USER.to_owned()))
    });
    let nothing = file.update(|vault| Ok(vault.accounts().len()));

    assert!(matches!(failed, Err(VaultError::NoTotp(_))));
    assert_eq!(nothing.unwrap(), 1);
    assert_eq!(fs::read(file.path()).unwrap(), before);
}

#[test]
fn a_vault_is_not_created_over_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "mine").unwrap();

    let refused = VaultFile::create(path.clone(), VaultKey::generate().0).unwrap_err();

    assert!(matches!(refused, VaultError::Exists(_)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    let missing = VaultFile::open(folder.path().join("none.age"), VaultKey::generate().0).unwrap_err();
    assert!(matches!(missing, VaultError::Missing(_)));
}

#[test]
fn only_the_owner_may_read_what_is_written_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());

    let mut names = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }

    names.sort();
    assert_eq!(names, ["vault.age", "vault.age.lock"]);
    drop(file);
}

#[test]
fn a_link_to_a_vault_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (file, identity) = filled(folder.path());
    let link = folder.path().join("link.age");
    symlink(file.path(), &link).unwrap();
    let by_link = VaultFile::open(link.clone(), VaultKey::from_identities(&identity).unwrap()).unwrap();

    by_link.update(forget_password).unwrap();

    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(file.read().unwrap().accounts()[0].password, None);
    assert!(!folder.path().join("link.age.lock").exists(), "both paths have one lock");
}

#[test]
fn counters_and_steps_never_go_back() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());
    let issued = next_code(&file, USER, None, at(1_780_000_020)).unwrap();
    assert!(matches!(issued, CodePlan::Ready { .. }));
    let before = file.read().unwrap();

    file.update(|vault| {
        let account = vault.find_mut(USER, None)?;
        let mut old = passkey();
        old.sign_count = 3;
        account.passkeys = crate::authenticator::CredentialStore::default();
        account.passkeys.store(old);
        account.totp = Some(Totp::new(account.totp.clone().unwrap().key));
        Ok(())
    })
    .unwrap();

    let held = file.read().unwrap();
    assert_eq!(held.accounts()[0].passkeys.credentials()[0].sign_count, 7);
    assert_eq!(held.accounts()[0].totp, before.accounts()[0].totp);
    // An import of the same account changes neither.
    file.update(insert_account).unwrap();
    assert_eq!(file.read().unwrap().accounts()[0].totp, before.accounts()[0].totp);
}

#[test]
fn a_code_is_issued_once_and_counts_for_five_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = filled(folder.path());
    // Steps of 60 seconds: one ends at 1,780,000,020.
    let start = 1_780_000_020;
    assert_eq!(start % 60, 0);
    let next = |now: Timestamp| next_code(&file, USER, Some(HOST), now).unwrap();

    assert_eq!(next(at(start - 4)), CodePlan::WaitUntil(at(start)), "four seconds are left");
    let CodePlan::Ready { code, .. } = next(at(start)) else { panic!("a new step") };
    assert_eq!(code.reveal().len(), 8);
    assert_eq!(next(at(start + 30)), CodePlan::WaitUntil(at(start + 60)), "it was issued");
    let CodePlan::Ready { code: second, .. } = next(at(start + 60)) else { panic!("a new step") };
    assert_ne!(code, second);
    // A clock that was set back does not bring an old code back.
    assert_eq!(next(at(start)), CodePlan::WaitUntil(at(start + 120)));
    let late = at(start + 175).checked_add(SignedDuration::from_millis(1)).unwrap();
    assert_eq!(next(late), CodePlan::WaitUntil(at(start + 180)));
    file.update(|vault| {
        vault.find_mut(USER, None)?.totp = None;
        Ok(())
    })
    .unwrap();
    assert!(matches!(next_code(&file, USER, None, at(start + 240)), Err(VaultError::NoTotp(_))));
}

#[test]
fn an_account_is_found_by_user_and_host() {
    let mut vault = Vault::default();
    vault.insert(account());
    vault.insert(Account::new("acme.my.salesforce.com", USER).unwrap());
    vault.insert(Account::new("acme.my.salesforce.com", "admin@acme.example").unwrap());

    assert_eq!(vault.find("ADMIN@acme.example", None).unwrap().username, "admin@acme.example");
    assert_eq!(vault.find(USER, Some(&format!("https://{HOST}:443/x"))).unwrap().host, HOST);
    assert_eq!(vault.find(USER, Some("test.salesforce.com")).unwrap().host, HOST);
    assert_eq!(
        Vec::from_iter(vault.hosts()),
        ["acme--uat.sandbox.my.salesforce.com", "acme.my.salesforce.com", "test.salesforce.com"]
    );
    let Err(VaultError::Ambiguous { hosts, .. }) = vault.find(USER, None) else { panic!("two hosts") };
    assert_eq!(hosts, [HOST, "acme.my.salesforce.com"]);
    let Err(VaultError::UnknownUser { nearest, .. }) = vault.find("amdin@acme.example", None) else {
        panic!("no user")
    };
    assert_eq!(nearest.as_deref(), Some("admin@acme.example"));
    let Err(VaultError::UnknownHost { nearest, host }) = vault.find(USER, Some("acme.my.salesforce.con")) else {
        panic!("no host")
    };
    assert_eq!((host.as_str(), nearest.as_deref()), ("acme.my.salesforce.con", Some("acme.my.salesforce.com")));
    assert!(matches!(vault.find(USER, Some("a b")), Err(VaultError::NotAHost(_))));
}

/// The account of an org may be used at its identity provider, which has an account of the same user name, too.
#[test]
fn the_account_that_is_named_by_a_host_goes_before_those_that_only_may_use_it() {
    let mut vault = Vault::default();
    let mut of_org = Account::new(HOST, USER).unwrap();
    of_org.also = vec!["idp.example".to_owned(), "test.salesforce.com".to_owned()];
    let mut of_sandbox = Account::new("acme--qa.sandbox.my.salesforce.com", USER).unwrap();
    of_sandbox.also = vec!["test.salesforce.com".to_owned()];
    for account in [of_org, of_sandbox, Account::new("idp.example", USER).unwrap()] {
        vault.insert(account);
    }

    for host in [HOST, "idp.example", "acme--qa.sandbox.my.salesforce.com"] {
        assert_eq!(vault.find(USER, Some(host)).unwrap().host, host);
    }
    let shared = vault.find(USER, Some("test.salesforce.com"));
    assert!(matches!(shared, Err(VaultError::Ambiguous { .. })), "{shared:?}");
}

#[test]
fn a_host_is_bare_however_it_is_written() {
    for text in [
        "Acme.My.Salesforce.com",
        "https://acme.my.salesforce.com/x?y",
        "acme.my.salesforce.com:443",
        " acme.my.salesforce.com. ",
    ] {
        assert_eq!(host_name(text).as_deref(), Ok("acme.my.salesforce.com"), "{text}");
    }
    for text in ["", "https://", "a b", "rep@acme.example", "mailto:rep@acme.example"] {
        assert!(host_name(text).is_err(), "{text}: {:?}", host_name(text));
    }
}

#[test]
fn inserting_an_account_again_adds_to_it() {
    let mut vault = Vault::default();
    vault.insert(account());
    let mut more = Account::new(HOST, USER.to_uppercase()).unwrap();
    more.password = Some(Secret::new("new"));
    more.also = vec!["idp.example".to_owned(), HOST.to_owned()];
    more.backup_codes = vec![Secret::new(CANARIES[3]), Secret::new("second")];
    vault.insert(more);

    let [held] = vault.accounts() else { panic!("one account") };
    assert_eq!(held.username, USER);
    assert_eq!(held.password, Some(Secret::new("new")));
    assert_eq!(held.also, ["test.salesforce.com", "idp.example"]);
    assert_eq!((held.backup_codes.len(), held.passkeys.credentials().len()), (2, 1));
    assert_eq!(held.totp, account().totp);
}

#[test]
fn content_of_another_version_is_refused_by_name_and_without_values() {
    let read = |json: &str| document::read(&Secret::new(json)).unwrap_err();
    let account = |more: &str| format!(r#"{{"version":1,"accounts":[{{"host":"a.example","username":"u"{more}}}]}}"#);

    assert!(document::read(&Secret::new(account(""))).is_ok());
    for (json, said) in [
        ("canary".to_owned(), "not JSON at line 1"),
        ("[]".to_owned(), "no version"),
        (r#"{"version":2,"accounts":[]}"#.to_owned(), "version 2, and this program reads version 1"),
        (r#"{"version":1,"accounts":[],"extra":"canary"}"#.to_owned(), "does not know the field `extra`"),
        (account(r#","pasword":"canary""#), "account 1: this version does not know the field `pasword`"),
        (account(r#","totp":{"sekret":"canary"}"#), "account 1, totp: this version does not know the field `sekret`"),
        (account(r#","passkeys":[{"key":"canary"}]"#), "account 1, passkey 1"),
        (account(r#","password":["canary"]"#), "account 1: a field is missing or has the wrong type"),
        (account(r#","totp":{"secret":"canary!","algorithm":"SHA1","digits":6,"period":30}"#), "totp"),
        (
            account(r#","totp":{"secret":"JBSWY3DPEHPK3PXP","algorithm":"SHA1","digits":9,"period":30}"#),
            "6 to 8 digits",
        ),
        (r#"{"version":1}"#.to_owned(), "`accounts`"),
    ] {
        let refused = read(&json);
        assert!(refused.contains(said), "{json}: {refused}");
        assert!(!refused.contains("canary"), "{refused}");
    }
}

#[test]
fn no_secret_is_in_what_is_shown_or_lies_beside_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, identity) = filled(folder.path());
    let vault = file.read().unwrap();
    let errors = [
        vault.find("nobody", None).unwrap_err(),
        vault.find(USER, Some("nowhere.example")).unwrap_err(),
        VaultFile::open(file.path().to_owned(), VaultKey::generate().0).unwrap_err(),
    ];
    let shown = format!("{vault:?} {file:?} {errors:?} {:?}", file.update(|vault| Ok(vault.clone())));
    let shown = errors.iter().fold(shown, |shown, error| format!("{shown} {error} {:?}", error.remedy()));

    for canary in CANARIES.into_iter().chain([identity.reveal()]) {
        assert!(!shown.contains(canary), "{canary}");
        for entry in fs::read_dir(folder.path()).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(canary.len()).any(|part| part == canary.as_bytes()), "{canary}");
        }
    }
}
