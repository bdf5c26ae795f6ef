mod layouts;
mod variables;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use tempfile::TempDir;

use super::*;
use crate::cli::output::console::TerminalTraits;

#[test]
fn a_folder_that_does_not_exist_is_an_error_and_is_not_created() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("nosuch");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();

    for (suite, what) in [(&missing, "does not exist"), (&file, "is a file, not a folder")] {
        let error = answered(&arguments(suite), false, "").unwrap_err();

        assert_eq!(error.code(), ExitCode::Usage, "{what}");
        assert!(format!("{error:?}").contains(what), "{error:?}");
    }
    assert!(!missing.exists());
}

#[test]
fn what_is_there_is_overwritten_only_by_force() {
    let folder = TempDir::new().unwrap();
    let args = arguments(folder.path());
    let script = folder.path().join("vestibule/survive.sh");
    run(&args);
    fs::write(&script, "mine").unwrap();
    fs::write(folder.path().join("pytest.ini"), "").unwrap();

    let error = answered(&args, false, "").unwrap_err();
    assert_eq!(error.code(), ExitCode::Usage);
    assert_eq!(fs::read_to_string(&script).unwrap(), "mine");

    run(&InitArgs { force: true, ..args });
    assert!(fs::read_to_string(&script).unwrap().ends_with("  -- pytest -x\n"));
    assert_eq!(fs::metadata(&script).unwrap().permissions().mode() & 0o111, 0o111);
}

#[test]
fn force_replaces_a_link_and_not_what_it_leads_to() {
    let folder = TempDir::new().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, "mine").unwrap();
    fs::create_dir(folder.path().join("vestibule")).unwrap();
    symlink(&elsewhere, folder.path().join("vestibule/survive.sh")).unwrap();

    run(&InitArgs { force: true, ..arguments(folder.path()) });

    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine");
}

#[test]
fn a_given_command_is_taken_as_it_is() {
    let folder = folder(&[("pytest.ini", ""), ("test_login.py", "os.environ['SF_USERNAME']")]);
    let command = ["npx", "playwright", "test", "--grep", "a b"].map(str::to_owned).to_vec();

    let said = run(&InitArgs { command, ..arguments(folder.path()) });

    let script = fs::read_to_string(folder.path().join("vestibule/survive.sh")).unwrap();
    assert!(script.ends_with("  --env SF_USERNAME={user} \\\n  -- npx playwright test --grep 'a b'\n"), "{script}");
    assert!(said.contains("Your suite: npx playwright test --grep 'a b'\n") && !said.contains("Also here"), "{said}");
}

#[test]
fn of_several_suites_the_others_are_told_with_the_command_that_chooses_them() {
    let folder = folder(&[
        ("package.json", r#"{ "scripts": { "e2e": "playwright test" } }"#),
        ("pom.xml", "<artifactId>selenium-java</artifactId>"),
    ]);

    let said = run(&arguments(folder.path()));

    assert!(said.contains("Your suite, according to package.json: npm run e2e\n"), "{said}");
    assert!(said.contains("Also here, according to pom.xml: mvn --quiet test\n"), "{said}");
    assert!(said.contains("vestibule init --force --suite "), "{said}");
    assert!(said.contains(" -- mvn --quiet test\n"), "{said}");
}

#[test]
fn on_a_terminal_the_command_is_asked_for() {
    let rows: [(&str, &str); 6] = [
        ("pytest -x tests\n", "pytest -x tests"),
        ("robot -v 'A:b c' .\n", "robot -v 'A:b c' ."),
        ("cd e2e && npm test\n", "sh -c 'cd e2e && npm test'"),
        ("CI=1 pytest\n", "sh -c 'CI=1 pytest'"),
        ("\n", "sh -c '$suite'"),
        ("", "sh -c '$suite'"),
    ];
    for (answer, expected) in rows {
        let folder = TempDir::new().unwrap();

        answered(&arguments(folder.path()), true, answer).unwrap();

        assert_eq!(written(folder.path()).command, shlex::split(expected).unwrap(), "{answer}");
    }
}

#[test]
fn a_script_without_a_command_fails_with_the_line_to_fill_in() {
    let folder = TempDir::new().unwrap();
    let said = run(&arguments(folder.path()));

    let script = folder.path().join("vestibule/survive.sh");
    let output = std::process::Command::new("sh").arg(&script).arg("--list").output().unwrap();

    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("put your command here"));
    assert!(said.contains("No suite that init knows is in this folder."), "{said}");
    assert!(said.contains(" -- COMMAND\n"), "{said}");
}

#[test]
fn the_example_is_written_only_by_name_and_alone() {
    let folder = TempDir::new().unwrap();
    let args = InitArgs { example: true, ..arguments(folder.path()) };

    let said = run(&args);

    let files = fs::read_dir(folder.path().join("vestibule")).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["example_login.py"]);
    assert!(said.contains("vestibule/example_login.py\n"), "{said}");
    let error = answered(&args, false, "").unwrap_err();
    assert_eq!(error.code(), ExitCode::Usage);
    run(&arguments(folder.path()));
    assert!(!fs::read_to_string(folder.path().join("vestibule/survive.sh")).unwrap().contains("example"));
}

#[test]
fn git_ignores_the_reports() {
    let folder = folder(&[(".gitignore", "node_modules/\r\n")]);

    run(&arguments(folder.path()));
    run(&InitArgs { force: true, ..arguments(folder.path()) });

    let text = fs::read_to_string(folder.path().join(".gitignore")).unwrap();
    assert_eq!(text, "node_modules/\r\nvestibule-report/\r\n");
}

#[test]
fn links_in_circles_and_folders_of_others_are_not_followed() {
    let folder = folder(&[
        ("pytest.ini", ""),
        ("tests/test_login.py", "os.environ['SF_USERNAME']"),
        ("env39/pyvenv.cfg", ""),
        ("env39/lib/test_x.py", "os.environ['SALESFORCE_PASSWORD']"),
        ("node_modules/x/package.json", r#"{ "scripts": { "test": "playwright test" } }"#),
    ]);
    for number in 0..3000 {
        fs::write(folder.path().join(format!("node_modules/x/{number}.js")), "process.env.SF_PASSWORD").unwrap();
    }
    symlink(folder.path(), folder.path().join("tests/again")).unwrap();
    symlink("nowhere", folder.path().join("package.json")).unwrap();

    run(&arguments(folder.path()));

    let written = written(folder.path());
    assert_eq!(written.command, ["pytest", "-x"]);
    assert_eq!(written.variables, ["SF_USERNAME={user}"]);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_counts() {
    let broken = folder(&[("package.json", "{ \"scripts\": "), ("playwright.config.ts", "process.env.QA_URL")]);
    let said = run(&arguments(broken.path()));
    assert_eq!(written(broken.path()).command, ["npx", "playwright", "test"]);
    assert!(said.contains("`package.json` is not JSON (EOF while parsing"), "{said}");

    // Also root, who may read everything, does not read a large one.
    let large = folder(&[("package.json", " ".repeat(1 << 20).as_str()), ("conftest.py", "")]);
    let said = run(&arguments(large.path()));
    assert_eq!(written(large.path()).command, ["pytest", "-x"]);
    assert!(said.contains("`package.json` cannot be read"), "{said}");

    let closed = folder(&[("conftest.py", ""), (".env", "SF_PASSWORD=x"), ("package.json", "{}")]);
    for name in [".env", "package.json"] {
        fs::set_permissions(closed.path().join(name), fs::Permissions::from_mode(0o0)).unwrap();
    }
    run(&arguments(closed.path()));
    assert_eq!(written(closed.path()).command, ["pytest", "-x"]);
}

#[test]
fn missing_packages_and_hidden_variables_are_told() {
    let package = r#"{ "devDependencies": { "@playwright/test": "1" }, "scripts": { "test": "playwright test" } }"#;
    let bare = folder(&[("package.json", package), ("pnpm-lock.yaml", "")]);
    assert!(run(&arguments(bare.path())).contains("  Its packages are not installed; run `pnpm install` first.\n"));
    let installed = folder(&[("package.json", package), ("node_modules/x/index.js", "")]);
    assert!(!run(&arguments(installed.path())).contains("not installed"));

    let tox = folder(&[("tox.ini", "[testenv]\ncommands = pytest\n")]);
    assert!(run(&arguments(tox.path())).contains("add `passenv = *`"));

    let cypress = folder(&[("cypress.config.js", "")]);
    let said = run(&arguments(cypress.path()));
    assert!(said.contains("Cypress was not tried with Vestibule") && said.contains("Passkeys do not work"), "{said}");
}

/// Runs the command with what a person answers, and shows nobody what it writes.
fn answered(args: &InitArgs, interactive: bool, answer: &str) -> Result<ExitCode, CliError> {
    let (mut out, mut err) = (io::sink(), io::sink());
    init_from(args, &mut Console::new(&mut out, &mut err, traits(interactive)), &mut answer.as_bytes())
}

fn traits(interactive: bool) -> TerminalTraits {
    TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive, width: 100 }
}

fn arguments(suite: &Path) -> InitArgs {
    InitArgs { command: Vec::new(), suite: suite.to_owned(), force: false, example: false }
}

/// Runs the command without a person, and returns what it wrote to stdout.
fn run(args: &InitArgs) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    init_from(args, &mut Console::new(&mut out, &mut err, traits(false)), &mut "".as_bytes()).unwrap();
    assert_eq!(String::from_utf8(err).unwrap(), "");
    String::from_utf8(out).unwrap()
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (file, text) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What `survive.sh` gives to `vestibule survive`.
struct Written {
    variables: Vec<String>,
    command: Vec<String>,
    fails: bool,
}

fn written(folder: &Path) -> Written {
    let script = fs::read_to_string(folder.join("vestibule/survive.sh")).unwrap();
    let (before, line) = script.split_once("exec vestibule survive").unwrap();
    let words = shlex::split(&line.replace("\\\n", " ")).unwrap();
    let end = words.iter().position(|word| word == "--").unwrap();
    let variables = words[..end].iter().filter(|word| word.contains('=')).cloned().collect();
    Written { variables, command: words[end + 1..].to_vec(), fails: before.contains("put your command here") }
}
