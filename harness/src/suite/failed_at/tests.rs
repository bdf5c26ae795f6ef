use super::*;

/// The files of a suite; `@` in an output is its folder.
const FILES: [&str; 12] = [
    "tests/login.spec.ts",
    "pages/login.ts",
    "test/specs/login.e2e.js",
    "node_modules/playwright/lib/index.js",
    "tests/test_login.py",
    "pages/login_page.py",
    "venv/lib/python3.11/site-packages/selenium/wait.py",
    "ui/src/test/java/com/acme/LoginTest.java",
    "api/src/test/java/com/other/LoginTest.java",
    "login.robot",
    "Acme.Tests/LoginTests.cs",
    "my suite/a b.ts",
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

fn found(output: &str) -> Option<String> {
    let folder = folder();
    let output = output.replace('@', folder.path().to_str().unwrap());
    failed_at(&output, folder.path()).map(|location| location.to_string())
}

#[test]
fn every_runner_is_read_as_it_writes() {
    for (runner, output, expected) in [
        ("Playwright", PLAYWRIGHT, "pages/login.ts:9:14"),
        ("Playwright, without a trace of own code", PLAYWRIGHT_TIMEOUT, "tests/login.spec.ts:5:5"),
        ("Jest", JEST, "test/specs/login.e2e.js:12:33"),
        ("Mocha with modules", MOCHA, "test/specs/login.e2e.js:8:30"),
        ("WebdriverIO", WEBDRIVERIO, "test/specs/login.e2e.js:8:30"),
        ("Vitest", " FAIL  x\n ❯ tests/login.spec.ts:5:3\n", "tests/login.spec.ts:5:3"),
        ("pytest", PYTEST, "pages/login_page.py:30"),
        ("pytest --tb=short", PYTEST_SHORT, "pages/login_page.py:30"),
        ("Python", PYTHON, "pages/login_page.py:30"),
        ("JUnit in Maven", MAVEN, "ui/src/test/java/com/acme/LoginTest.java:42"),
        ("Surefire's summary", SUREFIRE, "api/src/test/java/com/other/LoginTest.java:42"),
        ("Gradle", GRADLE, "api/src/test/java/com/other/LoginTest.java:42"),
        ("JUnit in Gradle, with class loaders", GRADLE_TRACE, "ui/src/test/java/com/acme/LoginTest.java:42"),
        ("Robot Framework", ROBOT, "login.robot:5"),
        (".NET", DOTNET, "Acme.Tests/LoginTests.cs:42"),
    ] {
        assert_eq!(found(output).as_deref(), Some(expected), "{runner}");
    }
}

#[test]
fn colours_links_and_spaces_are_no_part_of_a_path() {
    let colours = "    at \u{1b}[90m/@/x\u{1b}[39m\n    at \u{1b}[36m@/pages/login.ts\u{1b}[39m:9:14\n";
    assert_eq!(found(colours).as_deref(), Some("pages/login.ts:9:14"));
    assert_eq!(found("    at @/my suite/a b.ts:1:2\n").as_deref(), Some("my suite/a b.ts:1:2"));
    assert_eq!(found("    at f (file://@/my%20suite/a%20b.ts:1:2)\n").as_deref(), Some("my suite/a b.ts:1:2"));
    // The command changed into a folder of the suite first.
    assert_eq!(found("    at f (./a b.ts:1:2)\n").as_deref(), Some("my suite/a b.ts:1:2"));
}

#[test]
fn only_files_of_the_suite_are_named() {
    for output in [
        "",
        "1 passed\n",
        "    at @/node_modules/playwright/lib/index.js:1:2\n",
        "    at @/tests/gone.spec.ts:1:2\n",
        "    at /etc/login.ts:1:2\n",
        "    at ../../etc/login.ts:1:2\n",
        "    at @/tests/../../x.ts:1:2\n",
        "    at node:internal/process/task_queues:95:5\n",
        "\tat org.openqa.selenium.WebDriverWait.until(WebDriverWait.java:1)\n",
        "\tat com.nobody.LoginTest.signsIn(LoginTest.java:42)\n",
        "  File \"@/venv/lib/python3.11/site-packages/selenium/wait.py\", line 9, in until\n",
        "  ✓  1 [chromium] › tests/login.spec.ts:5:5 › signs in (1.2s)\n",
        "    at @/tests/login.spec.ts:99999999999:1\n",
    ] {
        assert_eq!(found(output), None, "{output}");
    }
}

#[test]
fn the_first_failure_counts() {
    let two = format!("{PYTEST}\n__________________ test_other __________________\n\ntests/test_login.py:99: Error\n");
    assert_eq!(found(&two).as_deref(), Some("pages/login_page.py:30"));
    let two =
        format!("{PYTHON}\nTraceback (most recent call last):\n  File \"@/tests/test_login.py\", line 99, in x\nE\n");
    assert_eq!(found(&two).as_deref(), Some("pages/login_page.py:30"));
}

const PLAYWRIGHT: &str = "
Running 1 test using 1 worker

  ✘  1 [chromium] › tests/login.spec.ts:5:5 › signs in (30.0s)

  1) [chromium] › tests/login.spec.ts:5:5 › signs in ───────────────────────────────────────────────

    Error: locator.fill: Timeout 10000ms exceeded.
    Call log:
      - waiting for locator('#password')

       7 | export async function signIn(page) {
       8 |   await page.locator('#username').fill(process.env.SF_USERNAME);
    >  9 |   await page.locator('#password').fill(process.env.SF_PASSWORD);
         |              ^
      10 | }
        at Object.fill (@/node_modules/playwright/lib/index.js:100:7)
        at signIn (@/pages/login.ts:9:14)
        at @/tests/login.spec.ts:6:3

  1 failed
";

const PLAYWRIGHT_TIMEOUT: &str = "
  1) [chromium] › tests/login.spec.ts:5:5 › signs in ───────────────────────────────────────────────

    Test timeout of 30000ms exceeded.

  1 failed
";

const JEST: &str = "
FAIL test/specs/login.e2e.js
  ● signs in

    TimeoutError: Waiting for element to be located By(css selector, #password)

      10 |   await driver.findElement(By.id('username')).sendKeys(user);
    > 12 |   await driver.wait(until.elementLocated(By.id('password')), 5000);
         |                                 ^

      at node_modules/selenium-webdriver/lib/webdriver.js:911:17
      at Object.<anonymous> (test/specs/login.e2e.js:12:33)

Tests:       1 failed, 1 total
";

const MOCHA: &str = "
  1) login
       signs in:
     NoSuchElementError: no such element: Unable to locate element: {\"method\":\"css selector\",\"selector\":\"#password\"}
      at Object.throwDecodedError (node_modules/selenium-webdriver/lib/error.js:523:15)
      at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
      at async Context.<anonymous> (file://@/test/specs/login.e2e.js:8:30)
";

const WEBDRIVERIO: &str = "
[chrome 156.0.7000.12 linux #0-0] 1) login signs in
[chrome 156.0.7000.12 linux #0-0] element (\"#password\") still not displayed after 5000ms
[chrome 156.0.7000.12 linux #0-0] Error: element (\"#password\") still not displayed after 5000ms
[chrome 156.0.7000.12 linux #0-0]     at async Context.<anonymous> (@/test/specs/login.e2e.js:8:30)
";

const PYTEST: &str = "
=================================== FAILURES ===================================
__________________________________ test_login __________________________________

driver = <selenium.webdriver.chrome.webdriver.WebDriver (session=\"5d\")>

    def test_login(driver):
>       LoginPage(driver).sign_in()

tests/test_login.py:12:
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
pages/login_page.py:30: in sign_in
    wait.until(visible(PASSWORD))
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

self = <selenium.webdriver.support.wait.WebDriverWait (session=\"5d\")>
>       raise TimeoutException(message, screen, stacktrace)
E       selenium.common.exceptions.TimeoutException: Message:

venv/lib/python3.11/site-packages/selenium/wait.py:138: TimeoutException
=========================== short test summary info ============================
FAILED tests/test_login.py::test_login - selenium.common.exceptions.TimeoutEx...
";

const PYTEST_SHORT: &str = "
=================================== FAILURES ===================================
__________________________________ test_login __________________________________
tests/test_login.py:12: in test_login
    LoginPage(driver).sign_in()
pages/login_page.py:30: in sign_in
    wait.until(visible(PASSWORD))
venv/lib/python3.11/site-packages/selenium/wait.py:138: in until
    raise TimeoutException(message, screen, stacktrace)
E   selenium.common.exceptions.TimeoutException: Message:
";

const PYTHON: &str = "
Traceback (most recent call last):
  File \"@/tests/test_login.py\", line 12, in <module>
    LoginPage(driver).sign_in()
  File \"@/pages/login_page.py\", line 30, in sign_in
    wait.until(visible(PASSWORD))
  File \"@/venv/lib/python3.11/site-packages/selenium/wait.py\", line 138, in until
    raise TimeoutException(message, screen, stacktrace)
selenium.common.exceptions.TimeoutException: Message:
";

const MAVEN: &str = "
[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 12.4 s <<< FAILURE! -- in com.acme.LoginTest
[ERROR] com.acme.LoginTest.signsIn -- Time elapsed: 11.9 s <<< ERROR!
org.openqa.selenium.TimeoutException: Expected condition failed: waiting for visibility of #password
\tat org.openqa.selenium.support.ui.WebDriverWait.timeoutException(WebDriverWait.java:84)
\tat com.acme.LoginTest.signsIn(LoginTest.java:42)
\tat java.base/java.lang.reflect.Method.invoke(Method.java:580)
";

const SUREFIRE: &str = "
[ERROR] Errors:
[ERROR]   LoginTest.signsIn:42 » Timeout Expected condition failed: waiting for visibility of #password
";

const GRADLE: &str = "
LoginTest > signsIn() FAILED
    org.openqa.selenium.TimeoutException at LoginTest.java:42
";

const GRADLE_TRACE: &str = "
LoginTest > signsIn() FAILED
    org.openqa.selenium.TimeoutException: Expected condition failed
        at app//org.openqa.selenium.support.ui.FluentWait.until(FluentWait.java:203)
        at app//com.acme.LoginTest.signsIn(LoginTest.java:42)
";

const ROBOT: &str = "
[ ERROR ] Error in file '@/login.robot' on line 5: Importing library 'SeleniumLibary' failed: ModuleNotFoundError
";

const DOTNET: &str = "
  Failed SignsIn [12 s]
  Stack Trace:
     at OpenQA.Selenium.Support.UI.DefaultWait`1.Until[TResult](Func`2 condition) in /_/dotnet/src/support/UI/DefaultWait.cs:line 138
   at Acme.Tests.LoginTests.SignsIn() in @/Acme.Tests/LoginTests.cs:line 42
";
