use super::*;

fn read(text: &str) -> Result<Facts, TableError> {
    read_table("users.csv", text, OrgKind::Sandbox)
}

#[test]
fn columns_are_found_whatever_their_order_case_and_separator() {
    for text in [
        "Username,Profile,Verifiers\nann@acme.example,System Administrator,passkey\n",
        "\u{feff}profile;VERIFIERS;user_name\r\nSystem Administrator;Passkey;ann@acme.example\r\n",
        "User Name\tHas Built In Authenticator\tProfile: Name\nann@acme.example\tyes\tSystem Administrator\n",
    ] {
        let facts = read(text).unwrap();

        let ann = &facts.users["ann@acme.example"];
        assert_eq!(ann.profile, "System Administrator", "{text:?}");
        assert_eq!(
            ann.verifiers,
            Verifiers::Exactly(BTreeSet::from([VerificationMethod::BuiltInAuthenticator])),
            "{text:?}"
        );
        assert_eq!(ann.uses, [Use::of(LoginKind::PasswordUi)], "{text:?}");
    }
}

#[test]
fn several_lines_of_a_user_are_several_logins_and_who_is_inactive_is_left_out() {
    let facts = read(
        "username,type,permissions,verifiers,waiver,login,app,amr,active\n\
         sync@acme.example,api-only,,none,,soap,Loader,,yes\n\
         sync@acme.example,api-only,,none,,jwt-bearer,CI,,yes\n\
         rep@acme.example,,\"view all data; AuthorApex\",totp|passkey,x,oidc,,\"pwd,mfa\",1\n\
         old@acme.example,,,,,,,,no\n",
    )
    .unwrap();

    assert_eq!(facts.users.len(), 2);
    let sync = &facts.users["sync@acme.example"];
    let ways: Vec<_> = sync.uses.iter().map(|one| (one.login.clone(), one.app.as_deref())).collect();
    assert_eq!(ways, [(LoginKind::SoapLogin, Some("Loader")), (LoginKind::JwtBearer, Some("CI"))]);
    assert_eq!(sync.verifiers, Verifiers::Exactly(BTreeSet::new()));
    let rep = &facts.users["rep@acme.example"];
    assert_eq!(rep.privileges.keys().copied().collect::<Vec<_>>(), [Permission::ViewAllData, Permission::AuthorApex]);
    assert!(!rep.waiver.is_empty() && rep.privileges_known);
    assert_eq!(rep.uses[0].signals, Signals::Said(BTreeSet::from(["mfa".to_owned(), "pwd".to_owned()])));
}

#[test]
fn eight_times_the_lines_take_eight_times_as_long_to_read() {
    type Line = fn(usize) -> String;
    let lines: [(&str, Line); 4] = [
        ("users", |number| format!("u{number}@acme.example,,api,App\n")),
        ("apps of one user", |number| format!("sync@acme.example,,api,App {number}\n")),
        ("logins of one user", |_| "sync@acme.example,,api,App\n".to_owned()),
        ("permissions in one field", |number| {
            format!("{}view all data;", if number == 0 { "a@b.example,\"" } else { "" })
        }),
    ];
    for (name, line) in lines {
        let end = if name.ends_with("field") { "\",api,App\n" } else { "" };
        let input = |count: usize| {
            let lines: String = (0..count).map(line).collect();
            format!("username,permissions,login,app\n{lines}{end}")
        };
        vestibule_snapshots::growth::assert_linear(name, 2_000, input, |text| {
            assert!(!read(text).unwrap().users.is_empty());
        });
    }
    let columns = |count: usize| {
        let names: String = (0..count).map(|number| format!(",Other {number}")).collect();
        format!("username{names}\n")
    };
    vestibule_snapshots::growth::assert_linear("columns", 500, columns, |text| {
        assert!(read(text).is_ok());
    });
}

#[test]
fn what_has_no_column_and_what_no_column_is_known_for_is_said() {
    let facts = read("Username,Veryfiers,Department\nann@acme.example,totp,Sales\n").unwrap();

    let gap = |what: &str| facts.gaps.iter().find(|gap| gap.what == format!("column `{what}`")).unwrap();
    assert!(gap("Veryfiers").why.contains("did you mean `verifiers`?"), "{:?}", gap("Veryfiers"));
    assert!(gap("Department").why.contains("the audit does not know this column"));
    for missing in ["Profile", "Permissions", "Verifiers", "Login"] {
        assert_eq!(gap(missing).why, "the file does not have it");
    }
    let ann = &facts.users["ann@acme.example"];
    assert_eq!(ann.verifiers, Verifiers::AtLeast(BTreeSet::new()));
    assert!(!ann.privileges_known);
}

#[test]
fn a_mistake_is_named_with_its_line_its_column_and_what_is_valid() {
    for (text, said) in [
        ("Name,Email\nAnn,a@acme.example\n", "find the usernames in users.csv: its columns are Name, Email"),
        ("username,User Name\na,b\n", "the columns `username` and `User Name` mean the same"),
        ("username,active\nann,maybe\n", "line 2, column `active`: `maybe` is not yes or no"),
        (
            "username,verifiers\nann,totp\nbob,pigeon\n",
            "line 3, column `verifiers`: `pigeon` is not passkey, security-key",
        ),
        ("username,login\nann,telepathy\n", "`telepathy` is not password-ui"),
        ("username,type\nann,robot\n", "`robot` is not employee"),
        ("username,permissions\nann,fly\n", "`fly` is not modify-all-data"),
        ("username,profile\nann\n", "read users.csv: CSV error: record 1"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.to_string().contains(said), "{text:?}: {error}");
    }
}

#[test]
fn an_empty_table_has_no_users() {
    assert!(read("Username,Profile\n").unwrap().users.is_empty());
    assert!(matches!(read(""), Err(TableError::NoUsernames { .. })));
}
