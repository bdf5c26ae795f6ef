//! What the program says to what people type wrongly: what was read, what is valid, and what was probably meant.

use vestibule_model::diagnostic::Diagnostic;

use super::{Console, PLAIN};
use crate::cli::program::{dispatch, parse};
use crate::scenario::{SourceFile, load};
use crate::vocabulary;

#[test]
fn a_wrong_command_line_is_answered_with_what_is_valid_and_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    std::fs::write(folder.path().join("believed.yaml"), SCENARIO).unwrap();

    let differing = COMMAND_LINES.iter().filter_map(|(line, expected)| {
        let words = shlex::split(&line.replace("{folder}", here)).unwrap();
        let said = answer(&words).replace(here, "{folder}");
        (said != *expected).then(|| format!("vestibule {line}\n  said:     {said:?}\n  expected: {expected:?}"))
    });

    assert_eq!(differing.collect::<Vec<_>>().join("\n\n"), "");
}

#[test]
fn a_wrong_value_in_a_scenario_is_answered_with_what_is_valid_and_the_nearest() {
    let mut differ = Vec::new();
    for (right, wrong, expected) in VALUES {
        let text = SCENARIO.replace(right, wrong);
        assert_ne!(text, SCENARIO, "{right} is not in the scenario");
        let file = SourceFile { name: "a.yaml".to_owned(), id: "a.yaml".to_owned(), bytes: text.into_bytes() };

        let found = load(vec![file], &vocabulary()).expect_err(wrong);

        let said = found.iter().map(placed).collect::<Vec<_>>();
        if said != *expected {
            differ.push(format!("{wrong}\n  said:     {said:?}\n  expected: {expected:?}"));
        }
    }
    assert_eq!(differ.join("\n"), "");
}

/// What stands on stderr before the usage and the way to the help.
fn answer(words: &[String]) -> String {
    let words = std::iter::once("vestibule").chain(words.iter().map(String::as_str));
    let said = match parse(words.map(Into::into)) {
        Err(error) => error.to_string(),
        Ok(cli) => {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let mut console = Console::new(&mut out, &mut err, PLAIN);
            let refused = dispatch(cli.command, &mut console).expect_err("this line is wrong");
            refused.write(&mut console).unwrap();
            String::from_utf8(err).unwrap()
        }
    };
    let end = ["\n\nUsage: ", "\n\nFor more information"].iter().filter_map(|end| said.find(end)).min();
    said[..end.unwrap_or(said.len())].trim_end().to_owned()
}

/// `2:14 what is wrong; what is valid; the nearest`.
fn placed(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.place.as_ref().unwrap();
    format!("{}:{} {}", place.line, place.column, diagnostic.in_one_line())
}

/// What is typed after `vestibule`, and the answer.
const COMMAND_LINES: &[(&str, &str)] = &[
    // Commands.
    ("rnu", "error: unrecognized subcommand 'rnu'\n\n  tip: a similar subcommand exists: 'run'"),
    ("chekc", "error: unrecognized subcommand 'chekc'\n\n  tip: a similar subcommand exists: 'check'"),
    ("snap", "error: unrecognized subcommand 'snap'\n\n  tip: a similar subcommand exists: 'snapshots'"),
    ("snapshots acept", "error: unrecognized subcommand 'acept'\n\n  tip: a similar subcommand exists: 'accept'"),
    ("help rnu", "error: unrecognized subcommand 'rnu'\n\n  tip: a similar subcommand exists: 'run'"),
    (
        "walk",
        "error: unrecognized subcommand 'walk'\n\n  tip: the commands are run, survive, with, report, merge, diff, \
         check, list, serve, idp, authenticator, env, explain, inspect, presets, attack, audit, probe, vault, code, causes, \
         snapshots, init, doctor, config, schema, completions, help",
    ),
    // The command of a suite.
    (
        "survive pytest",
        "error: unexpected argument 'pytest' found\n\n  tip: write your command after `--`: vestibule survive -- \
         pytest",
    ),
    (
        "survive -c two-step npx playwright test",
        "error: unexpected argument 'npx' found\n\n  tip: write your command after `--`: vestibule survive -c \
         two-step -- npx playwright test",
    ),
    (
        "survive",
        "error: your command is missing: write it after `--`\n\nhint: vestibule survive --env SF_URL={login-url} \
         --env SF_USERNAME={user} --env SF_PASSWORD={password} -- pytest -x\n`vestibule env` prints every value",
    ),
    (
        "survive -c two-stp -- true",
        "error: there is no condition `two-stp`; nothing ran\n\nhint: did you mean `two-step`?",
    ),
    (
        "survive -c passkey-gate -- true",
        "error: there is no condition `passkey-gate`; nothing ran\n\nhint: did you mean `passkey-gate-hard`?",
    ),
    (
        "survive --env noequals -- true",
        "error: invalid value 'noequals' for '--env <NAME={TEMPLATE}>': `noequals` is not NAME={template}: write, for example, SF_URL={login-url}",
    ),
    (
        "survive --env URL={login-ulr} -- true",
        "error: there is no value `login-ulr`; did you mean `login-url`?; nothing ran\n\nhint: `vestibule env` \
         prints every value that a template can name",
    ),
    (
        "run --watch",
        "error: the built-in scenarios do not change: there is nothing to watch\n\nhint: name files or folders; `vestibule init` \
         writes a scenario into vestibule/",
    ),
    // The app of an attack.
    (
        "attack --start http://localhost/login --signed-in-when url:/",
        "error: the app is missing\n\nhint: name it: --sp FILE|URL|entity=ID,acs=URL, or --client id=ID,redirect=URL",
    ),
    (
        "attack --sp entity=a,acs=http://localhost/acs --start http://app.example/login --signed-in-when url:/home",
        "error: app.example, of --start, is not on this machine: nothing was sent\n\nhint: if it is yours to attack, name it a \
         second time: --target app.example",
    ),
    (
        "attack --sp entity=a,acs=http://localhost/acs --start http://localhost/login --signed-in-when 200",
        "error: invalid value '200' for '--signed-in-when <SIGN>': a status alone says nothing about a session: add a text that \
         only the page of a signed-in user has: 200+Signed in as",
    ),
    (
        "attack --list --only saml-wraping",
        "error: invalid value 'saml-wraping' for '--only <FAMILY|ID>': no family and no case; the families are saml-signature, \
         saml-wrapping, saml-parser, saml-text, saml-xml, saml-protocol, saml-encryption, signals, oidc, jose, logout, flow, and --list lists every \
         case; did you mean `saml-wrapping`?",
    ),
    (
        "attack --list --only saml-wrapping --client id=a,redirect=http://localhost/cb",
        "error: `saml-wrapping` has no case for a relying party, which --client names\n\nhint: `vestibule attack --list` lists \
         the cases of each family",
    ),
    // Options that do not exist.
    ("run --ui", "error: unexpected argument '--ui' found"),
    ("run --debug", "error: unexpected argument '--debug' found"),
    ("run -q", "error: unexpected argument '-q' found"),
    ("run --worker 2", "error: unexpected argument '--worker' found\n\n  tip: a similar argument exists: '--workers'"),
    ("run --tags sso", "error: unexpected argument '--tags' found\n\n  tip: a similar argument exists: '--tag'"),
    ("run --greb gate", "error: unexpected argument '--greb' found\n\n  tip: a similar argument exists: '--grep'"),
    (
        "run --report-xml x",
        "error: unexpected argument '--report-xml' found\n\n  tip: a similar argument exists: '--report-html'",
    ),
    (
        "survive --conditon two-step -- true",
        "error: unexpected argument '--conditon' found\n\n  tip: a similar argument exists: '--condition'",
    ),
    (
        "explain --profil x",
        "error: unexpected argument '--profil' found\n\n  tip: a similar argument exists: '--profile'",
    ),
    ("list --jsno", "error: unexpected argument '--jsno' found\n\n  tip: a similar argument exists: '--json'"),
    ("check --strict", "error: unexpected argument '--strict' found"),
    ("schema extra", "error: unexpected argument 'extra' found"),
    // Numbers.
    ("run --retries -1", "error: invalid value '-1' for '--retries <N>': write a whole number, at least 0"),
    ("run --retries two", "error: invalid value 'two' for '--retries <N>': write a whole number, at least 0"),
    ("run --workers 0", "error: invalid value '0' for '--workers <N>': write a whole number, at least 1"),
    ("run --workers -2", "error: invalid value '-2' for '--workers <N>': write a whole number, at least 1"),
    ("survive --workers 0 -- true", "error: invalid value '0' for '--workers <N>': write a whole number, at least 1"),
    ("run --repeat 0", "error: invalid value '0' for '--repeat <N>': write a whole number, at least 1"),
    ("run --repeat 1.5", "error: invalid value '1.5' for '--repeat <N>': write a whole number, at least 1"),
    (
        "run --workers 99999999999999999999999",
        "error: invalid value '99999999999999999999999' for '--workers <N>': the number is too large",
    ),
    (
        "run --shard 3/2",
        "error: invalid value '3/2' for '--shard <M/N>': there is no part 3 of 2: the parts are numbered 1 to 2",
    ),
    ("run --shard 2", "error: invalid value '2' for '--shard <M/N>': write the part and the number of parts: 2/3"),
    (
        "explain --stagger-day 40",
        "error: invalid value '40' for '--stagger-day <DAY>': 40 is not a day of a wave: the longest has 30 days, so \
         write 0 to 29",
    ),
    (
        "explain --stagger-day -1",
        "error: invalid value '-1' for '--stagger-day <DAY>': `-1` is not a day of a wave: write 0 to 29",
    ),
    // Durations and dates.
    ("run --timeout 30", "error: invalid value '30' for '--timeout <DURATION>': write the unit too: 30s"),
    (
        "run --timeout soon",
        "error: invalid value 'soon' for '--timeout <DURATION>': write a number and a unit: 250ms, 30s, 2m",
    ),
    ("run --slow-mo=-1s", "error: invalid value '-1s' for '--slow-mo <DURATION>': a duration cannot be negative"),
    (
        "explain --date tomorrow",
        "error: invalid value 'tomorrow' for '--date <YYYY-MM-DD>': `tomorrow` is not a calendar date: write it as \
         `2026-07-20`",
    ),
    (
        "explain --date 01/09/2026",
        "error: invalid value '01/09/2026' for '--date <YYYY-MM-DD>': `01/09/2026` is not a calendar date: write it \
         as `2026-07-20`",
    ),
    (
        "survive --list --date 2026-13-01",
        "error: invalid value '2026-13-01' for '--date <YYYY-MM-DD>': `2026-13-01` is not a calendar date: write it \
         as `2026-07-20`",
    ),
    (
        "explain --converted-on soon",
        "error: invalid value 'soon' for '--converted-on <YYYY-MM-DD>': `soon` is not a calendar date: write it as \
         `2026-07-20`",
    ),
    ("explain --date", "error: a value is required for '--date <YYYY-MM-DD>' but none was supplied"),
    // URLs and hosts.
    (
        "run --webdriver grid:4444",
        "error: invalid value 'grid:4444' for '--webdriver <URL>': write a URL: http://grid:4444",
    ),
    ("doctor --webdriver grid", "error: invalid value 'grid' for '--webdriver <URL>': write a URL: http://grid"),
    (
        "run --webdriver ftp://grid",
        "error: invalid value 'ftp://grid' for '--webdriver <URL>': write a URL that begins with http:// or \
         https://, such as http://grid:4444",
    ),
    (
        "run --my-domain 'Acme Inc'",
        "error: invalid value 'Acme Inc' for '--my-domain <NAME>': `Acme Inc` is not a My Domain name: write it in \
         lower-case letters, digits and `-` (`acme--uat`), or a host of the org \
         (`acme--uat.sandbox.my.salesforce.com`)",
    ),
    // Words of a list.
    (
        "explain --org-kind prod",
        "error: invalid value 'prod' for '--org-kind <KIND>': `prod` is not a valid org kind; valid: production, \
         sandbox, trial, converted-trial, scratch, developer-edition, partner-developer-edition, \
         trailhead-playground; did you mean `production`?",
    ),
    (
        "explain --user-type employe",
        "error: invalid value 'employe' for '--user-type <TYPE>': `employe` is not a valid user type; valid: \
         employee, experience-cloud, chatter, api-only, integration; did you mean `employee`?",
    ),
    (
        "explain --permissions modify_all",
        "error: invalid value 'modify_all' for '--permissions <PERMISSION,...>': `modify_all` is not a valid \
         permission; valid: modify-all-data, view-all-data, customize-application, author-apex; did you mean \
         `modify-all-data`?",
    ),
    (
        "explain --waiver asigned",
        "error: invalid value 'asigned' for '--waiver <WAIVER>': `asigned` is not a valid waiver; valid: none, \
         assigned, approved-by-support; did you mean `assigned`?",
    ),
    (
        "explain --login frontdor",
        "error: invalid value 'frontdor' for '--login <ROUTE>'\n  [possible values: password-ui, passwordless, saml, \
         oidc, oauth-web-server, oauth-user-agent, oauth-hybrid, jwt-bearer, client-credentials, oauth-password, \
         soap-login, api, frontdoor, singleaccess, mobile-web-view]\n\n  tip: a similar value exists: 'frontdoor'",
    ),
    (
        "run --isolation ctx",
        "error: invalid value 'ctx' for '--isolation <MODE>'\n  [possible values: session, context, reset]",
    ),
    (
        "run --isolation contxt",
        "error: invalid value 'contxt' for '--isolation <MODE>'\n  [possible values: session, context, reset]\n\n  \
         tip: a similar value exists: 'context'",
    ),
    (
        "run --idp-page otka",
        "error: invalid value 'otka' for '--idp-page <PAGE>'\n  [possible values: entra, okta, okta-classic]\n\n  \
         tip: a similar value exists: 'okta'",
    ),
    (
        "run --shots failures",
        "error: invalid value 'failures' for '--shots <WHEN>'\n  [possible values: on-failure, all, none]",
    ),
    (
        "completions bsh",
        "error: invalid value 'bsh' for '<SHELL>'\n  [possible values: bash, elvish, fish, powershell, zsh]\n\n  \
         tip: a similar value exists: 'bash'",
    ),
    (
        "--color sometimes run",
        "error: invalid value 'sometimes' for '--color <WHEN>'\n  [possible values: auto, always, never]",
    ),
    // Names.
    (
        "explain --profile 'System Administratr'",
        "error: invalid value 'System Administratr' for '--profile <NAME>': `System Administratr` is not the name of \
         the privileged profile: did you mean `System Administrator`?",
    ),
    (
        "explain --profile admin",
        "error: invalid value 'admin' for '--profile <NAME>': `admin` is not the name of the privileged profile: did \
         you mean `System Administrator`?",
    ),
    (
        "explain --rulebook sf-2027",
        "error: there is no rulebook `sf-2027`, and no file of this name\n\nhint: built-in rulebooks: \
         salesforce-2022, salesforce-2026-05-05, salesforce-2026-07-02",
    ),
    (
        "explain --rulebook salesforce-2026-07-01",
        "error: there is no rulebook `salesforce-2026-07-01`, and no file of this name\n\nhint: did you mean \
         `salesforce-2026-07-02`?",
    ),
    (
        "explain --org-id acme",
        "error: invalid value 'acme' for '--org-id <ID>': write the 15 or 18 letters and digits of the id, which \
         begins with 00D",
    ),
    ("explain --set x", "error: invalid value 'x' for '--set <NAME=VALUE>': write NAME=VALUE"),
    ("explain --attribute amr", "error: invalid value 'amr' for '--attribute <NAME=VALUE>': write NAME=VALUE"),
    ("explain --sdk x", "error: invalid value 'x' for '--sdk <VERSION>': `x` is not a version: write `13.2.0`"),
    (
        "causes gate-not-handeld",
        "error: there is no cause `gate-not-handeld`\n\nhint: did you mean `gate-not-handled`?",
    ),
    ("causes zzz", "error: there is no cause `zzz`\n\nhint: `vestibule causes` lists them all"),
    // Files.
    (
        "report {folder}/believed.yaml",
        "error: {folder}/believed.yaml is not a run.jsonl: none of its lines is an event of a run\n\nhint: name the \
         `run.jsonl` of a report folder",
    ),
    (
        "merge {folder}/believed.yaml --report-dir {folder}/all",
        "error: {folder}/believed.yaml is not a run.jsonl: none of its lines is an event of a run\n\nhint: name the \
         `run.jsonl` of a report folder",
    ),
    (
        "report {folder}",
        "error: failed to read {folder}: Is a directory (os error 21)\n\nhint: name the file in it: {folder}/run.jsonl",
    ),
    (
        "report {folder}/none.jsonl",
        "error: failed to read {folder}/none.jsonl: No such file or directory (os error 2)\n\nhint: name the \
         `run.jsonl` of a report folder",
    ),
    (
        "diff {folder}/believed.yaml {folder}",
        "error: {folder}/believed.yaml is not a run.jsonl: none of its lines is an event of a run\n\nhint: name the \
         `run.jsonl` of a report folder",
    ),
    ("check {folder}/none.yaml", "error: failed to find {folder}/none.yaml: no such file or folder"),
    (
        "list {folder}/believed.yaml -g zzz",
        "error: no case is selected: without --grep and --tag, there would be 1 case\n\nhint: `vestibule list` shows \
         their titles, ids and tags",
    ),
    (
        "list {folder}/believed.yaml --must-fail",
        "error: there is no `must-fail` twin in 1 selected case\n\nhint: `vestibule list --json` shows which cases \
         have one",
    ),
    ("list --tag ssso", "error: no case has the tag `ssso`\n\nhint: did you mean `sso`?"),
    ("list {folder}/believed.yaml --tag sso", "error: no case has the tag `sso`\n\nhint: no case has a tag"),
    (
        "snapshots accept none --in {folder}",
        "error: no pending snapshot is called `none`\n\nhint: nothing is pending; run the scenarios first",
    ),
    // More of the kind, command by command.
    (
        "serve --port 99999",
        "error: invalid value '99999' for '--port <PORT>': write a port, 1 to 65535, or 0 for a free one",
    ),
    (
        "serve --port https",
        "error: invalid value 'https' for '--port <PORT>': write a port, 1 to 65535, or 0 for a free one",
    ),
    (
        "serve --user ''",
        "error: invalid value '' for '--user <USER>': `` is not a valid key: use lower-case letters, digits and `-` \
         only",
    ),
    (
        "serve --user 'Rep Smith'",
        "error: invalid value 'Rep Smith' for '--user <USER>': `Rep Smith` is not a valid key: use lower-case \
         letters, digits and `-` only",
    ),
    (
        "serve --user rep:verifiers",
        "error: invalid value 'rep:verifiers' for '--user <USER>': `verifiers` has no value: write verifiers=VALUE",
    ),
    (
        "serve --user rep:verifiers=totpp",
        "error: invalid value 'rep:verifiers=totpp' for '--user <USER>': `totpp` is not a valid verification method; \
         valid: built-in-authenticator, passkey, security-key, totp, totp-app, salesforce-authenticator, \
         temporary-code; did you mean `totp`?",
    ),
    (
        "serve --user rep:totp-secret=abc",
        "error: invalid value 'rep:totp-secret=abc' for '--user <USER>': the TOTP secret has 3 characters: the \
         shortest has 16, which are 80 bits",
    ),
    (
        "serve --user rep:profile=",
        "error: invalid value 'rep:profile=' for '--user <USER>': a profile has a name, such as `Standard User` or \
         `System Administrator`",
    ),
    (
        "serve --idp okta:protocol=ldap",
        "error: invalid value 'okta:protocol=ldap' for '--idp <IDP>': `ldap` is not a valid protocol; valid: saml, \
         oidc",
    ),
    (
        "serve --idp okta:method=pusch",
        "error: invalid value 'okta:method=pusch' for '--idp <IDP>': `pusch` is not a valid method; valid: password, \
         push, totp, passkey, certificate, sms, email, windows-integrated; did you mean `push`?",
    ),
    (
        "serve --idp okta:protocol",
        "error: invalid value 'okta:protocol' for '--idp <IDP>': `protocol` has no value: write protocol=VALUE",
    ),
    ("serve --set gate", "error: invalid value 'gate' for '--set <NAME=VALUE>': write NAME=VALUE"),
    (
        "serve --set gate=hrad",
        "error: invalid value 'gate=hrad' for '--set <NAME=VALUE>': `hrad` is not a valid gate; valid: hard, \
         leavable; did you mean `hard`?",
    ),
    (
        "serve --set lockout-after=many",
        "error: invalid value 'lockout-after=many' for '--set <NAME=VALUE>': expected a whole number, at least 0, \
         found text \"many\"",
    ),
    (
        "serve --set kind=sandbox",
        "error: invalid value 'kind=sandbox' for '--set <NAME=VALUE>': `kind` has its own option: --org-kind",
    ),
    (
        "serve --login-page twostep",
        "error: invalid value 'twostep' for '--login-page <PAGE>': `twostep` is not a valid login page; valid: \
         classic, two-step, passkey-first; did you mean `two-step`?",
    ),
    (
        "serve --date 3.8.2026",
        "error: invalid value '3.8.2026' for '--date <DATE>': `3.8.2026` is not a calendar date: write it as \
         `2026-07-20`",
    ),
    ("serve --condition", "error: a value is required for '--condition <NAME>' but none was supplied"),
    (
        "serve -- no-such-program-anywhere",
        "error: there is no program `no-such-program-anywhere`; nothing ran\n\nhint: name a program in the PATH, or a \
         file: `-- ./run-tests.sh`",
    ),
    (
        "run --shard 0/3",
        "error: invalid value '0/3' for '--shard <M/N>': there is no part 0 of 3: the parts are numbered 1 to 3",
    ),
    ("run --shard a/b", "error: invalid value 'a/b' for '--shard <M/N>': write the part and the number of parts: 2/3"),
    ("run --shard 1/0", "error: invalid value '1/0' for '--shard <M/N>': a run cannot be split into 0 parts"),
    (
        "run --timeout 0s",
        "error: invalid value '0s' for '--timeout <DURATION>': nothing ends in no time: write 30s or 2m",
    ),
    ("run --timeout -5s", "error: invalid value '-5s' for '--timeout <DURATION>': a duration cannot be negative"),
    (
        "survive --timeout 0ms -- true",
        "error: invalid value '0ms' for '--timeout <DURATION>': nothing ends in no time: write 30s or 2m",
    ),
    ("survive --timeout 1 -- true", "error: invalid value '1' for '--timeout <DURATION>': write the unit too: 1s"),
    (
        "survive --grace abc -- true",
        "error: invalid value 'abc' for '--grace <DURATION>': write a number and a unit: 250ms, 30s, 2m",
    ),
    (
        "run --webdriver http://",
        "error: invalid value 'http://' for '--webdriver <URL>': write a URL that begins with http:// or https://, \
         such as http://grid:4444",
    ),
    (
        "run --idp-page Okta",
        "error: invalid value 'Okta' for '--idp-page <PAGE>'\n  [possible values: entra, okta, okta-classic]\n\n  \
         tip: a similar value exists: 'okta'",
    ),
    (
        "explain --verifiers totpp",
        "error: invalid value 'totpp' for '--verifiers <METHOD,...>': `totpp` is not a valid verification method; \
         valid: built-in-authenticator, passkey, security-key, totp, totp-app, salesforce-authenticator, \
         temporary-code; did you mean `totp`?",
    ),
    (
        "explain --preset okta --method pusch",
        "error: invalid value 'pusch' for '--method <METHOD>': `pusch` is not a valid method; valid: password, push, \
         totp, passkey, certificate, sms, email, windows-integrated; did you mean `push`?",
    ),
    ("explain --method push", "error: the following required arguments were not provided:\n  --preset <NAME|FILE>"),
    ("explain --attribute =x", "error: invalid value '=x' for '--attribute <NAME=VALUE>': write NAME=VALUE"),
    ("explain --amr", "error: a value is required for '--amr <VALUE,...>' but none was supplied"),
    (
        "survive --env 'A B={user}' -- true",
        "error: invalid value 'A B={user}' for '--env <NAME={TEMPLATE}>': `A B` is not the name of a variable: write \
         it without spaces",
    ),
    (
        "survive --env ={user} -- true",
        "error: invalid value '={user}' for '--env <NAME={TEMPLATE}>': `={user}` names no variable before the `=`",
    ),
    (
        "survive -c two-step --env A={user -- true",
        "error: `{user` has a brace that is not closed; write `{{` for a literal brace; nothing ran\n\nhint: \
         `vestibule env` prints every value that a template can name",
    ),
    ("survive --full=yes -- true", "error: unexpected value 'yes' for '--full' found; no more were expected"),
    (
        "survive -c two-step -- no-such-program-anywhere",
        "error: there is no program `no-such-program-anywhere`; nothing ran\n\nhint: name a program in the PATH, or a \
         file: `-- ./run-tests.sh`",
    ),
    (
        "causes totp-missing --lang cypres",
        "error: invalid value 'cypres' for '--lang <LANG>': `cypres` is not a valid client; valid: playwright-ts, \
         playwright-python, selenium-java, selenium-python, selenium-js, wdio, robot, cypress, puppeteer; did you \
         mean `cypress`?",
    ),
    ("causes --lang wdio", "error: the following required arguments were not provided:\n  <CAUSE>"),
    ("inspect", "error: the following required arguments were not provided:\n  <FILE|->"),
    (
        "inspect {folder}",
        "error: failed to read {folder}: Is a directory (os error 21)\n\nhint: a message is read from a file, or from \
         stdin: `vestibule inspect - < FILE`",
    ),
    (
        "inspect {folder}/believed.yaml",
        "error: failed to find a SAML response or an ID token in it\n\nhint: copy the form field SAMLResponse from \
         the browser's network tab or a SAML tracer, or the `id_token` of the token response",
    ),
    (
        "init --suite {folder}/believed.yaml",
        "error: `{folder}/believed.yaml` is a file, not a folder; nothing was written",
    ),
    ("init --suite {folder}/none", "error: the folder `{folder}/none` does not exist; nothing was written"),
    ("snapshots list", "error: unrecognized subcommand 'list'\n\n  tip: the commands are review, accept, prune, help"),
    ("snapshots prune {folder}/none", "error: failed to find {folder}/none: no such file or folder"),
    (
        "check {folder}/believed.yml",
        "error: failed to find {folder}/believed.yml: no such file or folder\n\nhint: did you mean \
         `{folder}/believed.yaml`?",
    ),
    (
        "list {folder}/believed.yaml:1",
        "error: failed to find {folder}/believed.yaml:1: no such file or folder\n\nhint: name the file, and choose \
         the case by its ID: {folder}/believed.yaml -g '{folder}/believed.yaml:1'",
    ),
    ("completions", "error: the following required arguments were not provided:\n  <SHELL>"),
    ("env believed.yaml", "error: unexpected argument 'believed.yaml' found"),
    ("--verson", "error: unexpected argument '--verson' found\n\n  tip: a similar argument exists: '--version'"),
    // What is missing, and what does not go together.
    ("run --pause-on-failure", "error: the following required arguments were not provided:\n  --headed"),
    ("snapshots accept", "error: the following required arguments were not provided:\n  <NAME>..."),
    ("report", "error: the following required arguments were not provided:\n  <FILE>"),
    ("merge", "error: the following required arguments were not provided:\n  <FILE>..."),
    ("diff before", "error: the following required arguments were not provided:\n  <AFTER>"),
    ("survive --retries -1", "error: invalid value '-1' for '--retries <N>': write a whole number, at least 0"),
    (
        "explain --org-id 00D5g00000AbCdEEAV --stagger-day 3",
        "error: the argument '--org-id <ID>' cannot be used with '--stagger-day <DAY>'",
    ),
    (
        "run --isolation context --webdriver http://grid:4444",
        "error: `--isolation context` needs a browser that Vestibule starts, not `--webdriver`\n\nhint: use \
         `--isolation reset`, or `session` for a separate browser for each case",
    ),
];

const SCENARIO: &str = "\
title: An admin comes in
org: { kind: sandbox, date: 2026-08-03 }
users: { admin: { profile: System Administrator } }
steps: [{ sign-in: { user: admin } }]
expect: { signed-in: false }
rulebook: salesforce-2026-07-02
idps: { okta: { preset: okta, protocol: saml } }
";

/// A text of the scenario, what is there instead, and every error.
const VALUES: &[(&str, &str, &[&str])] = &[
    (
        "profile: System Administrator",
        "profile: Sytsem Administrator",
        &["3:28 `Sytsem Administrator` is not the name of the privileged profile: did you mean `System \
             Administrator`?"],
    ),
    (
        "kind: sandbox, date: 2026-08-03",
        "kind: prod, date: 3 August",
        &[
            "2:14 `prod` is not a valid org kind; valid: production, sandbox, trial, converted-trial, scratch, \
             developer-edition, partner-developer-edition, trailhead-playground; did you mean `production`?",
            "2:26 `3 August` is not a calendar date: write it as `2026-07-20`",
        ],
    ),
    (
        "date: 2026-08-03",
        "date: 2026-08-03, login-page: two_step, stagger-day: 30",
        &[
            "2:53 `two_step` is not a valid login page; valid: classic, two-step, passkey-first; did you mean \
             `two-step`?",
            "2:76 30 is not a day of a wave: the longest has 30 days, so write 0 to 29",
        ],
    ),
    (
        "user: admin }",
        "user: admn }",
        &["4:28 `admn` is not a valid user of this scenario; valid: admin; did you mean `admin`?"],
    ),
    (
        "user: admin }",
        "usr: admin }",
        &["4:22 `usr` is not a valid key here; valid: user, via, actor, authenticator, \
             authenticator-fault, idp, remember, env, passkey; did you mean `user`?"],
    ),
    ("signed-in: false", "signed-in: maybe", &["5:22 expected `true` or `false`, found text \"maybe\""]),
    (
        "expect: { signed-in: false }",
        "expcet: { signed-in: false }",
        &["5:1 `expcet` is not a valid key of a scenario; valid: title, tags, condition, org, rulebook, users, \
             idp, idps, products, clock, steps, expect, matrix, cases, must-fail; did you mean `expect`?"],
    ),
    (
        "rulebook: salesforce-2026-07-02",
        "rulebook: salesforce-2026-07-01",
        &["6:11 `salesforce-2026-07-01` is not a valid rulebook; valid: salesforce-2022, salesforce-2026-05-05, \
             salesforce-2026-07-02; did you mean `salesforce-2026-07-02`?"],
    ),
    ("protocol: saml", "protocol: ldap", &["7:41 `ldap` is not a valid protocol; valid: saml, oidc"]),
    (
        "protocol: saml",
        "protocol: oidc, token-endpoint: grid",
        &["7:63 `grid` is not a URL: write it as `https://idp.example/token`"],
    ),
    (
        "date: 2026-08-03",
        "date: 2026-08-03, lockout-after: -1",
        &["2:56 expected a whole number, at least 0, found integer `-1`"],
    ),
    (
        "date: 2026-08-03",
        "date: 2026-08-03, lockout-after: 1.5",
        &["2:56 expected a whole number, at least 0, found number `1.5`"],
    ),
    (
        "protocol: saml",
        "protocol: saml, key-state: expird",
        &["7:58 `expird` is not a valid key state; valid: valid, expired, rolled-over, foreign; did you mean \
             `expired`?"],
    ),
    (
        "profile: System Administrator",
        "profile: System Administrator, waiver: asigned",
        &["3:58 `asigned` is not a valid waiver; valid: none, assigned, approved-by-support; did you mean `assigned`?"],
    ),
    (
        "profile: System Administrator",
        "profile: System Administrator, locked: yes",
        &["3:58 expected `true` or `false`, found text \"yes\""],
    ),
    (
        "profile: System Administrator",
        "profile: System Administrator, state: frozn",
        &["3:57 `frozn` is not a valid user state; valid: active, frozen, inactive; did you mean `frozen`?"],
    ),
    (
        "profile: System Administrator",
        "profile: System Administrator, login-ip-ranges: [10.0.0]",
        &["3:68 `10.0.0` is not a range of addresses: write `203.0.113.0-203.0.113.255`"],
    ),
    (
        "steps: [{ sign-in: { user: admin } }]",
        "steps: [{ signin: { user: admin } }]",
        &["4:11 `signin` is not a valid step; valid: sign-in, sign-out, end-sessions, forget-browser, expect, \
             advance-clock, visit, set-date, product; did you mean `sign-in`?"],
    ),
    (
        "user: admin }",
        "user: admin, actor: adaptiv }",
        &["4:42 `adaptiv` is not a valid actor; valid: adaptive, single-page, two-step, hasty, retrying, command; \
             did you mean `adaptive`?"],
    ),
    (
        "user: admin }",
        "user: admin, via: oidcc }",
        &["4:40 `oidcc` is not a valid route; valid: password, site, sso, idp-initiated, frontdoor, singleaccess, \
             sid-cookie, product"],
    ),
    (
        "signed-in: false",
        "outcome: alow",
        &["5:20 `alow` is not a valid outcome; valid: allow, verify, enrol, block; did you mean `allow`?"],
    ),
    (
        "signed-in: false",
        "strength: strong",
        &["5:21 `strong` is not a valid strength; valid: weak, standard, phishing-resistant"],
    ),
    (
        "date: 2026-08-03",
        "date: 2026-08-03, gate: hrad",
        &["2:47 `hrad` is not a valid gate; valid: hard, leavable; did you mean `hard`?"],
    ),
    (
        "date: 2026-08-03",
        "date: 2026-08-03, device-activation: 1",
        &["2:60 expected `true` or `false`, found integer `1`"],
    ),
    (
        "date: 2026-08-03",
        "date: 2026-08-03, source-ip: 1.2.3",
        &["2:52 `1.2.3` is not an IP address: write it as `203.0.113.7`"],
    ),
    (
        "title: An admin comes in",
        "title: An admin comes in\nclock: { frozen-at: noon }",
        &["2:21 `noon` is not an instant: write it as `2026-08-03T10:00:00Z`"],
    ),
];
