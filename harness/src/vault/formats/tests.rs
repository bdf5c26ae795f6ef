use strum::IntoEnumIterator as _;
use vestibule_model::{Secret, TotpKey};
use vestibule_snapshots::growth::assert_linear;

use super::*;
use crate::vault::tests::{CANARIES, HOST, PRIVATE_KEY, USER, account, passkey};
use crate::vault::{Account, Totp, Vault};

mod drawn;

/// The accounts of a file that is imported into an empty vault.
fn imported(format: Format, text: &str) -> Result<Vec<Account>, FormatError> {
    let records = format.read("export", text.as_bytes())?;
    Ok(Placement::default().accounts("export", records, &Vault::default())?.0)
}

fn refused(format: Format, text: &str) -> FormatError {
    let error = imported(format, text).unwrap_err();
    for canary in CANARIES.into_iter().chain(["canary"]) {
        assert!(!format!("{error} {error:?}").contains(canary), "{error:?}");
    }
    error
}

/// What a format keeps of the account.
fn kept(format: Format) -> Account {
    let mut kept = account();
    kept.backup_codes.clear();
    match format {
        Format::BitwardenCsv | Format::OnePasswordCsv | Format::Otpauth => {
            kept.passkeys = crate::authenticator::CredentialStore::default();
            kept.registrations.clear();
        }
        Format::Browserforce | Format::Playwright | Format::VirtualAuthenticator => {
            kept.password = None;
            kept.totp = None;
        }
    }
    if format == Format::Otpauth {
        kept.password = None;
    }
    if format != Format::BitwardenCsv {
        kept.also.clear();
    }
    if matches!(format, Format::Playwright | Format::VirtualAuthenticator) {
        kept.registrations.clear();
    }
    if format == Format::Playwright {
        let mut passkey = passkey();
        passkey.backup_eligible = false;
        passkey.user_name = None;
        kept.passkeys = crate::authenticator::CredentialStore::default();
        kept.passkeys.store(passkey);
    }
    kept
}

/// The place of each is known, for what may be wrong with it.
#[test]
fn eight_times_the_passkeys_take_eight_times_as_long_to_read() {
    let format = Format::VirtualAuthenticator;
    let one = format.write(&[&account()]).unwrap().text.reveal().trim().to_owned();
    let one = one.trim_start_matches('[').trim_end_matches(']').to_owned() + &" ".repeat(2_000);
    let input = |count: usize| format!("[{}]", vec![one.as_str(); count].join(",\n"));

    let records = format.read("export", input(3).as_bytes()).unwrap();

    let lines = u64::try_from(one.matches('\n').count()).unwrap() + 1;
    let places: Vec<(u64, u64)> = records.iter().map(|record| record.at).collect();
    let (line, column) = places[0];
    assert_eq!(places, [(line, column), (line + lines, column), (line + 2 * lines, column)]);
    assert_linear("passkeys", 200, input, |text| {
        assert!(format.read("export", text.as_bytes()).is_ok());
    });
}

#[test]
fn eight_times_the_text_takes_eight_times_as_long_to_read_in_every_format() {
    let header = "folder,type,name,login_uri,login_username,login_password,login_totp\n";
    type Part = fn(usize) -> String;
    let rows: [(&str, Format, &str, Part, &str); 7] = [
        ("logins", Format::BitwardenCsv, header, |n| format!(",login,n,https://h{n}.example,u{n},p,\n"), ""),
        (
            "hosts of one login",
            Format::BitwardenCsv,
            header,
            |n| {
                if n == 0 { ",login,n,\"https://h.example".to_owned() } else { format!(",https://h{n}.example") }
            },
            "\",u,p,\n",
        ),
        (
            "lines in one field",
            Format::BitwardenCsv,
            header,
            |n| if n == 0 { "\"".to_owned() } else { "a\r\n".to_owned() },
            "\",login,n,h.example,u,p,\n",
        ),
        ("notes", Format::BitwardenCsv, header, |n| format!("f,note,n{n},,,,\n"), ""),
        (
            "URIs",
            Format::Otpauth,
            "",
            |n| format!("otpauth://totp/h.example:u{n}?secret=JBSWY3DPEHPK3PXP&issuer=h.example\n"),
            "",
        ),
        ("comments", Format::Otpauth, "", |_| "# a\n\n".to_owned(), ""),
        (
            "parameters",
            Format::Otpauth,
            "otpauth://totp/h.example:u?secret=JBSWY3DPEHPK3PXP",
            |n| format!("&x{n}=%20"),
            "\n",
        ),
    ];
    for (name, format, head, part, tail) in rows {
        let input = |count: usize| format!("{head}{}{tail}", (0..count).map(part).collect::<String>());
        assert_linear(name, 1_000, input, |text| {
            assert!(
                format.read("export", text.as_bytes()).is_ok(),
                "{name}: {:?}",
                format.read("export", text.as_bytes())
            );
        });
    }
}

#[test]
fn each_format_brings_back_what_it_holds() {
    for format in Format::iter() {
        let exported = format.write(&[&account()]).unwrap();
        let text = exported.text.reveal();

        assert_eq!(Format::of("export", text.as_bytes()), Ok(format));
        let records = format.read("export", text.as_bytes()).unwrap();
        let placement = Placement::new(None, Some(USER), &[]).unwrap();
        let (read, left_out) = placement.accounts("export", records, &Vault::default()).unwrap();
        assert_eq!((read, left_out), (vec![kept(format)], 0), "{format}");
    }
}

#[test]
fn what_a_format_does_not_hold_is_said() {
    for (format, lost) in [
        (Format::BitwardenCsv, vec!["1 passkey", "1 backup code"]),
        (Format::OnePasswordCsv, vec!["1 passkey", "1 further host", "1 backup code"]),
        (Format::Otpauth, vec!["1 password", "1 passkey", "1 further host", "1 backup code"]),
        (Format::Playwright, vec!["1 password", "1 TOTP secret", "1 further host", "1 backup code"]),
    ] {
        assert_eq!(format.write(&[&account()]).unwrap().lost, lost, "{format}");
    }
    let mut unregistered = account();
    unregistered.registrations.clear();
    let exported = Format::Browserforce.write(&[&unregistered]).unwrap();
    assert!(exported.lost.iter().any(|lost| lost.contains("`registrationId`")), "{:?}", exported.lost);
    assert!(!exported.text.reveal().contains("registrationId"));

    let empty = Account::new(HOST, USER).unwrap();
    for format in Format::iter() {
        assert!(matches!(format.write(&[&empty]), Err(ExportError::Nothing(_))), "{format}");
    }
    let other = Account { host: "other.example".to_owned(), ..account() };
    assert_eq!(Format::Browserforce.write(&[&account(), &other]).unwrap_err(), ExportError::SeveralPasskeys(2));
}

#[test]
fn bitwarden_is_read_with_whatever_its_fields_hold() {
    let text = "\u{feff}folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\r\n\
         Work,1,login,\"A \"\"real\"\" org\",\"two\r\nlines, and a comma\",,0,\"https://acme.my.salesforce.com,https://login.salesforce.com/,androidapp://com.acme\",rep@acme.example, p w ,jbsw y3dp ehpk 3pxp\r\n\
         ,,note,Wi-Fi,canary,,0,,,,\r\n\
         \r\n\
         ,,1,IdP,,,0,idp.example,rep,\"a\"\"b,c\nd\",otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=8\r\n";

    let accounts = imported(Format::BitwardenCsv, text).unwrap();

    let [org, idp] = &accounts[..] else { panic!("{accounts:?}") };
    assert_eq!((org.host.as_str(), org.username.as_str()), ("acme.my.salesforce.com", "rep@acme.example"));
    assert_eq!(org.also, ["login.salesforce.com"]);
    assert_eq!(org.password.as_ref().map(Secret::reveal), Some(" p w "), "blanks belong to a password");
    assert_eq!(org.totp, Some(Totp::new(TotpKey::usual("JBSWY3DPEHPK3PXP".parse().unwrap()))));
    assert_eq!((idp.host.as_str(), idp.password.as_ref().map(Secret::reveal)), ("idp.example", Some("a\"b,c\nd")));
    assert_eq!(idp.totp.as_ref().unwrap().key.digits, 8);
}

#[test]
fn one_password_is_read_in_any_order_and_without_its_later_columns() {
    let text = "username,PASSWORD,Title,Extra,Url\n\
                rep,secret,Org,x,https://acme.my.salesforce.com/?startURL=%2Fhome\n\
                ,,A note,x,\n";

    let accounts = imported(Format::OnePasswordCsv, text).unwrap();

    assert_eq!(accounts.len(), 1);
    assert_eq!((accounts[0].host.as_str(), accounts[0].totp.is_none()), ("acme.my.salesforce.com", true));
}

#[test]
fn a_csv_with_odd_columns_is_refused_with_the_place() {
    let header = "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp";
    let first = ",,login,One,\"two\nlines\",,0,https://acme.example,rep,canary-a,";
    let totp = format!("{header}\r\n{first}\r\n,,login,Two,,,0,https://acme.example,ann,canary-b,canary!");
    for (text, at, said) in [
        (String::new(), None, "it is empty"),
        ("login_uri,login_password\na,canary".to_owned(), Some((1, 1)), "the column `login_username` is missing"),
        (
            header.replace("login_totp", "login_otp"),
            Some((1, 89)),
            "`login_otp` is not known, and `login_totp` is missing",
        ),
        (format!("{header},login_uri"), Some((1, 100)), "the column `login_uri` is there twice"),
        (header.replace(',', ";"), Some((1, 1)), "not separated by commas"),
        (format!("{header}\r\n{first}\r\n,,login,Two,canary"), Some((4, 1)), "has 5 fields, and the header has 11"),
        (format!("{header}\n{first}\n,,login,\"canary open,,,0,,,,"), Some((4, 1)), "fields, and the header has 11"),
        (totp, Some((4, 51)), "not base32"),
        (format!("{header}\n,,login,One,,,0,,rep,canary,"), Some((2, 1)), "does not name the host"),
        (format!("{header}\n,,login,One,,,0,https://acme.example,,canary,"), Some((2, 1)), "does not name the user"),
    ] {
        let error = refused(Format::BitwardenCsv, &text);

        assert_eq!(error.at, at, "{text}: {error}");
        assert!(error.to_string().contains(said), "{text}: {error}");
        assert!(!error.valid.is_empty());
    }
}

#[test]
fn a_file_in_another_encoding_or_of_another_kind_is_refused() {
    let utf16 = Format::of("export", b"\xff\xfef\0o\0").unwrap_err();
    assert!(utf16.to_string().contains("UTF-16"), "{utf16}");
    let latin1 = Format::of("export", b"Title,Url\nM\xfcller").unwrap_err();
    assert_eq!((latin1.at, latin1.valid.as_str()), (Some((2, 2)), "save it as UTF-8"));
    let unknown = Format::of("export", b"canary,secret\n").unwrap_err();
    assert!(unknown.valid.contains("bitwarden-csv, 1password-csv, otpauth, browserforce, playwright"), "{unknown:?}");
    assert!(!format!("{unknown:?}").contains("canary"));
    assert_eq!(Format::of("export", b"Title;Url;Username;Password"), Ok(Format::OnePasswordCsv));
    assert_eq!(Format::of("export", b"\n[]"), Ok(Format::VirtualAuthenticator));
}

#[test]
fn a_file_with_more_accounts_than_a_team_has_is_refused() {
    let row = "Org,https://acme.example,rep,a,\n";
    let text = |rows| format!("Title,Url,Username,Password,OTPAuth\n{}", row.repeat(rows));

    assert!(Format::OnePasswordCsv.read("export", text(10_000).as_bytes()).is_ok());
    let error = Format::OnePasswordCsv.read("export", text(10_001).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("10001 accounts"), "{error}");
}

#[test]
fn only_what_is_asked_for_is_imported() {
    let text = "Title,Url,Username,Password,OTPAuth\n\
                Org,https://acme.my.salesforce.com,rep,a,\n\
                Games,https://store.example,me,b,steam://canary\n\
                Nowhere,,me,c,\n\
                Trap,https://notsalesforce.com,me,d,\n";
    let records = Format::OnePasswordCsv.read("export", text.as_bytes()).unwrap();

    let only = Placement::new(None, None, &["https://salesforce.com".to_owned()]).unwrap();
    let (accounts, left_out) = only.accounts("export", records.clone(), &Vault::default()).unwrap();

    assert_eq!((accounts.len(), left_out), (1, 3));
    let all = Placement::default().accounts("export", records, &Vault::default()).unwrap_err();
    assert_eq!(all.at, Some((3, 34)), "{all}");
    assert!(!format!("{all:?}").contains("canary"));
}

#[test]
fn uris_are_read_line_by_line() {
    let text = "# from an app\r\n\r\n\
                otpauth://totp/Salesforce:rep%40acme.example?secret=JBSWY3DPEHPK3PXP&issuer=Salesforce\r\n\
                otpauth://totp/acme.my.salesforce.com:ann?secret=jbswy3dpehpk3pxp&algorithm=SHA512&digits=7&period=15\r\n";
    let records = Format::Otpauth.read("export", text.as_bytes()).unwrap();
    let placement = Placement::new(Some(HOST), None, &[]).unwrap();

    let (accounts, _) = placement.accounts("export", records, &Vault::default()).unwrap();

    let places: Vec<_> = accounts.iter().map(|one| (one.host.as_str(), one.username.as_str())).collect();
    assert_eq!(places, [(HOST, "rep@acme.example"), ("acme.my.salesforce.com", "ann")]);
    let key = &accounts[1].totp.as_ref().unwrap().key;
    assert_eq!((key.algorithm.to_string().as_str(), key.digits, key.period), ("SHA512", 7, 15));

    for (line, said) in [
        ("otpauth://hotp/x?secret=CANARYCANARYCANA&counter=1", "`hotp` is not TOTP"),
        ("otpauth://totp/x?issuer=y", "no `secret`"),
        ("otpauth://totp/x?secret=canary!", "not base32"),
        ("otpauth-migration://offline?data=canary", "Google Authenticator"),
        ("canary", "is not TOTP"),
        ("otpauth://totp/rep?secret=JBSWY3DPEHPK3PXP", "does not name the host"),
    ] {
        let error = refused(Format::Otpauth, &format!("\n{line}\n"));
        assert_eq!(error.at, Some((2, 1)), "{line}");
        assert!(error.to_string().contains(said), "{line}: {error}");
    }
}

#[test]
fn a_user_or_host_that_the_vault_knows_places_what_does_not_say_it() {
    let mut vault = Vault::default();
    vault.insert(account());
    let passkeys = Format::Playwright.write(&[&account()]).unwrap();
    let records = Format::Playwright.read("state.json", passkeys.text.reveal().as_bytes()).unwrap();
    let nobody = Placement::default();

    let (placed, _) = nobody.accounts("state.json", records.clone(), &vault).unwrap();
    assert_eq!((placed[0].username.as_str(), placed[0].host.as_str()), (USER, HOST));

    let unplaced = nobody.accounts("state.json", records.clone(), &Vault::default()).unwrap_err();
    assert!(unplaced.to_string().contains("does not name the user"), "{unplaced}");
    assert!(unplaced.valid.contains("--user"));

    vault.insert(Account::new(HOST, "second@acme.example").unwrap());
    assert!(nobody.accounts("state.json", records, &vault).is_err(), "two users have this host");

    let uri = "otpauth://totp/Salesforce:SECOND@acme.example?secret=JBSWY3DPEHPK3PXP";
    let records = Format::Otpauth.read("export", uri.as_bytes()).unwrap();
    let (placed, _) = nobody.accounts("export", records, &vault).unwrap();
    assert_eq!(placed[0].host, HOST);
}

#[test]
fn a_passkey_goes_to_the_user_that_is_named_whatever_the_org_calls_them() {
    let exported = Format::VirtualAuthenticator.write(&[&account()]).unwrap();
    let records = Format::VirtualAuthenticator.read("export", exported.text.reveal().as_bytes()).unwrap();
    let named = Placement::new(None, Some("typed@acme.example"), &[]).unwrap();

    let (accounts, _) = named.accounts("export", records, &Vault::default()).unwrap();

    assert_eq!(accounts[0].username, "typed@acme.example");
    let csv = format!("Title,Url,Username,Password\nOrg,{HOST},own@acme.example,x\n");
    let records = Format::OnePasswordCsv.read("export", csv.as_bytes()).unwrap();
    assert_eq!(named.accounts("export", records, &Vault::default()).unwrap().0[0].username, "own@acme.example");
}

#[test]
fn credentials_are_read_in_each_wrapping_and_either_base64() {
    let credential = format!(
        r#"{{"credentialId":"+/8=","isResidentCredential":true,"rpId":"{HOST}","privateKey":"{}==","userHandle":"AQ==",
            "userName":"rep","signCount":3,"largeBlob":"","backupState":true,"backupEligibility":true}}"#,
        PRIVATE_KEY.replace('-', "+").replace('_', "/")
    );
    for text in [
        credential.clone(),
        format!("[{credential}]"),
        format!(r#"{{"value":[{credential}]}}"#),
        format!(r#"{{"credentials":[{credential}]}}"#),
        format!(r#"{{"authenticatorId":"x","credential":{credential}}}"#),
    ] {
        assert_eq!(Format::of("export", text.as_bytes()), Ok(Format::VirtualAuthenticator), "{text}");

        let accounts = imported(Format::VirtualAuthenticator, &text).unwrap();

        let held = &accounts[0].passkeys.credentials()[0];
        assert_eq!((held.id.as_slice(), held.user_handle.as_deref()), (&[0xfb, 0xff][..], Some(&[1][..])));
        assert_eq!((held.sign_count, held.backed_up, held.private_key.reveal()), (3, true, PRIVATE_KEY));
        assert_eq!((accounts[0].host.as_str(), accounts[0].username.as_str()), (HOST, "rep"));
    }
}

#[test]
fn a_malformed_credential_is_refused_with_the_place() {
    let good = format!(r#"{{"credentialId":"YQ","rpId":"{HOST}","privateKey":"{PRIVATE_KEY}","signCount":1}}"#);
    let second = |bad: &str| format!("[\n  {good},\n  {bad}\n]");
    for (text, at, said) in [
        (second(&good.replace(r#""YQ""#, r#""canary!""#)), (3, 19), "`credentialId`"),
        (second(&good.replace(r#""YQ""#, r#""""#)), (3, 19), "`credentialId`"),
        (second(&good.replace(r#""credentialId":"YQ","#, "")), (3, 3), "`credentialId`"),
        (second(&good.replace("MIGH", "canary")), (3, 81), "`privateKey`"),
        (second(&good.replace(":1}", ":-1}")), (3, 286), "`signCount`"),
        (second(&good.replace(HOST, "a b")), (3, 31), "`rpId`"),
        (second(r#""canary""#), (3, 3), "it is not an object"),
        (format!("[{good},"), (1, 240), "the JSON ends here"),
        ("[\n canary]".to_owned(), (2, 2), "it is not JSON"),
        (r#"{"value":"canary"}"#.to_owned(), (1, 10), "it is not a list"),
    ] {
        let error = refused(Format::VirtualAuthenticator, &text);

        assert!(error.to_string().contains(said), "{said}: {error}");
        if said != "the JSON ends here" && said != "`signCount`" && said != "`privateKey`" && said != "it is not JSON" {
            assert_eq!(error.at, Some(at), "{said}");
        }
        assert_eq!(error.at.map(|(line, _)| line), Some(at.0), "{said}");
    }
}

#[test]
fn a_storage_state_without_passkeys_says_how_to_save_them() {
    let error = refused(Format::Playwright, r#"{"cookies":[],"origins":[]}"#);

    assert!(error.valid.contains("credentials: true"), "{error:?}");
    // Playwright before 1.65 wrote no counter.
    let state = format!(
        r#"{{"cookies":[],"origins":[],"credentials":[{{"id":"YQ","rpId":"{HOST}","userHandle":"Yg","privateKey":"{PRIVATE_KEY}","publicKey":"canary"}}]}}"#
    );
    let records = Format::Playwright.read("state.json", state.as_bytes()).unwrap();
    let placement = Placement::new(None, Some("rep"), &[]).unwrap();
    let (accounts, _) = placement.accounts("state.json", records, &Vault::default()).unwrap();
    let held = &accounts[0].passkeys.credentials()[0];
    assert_eq!((held.sign_count, held.resident, held.id.as_slice()), (0, true, &b"a"[..]));
}

#[test]
fn a_storage_state_has_the_public_key_that_playwright_asks_for() {
    let exported = Format::Playwright.write(&[&account()]).unwrap();

    let state: serde_json::Value = serde_json::from_str(exported.text.reveal()).unwrap();

    let credential = &state["credentials"][0];
    assert_eq!(credential["publicKey"], PUBLIC_KEY);
    assert_eq!((&credential["signCount"], &credential["rpId"]), (&7.into(), &HOST.into()));
}

#[test]
fn a_credential_file_of_browserforce_names_one_org_and_its_record() {
    let file = |rp_id: &str, registration: &str| {
        format!(
            r#"{{"rpId":"{rp_id}","registrationId":"{registration}","credential":{{"credentialId":"YQ","isResidentCredential":true,"rpId":"{HOST}","privateKey":"{PRIVATE_KEY}","signCount":1}}}}"#
        )
    };
    let records = Format::Browserforce.read("sf-passkey.json", file(HOST, "0moRR0000000uzt").as_bytes()).unwrap();
    let placement = Placement::new(None, Some(USER), &[]).unwrap();
    let (accounts, _) = placement.accounts("sf-passkey.json", records, &Vault::default()).unwrap();
    assert_eq!(accounts[0].registrations[&b"a".to_vec()], "0moRR0000000uzt");

    let other = refused(Format::Browserforce, &file("other.example", "0moRR0000000uzt"));
    assert_eq!((other.at, other.what.contains("`rpId`")), (Some((1, 9)), true));
    let record = refused(Format::Browserforce, &file(HOST, "0PS000000000000"));
    assert!(record.what.contains("`registrationId`"), "{record}");
    assert!(refused(Format::Browserforce, r#"{"rpId":"x","registrationId":"y"}"#).what.contains("`credential`"));
}

/// The public half of [`PRIVATE_KEY`] as `openssl pkey -pubout` writes it: SPKI in base64url.
const PUBLIC_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpMATA-Puavfw1VQwSrgUT15TViy5tcKQtjeewq2JkPmcobnGZM2k6WSjFQnjWDaepgrLRJGhqVrlUE9S0ANMSQ";
