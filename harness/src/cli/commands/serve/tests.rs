use jiff::civil::date;
use vestibule_model::{EnrolmentGate, KeyState, StepUpPeriod, UserSpec, VerificationMethod};
use vestibule_simulator::realm::{
    IdpDocument, IdpProtocol, MethodUsed, RealmSpec, SignInPage, SpEntityId, UserIdentity,
};
use vestibule_snapshots::growth::assert_linear;

use super::*;
use crate::cli::arguments::parse_one::parse;

fn args(words: &[&str]) -> Result<ServeArgs, String> {
    parse(words)
}

fn spec(words: &[&str]) -> RealmSpec {
    args(words).unwrap().spec(date(2026, 8, 3)).unwrap()
}

#[test]
fn without_options_it_is_a_sandbox_of_today_with_an_admin_and_a_standard_user() {
    let spec = spec(&[]);

    assert_eq!((spec.org.kind, spec.org.my_domain()), (OrgKind::Sandbox, "acme--uat"));
    assert_eq!((spec.org.date, spec.org.login_page), (date(2026, 8, 3), None));
    let profiles: Vec<_> = spec.users.iter().map(|(key, user)| (key.as_str(), user.profile.as_str())).collect();
    assert_eq!(profiles, [("admin", "System Administrator"), ("rep", "Standard User")]);
    assert!(spec.users.values().all(|user| user.verifiers == [VerificationMethod::TotpApp].into()), "as with --user");
    assert!(spec.idps.is_empty());
}

#[test]
fn a_scenario_of_the_control_api_tells_nothing_of_the_files_of_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.yaml"), "hunter-2: [").unwrap();
    let read = |name: &str, setting: &str| {
        let file = folder.path().join(name).display().to_string();
        let text = format!("title: x\n{}\n{OF_SOMEBODY}", setting.replace("FILE", &file));
        super::spec::of_text(&text).map(|_| ()).map_err(|why| why.replace(name, "FILE"))
    };

    for setting in ["rulebook: FILE", "rulebook: { name: FILE }", "idps: { corp: { metadata: FILE } }"] {
        let (there, nowhere) = (read("secret.yaml", setting), read("absent.yaml", setting));

        assert_eq!(there, nowhere, "{setting}");
        assert_eq!(there.is_err(), setting.starts_with("rulebook"), "{setting}: {there:?}");
        assert!(!format!("{there:?}").contains("hunter-2"), "{there:?}");
    }
    assert_eq!(read("x", "rulebook: salesforce-2026-05-05"), Ok(()), "a name is none of a file");
}

#[test]
fn eight_times_the_scenario_of_the_control_api_takes_about_eight_times_as_long() {
    type Row = (&'static str, fn(usize) -> String);
    let rows: [Row; 3] = [
        ("users", |count| {
            let users: String = (0..count).map(|number| format!("  rep{number}: {{ verifiers: [totp] }}\n")).collect();
            scenario(&users, "")
        }),
        ("steps", |count| scenario("  rep: {}\n", &"  - sign-in: { user: rep }\n".repeat(count))),
        ("a long title", |count| format!("title: {}\n{OF_SOMEBODY}", "x".repeat(30 * count))),
    ];
    for (name, input) in rows {
        assert_linear(name, 40, input, |text| {
            let _whatever = super::spec::of_text(text);
        });
    }
}

/// A scenario with these users and further steps.
fn scenario(users: &str, steps: &str) -> String {
    let org = "org: { kind: production, date: 2026-09-01 }";
    let first = users.trim().split(':').next().unwrap_or_default();
    format!(
        "title: x\n{org}\nusers:\n{users}steps:\n  - sign-in: {{ user: {first} }}\n{steps}expect: {{ page: home }}\n\
         must-fail:\n  change: {{ users.{first}.locked: true }}\n  because: page\n"
    )
}

const OF_SOMEBODY: &str = "\
org: { kind: production, date: 2026-09-01 }
users: { rep: { profile: Standard User } }
steps:
  - sign-in: { user: rep, via: password, actor: two-step }
expect: { page: home }
must-fail:
  change: { users.rep.locked: true }
  because: page
";

#[test]
fn every_option_reaches_the_realm() {
    let spec = spec(&[
        "--org-kind=production",
        "--my-domain=globex",
        "--date=2026-09-01",
        "--login-page=passkey-first",
        "--user=rep:profile=Sales User,password=Secret-1,verifiers=totp+passkey",
        "--idp=okta:protocol=oidc,method=push",
        "--idp=house:preset=adfs",
    ]);

    assert_eq!((spec.org.kind, spec.org.my_domain()), (OrgKind::Production, "globex"));
    assert_eq!((spec.org.date, spec.org.login_page), (date(2026, 9, 1), Some(LoginPage::PasskeyFirst)));
    let rep = &spec.users["rep"];
    assert_eq!(spec.users.len(), 1);
    assert_eq!((rep.profile.as_str(), rep.password.as_ref().unwrap().reveal()), ("Sales User", "Secret-1"));
    let verifiers = [VerificationMethod::BuiltInAuthenticator, VerificationMethod::TotpApp];
    assert_eq!(rep.verifiers, verifiers.into());
    let okta = &spec.idps["okta"];
    assert_eq!((okta.protocol, okta.method), (IdpProtocol::Oidc, MethodUsed::Push));
    assert_eq!(okta.preset.as_deref(), Some("okta"));
    assert_eq!(spec.idps["house"].preset.as_deref(), Some("adfs"));
}

#[test]
fn every_setting_of_an_org_can_be_set() {
    let org = spec(&[
        "--date=2026-09-01",
        "--set=device-activation=true",
        "--set=gate=leavable",
        "--set=lockout-after=3",
        "--set=methods=totp+passkey",
        "--set=passkey-timeout=1500",
        "--set=second-page-delay=250",
        "--set=source-ip=203.0.113.7",
        "--set=trusted-ip-ranges=203.0.113.0-203.0.113.255",
    ])
    .org;

    assert!(org.device_activation);
    assert_eq!((org.gate, org.lockout_after), (Some(EnrolmentGate::Leavable), 3));
    assert_eq!(org.methods, [VerificationMethod::BuiltInAuthenticator, VerificationMethod::TotpApp].into());
    assert_eq!((org.second_page_delay, org.trusted_ip_ranges.len()), (Duration::from_millis(250), 1));
    assert_eq!(org.passkey_timeout, Duration::from_millis(1500));
    assert_eq!((org.date, org.kind), (date(2026, 9, 1), OrgKind::Sandbox));
    let twice = args(&["--set=gate=hard", "--set=gate=leavable"]).unwrap().spec(date(2026, 8, 3)).unwrap_err();
    assert_eq!(twice.code(), ExitCode::Usage);
}

#[test]
fn logins_of_the_api_and_step_up_can_be_set_too() {
    let spec = spec(&[
        "--user=rep:security-token=true,mfa-for-api-logins=true,use-any-api-auth=true",
        "--user=boss:manage-users=true",
        "--set=soap-login=false",
        "--set=use-any-api-auth-required=true",
        "--set=step-up=true",
        "--set=step-up-period=5",
        "--set=unusual-exports=true",
    ]);

    let rep = &spec.users["rep"];
    assert_eq!(rep.security_token.as_ref().unwrap().reveal(), "true", "a token stays a text");
    assert!(rep.mfa_for_api_logins && rep.use_any_api_auth && !rep.manages_users());
    assert!(spec.users["boss"].manages_users());
    assert_eq!((spec.org.soap_login, spec.org.use_any_api_auth_required), (Some(false), Some(true)));
    let period = spec.org.step_up_period.map(StepUpPeriod::minutes);
    assert_eq!((spec.org.step_up, period, spec.org.unusual_exports), (Some(true), Some(5), true));
}

#[test]
fn a_my_domain_may_be_a_host_of_the_teams_own_org() {
    for (own, kind, host) in [
        ("globex", "sandbox", "globex.sandbox.my.salesforce.localhost"),
        ("globex--qa", "production", "globex--qa.sandbox.my.salesforce.localhost"),
        ("https://globex.my.salesforce.com/", "sandbox", "globex.my.salesforce.localhost"),
    ] {
        let spec = spec(&[&format!("--org-kind={kind}"), &format!("--my-domain={own}")]);
        let partition = spec.org.host_kind.unwrap_or(spec.org.kind);
        let found = if partition == OrgKind::Sandbox { ".sandbox" } else { "" };

        assert_eq!(format!("{}{found}.my.salesforce.localhost", spec.org.my_domain()), host, "{own}");
    }
}

#[test]
fn a_user_brings_the_totp_secret_of_the_team() {
    let brought = ["jbsw y3dp ehpk 3pxp", "otpauth://totp/Salesforce:rep?secret=JBSWY3DPEHPK3PXP&digits=6"];
    for (text, verifiers) in brought.iter().flat_map(|text| [(text, ""), (text, ",verifiers=totp")]) {
        let spec = spec(&[&format!("--user=rep:totp-secret={text}{verifiers}")]);

        let rep = &spec.users["rep"];
        assert_eq!(rep.totp_secret.as_ref().unwrap().base32().reveal(), "JBSWY3DPEHPK3PXP", "{text}");
        assert_eq!(rep.verifiers, [VerificationMethod::TotpApp].into(), "whoever has the secret has the app");
    }
    let refused = args(&["--user=rep:totp-secret=otpauth://totp/rep?secret=JBSWY3DPEHPK3PXP&algorithm=SHA256"]);
    assert!(refused.unwrap_err().contains("`algorithm=SHA256`"));
}

#[test]
fn a_preset_that_knows_one_protocol_speaks_it() {
    let spec = spec(&["--idp=entra-v2", "--idp=okta", "--idp=house:preset=okta-static-mfa"]);

    let protocols: Vec<_> = spec.idps.iter().map(|(key, idp)| (key.as_str(), idp.protocol)).collect();
    let (saml, oidc) = (IdpProtocol::Saml, IdpProtocol::Oidc);
    assert_eq!(protocols, [("entra-v2", oidc), ("house", saml), ("okta", saml)]);
}

#[test]
fn wrong_words_are_answered_with_the_right_ones() {
    for (word, expected) in [
        ("--org-kind=sandbx", "did you mean `sandbox`?"),
        ("--my-domain=Acme Inc", "lower-case letters"),
        ("--user=rep:profil=x", "did you mean `profile`?"),
        ("--user=rep:profile", "`profile` has no value: write profile=VALUE"),
        ("--user=rep:verifiers=totpp", "`totpp` is not a valid verification method"),
        ("--user=rep:verifiers=totp,passkey", "write verifiers=totp+passkey"),
        ("--user=rep:verifiers=totp, passkey", "write verifiers=totp+passkey"),
        ("--idp=x:amr=[\"pwd\",\"swk\"]", "write amr=pwd+swk"),
        ("--user=rep:locked=true,verifiers", "`verifiers` has no value: write verifiers=VALUE"),
        ("--user=rep:verifiers=totp,verifiers=passkey", "duplicate field `verifiers`"),
        ("--user=rep:locked=yes", "expected `true` or `false`"),
        ("--user=rep:permissions=modify-all", "did you mean `modify-all-data`?"),
        ("--idp=okta:faults=expird", "did you mean `expired`?"),
        ("--idp=a b", "is not a valid key"),
        ("--idp=x:preset=nobody", "valid: adfs, "),
        ("--idp=x:preset=okat", "did you mean `okta`?"),
        ("--idp=oktaa", "`oktaa` is not a valid preset; valid: adfs, "),
        ("--idp=oktaa", "did you mean `okta`?"),
        ("--idp=oktaa:protocol=oidc,method=push", "did you mean `okta`?"),
        ("--idp=corp:faults=expired", "write corp:preset=NAME or corp:amr=VALUE+VALUE"),
        ("--idp=entra-v2:protocol=saml", "the preset `entra-v2` does not support SAML: write protocol=oidc"),
        ("--idp=x:protocol=oidc,preset=okta-static-mfa", "does not support OpenID Connect: write protocol=saml"),
        ("--idp=x:protocol=ldap", "valid: saml, oidc"),
        ("--idp=x:acr=urn:x", "`acr` is a claim of OpenID Connect, and this identity provider speaks SAML"),
        ("--idp=x:protocol=oidc,want-authn-requests-signed=true", "`want-authn-requests-signed` is a setting of SAML"),
        ("--idp=entra-v2:request-signing-certificate=valid", "`request-signing-certificate` is a setting of SAML"),
        ("--idp=x:want-authn-request-signed=true", "did you mean `want-authn-requests-signed`?"),
        ("--idp=x:request-signing-certificate=renewed", "valid: valid, expired, rolled-over, foreign"),
        ("--date=2026-13-01", "--date"),
        ("--user=rep:verifiers=passkey,totp-secret=JBSWY3DPEHPK3PXP", "add `totp` to `verifiers`"),
        ("--user=rep:passkey-lost=renamed", "add `passkey` to `verifiers`"),
        ("--set=device-activaton=true", "did you mean `device-activation`?"),
        ("--set=gate=lockd", "valid: hard, leavable"),
        ("--set=lockout-after=few", "lockout-after"),
        ("--set=step-up-period=1", "step-up-period"),
        ("--set=gate", "write NAME=VALUE"),
        ("--set=kind=sandbox", "--org-kind"),
        ("--set=login-page=classic", "--login-page"),
    ] {
        let error = args(&[word]).unwrap_err();
        assert!(error.contains(expected), "{word}: {error}");
    }
}

#[test]
fn a_key_that_is_given_twice_is_refused() {
    for (words, expected) in [
        (["--user=rep", "--user=rep:verifiers=totp"], "`--user rep` is given twice"),
        (["--idp=okta", "--idp=okta"], "`--idp okta` is given twice"),
    ] {
        let refused = args(&words).unwrap().spec(date(2026, 8, 3)).unwrap_err();

        assert_eq!(refused.code(), ExitCode::Usage, "{refused:?}");
        assert!(format!("{refused:?}").contains(expected), "{refused:?}");
    }
}

#[test]
fn a_scenario_file_gives_the_org_the_users_and_the_identity_providers() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("suite.yaml");
    std::fs::write(&file, SUITE).unwrap();

    let (spec, rules) = spec::of_file(&file, None).unwrap();

    assert_eq!((spec.org.kind, spec.org.my_domain()), (OrgKind::Production, "globex"));
    assert_eq!((spec.org.date, spec.org.login_page), (date(2026, 9, 1), Some(LoginPage::Classic)));
    assert_eq!(spec.users["ann"].verifiers, [VerificationMethod::TotpApp].into());
    assert_eq!(spec.idps["okta"].protocol, IdpProtocol::Oidc);
    assert_eq!(rules.name.as_deref(), Some("salesforce-2026-05-05"));
    let both = args(&[file.to_str().unwrap(), "--user=rep"]).unwrap_err();
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn a_condition_gives_its_org_and_its_users() {
    let (two_step, _) = spec::of_condition("two-step", None).unwrap();
    let (temporary, _) = spec::of_condition("temporary-code", None).unwrap();
    let unknown = spec::of_condition("two-stp", None).err().unwrap();

    assert_eq!(two_step.org.login_page, Some(LoginPage::TwoStep));
    assert!(temporary.users.values().any(|user| user.verifiers.contains(&VerificationMethod::TemporaryCode)));
    assert_eq!(unknown.code(), ExitCode::Usage);
    let both = args(&["--condition=two-step", "--user=rep"]).unwrap_err();
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn an_org_is_like_the_file_where_no_option_and_no_scenario_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("org.yaml");
    std::fs::write(&file, "login-page: two-step\ngate: leavable\nlockout-after: 3\n").unwrap();
    let like = ["--like", file.to_str().unwrap()];

    let alone = spec(&like).org;
    let own = spec(&[like[0], like[1], "--login-page=classic", "--set=gate=hard"]).org;
    let settings = args(&like).unwrap().like.settings().unwrap();
    let (condition, _) = spec::of_condition("classic", settings.as_ref()).unwrap();

    assert_eq!((alone.login_page, alone.gate), (Some(LoginPage::TwoStep), Some(EnrolmentGate::Leavable)));
    assert_eq!((own.login_page, own.gate), (Some(LoginPage::Classic), Some(EnrolmentGate::Hard)));
    assert_eq!((alone.lockout_after, own.lockout_after, condition.org.lockout_after), (3, 3, 3));
    assert_eq!(condition.org.login_page, Some(LoginPage::Classic));
}

#[test]
fn a_text_that_was_sent_reads_no_file_of_this_machine() {
    let text = "title: x\norg: { kind: sandbox, date: 2026-09-01, like: /etc/passwd }\nusers: { rep: {} }\n\
                steps: [sign-in: { user: rep }]\nexpect: { page: home }\n";

    let refused = super::spec::of_text(text).err().unwrap();

    assert!(refused.contains("no file is read"), "{refused}");
}

#[test]
fn who_has_no_password_and_no_secret_has_the_same_ones_at_each_start() {
    let users = |words: &[&str]| spec::with_lasting_secrets(spec(words)).users;
    let secrets = |user: &UserSpec| {
        let totp = user.totp_secret.as_ref().unwrap().base32().reveal().to_owned();
        (user.password.as_ref().unwrap().reveal().to_owned(), totp)
    };

    let (first, second) = (users(&[]), users(&["--login-page=classic"]));
    let own = users(&["--user=rep:password=Own-1,totp-secret=JBSWY3DPEHPK3PXP"]);
    let elsewhere = users(&["--my-domain=globex"]);

    assert_eq!(secrets(&first["rep"]), secrets(&second["rep"]));
    assert_eq!(secrets(&first["rep"]).0, "Vestibule-rep-1");
    assert_ne!(secrets(&first["rep"]), secrets(&first["admin"]));
    assert_ne!(secrets(&first["rep"]).1, secrets(&elsewhere["rep"]).1, "an app keeps both apart");
    assert_eq!(secrets(&own["rep"]), ("Own-1".to_owned(), "JBSWY3DPEHPK3PXP".to_owned()));
}

#[test]
fn the_short_form_knows_every_key_of_the_section() {
    let spec = spec(&[
        "--user=rep:locked=true,phone-registration=true,password=true",
        "--idp=x:amr=pwd+swk,sign-in=automatic",
        "--idp=y:want-authn-requests-signed=true,request-signing-certificate=rolled-over,amr=",
        "--idp=z:amr=[\"swk\"]",
    ]);

    let rep = &spec.users["rep"];
    assert!(rep.locked && rep.phone_registration);
    assert_eq!(rep.password.as_ref().unwrap().reveal(), "true");
    assert_eq!(spec.idps["x"].amr, Some(vec!["pwd".to_owned(), "swk".to_owned()]));
    assert_eq!(spec.idps["z"].amr, Some(vec!["swk".to_owned()]), "as a token has it");
    assert_eq!(spec.idps["x"].sign_in, SignInPage::Automatic);
    assert!(spec.idps["y"].want_authn_requests_signed);
    assert_eq!(spec.idps["y"].request_signing_certificate, Some(KeyState::RolledOver));
}

const SUITE: &str = "\
title: A rep comes in through Okta
org: { kind: production, my-domain: globex, date: 2026-09-01, login-page: classic }
rulebook: salesforce-2026-05-05
users: { ann: { verifiers: [totp] } }
idp: { preset: okta, protocol: oidc }
steps: [{ sign-in: { user: ann, via: sso } }]
expect: { page: home }
";

#[test]
fn an_identity_provider_that_is_not_simulated_is_known_by_its_document() {
    let spec = spec(&[
        "--idp=okta:metadata=idp.xml,identity=username,entity-id=shared",
        "--idp=corp:discovery=https://op.example/.well-known/openid-configuration,client-id=true,client-secret=7",
    ]);

    let okta = &spec.idps["okta"];
    assert_eq!(okta.metadata, Some(IdpDocument::File("idp.xml".into())));
    assert_eq!((okta.protocol, okta.preset.as_deref()), (IdpProtocol::Saml, None), "the name alone is no preset here");
    assert_eq!((okta.identity, okta.entity_id), (UserIdentity::Username, SpEntityId::Shared));
    let corp = &spec.idps["corp"];
    assert_eq!((corp.protocol, corp.client_id.as_deref()), (IdpProtocol::Oidc, Some("true")));
    assert_eq!(corp.client_secret.as_ref().map(Secret::reveal), Some("7"));

    for (given, why) in [
        ("--idp=corp:metadata=idp.xml,method=push", "`method` says how an identity provider behaves"),
        ("--idp=corp:discovery=op.json", "`client-id` is missing"),
        ("--idp=corp:metadata=ftp://idp.example/x", "is not a URL"),
        ("--idp=corp:client-id=x,protocol=oidc", "belongs to an identity provider that is not simulated"),
    ] {
        let refused = args(&[given]).unwrap_err();
        assert!(refused.contains(why), "{given}: {refused}");
    }
}
