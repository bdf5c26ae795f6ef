use std::fs;

use super::suite::{self, mappings};

#[test]
fn the_names_that_a_suite_reads_are_found_in_every_language() {
    let rows = [
        ("process.env.SF_URL", "SF_URL", "login-url"),
        ("process.env['SALESFORCE_PASSWORD']", "SALESFORCE_PASSWORD", "password"),
        ("os.environ[\"SF_USERNAME\"]", "SF_USERNAME", "user"),
        ("os.environ.get('SF_TOTP_SECRET', '')", "SF_TOTP_SECRET", "totp-secret"),
        ("os.getenv(\"SF_OTP\")", "SF_OTP", "totp-secret"),
        ("System.getenv(\"SF_LOGIN_URL\")", "SF_LOGIN_URL", "login-url"),
        ("ENV['SF_ACCESS_TOKEN']", "SF_ACCESS_TOKEN", "access-token"),
        ("Input Text  username  %{SF_USER}", "SF_USER", "user"),
    ];
    for (text, name, template) in rows {
        assert_eq!(mappings(text).into_iter().collect::<Vec<_>>(), [(name.to_owned(), template)], "{text}");
    }
    for text in ["process.env.CI", "os.environ['HOME']", "process.env.VESTIBULE_PASSWORD", "SF_URL = 1"] {
        assert!(mappings(text).is_empty(), "{text}");
    }
}

#[test]
fn the_suite_of_a_folder_is_known_by_its_files() {
    let rows: [(&str, &str, &[&str]); 6] = [
        ("package.json", r#"{ "devDependencies": { "@playwright/test": "1" } }"#, &["npx", "playwright", "test"]),
        ("package.json", r#"{ "devDependencies": { "@wdio/cli": "9" } }"#, &["npx", "wdio", "run", "wdio.conf.js"]),
        ("package.json", r#"{ "scripts": { "test": "mocha" } }"#, &["npm", "test"]),
        ("conftest.py", "", &["pytest", "-x"]),
        ("pom.xml", "", &["mvn", "--quiet", "test"]),
        ("login.robot", "", &["robot", "."]),
    ];
    for (file, text, command) in rows {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file), text).unwrap();
        let suite = suite::find(folder.path());
        assert_eq!(
            (suite.command, suite.because.as_str()),
            (command.iter().map(|word| (*word).to_owned()).collect(), file)
        );
    }
}

#[test]
fn dependencies_of_the_suite_are_not_taken_for_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("node_modules/x");
    fs::create_dir_all(&inside).unwrap();
    fs::write(inside.join("a.js"), "process.env.SF_PASSWORD").unwrap();

    assert_eq!(suite::find(folder.path()), suite::Suite::default());
}
