use std::path::Path;

use super::super::variables::{properties_read_by, read_by};

#[test]
fn the_names_that_a_suite_reads_are_found_in_every_language() {
    let rows = [
        ("a.ts", "process.env.SF_URL", "SF_URL"),
        ("a.js", "process.env['SALESFORCE_PASSWORD']", "SALESFORCE_PASSWORD"),
        ("a.js", "process.env?.SF_USERNAME", "SF_USERNAME"),
        ("a.mts", "import.meta.env.QA_URL", "QA_URL"),
        ("a.ts", "const env = process.env; env.SF_PASSWORD", "SF_PASSWORD"),
        ("a.js", "requireEnv('SF_PASSWORD')", "SF_PASSWORD"),
        ("a.js", "getRequiredEnvVar(`QA_URL`)", "QA_URL"),
        ("a.cy.js", "Cypress.env('SF_PASSWORD')", "CYPRESS_SF_PASSWORD"),
        ("cypress.env.json", "{ \"SF_PASSWORD\": \"\" }", "CYPRESS_SF_PASSWORD"),
        ("a.py", "os.environ[\"SF_USERNAME\"]", "SF_USERNAME"),
        ("a.py", "os.environ.get('SF_TOTP_SECRET', '')", "SF_TOTP_SECRET"),
        ("a.py", "os.getenv(\"SF_OTP\")", "SF_OTP"),
        ("a.py", "config(\"SF_USERNAME\")", "SF_USERNAME"),
        ("A.java", "System.getenv(\"SF_LOGIN_URL\")", "SF_LOGIN_URL"),
        ("A.java", "System.getenv().getOrDefault(\"SF_URL\", \"x\")", "SF_URL"),
        ("A.java", "@Value(\"${SF_PASSWORD}\")", "SF_PASSWORD"),
        ("A.kt", "@Value(\"\\${SF_PASSWORD}\")", "SF_PASSWORD"),
        ("A.kt", "System.getenv(\"SF_URL\")", "SF_URL"),
        ("A.kt", "System.getenv()[\"SF_URL\"]", "SF_URL"),
        ("A.kt", "System.getenv().getValue(\"API_TOKEN\")", "API_TOKEN"),
        ("build.gradle.kts", "systemProperty(\"url\", System.getenv(\"SF_URL\"))", "SF_URL"),
        ("A.scala", "sys.env.getOrElse(\"SF_URL\", \"x\")", "SF_URL"),
        ("a.groovy", "System.env.SF_URL", "SF_URL"),
        ("a.groovy", "System.env['SF_URL']", "SF_URL"),
        ("A.cs", "Environment.GetEnvironmentVariable(\"SF_PASSWORD\")", "SF_PASSWORD"),
        ("a.rb", "ENV['SF_ACCESS_TOKEN']", "SF_ACCESS_TOKEN"),
        ("a.rb", "ENV.fetch('SF_USERNAME')", "SF_USERNAME"),
        ("a.go", "os.Getenv(\"SF_URL\")", "SF_URL"),
        ("a.go", "url, ok := os.LookupEnv(\"SF_URL\")", "SF_URL"),
        ("a.go", "URL string `env:\"SF_URL\"`", "SF_URL"),
        ("a.php", "getenv('SF_URL')", "SF_URL"),
        ("a.php", "$_ENV['SF_URL']", "SF_URL"),
        ("a.ts", "Deno.env.get('APP_TOKEN')", "APP_TOKEN"),
        ("a.robot", "Input Text  username  %{SF_USER}", "SF_USER"),
        ("a.robot", "Input Text  username  %{SF_USER=rep}", "SF_USER"),
        ("a.resource", "${name}=    Get Environment Variable    SF_USERNAME", "SF_USERNAME"),
        ("config.properties", "password=${SF_PASSWORD}", "SF_PASSWORD"),
        ("application.conf", "url = ${?SF_URL}", "SF_URL"),
        ("pom.xml", "<password>${env.SF_PASSWORD}</password>", "SF_PASSWORD"),
        ("tox.ini", "setenv = URL={env:SF_URL}", "SF_URL"),
        ("package.json", "\"test\": \"robot -v URL:$SF_URL .\"", "SF_URL"),
        (".env.example", "# sandbox\nexport QA_URL=https://x\n", "QA_URL"),
        ("sf.env", "SF_PASSWORD=\n", "SF_PASSWORD"),
    ];
    for (file, text, name) in rows {
        assert_eq!(read(file, text), [name], "{file}: {text}");
    }
    let together = "const { SF_USERNAME, SF_PASSWORD: password, CI = '1' } = process.env;";
    assert_eq!(read("a.js", together), ["CI", "SF_PASSWORD", "SF_USERNAME"]);
}

#[test]
fn the_system_properties_that_a_suite_reads_are_found_in_the_languages_of_the_jvm() {
    for (file, text, names) in [
        ("A.java", "System.getProperty(\"sf.username\")", &["sf.username"][..]),
        ("A.java", "System.getProperty( \"SF_URL\", System.getenv(\"SF_URL\"))", &["SF_URL"]),
        ("A.java", "System.getProperties().getProperty(\"sf.url\")", &["sf.url"]),
        ("A.kt", "System.getProperty(\"sf.password\") ?: \"x\"", &["sf.password"]),
        ("A.kt", "System.getProperties()[\"sf.url\"]", &["sf.url"]),
        ("a.groovy", "System.properties['sf.url']", &["sf.url"]),
        ("A.scala", "sys.props(\"sf.url\")", &["sf.url"]),
        ("A.scala", "sys.props.getOrElse(\"sf.url\", \"x\")", &["sf.url"]),
        ("A.java", "System.getProperty(\"user.dir\") + System.getProperty(\"webdriver.chrome.driver\")", &[]),
        ("A.java", "System.getProperty(\"user.password\") + System.getProperty(\"user.name\")", &["user.password"]),
        ("A.java", "System.setProperty(\"sf.username\", \"x\")", &[]),
        ("a.js", "System.getProperty(\"sf.username\")", &[]),
    ] {
        let found: Vec<String> = properties_read_by(Path::new(file), text).into_iter().collect();
        assert_eq!(found, names, "{file}: {text}");
    }
}

#[test]
fn what_is_no_variable_of_the_environment_is_not_found() {
    for (file, text) in [
        ("a.js", "process.env.VESTIBULE_PASSWORD"),
        ("config.py", "SF_URL = 'a constant'"),
        ("a.robot", "Input Text  username  ${SF_USER}"),
        ("a.js", "`${SF_USER}`"),
        ("notes.md", "process.env.SF_URL"),
        (".env", "# SF_URL=x\n"),
    ] {
        assert!(read(file, text).is_empty(), "{file}: {text}");
    }
}

fn read(file: &str, text: &str) -> Vec<String> {
    read_by(Path::new(file), text).into_iter().collect()
}
