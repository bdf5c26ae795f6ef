use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;
use crate::vault::formats::Format;
use crate::vault::tests::{CANARIES, HOST, USER, account};
use crate::vault::{VaultFile, VaultKey};

/// A folder with a vault and the identity that opens it.
struct Stand {
    folder: TempDir,
}

/// What a command did: exit code, stdout and stderr.
struct Said {
    code: u8,
    out: String,
    err: String,
}

impl Stand {
    fn new() -> Self {
        let stand = Self { folder: tempfile::tempdir().unwrap() };
        let said =
            stand.run_bare(&["create", "--vault", &stand.path("vault.age"), "--new-identity", &stand.path("key")]);
        assert_eq!(said.code, 0, "{}", said.err);
        stand
    }

    /// With [`account`] in the vault.
    fn filled() -> Self {
        let stand = Self::new();
        stand
            .file()
            .update(|vault| {
                vault.insert(account());
                Ok(())
            })
            .unwrap();
        stand
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn file(&self) -> VaultFile {
        let identity = vestibule_model::Secret::new(fs::read_to_string(self.path("key")).unwrap());
        VaultFile::open(PathBuf::from(self.path("vault.age")), VaultKey::from_identities(&identity).unwrap()).unwrap()
    }

    fn run(&self, words: &[&str]) -> Said {
        let (vault, key) = (self.path("vault.age"), self.path("key"));
        let mut words = words.to_vec();
        words.extend(["--vault", vault.as_str(), "--identity", key.as_str()]);
        self.run_bare(&words)
    }

    fn run_bare(&self, words: &[&str]) -> Said {
        let args: VaultCommandArgs = match parse(words) {
            Ok(args) => args,
            Err(err) => return Said { code: 2, out: String::new(), err },
        };
        let terminal = TerminalTraits {
            color_out: false,
            color_err: false,
            err_is_terminal: false,
            interactive: false,
            width: 100,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console::new(&mut out, &mut err, terminal);
        let code = vault(&args, &mut console).unwrap_or_else(|error| {
            error.write(&mut console).unwrap();
            error.code()
        });
        Said { code: code.into(), out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    }
}

#[test]
fn a_vault_is_created_filled_listed_and_emptied() {
    let stand = Stand::new();
    let password = stand.write("password", &format!("{}\r\n", CANARIES[0]));
    let codes = stand.write("codes", &format!("{}, second\nthird", CANARIES[3]));
    let totp = stand.write("totp", &format!(" otpauth://totp/x?secret={}&digits=8&period=60\n", CANARIES[1]));

    let added = stand.run(&[
        "add",
        &format!("https://{HOST}/"),
        USER,
        "--password",
        &format!("file:{password}"),
        "--totp",
        &format!("file:{totp}"),
        "--backup-codes",
        &format!("file:{codes}"),
        "--also",
        "test.salesforce.com",
    ]);

    assert_eq!(added.code, 0, "{}", added.err);
    assert!(added.err.contains("password, TOTP secret, 3 backup codes"), "{}", added.err);
    let vault = stand.file().read().unwrap();
    let held = vault.find(USER, Some(HOST)).unwrap();
    assert_eq!(held.password.as_ref().unwrap().reveal(), CANARIES[0], "without its line end");
    assert_eq!((held.totp.as_ref().unwrap().key.digits, held.backup_codes.len()), (8, 3));

    let listed = stand.run(&["list"]);
    assert_eq!(listed.out, format!("{HOST}  {USER}  password, TOTP secret, 3 backup codes\n"));
    let json: Value = serde_json::from_str(&stand.run(&["list", "--json"]).out).unwrap();
    assert_eq!((&json["host"], &json["password"], &json["backup-codes"]), (&json!(HOST), &json!(true), &json!(3)));
    assert_eq!(json["totp"]["period"], 60);

    let less = stand.run(&["remove", USER, "--only", "totp", "--only", "backup-codes"]);
    assert!(less.err.ends_with("has password\n"), "{}", less.err);
    let gone = stand.run(&["remove", USER, "--host", HOST]);
    assert_eq!(gone.code, 0, "{}", gone.err);
    let empty = stand.run(&["list"]);
    assert_eq!(empty.code, 4);
    assert!(empty.err.contains("vestibule vault import"), "{}", empty.err);
    for said in [added, listed, less, gone, empty] {
        assert!(!CANARIES.iter().any(|canary| said.out.contains(canary) || said.err.contains(canary)));
    }
}

#[test]
fn nothing_that_is_shown_holds_a_secret() {
    let stand = Stand::filled();
    let identity = fs::read_to_string(stand.path("key")).unwrap();
    let secret_key = identity.lines().last().unwrap();

    let shown = stand.run(&["show", USER]);
    let (out, err) = [&["list"][..], &["list", "--json"], &["show", USER, "--json"]]
        .map(|words| stand.run(words))
        .into_iter()
        .fold((shown.out.clone(), shown.err), |(out, err), said| (out + &said.out, err + &said.err));

    assert!(shown.out.contains("TOTP          SHA256, 8 digits, 60 s\n"), "{}", shown.out);
    assert!(shown.out.contains(&format!("{HOST}, Y3JlZGVudGlhbC1vbmU, counter 7, discoverable, backup eligible")));
    for canary in CANARIES.into_iter().chain([secret_key]) {
        assert!(!out.contains(canary) && !err.contains(canary), "{canary}");
    }
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let stand = Stand::new();
    let before = fs::read(stand.path("vault.age")).unwrap();

    for option in ["--password", "--totp", "--backup-codes"] {
        for secret in ["canary", "https://canary", "env:", "file:"] {
            let said = stand.run(&["add", HOST, USER, option, secret]);

            assert_eq!(said.code, 2);
            assert!(said.err.contains("takes the source of the secret"), "{}", said.err);
            assert!(said.err.contains("prompt, -, env:NAME or file:PATH"), "{}", said.err);
            assert!(!said.err.contains("canary"), "{}", said.err);
        }
    }
    let both = stand.run(&["add", HOST, USER, "--password", "-", "--totp", "-"]);
    assert!(both.err.contains("stdin holds only one secret"), "{}", both.err);
    let unset = stand.run(&["add", HOST, USER, "--password", "env:VESTIBULE_TEST_NOT_SET"]);
    assert!(unset.err.contains("VESTIBULE_TEST_NOT_SET is not set"), "{}", unset.err);
    let unasked = stand.run(&["add", HOST, USER, "--password", "prompt"]);
    assert_eq!(unasked.code, 2);
    assert!(unasked.err.contains("cannot ask for a secret"), "{}", unasked.err);
    let swapped = stand.run(&["add", USER, HOST, "--password", "prompt"]);
    assert!(swapped.err.contains("is not a host"), "{}", swapped.err);
    assert_eq!(fs::read(stand.path("vault.age")).unwrap(), before);
}

#[test]
fn a_file_with_a_mistake_is_not_imported_at_all() {
    let stand = Stand::new();
    let before = fs::read(stand.path("vault.age")).unwrap();
    let export = stand.write(
        "logins.csv",
        "Title,Url,Username,Password,OTPAuth\nOrg,https://acme.my.salesforce.com,rep,canary-a,\nTwo,https://acme.my.salesforce.com,ann,canary-b,canary!\n",
    );

    let said = stand.run(&["import", &export]);

    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("logins.csv:3:49: the TOTP secret is not base32"), "{}", said.err);
    assert!(said.err.contains("nothing was imported"), "{}", said.err);
    assert!(!said.err.contains("canary"), "{}", said.err);
    assert_eq!(fs::read(stand.path("vault.age")).unwrap(), before);

    let wrong = stand.run(&["import", &export, "--format", "bitwarden"]);
    assert!(wrong.err.contains("did you mean `bitwarden-csv`?"), "{}", wrong.err);
    let other = stand.run(&["import", &export, "--only", "other.example"]);
    assert_eq!(other.code, 4);
    assert!(other.err.contains("all of its accounts are of other hosts"), "{}", other.err);
    let only = stand.run(&["import", &stand.path("nothing.csv")]);
    assert_eq!(only.code, 2);
}

#[test]
fn an_import_says_what_each_account_now_has_and_warns_of_the_file() {
    let stand = Stand::filled();
    let export = stand.write(
        "logins.csv",
        &format!(
            "Title,Url,Username,Password,OTPAuth\nOrg,{HOST},{USER},canary-new,\nTwo,other.example,ann,canary-b,\n"
        ),
    );

    let said = stand.run(&["import", &export, "--only", "salesforce.com"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.out, format!("{USER} at {HOST} has password, TOTP secret, 1 passkey, 1 backup code\n"));
    assert!(said.err.contains("imported 1 as 1password-csv; 1 of other hosts were left out"), "{}", said.err);
    assert!(said.err.contains("logins.csv is not encrypted: delete it"), "{}", said.err);
    let vault = stand.file().read().unwrap();
    assert_eq!(vault.accounts().len(), 1);
    assert_eq!(vault.accounts()[0].password.as_ref().unwrap().reveal(), "canary-new");
}

#[test]
fn an_export_can_be_imported_and_says_that_it_is_not_encrypted() {
    let stand = Stand::filled();
    let other = Stand::new();
    for (format, left_out) in
        [("bitwarden-csv", "1 passkey, 1 backup code"), ("playwright", "1 password, 1 TOTP secret")]
    {
        let file = stand.path(format);

        let said = stand.run(&["export", "--format", format, "--output", &file]);

        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(said.out, "");
        assert!(said.err.contains(left_out), "{}", said.err);
        assert!(said.err.contains("is not encrypted: everybody who reads it can sign in"), "{}", said.err);
        assert!(!CANARIES.iter().any(|canary| said.err.contains(canary)));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let again = stand.run(&["export", "--format", format, "--output", &file]);
        assert_eq!(again.code, 2);
        assert!(again.err.contains("the file already exists"), "{}", again.err);
        assert_eq!(other.run(&["import", &file]).code, 0);
    }
    let vault = other.file().read().unwrap();
    assert_eq!((vault.accounts().len(), vault.accounts()[0].password.is_some()), (1, true));
    assert_eq!(vault.accounts()[0].passkeys.credentials().len(), 1);

    let printed = stand.run(&["export", "--format", "otpauth", "--user", USER]);
    let expected = Format::Otpauth.write(&[&account()]).unwrap();
    assert_eq!(printed.out, expected.text.reveal());
    assert_eq!(stand.run(&["export", "--format", "otpauth", "--host", "nowhere.example"]).code, 2);
}

#[test]
fn a_vault_that_cannot_be_opened_says_what_to_do() {
    let stand = Stand::filled();
    let (vault, key) = (stand.path("vault.age"), stand.path("key"));
    let missing = stand.run_bare(&["list", "--vault", &stand.path("none.age"), "--identity", &key]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("vestibule vault create"), "{}", missing.err);

    let other = Stand::new();
    let wrong = stand.run_bare(&["list", "--vault", &vault, "--identity", &other.path("key")]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("it is not encrypted for this identity"), "{}", wrong.err);

    let no_key = stand.write("no-key", "canary\n");
    let malformed = stand.run_bare(&["list", "--vault", &vault, "--identity", &no_key]);
    assert!(malformed.err.contains("line 1 is not an age identity"), "{}", malformed.err);
    assert!(!malformed.err.contains("canary"));

    fs::write(&vault, &fs::read(&vault).unwrap()[..300]).unwrap();
    let cut = stand.run(&["list"]);
    assert_eq!(cut.code, 2);
    assert!(cut.err.contains("it is damaged") && cut.err.contains("backup"), "{}", cut.err);

    let over = stand.run_bare(&["create", "--vault", &vault, "--new-identity", &stand.path("second")]);
    assert_eq!(over.code, 2);
    assert!(!PathBuf::from(stand.path("second")).exists(), "nothing is made for a vault that is there");
    let recipient = stand.run_bare(&[
        "create",
        "--vault",
        &stand.path("new.age"),
        "--identity",
        &key,
        "--recipient",
        "ssh-ed25519 AAAA",
    ]);
    assert!(recipient.err.contains("a recipient begins with `age1`"), "{}", recipient.err);
}

#[test]
fn an_identity_file_is_that_of_age_keygen_and_only_its_owner_reads_it() {
    let stand = Stand::new();
    let text = fs::read_to_string(stand.path("key")).unwrap();
    let lines: Vec<&str> = text.lines().collect();

    assert!(lines[0].starts_with("# public key: age1"), "{}", lines[0]);
    assert!(lines[1].starts_with("AGE-SECRET-KEY-1"));
    assert_eq!(fs::metadata(stand.path("key")).unwrap().permissions().mode() & 0o777, 0o600);
    let public = lines[0].trim_start_matches("# public key: ");
    let second = stand.run_bare(&[
        "create",
        "--vault",
        &stand.path("two.age"),
        "--new-identity",
        &stand.path("key-2"),
        "--recipient",
        public,
    ]);
    assert_eq!(second.code, 0, "{}", second.err);
    let by_first = stand.run_bare(&["list", "--vault", &stand.path("two.age"), "--identity", &stand.path("key")]);
    assert_eq!(by_first.code, 4, "it opens, and is empty: {}", by_first.err);
}
