//! The command against our own org, which plays the sandbox under its real names.

use std::path::Path;

use age::secrecy::ExposeSecret as _;
use jiff::civil::date;
use serde_json::Value;
use tokio::runtime::Runtime;
use vestibule_model::{EnrolmentGate, HostNaming, PageName, PageSettings, TotpKey, TotpSecret};
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{Event, PasswordHolds};

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;
use crate::vault::{Totp, VaultKey};

#[test]
fn a_production_org_and_a_host_that_is_not_the_vaults_are_refused_before_anything_is_sent() {
    let stand = Stand::start(|_| {}, PASSWORD);

    let production = stand.run(&["acme.my.salesforce.com"]);
    let foreign = stand.run(&["other--uat"]);
    let unknown = stand.run_as("nobody@acme.example.uat", &["acme--uat"]);

    assert_eq!((production.code, foreign.code, unknown.code), (2, 2, 2), "{foreign:?} {unknown:?}");
    assert!(production.err.contains("acme.my.salesforce.com is not a sandbox"), "{}", production.err);
    assert!(production.err.contains("--production"), "{}", production.err);
    assert_eq!(stand.passwords_sent(), 0);
}

#[test]
fn drift_is_reported_and_the_file_makes_the_simulated_org_agree() {
    let stand = Stand::start(
        |org| {
            let ids = [("password".to_owned(), "pwd".to_owned())].into();
            org.pages.insert(PageName::Password, PageSettings { ids, ..PageSettings::default() });
            org.gate = Some(EnrolmentGate::Leavable);
        },
        PASSWORD,
    );
    let file = stand.folder.path().join("org.yaml");

    let drifted = stand.run(&["acme--uat", "--output", file.to_str().unwrap()]);
    let json = stand.run(&["acme--uat", "--json"]);

    assert_eq!(drifted.code, 1, "{drifted:?}");
    assert!(drifted.out.contains("#password is #pwd  (pages.password.ids)"), "{}", drifted.out);
    assert!(drifted.out.contains("the gate is `leavable`, not `hard`  (gate)"), "{}", drifted.out);
    assert!(!drifted.out.contains("Cannot be simulated"), "{}", drifted.out);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["settings"]["pages"]["password"]["ids"]["password"], "pwd");
    let written = fs::read_to_string(&file).unwrap();
    for text in [&drifted.out, &json.out, &written] {
        for canary in [PASSWORD, USER, "lovelace", TOTP] {
            assert!(!text.contains(canary), "{canary}: {text}");
        }
    }
    // The same suite fails for the same reason in an org that is like it, and only there.
    for (like, expected) in [(", like: org.yaml", "signed-in: false"), ("", "page: home, signed-in: true")] {
        let scenario = stand.folder.path().join("scenario.yaml");
        let text = format!(
            "title: A suite that waits for the password field\n\
             org: {{ kind: sandbox, date: 2026-03-01, login-page: two-step{like} }}\n\
             users: {{ rep: {{ profile: Standard User }} }}\n\
             steps: [sign-in: {{ user: rep, actor: two-step }}]\n\
             expect: {{ {expected} }}\n"
        );
        fs::write(&scenario, text).unwrap();
        let scenarios = crate::Scenarios::read(scenario).unwrap();
        let outcome = stand.runtime.block_on(async { crate::run(scenarios).await }).unwrap();
        assert_eq!(outcome.exit_code(), ExitCode::Passed, "{outcome:#?}");
    }
}

#[test]
fn what_the_org_refused_is_sent_once_and_never_again() {
    let stand = Stand::start(|_| {}, "not-the-password");

    let first = stand.run(&["acme--uat"]);
    let second = stand.run(&["acme--uat"]);

    assert_eq!((first.code, second.code), (3, 3), "{first:?} {second:?}");
    assert!(first.err.contains("refused the password"), "{}", first.err);
    assert!(second.err.contains("nothing is sent twice"), "{}", second.err);
    assert_eq!(stand.passwords_sent(), 1);
    // Another wrong password is the second attempt, and there is no third.
    for wrong in ["not-this-one", "nor-that-one"] {
        stand.set_password(wrong);
        assert_eq!(stand.run(&["acme--uat"]).code, 3);
    }
    assert_eq!(stand.passwords_sent(), 2);
}

#[test]
fn at_an_identity_provider_its_own_account_is_typed_and_not_that_of_the_org() {
    let folder = tempfile::tempdir().unwrap();
    let (key, _, _) = VaultKey::generate();
    let vault = Arc::new(VaultFile::create(folder.path().join("vault.age"), key).unwrap());
    let refused = RefusedLogins::read(folder.path()).unwrap();
    let mut of_org = Account::new(HOST, USER).unwrap();
    of_org.also = vec!["idp.example".to_owned(), "test.salesforce.com".to_owned()];
    let own = [of_org, Account::new("idp.example", USER).unwrap()];

    let accounts = sso::host_accounts(&own, &vault, &refused);

    let hosts: Vec<Vec<&str>> =
        accounts.iter().map(|account| account.hosts.iter().map(String::as_str).collect()).collect();
    assert_eq!(hosts, [vec![HOST, "test.salesforce.com"], vec!["idp.example"]]);
}

/// Without the exception, the browser asks a proxy that is not there.
#[test]
fn a_host_that_no_proxy_excepts_is_reached_without_the_proxy() {
    let mut stand = Stand::start(|_| {}, PASSWORD);
    let named = |no_proxy: &'static str| {
        machine_proxy(move |name| match name {
            "https_proxy" => Some("http://127.0.0.1:1".to_owned()),
            "NO_PROXY" => Some(no_proxy.to_owned()),
            _ => None,
        })
    };
    for (no_proxy, reached) in [("elsewhere.example", false), (".salesforce.com,force.com", true)] {
        let (proxy, excepted) = named(no_proxy).unwrap();
        (stand.reach.proxy, stand.reach.proxy_bypass) = (Some(proxy), excepted);

        let probed = stand.run(&["acme--uat"]);

        assert_eq!(stand.passwords_sent() > 0, reached, "{no_proxy}: {probed:?}");
        assert_eq!(probed.code != 3, reached, "{no_proxy}: {probed:?}");
    }
}

#[test]
fn a_person_who_has_signed_in_by_hand_lets_the_ledger_forget_and_nobody_else() {
    let stand = Stand::start(|_| {}, "not-the-password");
    assert_eq!(stand.run(&["acme--uat"]).code, 3);
    let times = || RefusedLogins::read(Path::new(&stand.file("ledger"))).unwrap().times(HOST, USER).unwrap();
    assert_eq!(times(), 1);

    let alone = stand.forgets(false, USER);
    let wrong = stand.forgets(true, "somebody-else");
    assert_eq!((alone.code, wrong.code, times()), (2, 2, 1), "{alone:?} {wrong:?}");
    assert!(alone.err.contains("there is no terminal"), "{}", alone.err);

    let forgotten = stand.forgets(true, USER);
    assert_eq!((forgotten.code, times()), (0, 0), "{forgotten:?}");
    assert!(forgotten.out.contains("A login that succeeds sets its count back to"), "{}", forgotten.out);
    assert!(!forgotten.out.contains("not-the-password"));
    assert!(stand.forgets(true, USER).out.contains("nothing to forget"));
    assert_eq!(stand.passwords_sent(), 1, "forgetting sends nothing");
    // From here on it counts to two again, and no further.
    for wrong in ["not-this-one", "nor-that-one", "nor-the-third"] {
        stand.set_password(wrong);
        assert_eq!(stand.run(&["acme--uat"]).code, 3);
    }
    assert_eq!(stand.passwords_sent(), 3);
}

/// The program may be killed, and the browser may break, while a page is waited for.
#[test]
fn a_secret_counts_as_refused_from_the_moment_before_it_is_sent_until_a_page_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut account = Account::new(HOST, USER).unwrap();
    account.password = Some(Secret::new("not-the-password"));
    let probe = || Attempts::new(&account, &RefusedLogins::read(folder.path()).unwrap());
    let (first, at_once) = (probe(), probe());

    first.sends(TypedText::Password).unwrap();
    drop(first);

    assert!(at_once.sends(TypedText::Password).is_err(), "it was sent a moment ago");
    let refused = RefusedLogins::read(folder.path()).unwrap();
    assert!(check_not_refused(&account, &refused).is_err());
    account.password = Some(Secret::new(PASSWORD));
    let taken = Attempts::new(&account, &refused);
    taken.sends(TypedText::Password).unwrap();
    taken.settled();
    let refused = RefusedLogins::read(folder.path()).unwrap();
    assert!(check_not_refused(&account, &refused).is_ok());
    assert_eq!(refused.times(HOST, USER).unwrap(), 1);
}

#[test]
fn a_user_with_a_totp_app_gets_home_by_a_code_of_the_vault() {
    let stand = Stand::start_for(|_| {}, PASSWORD, UserSpec::new("Standard User").totp());

    let probed = stand.run(&["acme--uat", "--profile", "Standard User"]);

    assert_eq!(probed.code, 0, "{probed:?}");
    assert!(probed.out.contains("verify-totp, home"), "{}", probed.out);
    let account = stand.vault().read().unwrap().find(USER, Some(HOST)).unwrap().clone();
    assert!(account.totp.unwrap().last_step.is_some(), "the code counts as issued");
}

const HOST: &str = "acme--uat.sandbox.my.salesforce.com";
const USER: &str = "ada.lovelace@acme.example.uat";
const PASSWORD: &str = "Correct-horse-7-battery";
const TOTP: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// An org that plays the sandbox, and a vault with the account of its user.
struct Stand {
    runtime: Runtime,
    simulator: Simulator,
    reach: SessionOptions,
    folder: TempDir,
}

#[derive(Debug)]
struct Ran {
    code: u8,
    out: String,
    err: String,
}

impl Stand {
    /// The vault has this password of the administrator.
    fn start(change: impl FnOnce(&mut OrgSpec), password: &str) -> Self {
        Self::start_for(change, password, UserSpec::new("System Administrator"))
    }

    fn start_for(change: impl FnOnce(&mut OrgSpec), password: &str, user: UserSpec) -> Self {
        let runtime = runtime::start().unwrap();
        let mut org = OrgSpec::sandbox("acme--uat", date(2027, 6, 1));
        change(&mut org);
        let has_app = user.verifiers.contains(&VerificationMethod::TotpApp);
        let secret: TotpSecret = TOTP.parse().unwrap();
        let mut user = user.username(USER).password(PASSWORD);
        user.totp_secret = has_app.then(|| secret.clone());
        let builder = Simulator::builder().org(org).user("ada", user).naming(HostNaming::Real);
        let simulator = runtime.block_on(builder.start()).unwrap();
        let reach = SessionOptions {
            spki_pin: Some(simulator.spki_pin().to_owned()),
            host_rules: Some(simulator.realm().hosts.resolver_rules()),
            page_copies: false,
            ..SessionOptions::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let identity = age::x25519::Identity::generate();
        fs::write(folder.path().join("identity.txt"), identity.to_string().expose_secret()).unwrap();
        let vault = VaultFile::create(folder.path().join("vault.age"), VaultKey::Identity(vec![identity])).unwrap();
        let mut account = Account::new(HOST, USER).unwrap();
        account.password = Some(Secret::new(password));
        account.totp = has_app.then(|| Totp::new(TotpKey::usual(secret)));
        vault
            .update(|vault| {
                vault.insert(account);
                Ok(())
            })
            .unwrap();
        Self { runtime, simulator, reach, folder }
    }

    fn vault(&self) -> VaultFile {
        let identity = fs::read_to_string(self.file("identity.txt")).unwrap();
        let key = VaultKey::from_identities(&Secret::new(identity)).unwrap();
        VaultFile::open(self.folder.path().join("vault.age"), key).unwrap()
    }

    fn set_password(&self, password: &str) {
        self.vault()
            .update(|vault| {
                vault.find_mut(USER, Some(HOST))?.password = Some(Secret::new(password));
                Ok(())
            })
            .unwrap();
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, words: &[&str]) -> Ran {
        self.run_as(USER, words)
    }

    fn run_as(&self, user: &str, words: &[&str]) -> Ran {
        let ledger = self.folder.path().join("ledger");
        let reach = Reach { options: &self.reach, ledger: &ledger };
        self.shown(user, words, false, |args, console| probe_by(args, &reach, date(2027, 6, 1), console))
    }

    /// `--forget-refused`, where somebody types this.
    fn forgets(&self, interactive: bool, typed: &str) -> Ran {
        let ledger = self.folder.path().join("ledger");
        let reach = Reach { options: &self.reach, ledger: &ledger };
        let typed = format!("{typed}\n");
        self.shown(USER, &["acme--uat", "--forget-refused"], interactive, |args, console| {
            forget::forget(args, &reach, console, &mut typed.as_bytes())
        })
    }

    fn shown(
        &self,
        user: &str,
        words: &[&str],
        interactive: bool,
        run: impl FnOnce(&ProbeArgs, &mut Console<'_>) -> Result<ExitCode, CliError>,
    ) -> Ran {
        let (vault, identity) = (self.file("vault.age"), self.file("identity.txt"));
        let shared =
            ["--as", user, "--vault", &vault, "--identity", &identity, "--timeout", "5s", "--date", "2027-06-01"];
        // The last profile counts: an option may be given once only.
        let profile = if words.contains(&"--profile") { &[][..] } else { &["--profile", "System Administrator"] };
        let words: Vec<&str> = words.iter().chain(&shared).chain(profile).copied().collect();
        let args: ProbeArgs = parse(&words).unwrap();
        let terminal =
            TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive, width: 100 };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console::new(&mut out, &mut err, terminal);
        let ran = run(&args, &mut console);
        let code = ran.unwrap_or_else(|error| {
            error.write(&mut console).unwrap();
            error.code()
        });
        Ran { code: code.into(), out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    }

    fn passwords_sent(&self) -> usize {
        let sent =
            |event: &Event| matches!(event, Event::LoginFormPosted { password_holds: PasswordHolds::Present, .. });
        self.simulator.journal().all().iter().filter(|entry| sent(&entry.event)).count()
    }
}
