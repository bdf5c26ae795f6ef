//! The command line of `vestibule attack`.

use jiff::civil::date;

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;

const SP: &str = "--sp=entity=urn:app,acs=http://localhost:3000/acs";
const START: &str = "--start=http://localhost:3000/login";
const SIGN: &str = "--signed-in-when=#logout";

/// Exit code, stdout, and the error.
fn answered(words: &[&str]) -> (ExitCode, String, String) {
    let args: AttackArgs = parse(words).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let mut console = Console::new(&mut out, &mut err, terminal);
    let (code, said) = match attack(&args, date(2026, 11, 2), &mut console) {
        Ok(code) => (code, String::new()),
        Err(error) => (error.code(), format!("{error:?}")),
    };
    (code, String::from_utf8(out).unwrap(), said)
}

#[test]
fn a_host_that_is_not_on_this_machine_is_named_twice() {
    let elsewhere = "--start=https://app.example/login";
    let acs = "--sp=entity=urn:app,acs=https://app.example/acs";
    let check = "--check=https://other.example/me";
    let slo = "--sp=entity=urn:app,acs=http://localhost:3000/acs,logout=https://slo.example/slo";
    let back = "--client=id=app,redirect=http://localhost:3000/cb,backchannel-logout=https://back.example/out";
    let keys = "--client=id=app,redirect=http://localhost:3000/cb,jwks-uri=https://keys.example/jwks";

    for (words, said) in [
        (&[SP, elsewhere, SIGN][..], "app.example, of --start, is not on this machine: nothing was sent"),
        (&[acs, START, SIGN], "app.example, of --sp, is not on this machine"),
        (&[SP, START, SIGN, check], "other.example, of --check, is not on this machine"),
        (&["--sp=https://meta.example/saml", START, SIGN], "meta.example, of --sp, is not on this machine"),
        (&[keys, START, SIGN], "keys.example, of --client, is not on this machine"),
        (&[slo, START, SIGN], "slo.example, of --sp, is not on this machine"),
        (&[back, START, SIGN], "back.example, of --client, is not on this machine"),
        (&[acs, elsewhere, SIGN, "--target=other.example"], "name it a second time: --target app.example"),
    ] {
        let (code, _, error) = answered(words);
        assert_eq!(code, ExitCode::Usage, "{words:?}");
        assert!(error.contains(said), "{words:?}: {error}");
    }

    let args: AttackArgs = parse(&[acs, elsewhere, SIGN, "--target=app.example"]).unwrap();
    let plan = runtime::start().unwrap().block_on(args.plan(Protocol::Saml, date(2026, 11, 2))).unwrap();
    assert_eq!(plan.allowed.elsewhere().collect::<Vec<_>>(), ["app.example"]);
}

#[test]
fn an_app_is_one_and_speaks_one_protocol() {
    let client = "--client=id=app,redirect=http://localhost:3000/cb";
    let (code, _, error) = answered(&[SP, client, START, SIGN]);
    assert_eq!(code, ExitCode::Usage);
    assert!(error.contains("are two apps"), "{error}");

    let (code, _, error) = answered(&[START, SIGN]);
    assert_eq!(code, ExitCode::Usage);
    assert!(error.contains("the app is missing"), "{error}");

    let (code, _, error) = answered(&[client, START, SIGN, "--only=saml-wrapping"]);
    assert_eq!(code, ExitCode::NothingSelected);
    assert!(error.contains("no case for a relying party"), "{error}");
}

#[test]
fn cases_of_logout_are_for_an_app_that_has_one() {
    let planned = |party: &str, protocol, only: &[&str]| {
        let words = [&[party, START, SIGN][..], only].concat();
        let args: AttackArgs = parse(&words).unwrap();
        runtime::start().unwrap().block_on(args.plan(protocol, date(2026, 11, 2)))
    };
    let logouts = |plan: &AttackPlan| plan.cases.iter().filter(|case| case.protocol.is_logout()).count();
    let client = "--client=id=app,redirect=http://localhost:3000/cb";

    for (party, protocol) in [(SP.to_owned(), Protocol::Saml), (client.to_owned(), Protocol::Oidc)] {
        assert_eq!(logouts(&planned(&party, protocol, &[]).unwrap()), 0, "{party}");
        let refused = planned(&party, protocol, &["--only=logout"]).unwrap_err();
        assert_eq!(refused.code(), ExitCode::NothingSelected);
        assert!(format!("{refused:?}").contains("needs an app with a logout"), "{refused:?}");
    }
    let with_slo =
        planned(&format!("{SP},logout=http://localhost:3000/slo"), Protocol::Saml, &["--only=logout"]).unwrap();
    let with_back = format!("{client},backchannel-logout=http://localhost:3000/out");
    let with_back = planned(&with_back, Protocol::Oidc, &["--only=logout"]).unwrap();
    assert!(with_slo.cases.iter().all(|case| case.id.as_str().starts_with("saml.logout.")));
    assert!(with_back.cases.iter().all(|case| case.id.as_str().starts_with("logout.")));
    assert!(logouts(&with_slo) > 15 && logouts(&with_back) > 30);
}

#[test]
fn every_case_is_listed_and_each_option_makes_the_list_shorter() {
    let lines = |words: &[&str]| {
        let (code, out, error) = answered(words);
        assert_eq!(code, ExitCode::Passed, "{words:?}: {error}");
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (all, saml) = (lines(&["--list"]), lines(&["--list", SP]));
    let family = lines(&["--list", "--only=saml-signature"]);
    let one = lines(&["--list", "--only=saml.sig.none", "--json"]);

    assert!(all.len() > saml.len() && saml.len() > family.len() && family.len() > 1);
    assert!(all.iter().all(|line| !line.starts_with("wa.")), "a ceremony is no answer of an identity provider");
    assert_eq!(one.len(), 1);
    let one: serde_json::Value = serde_json::from_str(&one[0]).unwrap();
    assert_eq!((&one["id"], &one["family"]), (&"saml.sig.none".into(), &"saml-signature".into()));
    for text in ["about", "clause", "fix", "expected", "severity"] {
        assert!(one[text].as_str().is_some_and(|text| !text.is_empty()), "{text}");
    }
}

#[test]
fn a_plan_says_what_the_command_line_says() {
    let words = [
        SP,
        START,
        SIGN,
        "--only=saml.sig,saml-text",
        "--name-id=ann",
        "--attribute=mail=ann@app.example",
        "--sign=both",
        "--library=@node-saml/node-saml@5.1.0",
        "--port=0",
        "--http",
        "--browser=never",
        "--timeout=5s",
    ];
    let args: AttackArgs = parse(&words).unwrap();
    let plan = runtime::start().unwrap().block_on(args.plan(Protocol::Saml, date(2026, 11, 2))).unwrap();

    assert!(plan.cases.iter().all(|case| case.id.as_str().starts_with("saml.")));
    assert_eq!(plan.provider.user.federation_id.as_deref(), Some("ann"));
    assert_eq!(plan.provider.user.attributes["mail"], ["ann@app.example"]);
    assert_eq!(plan.provider.idp.signing, SamlSigning::Both);
    assert_eq!(plan.provider.idp.service_providers.keys().collect::<Vec<_>>(), ["urn:app"]);
    assert!(plan.provider.plain_http && plan.browser == BrowserUse::Never);
    let library = plan.library.unwrap();
    assert_eq!((library.name.as_str(), library.version.as_str()), ("@node-saml/node-saml", "5.1.0"));
}

#[test]
fn a_wrong_value_is_answered_with_what_to_write() {
    for (word, said) in [
        ("--only=saml-wraping", "did you mean `saml-wrapping`?"),
        ("--only=saml.sig.nome", "did you mean `saml.sig.none`?"),
        ("--library=node-saml", "write the name and the version"),
        ("--library=@5.1.0", "write the name and the version"),
        ("--target=https://app.example/", "write the host alone"),
        ("--target=app.example:8080", "write the host alone"),
        ("--target=app.localhost", "is on this machine: leave it out"),
        ("--signed-in-when=200", "a status alone says nothing about a session"),
        ("--start=localhost", "write a URL"),
        ("--sign=nothing", "`nothing` is not a valid signed part"),
        ("--timeout=20", "write the unit too: 20s"),
    ] {
        let words = [SP, START, SIGN].into_iter().filter(|given| given.split('=').next() != word.split('=').next());
        let words: Vec<&str> = words.chain([word]).collect();
        let refused = parse::<AttackArgs>(&words).unwrap_err();
        assert!(refused.contains(said), "{word}: {refused}");
    }
}
