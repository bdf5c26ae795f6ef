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
        ("${name}=    Get Environment Variable    SF_USERNAME", "SF_USERNAME", "user"),
        ("process.env?.SF_USERNAME", "SF_USERNAME", "user"),
        ("import.meta.env.QA_URL", "QA_URL", "login-url"),
        ("requireEnv('SF_PASSWORD')", "SF_PASSWORD", "password"),
        ("getRequiredEnvVar(`QA_URL`)", "QA_URL", "login-url"),
        ("ENV.fetch('SF_USERNAME')", "SF_USERNAME", "user"),
        ("Environment.GetEnvironmentVariable(\"SF_PASSWORD\")", "SF_PASSWORD", "password"),
        ("config(\"SF_USERNAME\")", "SF_USERNAME", "user"),
    ];
    for (text, name, template) in rows {
        assert_eq!(mappings(text).into_iter().collect::<Vec<_>>(), [(name.to_owned(), template)], "{text}");
    }
    let together = mappings("const { SF_USERNAME, SF_PASSWORD: password, CI } = process.env;");
    assert_eq!(
        together.into_iter().collect::<Vec<_>>(),
        [("SF_PASSWORD".to_owned(), "password"), ("SF_USERNAME".to_owned(), "user")]
    );
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
fn pytest_is_chosen_where_it_is_the_suite_although_npm_test_exists() {
    let npm = r#"{ "scripts": { "test": "jest" } }"#;
    let none = r#"{ "scripts": { "test": "echo \"Error: no test specified\" && exit 1" } }"#;
    let ui = r#"{ "scripts": { "test": "nightwatch" } }"#;
    let login = "os.environ['SF_USERNAME']";
    let rows: [(&[(&str, &str)], &str); 8] = [
        (&[("package.json", npm), ("conftest.py", "")], "pytest -x"),
        (&[("package.json", npm), ("tests/test_login.py", login)], "pytest -x"),
        (&[("package.json", npm), ("pyproject.toml", "[tool.pytest.ini_options]")], "pytest -x"),
        (&[("package.json", npm), ("pyproject.toml", "[tool.black]")], "npm test"),
        (&[("package.json", npm), ("conftest.py", ""), ("login.js", "process.env.SF_USERNAME")], "npm test"),
        (&[("package.json", none), ("conftest.py", "")], "pytest -x"),
        (&[("package.json", none)], ""),
        (&[("package.json", ui), ("conftest.py", "")], "npm test"),
    ];
    for (files, expected) in rows {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        assert_eq!(suite::find(folder.path()).command.join(" "), expected, "{files:?}");
    }
}

#[test]
fn a_file_of_variables_tells_the_names_that_a_suite_loads() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env.example"), "# sandbox\nexport QA_URL=https://x\nSF_PASSWORD=\nCI=1\n").unwrap();
    fs::write(folder.path().join("config.py"), "SF_USERNAME='a constant'\n").unwrap();

    let mappings = suite::find(folder.path()).mappings;

    assert_eq!(
        mappings.into_iter().collect::<Vec<_>>(),
        [("QA_URL".to_owned(), "login-url"), ("SF_PASSWORD".to_owned(), "password")]
    );
}

#[test]
fn dependencies_of_the_suite_are_not_taken_for_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("node_modules/x");
    fs::create_dir_all(&inside).unwrap();
    fs::write(inside.join("a.js"), "process.env.SF_PASSWORD").unwrap();

    assert_eq!(suite::find(folder.path()), suite::Suite::default());
}
