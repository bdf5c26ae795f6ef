use vestibule_model::{Credential, TotpAlgorithm};

use super::accounts::{chosen, for_browsers, is_in_the_clear, summary, target, users, withheld};
use super::*;
use crate::authenticator::tests::relying_party::RelyingParty;
use crate::authenticator::{Authenticator, CredentialStore};
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;
use crate::suite::PasskeyKeeper as _;
use crate::vault::{Totp, Vault, VaultFile, VaultKey};

#[test]
fn the_accounts_are_those_that_are_named_or_all_and_only_of_the_vault() {
    let vault = vault([rep(), admin()]);
    let names = |users: &[&str], host: Option<&str>| {
        let users: Vec<String> = users.iter().map(|user| (*user).to_owned()).collect();
        chosen(&vault, &users, host).map(|found| found.into_iter().map(|one| one.username).collect::<Vec<_>>())
    };

    assert_eq!(names(&[], None).unwrap(), [REP, ADMIN]);
    assert_eq!(names(&[ADMIN, ADMIN], None).unwrap(), [ADMIN]);
    assert_eq!(names(&[], Some(SANDBOX)).unwrap(), [REP]);
    assert_eq!(names(&[], Some(IDP)).unwrap(), [ADMIN], "a further host of it");
    for (users, host) in [(&["nobody"][..], None), (&[], Some("globex.my.salesforce.com")), (&[ADMIN], Some(SANDBOX))] {
        let error = names(users, host).unwrap_err();
        assert_eq!(error.code(), ExitCode::Usage, "{users:?} {host:?}: {error:?}");
    }
    assert_eq!(chosen(&Vault::default(), &[], None).unwrap_err().code(), ExitCode::Usage, "an empty vault");
}

#[test]
fn a_browser_gets_only_passkeys_for_a_host_of_their_account() {
    let mut account = rep();
    account.passkeys.store(passkey(1, SANDBOX, REP));
    account.passkeys.store(passkey(2, "globex--uat.sandbox.my.salesforce.com", REP));

    let given: Vec<&str> = for_browsers(&account).map(|passkey| passkey.rp_id.as_str()).collect();
    let accounts = [account.clone()];
    let left: Vec<&str> = withheld(&accounts).map(|(_, rp_id)| rp_id).collect();

    assert_eq!(given, [SANDBOX]);
    assert_eq!(left, ["globex--uat.sandbox.my.salesforce.com"]);
    let line = summary(&accounts, &[]);
    assert!(line.contains(&format!("passkeys for {SANDBOX};")) && !line.contains("globex"), "{line}");
    assert!(line.ends_with("the command gets VESTIBULE_USERNAME, VESTIBULE_PASSWORD"), "{line}");
}

#[test]
fn a_server_to_which_private_keys_would_go_in_the_clear_is_known() {
    for (server, clear) in [
        ("http://grid.example:4444", true),
        ("http://10.0.0.7:4444", true),
        ("http://localhost.example:4444", true),
        ("https://grid.example", false),
        ("http://127.0.0.1:9515", false),
        ("http://[::1]:9515", false),
        ("http://localhost:9515", false),
    ] {
        assert_eq!(is_in_the_clear(&server.parse().unwrap()), clear, "{server}");
    }
}

#[test]
fn a_suite_is_told_addresses_that_follow_from_the_host_and_no_secret_that_it_did_not_ask_for() {
    let accounts = [rep(), Account { username: "rep@other.example".to_owned(), ..admin() }, admin()];

    let told = users(&accounts, &[]).unwrap();
    let handed = users(&accounts, &[Handed::TotpSecret]).unwrap();

    assert_eq!(target(&accounts[0]).login_url, format!("https://{SANDBOX}/"));
    assert_eq!(target(&accounts[0]).org_url, Some(format!("https://{SANDBOX}")));
    let lightning = "https://acme--uat.sandbox.lightning.force.com".to_owned();
    assert_eq!(target(&accounts[0]).lightning_url, Some(lightning));
    let by_login_host = Account::new("test.salesforce.com", REP).unwrap();
    assert_eq!((target(&by_login_host).org_url, target(&by_login_host).lightning_url), (None, None));
    let keys: Vec<&str> = told.iter().map(|user| user.key.as_str()).collect();
    assert_eq!(keys, [REP, "rep@other.example", "admin"]);
    assert!(told.iter().all(|user| user.totp_secret.is_none() && user.passkey.is_none()));
    assert_eq!(handed[0].totp_secret.as_ref().map(Secret::reveal), Some(TOTP));
    assert_eq!(handed[1].totp_secret, None);
}

#[test]
fn a_totp_secret_that_a_suite_would_make_other_codes_of_is_not_handed_over() {
    let mut account = rep();
    if let Some(totp) = &mut account.totp {
        totp.key.algorithm = TotpAlgorithm::Sha256;
    }

    let of_sha256 = users(&[account], &[Handed::TotpSecret]).unwrap_err();
    let without = users(&[admin()], &[Handed::TotpSecret]).unwrap_err();

    assert_eq!((of_sha256.code(), without.code()), (ExitCode::Usage, ExitCode::Usage));
    assert!(format!("{of_sha256:?}").contains("SHA256") && !format!("{of_sha256:?}").contains(TOTP));
}

#[test]
fn nothing_runs_for_a_production_host_a_foreign_host_or_a_value_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let (file, identity) = vault_file(folder.path(), [rep(), admin()]);
    let ran = folder.path().join("ran");
    let said = |options: &[&str]| {
        let script = format!("touch '{}'", ran.display());
        let (vault, identity) = (file.path().display().to_string(), identity.display().to_string());
        let words = [&["--vault", &vault, "--identity", &identity][..], options, &["--", "sh", "-c", &script]].concat();
        let args: WithArgs = parse(&words).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let traits = TerminalTraits {
            color_out: false,
            color_err: false,
            err_is_terminal: false,
            interactive: false,
            width: 100,
        };
        let mut console = Console::new(&mut out, &mut err, traits);
        let error = with(&args, &mut console).unwrap_err();
        error.write(&mut console).unwrap();
        (error.code(), String::from_utf8(err).unwrap())
    };

    let rows: [(&[&str], &str); 8] = [
        (&[], "for the production host acme.my.salesforce.com; nothing ran"),
        (&["--account", ADMIN], "for the production host acme.my.salesforce.com; nothing ran"),
        (&["--account", "nobody@acme.example"], "the vault has no user `nobody@acme.example`"),
        (&["--host", "globex.my.salesforce.com"], "the host `globex.my.salesforce.com` is not in the vault"),
        (&["--account", REP, "--env", "X={totp-secret}"], "there is no `totp-secret` here; nothing ran"),
        (&["--account", REP, "--env", "X={org-id}"], "there is no `org-id` here; nothing ran"),
        (&["--account", REP, "--env", "X={pasword}"], "did you mean `password`?"),
        (&["--account", ADMIN, "--production", "--give", "totp-secret"], "no account here has a TOTP app"),
    ];
    for (options, expected) in rows {
        let (code, text) = said(options);
        assert_eq!(code, ExitCode::Usage, "{options:?}: {text}");
        assert!(text.contains(expected), "{options:?}: {text}");
        assert!(!text.contains(PASSWORD) && !text.contains(TOTP), "{text}");
    }
    assert!(!ran.exists(), "the command did not run");
}

/// Two keepers stand for two runs at the same time, and the third for a later one.
#[test]
fn no_counter_is_lent_twice_by_any_run() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = vault_file(folder.path(), [with_passkey()]);
    let accounts = file.read().unwrap().accounts().to_vec();
    let keepers = [(); 2].map(|()| VaultKeeper::new(file.clone(), &accounts));

    let mut lent = Vec::new();
    for _ in 0..15 {
        lent.extend(keepers.iter().map(|keeper| keeper.lend()[0].sign_count));
    }
    let later = VaultKeeper::new(file.clone(), &accounts).lend()[0].sign_count;

    assert_eq!(lent[0], 5, "the first one goes on from what the org knows");
    let mut sorted = lent.clone();
    sorted.sort_unstable();
    assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 100), "each can sign 100 times: {sorted:?}");
    assert!(later >= sorted[29] + 100, "{later}: {sorted:?}");
}

#[test]
fn what_a_browser_counted_up_or_made_is_in_the_vault_and_what_it_did_elsewhere_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = vault_file(folder.path(), [with_passkey(), admin()]);
    let accounts = file.read().unwrap().accounts().to_vec();
    let keeper = VaultKeeper::new(file.clone(), &accounts);
    let lent = keeper.lend().remove(0);
    let reserved = held(&file, REP)[0].sign_count;

    let beyond = Credential { sign_count: reserved + 7, ..lent.clone() };
    let (made, elsewhere) = (passkey(9, SANDBOX, REP), passkey(8, "other.example", REP));
    keeper.give_back(vec![beyond, made.clone(), elsewhere]);
    // A counter never goes back.
    keeper.give_back(vec![Credential { sign_count: 1, ..lent }]);

    let now = held(&file, REP);
    assert_eq!((now[0].sign_count, now.len()), (reserved + 7, 2));
    assert_eq!(now[1], made);
    assert!(held(&file, ADMIN).is_empty());
    assert!(keeper.lend().iter().any(|passkey| passkey.id == made.id), "the next window has it");
    let kept = keeper.kept();
    assert_eq!((kept.made, kept.unclaimed.len(), kept.authenticators), (1, 0, 2));
}

#[test]
fn a_passkey_of_nobody_who_is_known_is_told_and_one_that_can_only_be_of_one_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let second = Account { username: "second@acme.example".to_owned(), ..rep() };
    let (file, _) = vault_file(folder.path(), [rep(), second]);
    let accounts = file.read().unwrap().accounts().to_vec();
    let (both, one) = (VaultKeeper::new(file.clone(), &accounts), VaultKeeper::new(file.clone(), &accounts[..1]));
    let nameless = |id| Credential { user_name: None, ..passkey(id, SANDBOX, REP) };

    both.give_back(vec![nameless(1)]);
    one.give_back(vec![nameless(2)]);

    assert_eq!(both.kept().unclaimed, [SANDBOX]);
    assert_eq!(one.kept().made, 1);
    let ids: Vec<_> = held(&file, REP).into_iter().map(|passkey| passkey.id[0]).collect();
    assert_eq!(ids, [2]);
}

#[test]
fn a_vault_that_is_gone_lends_nothing_and_the_run_is_told_to_be_broken() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = vault_file(folder.path(), [with_passkey()]);
    let accounts = file.read().unwrap().accounts().to_vec();
    let keeper = VaultKeeper::new(file.clone(), &accounts);
    std::fs::remove_file(file.path()).unwrap();

    assert!(keeper.lend().is_empty());

    let (mut out, mut err) = (Vec::new(), Vec::new());
    let traits =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let error = told(Exit::Code(0), keeper.kept(), &mut Console::new(&mut out, &mut err, traits)).unwrap_err();
    assert_eq!(error.code(), ExitCode::Broken);
    assert!(String::from_utf8(err).unwrap().starts_with("the command exited with 0; 0 windows held the passkeys"));
}

#[test]
fn the_exit_code_is_that_of_the_command() {
    let rows = [(Exit::Code(0), 0), (Exit::Code(7), 7), (Exit::Signal(2), 130), (Exit::Signal(15), 143)];
    for (exit, code) in rows {
        assert_eq!(code_of(exit), code, "{exit:?}");
    }
}

fn vault<const N: usize>(accounts: [Account; N]) -> Vault {
    let mut vault = Vault::default();
    accounts.into_iter().for_each(|account| vault.insert(account));
    vault
}

/// A vault in this folder, and the file with the identity that opens it.
fn vault_file<const N: usize>(folder: &std::path::Path, accounts: [Account; N]) -> (VaultFile, std::path::PathBuf) {
    let (key, identity, _) = VaultKey::generate();
    let named = folder.join("identity");
    std::fs::write(&named, identity.reveal()).unwrap();
    let file = VaultFile::create(folder.join("vault.age"), key).unwrap();
    file.update(|vault| {
        accounts.into_iter().for_each(|account| vault.insert(account));
        Ok(())
    })
    .unwrap();
    (file, named)
}

/// The passkeys of a user in the vault.
fn held(file: &VaultFile, user: &str) -> Vec<Credential> {
    file.read().unwrap().find(user, None).unwrap().passkeys.credentials().to_vec()
}

fn rep() -> Account {
    let mut account = Account::new(SANDBOX, REP).unwrap();
    account.password = Some(Secret::new(PASSWORD));
    account.totp = Some(Totp::new(TOTP.parse().unwrap()));
    account
}

fn with_passkey() -> Account {
    let mut account = rep();
    account.passkeys.store(passkey(1, SANDBOX, REP));
    account
}

fn admin() -> Account {
    let mut account = Account::new("acme.my.salesforce.com", ADMIN).unwrap();
    account.also.push(IDP.to_owned());
    account
}

/// A passkey whose last counter was 5.
fn passkey(id: u8, rp_id: &str, user_name: &str) -> Credential {
    let mut store = CredentialStore::default();
    RelyingParty::new(1).register_over_http(&mut Authenticator::new(&mut store));
    Credential {
        id: vec![id; 16],
        rp_id: rp_id.to_owned(),
        user_name: Some(user_name.to_owned()),
        sign_count: 5,
        ..store.credentials()[0].clone()
    }
}

const SANDBOX: &str = "acme--uat.sandbox.my.salesforce.com";
const IDP: &str = "acme.okta.com";
const REP: &str = "rep@acme.example";
const ADMIN: &str = "admin@acme.example";
const PASSWORD: &str = "canary-password";
const TOTP: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
