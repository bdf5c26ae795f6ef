//! Folders as people have them, each with the command and the variables that `survive.sh` must have.

use std::fs;

use super::{arguments, folder, run, written};

type Files = &'static [(&'static str, &'static str)];

#[test]
fn the_suite_of_a_layout_is_started_as_its_people_start_it() {
    for (name, files, command, variables) in LAYOUTS {
        let folder = folder(files);

        let said = run(&arguments(folder.path()));

        let written = written(folder.path());
        let names: Vec<&str> = written.variables.iter().filter_map(|mapping| mapping.split('=').next()).collect();
        assert_eq!(written.command, shlex::split(command).unwrap(), "{name}: {said}");
        assert_eq!(names, variables.split_whitespace().collect::<Vec<_>>(), "{name}: {said}");
        assert_eq!(written.fails, *command == UNKNOWN, "{name}");
        assert!(!folder.path().join("vestibule/example_login.py").exists(), "{name}");
        let script = fs::read_to_string(folder.path().join("vestibule/survive.sh")).unwrap();
        assert!(!script.contains("example"), "{name}: {script}");
    }
}

#[test]
fn names_of_variables_decide_by_all_of_their_words() {
    let folder = folder(&[(
        "test_login.py",
        "from selenium import webdriver\n[os.getenv(name) for name in ()]\n\
         for name in ('x',): (os.environ['SF_USERNAME'], os.environ['SF_EMAIL'], os.environ['SF_PASSWORD'])\n\
         (os.getenv('QA_URL'), os.getenv('SALESFORCE_URL'), os.getenv('MAIL_PASSWORD'), os.getenv('MFA_CODE'))\n\
         (os.getenv('TOTP_DIGITS'), os.getenv('TOTP_ALGORITHM'), os.getenv('MFA_TIMEOUT_MS'))\n\
         os.getenv('MFA_SECRET')\n",
    )]);

    let said = run(&arguments(folder.path()));

    assert_eq!(
        written(folder.path()).variables,
        [
            "MFA_SECRET={totp-secret}",
            "QA_URL={login-url}",
            "SALESFORCE_URL={login-url}",
            "SF_EMAIL={user}",
            "SF_PASSWORD={password}",
            "SF_USERNAME={user}",
        ]
    );
    assert!(said.contains("Without a value: MFA_CODE, MFA_TIMEOUT_MS, TOTP_ALGORITHM, TOTP_DIGITS;"), "{said}");
}

#[test]
fn system_properties_of_java_come_in_the_variable_that_every_jvm_reads() {
    let folder = folder(&[
        ("pom.xml", "<artifactId>selenium-java</artifactId>"),
        (
            "src/test/java/A.java",
            "import org.openqa.selenium.WebDriver;\n\
             class A { String[] a = { System.getenv(\"SF_URL\"), System.getenv(\"API_TOKEN\") };\n\
             String b = System.getProperty(\"sf.username\") + System.getProperty(\"sf.password\", \"x\");\n\
             String c = System.getProperty(\"app.token\") + System.getProperty(\"user.dir\"); }\n",
        ),
    ]);

    let said = run(&arguments(folder.path()));

    let options = "JAVA_TOOL_OPTIONS=${JAVA_TOOL_OPTIONS-} -Dsf.password={password} -Dsf.username={user}";
    assert_eq!(written(folder.path()).variables, ["SF_URL={login-url}", options]);
    assert!(said.contains("Properties, in JAVA_TOOL_OPTIONS: sf.password={password}, sf.username={user}\n"), "{said}");
    assert!(said.contains("Without a value: -Dapp.token, API_TOKEN; "), "{said}");
    assert!(said.contains("`--env NAME={VALUE}`"), "{said}");
    let script = fs::read_to_string(folder.path().join("vestibule/survive.sh")).unwrap();
    assert!(script.contains("leave a doubt: -Dapp.token, API_TOKEN\n# Give those"), "{script}");
}

#[test]
fn a_suite_that_began_as_a_recipe_of_utam_gets_a_front_door_and_the_time() {
    let source = "const { SALESFORCE_LOGIN_URL, SALESFORCE_LOGIN_TIME } = process.env;\n";
    let utam = folder(&[("wdio.conf.js", source), ("package.json", "{}")]);
    let other = folder(&[("wdio.conf.js", "process.env.SALESFORCE_LOGIN_URL"), ("package.json", "{}")]);

    let said = run(&arguments(utam.path()));
    run(&arguments(other.path()));

    let expected = ["SALESFORCE_LOGIN_URL={frontdoor-url}", "SALESFORCE_LOGIN_TIME=$(date +%s)000"];
    assert_eq!(written(utam.path()).variables, expected);
    assert!(!said.contains("Without a value"), "{said}");
    assert_eq!(written(other.path()).variables, ["SALESFORCE_LOGIN_URL={login-url}"]);
}

const UNKNOWN: &str = "sh -c '$suite'";
const NO_TEST: &str = r#"{ "scripts": { "test": "echo \"Error: no test specified\" && exit 1" } }"#;
const PYTHON_LOGIN: &str = "from selenium import webdriver\nimport os\nuser = os.environ['SF_USERNAME']\n";
const JAVA_LOGIN: &str = "import org.openqa.selenium.WebDriver;\nclass A { String a = System.getenv(\"SF_URL\"); }\n";
const TYPESCRIPT_LOGIN: &str = "import { test } from '@playwright/test';\nprocess.env.SF_PASSWORD;\n";
const PLAYWRIGHT: &str = r#"{ "devDependencies": { "@playwright/test": "1.50.0" } }"#;

/// Name, files, command, names of the variables that are mapped.
const LAYOUTS: &[(&str, Files, &str, &str)] = &[
    // The layouts that people had.
    ("pytest.ini", &[("pytest.ini", "[pytest]\n"), ("test_a.py", PYTHON_LOGIN)], "pytest -x", "SF_USERNAME"),
    (
        "pytest in pyproject.toml",
        &[("pyproject.toml", "[tool.pytest.ini_options]\n"), ("login/a.py", PYTHON_LOGIN)],
        "pytest -x",
        "SF_USERNAME",
    ),
    ("conftest.py at the root", &[("conftest.py", PYTHON_LOGIN)], "pytest -x", "SF_USERNAME"),
    (
        "test files and requirements",
        &[("test_login.py", PYTHON_LOGIN), ("requirements.txt", "selenium==4.20\n")],
        "pytest -x",
        "SF_USERNAME",
    ),
    ("conftest.py in tests", &[("tests/conftest.py", PYTHON_LOGIN)], "pytest -x", "SF_USERNAME"),
    (
        "pytest-playwright",
        &[("requirements-dev.txt", "pytest-playwright\n"), ("e2e/sign_in.py", "import os\nos.getenv('QA_URL')\n")],
        "pytest -x",
        "QA_URL",
    ),
    ("tox", &[("tox.ini", "[testenv]\ncommands = pytest\n"), ("tests/test_a.py", PYTHON_LOGIN)], "tox", "SF_USERNAME"),
    (
        "Maven",
        &[("pom.xml", "<artifactId>selenium-java</artifactId>"), ("src/test/java/A.java", JAVA_LOGIN)],
        "mvn --quiet test",
        "SF_URL",
    ),
    (
        "Gradle with its wrapper",
        &[("gradlew", ""), ("build.gradle", ""), ("src/test/java/A.java", JAVA_LOGIN)],
        "sh gradlew --no-build-cache cleanTest test",
        "SF_URL",
    ),
    (
        "Playwright with a script and yarn",
        &[
            ("package.json", r#"{ "scripts": { "lint": "eslint .", "test:e2e": "playwright test --project=sf" } }"#),
            ("yarn.lock", ""),
            ("tests/login.spec.ts", TYPESCRIPT_LOGIN),
        ],
        "yarn run test:e2e",
        "SF_PASSWORD",
    ),
    (
        "Playwright with pnpm and no script",
        &[("package.json", PLAYWRIGHT), ("pnpm-lock.yaml", ""), ("tests/login.spec.ts", TYPESCRIPT_LOGIN)],
        "pnpm exec playwright test",
        "SF_PASSWORD",
    ),
    (
        "WebdriverIO in TypeScript",
        &[("package.json", r#"{ "devDependencies": { "@wdio/cli": "9" } }"#), ("wdio.conf.ts", "process.env.SF_URL")],
        "npx wdio run wdio.conf.ts",
        "SF_URL",
    ),
    ("Robot Framework", &[("login.robot", "Library  SeleniumLibrary\nOpen  %{SF_URL}\n")], "robot .", "SF_URL"),
    (
        "npm test",
        &[("package.json", r#"{ "scripts": { "test": "mocha" }, "devDependencies": { "selenium-webdriver": "4" } }"#)],
        "npm test",
        "",
    ),
    (
        "Cypress",
        &[
            ("package.json", r#"{ "scripts": { "cy:open": "cypress open", "cy:run": "cypress run" } }"#),
            ("cypress.config.js", ""),
            ("cypress/e2e/login.cy.js", "Cypress.env('SF_PASSWORD')"),
        ],
        "npm run cy:run",
        "CYPRESS_SF_PASSWORD",
    ),
    (
        ".NET",
        &[
            ("Login.csproj", "<PackageReference Include=\"Selenium.WebDriver\" />"),
            ("Login.cs", "using OpenQA.Selenium;\nEnvironment.GetEnvironmentVariable(\"SF_PASSWORD\");\n"),
        ],
        "dotnet test",
        "SF_PASSWORD",
    ),
    // Package managers.
    (
        "poetry",
        &[
            ("poetry.lock", ""),
            ("pyproject.toml", "[tool.poetry.dependencies]\npytest = \"8\"\n"),
            ("test_a.py", PYTHON_LOGIN),
        ],
        "poetry run pytest -x",
        "SF_USERNAME",
    ),
    ("uv", &[("uv.lock", ""), ("pyproject.toml", ""), ("test_a.py", PYTHON_LOGIN)], "uv run pytest -x", "SF_USERNAME"),
    (
        "pipenv",
        &[("Pipfile", "selenium = \"*\"\n"), ("test_a.py", PYTHON_LOGIN)],
        "pipenv run pytest -x",
        "SF_USERNAME",
    ),
    ("pipenv and Robot", &[("Pipfile", ""), ("a.robot", "Library    Browser\n")], "pipenv run robot .", ""),
    (
        "a virtual environment",
        &[(".venv/bin/pytest", ""), ("test_a.py", PYTHON_LOGIN)],
        ".venv/bin/pytest -x",
        "SF_USERNAME",
    ),
    (
        "nox",
        &[("noxfile.py", "@nox.session\ndef e2e(session):\n    session.run('pytest')\n"), ("test_a.py", PYTHON_LOGIN)],
        "nox -s e2e",
        "SF_USERNAME",
    ),
    (
        "bun",
        &[("package.json", PLAYWRIGHT), ("bun.lockb", ""), ("playwright.config.ts", "")],
        "bunx playwright test",
        "",
    ),
    (
        "the package manager that package.json names",
        &[
            ("package.json", r#"{ "packageManager": "pnpm@9.1.0", "scripts": { "test": "playwright test" } }"#),
            ("package-lock.json", "{}"),
        ],
        "pnpm run test",
        "",
    ),
    (
        "Maven with a wrapper, a profile and Failsafe",
        &[
            ("mvnw", ""),
            (
                "pom.xml",
                "<!-- <profile><id>ui-old</id></profile> --><profiles><profile><id>release</id></profile>\
                 <profile><id>e2e</id></profile></profiles><artifactId>maven-failsafe-plugin</artifactId>",
            ),
            ("src/test/java/LoginIT.java", JAVA_LOGIN),
        ],
        "sh mvnw --quiet -Pe2e verify",
        "SF_URL",
    ),
    (
        "Gradle in Kotlin with a task",
        &[
            ("settings.gradle.kts", ""),
            ("build.gradle.kts", "tasks.register<Test>(\"uiTest\") { }\n"),
            ("src/uiTest/kotlin/A.kt", "import com.codeborne.selenide.Selenide\n"),
        ],
        "gradle --no-build-cache cleanUiTest uiTest",
        "",
    ),
    (
        ".NET with a solution beside a project",
        &[
            ("All.sln", ""),
            ("Ui.csproj", "<PackageReference Include=\"Microsoft.Playwright\" />"),
            ("Unit.csproj", "<PackageReference Include=\"xunit\" />"),
        ],
        "dotnet test Ui.csproj",
        "",
    ),
    (
        ".NET in a folder",
        &[("tests/Ui/Ui.csproj", "Selenium.WebDriver")],
        "sh -c 'cd tests/Ui && exec dotnet test'",
        "",
    ),
    // Runners.
    (
        "WebdriverIO with its configuration in a folder",
        &[("package.json", "{}"), ("config/wdio.conf.mts", "")],
        "npx wdio run config/wdio.conf.mts",
        "",
    ),
    ("WebdriverIO in cjs", &[("package.json", "{}"), ("wdio.conf.cjs", "")], "npx wdio run wdio.conf.cjs", ""),
    (
        "Playwright with its configuration in a folder",
        &[("package.json", PLAYWRIGHT), ("e2e/playwright.config.ts", "")],
        "npx playwright test --config e2e/playwright.config.ts",
        "",
    ),
    ("Nightwatch", &[("package.json", "{}"), ("nightwatch.conf.cjs", "")], "npx nightwatch", ""),
    (
        "Jest and Puppeteer",
        &[(
            "package.json",
            r#"{ "scripts": { "test": "jest --runInBand" }, "devDependencies": { "jest": "29", "puppeteer": "22" } }"#,
        )],
        "npm test",
        "",
    ),
    (
        "Vitest and Playwright's library",
        &[
            ("package.json", r#"{ "devDependencies": { "vitest": "2", "playwright": "1" } }"#),
            ("login.test.ts", "import { chromium } from 'playwright';\nprocess.env.SF_URL;\n"),
        ],
        "npx vitest run",
        "SF_URL",
    ),
    (
        "Cucumber that uses the library of Playwright",
        &[(
            "package.json",
            "{ \"scripts\": { \"bdd\": \"cucumber-js\" }, \
               \"devDependencies\": { \"@cucumber/cucumber\": \"10\", \"@playwright/test\": \"1\" } }",
        )],
        "npm run bdd",
        "",
    ),
    (
        "a script of their own",
        &[("package.json", r#"{ "scripts": { "test": "node login.js" }, "dependencies": { "puppeteer": "22" } }"#)],
        "npm test",
        "",
    ),
    ("behave", &[("requirements.txt", "behave\nselenium\n"), ("features/a.feature", "")], "behave", ""),
    (
        "RSpec",
        &[("Gemfile", "gem 'rspec'\ngem 'capybara'\n"), ("spec/login_spec.rb", "ENV.fetch('SF_USERNAME')")],
        "bundle exec rspec",
        "SF_USERNAME",
    ),
    (
        "Go",
        &[
            ("go.mod", "require github.com/chromedp/chromedp v0.9\n"),
            ("login_test.go", "import \"github.com/chromedp/chromedp\"\nos.Getenv(\"SF_URL\")\n"),
        ],
        "go test -count=1 ./...",
        "SF_URL",
    ),
    // Mixtures.
    (
        "pytest with a package for linting",
        &[
            ("package.json", r#"{ "scripts": { "test": "eslint ." }, "devDependencies": { "eslint": "9" } }"#),
            ("test_login.py", PYTHON_LOGIN),
        ],
        "pytest -x",
        "SF_USERNAME",
    ),
    (
        "pytest beside a package with unit tests",
        &[("package.json", r#"{ "scripts": { "test": "jest" } }"#), ("conftest.py", "")],
        "pytest -x",
        "",
    ),
    (
        "a package that reads the login beside pytest",
        &[
            ("package.json", r#"{ "scripts": { "test": "jest" } }"#),
            ("conftest.py", ""),
            ("login.js", "process.env.SF_USERNAME"),
        ],
        "npm test",
        "SF_USERNAME",
    ),
    (
        "a runner for browsers beside pytest",
        &[("package.json", r#"{ "scripts": { "test": "nightwatch" } }"#), ("conftest.py", "")],
        "npm test",
        "",
    ),
    (
        "Playwright in a folder of a Java application",
        &[
            ("pom.xml", "<artifactId>spring-boot</artifactId>"),
            ("src/main/java/A.java", "class A { }\n"),
            ("e2e/package.json", r#"{ "scripts": { "test": "playwright test" } }"#),
            ("e2e/tests/login.spec.ts", TYPESCRIPT_LOGIN),
        ],
        "sh -c 'cd e2e && exec npm test'",
        "SF_PASSWORD",
    ),
    (
        "Robot Framework beside unit tests of components",
        &[
            ("package.json", r#"{ "scripts": { "test": "npm run unit", "unit": "sfdx-lwc-jest" } }"#),
            ("robot/login.robot", "Library    SeleniumLibrary\nInput Text    id=username    %{SF_USERNAME}\n"),
        ],
        "robot .",
        "SF_USERNAME",
    ),
    (
        "workspaces of yarn",
        &[
            ("package.json", r#"{ "private": true, "workspaces": ["packages/*"], "scripts": { "test": "jest" } }"#),
            ("yarn.lock", ""),
            ("packages/app/package.json", r#"{ "scripts": { "test": "jest" } }"#),
            ("packages/e2e/package.json", r#"{ "scripts": { "test": "playwright test" } }"#),
            ("packages/e2e/login.spec.ts", TYPESCRIPT_LOGIN),
        ],
        "sh -c 'cd packages/e2e && exec yarn run test'",
        "SF_PASSWORD",
    ),
    (
        "requirements of the tests in a project",
        &[
            ("requirements.txt", "requests\n"),
            ("tests/requirements.txt", "pytest\nselenium\n"),
            ("tests/test_login.py", PYTHON_LOGIN),
        ],
        "pytest -x",
        "SF_USERNAME",
    ),
    (
        "a Python project in a folder",
        &[("pom.xml", ""), ("e2e/requirements.txt", "pytest\nselenium\n"), ("e2e/test_login.py", PYTHON_LOGIN)],
        "sh -c 'cd e2e && exec pytest -x'",
        "SF_USERNAME",
    ),
    (
        "modules of Maven",
        &[
            ("pom.xml", "<modules><module>app</module><module>ui</module></modules>"),
            ("app/pom.xml", ""),
            ("ui/pom.xml", "<artifactId>selenium-java</artifactId>"),
            ("ui/src/test/java/A.java", JAVA_LOGIN),
        ],
        "mvn --quiet test",
        "SF_URL",
    ),
    // Monorepos.
    (
        "Turborepo",
        &[
            ("turbo.json", "{}"),
            (
                "package.json",
                r#"{ "packageManager": "pnpm@9.1.0", "scripts": { "test": "turbo test", "e2e": "turbo run e2e" } }"#,
            ),
            ("apps/web/package.json", r#"{ "scripts": { "test": "vitest" } }"#),
            ("apps/e2e/package.json", r#"{ "scripts": { "e2e": "playwright test" } }"#),
            ("apps/e2e/login.spec.ts", TYPESCRIPT_LOGIN),
        ],
        "sh -c 'cd apps/e2e && exec pnpm run e2e'",
        "SF_PASSWORD",
    ),
    (
        "Nx",
        &[
            ("nx.json", "{}"),
            ("package.json", r#"{ "scripts": { "test": "nx test" }, "devDependencies": { "@playwright/test": "1" } }"#),
            ("apps/shop-e2e/project.json", "{}"),
            ("apps/shop-e2e/playwright.config.ts", ""),
            ("apps/shop-e2e/src/login.spec.ts", TYPESCRIPT_LOGIN),
        ],
        "npx playwright test --config apps/shop-e2e/playwright.config.ts",
        "SF_PASSWORD",
    ),
    (
        "Lerna",
        &[
            ("lerna.json", "{}"),
            ("package.json", r#"{ "scripts": { "test": "lerna run test" } }"#),
            ("yarn.lock", ""),
            ("packages/ui-tests/package.json", r#"{ "scripts": { "test": "wdio run wdio.conf.js" } }"#),
            ("packages/ui-tests/wdio.conf.js", "process.env.SF_URL"),
        ],
        "sh -c 'cd packages/ui-tests && exec yarn run test'",
        "SF_URL",
    ),
    (
        "Maven beside an application that is no module of it",
        &[
            ("pom.xml", "<artifactId>app</artifactId>"),
            ("src/test/java/B.java", "class B { }\n"),
            ("e2e/pom.xml", "<artifactId>selenium-java</artifactId>"),
            ("e2e/src/test/java/A.java", JAVA_LOGIN),
        ],
        "sh -c 'cd e2e && exec mvn --quiet test'",
        "SF_URL",
    ),
    (
        "a profile in a module of Maven",
        &[
            ("pom.xml", "<modules><module>ui</module></modules>"),
            ("ui/pom.xml", "<profile><id>ui</id></profile><artifactId>selenium-java</artifactId>"),
            ("ui/src/test/java/A.java", JAVA_LOGIN),
        ],
        "mvn --quiet -Pui test",
        "SF_URL",
    ),
    (
        "a task in a module of Gradle",
        &[
            ("gradlew", ""),
            ("settings.gradle.kts", "include(\"app\", \"e2e\")\n"),
            ("app/build.gradle.kts", ""),
            ("e2e/build.gradle.kts", "tasks.register<Test>(\"uiTest\") { }\n"),
            ("e2e/src/test/java/A.java", JAVA_LOGIN),
        ],
        "sh gradlew --no-build-cache cleanUiTest uiTest",
        "SF_URL",
    ),
    (
        "Gradle that the build around it does not include",
        &[
            ("gradlew", ""),
            ("settings.gradle", "include 'app'\n"),
            ("e2e/build.gradle", "// selenium-java\n"),
            ("e2e/src/test/java/A.java", JAVA_LOGIN),
        ],
        "sh -c 'cd e2e && exec sh ../gradlew --no-build-cache cleanTest test'",
        "SF_URL",
    ),
    (
        ".NET that the solution does not name",
        &[
            ("App.sln", "\"src\\App\\App.csproj\""),
            ("src/App/App.csproj", ""),
            ("tests/Ui/Ui.csproj", "Microsoft.Playwright.NUnit"),
        ],
        "sh -c 'cd tests/Ui && exec dotnet test'",
        "",
    ),
    // Other tools.
    ("sbt", &[("build.sbt", ""), ("src/test/scala/A.scala", "import org.openqa.selenium.By\n")], "sbt test", ""),
    (
        "Deno with a task",
        &[
            ("deno.jsonc", "{ // tasks\n \"tasks\": { \"e2e\": \"deno test -A e2e\" } }"),
            ("e2e/login_test.ts", "import { launch } from \"jsr:@astral/astral@0.4\";\nDeno.env.get('SF_URL');\n"),
        ],
        "deno task e2e",
        "SF_URL",
    ),
    ("Deno without one", &[("deno.json", "{}"), ("login_test.ts", "")], "deno test --allow-all", ""),
    ("Deno without tests", &[("deno.json", "{}"), ("main.ts", "")], UNKNOWN, ""),
    (
        "bun's own runner",
        &[
            ("package.json", r#"{ "devDependencies": { "puppeteer": "22" } }"#),
            ("bun.lock", ""),
            ("login.test.ts", "import puppeteer from 'puppeteer';\nBun.env.SF_URL;\n"),
        ],
        "bun test",
        "SF_URL",
    ),
    (
        "tests that nothing of npm runs",
        &[("package.json", "{}"), ("login.test.ts", "import puppeteer from 'puppeteer';\n")],
        UNKNOWN,
        "",
    ),
    (
        "TestCafe in a script",
        &[("package.json", r#"{ "scripts": { "test": "testcafe chrome:headless tests/" } }"#)],
        "npm test",
        "",
    ),
    ("CodeceptJS", &[("package.json", "{}"), ("codecept.conf.js", "")], "npx codeceptjs run", ""),
    (
        "pdm",
        &[("pdm.lock", ""), ("pyproject.toml", ""), ("test_a.py", PYTHON_LOGIN)],
        "pdm run pytest -x",
        "SF_USERNAME",
    ),
    ("pixi", &[("pixi.toml", ""), ("test_a.py", PYTHON_LOGIN)], "pixi run pytest -x", "SF_USERNAME"),
    (
        "rye",
        &[("requirements.lock", ""), ("pyproject.toml", "[tool.rye]\n"), ("test_a.py", PYTHON_LOGIN)],
        "rye run pytest -x",
        "SF_USERNAME",
    ),
    (
        "hatch with an environment for tests",
        &[("pyproject.toml", "[tool.hatch.envs.test]\ndependencies = [\"pytest\"]\n"), ("test_a.py", PYTHON_LOGIN)],
        "hatch run test:pytest -x",
        "SF_USERNAME",
    ),
    (
        "behave with its own file",
        &[("behave.ini", "[behave]\n"), ("features/steps/a.py", PYTHON_LOGIN)],
        "behave",
        "SF_USERNAME",
    ),
    (
        "Codeception",
        &[
            ("composer.json", r#"{ "require-dev": { "codeception/module-webdriver": "*" } }"#),
            ("codeception.dist.yml", ""),
        ],
        "vendor/bin/codecept run",
        "",
    ),
    (
        "Dusk beside unit tests",
        &[
            ("composer.json", r#"{ "require-dev": { "laravel/dusk": "*" } }"#),
            ("phpunit.xml", ""),
            ("tests/DuskTestCase.php", "use Laravel\\Dusk\\TestCase;\nenv('SF_URL');\n"),
        ],
        "php artisan dusk",
        "SF_URL",
    ),
    ("Pest", &[("composer.json", ""), ("phpunit.xml", ""), ("tests/Pest.php", "")], "vendor/bin/pest", ""),
    (
        "system tests of Rails",
        &[
            ("Gemfile", "gem 'rails'\ngem 'capybara'\ngem 'selenium-webdriver'\n"),
            ("test/application_system_test_case.rb", "require 'selenium-webdriver'\nENV['SF_URL']\n"),
        ],
        "bundle exec rails test:system",
        "SF_URL",
    ),
    ("Karate", &[("pom.xml", "<artifactId>karate-junit5</artifactId>")], "mvn --quiet test", ""),
    (
        "Serenity",
        &[("pom.xml", "<artifactId>serenity-core</artifactId><artifactId>maven-failsafe-plugin</artifactId>")],
        "mvn --quiet verify",
        "",
    ),
    // Salesforce's own.
    (
        "UTAM in a project of Salesforce DX",
        &[
            ("sfdx-project.json", "{}"),
            (
                "package.json",
                r#"{ "scripts": { "test": "npm run test:unit", "test:unit": "sfdx-lwc-jest",
                  "build:ui": "utam -c utam.config.js", "test:ui": "npm run build:ui && wdio" } }"#,
            ),
            ("wdio.conf.js", ""),
            ("force-app/test/login.spec.js", "const { SALESFORCE_LOGIN_URL, SALESFORCE_LOGIN_TIME } = process.env;\n"),
        ],
        "npm run test:ui",
        "SALESFORCE_LOGIN_URL SALESFORCE_LOGIN_TIME",
    ),
    (
        "a project of Salesforce DX that only tests its components",
        &[
            ("sfdx-project.json", "{}"),
            ("package.json", r#"{ "scripts": { "test": "npm run unit", "unit": "sfdx-lwc-jest -- --coverage" } }"#),
        ],
        UNKNOWN,
        "",
    ),
    (
        "CumulusCI",
        &[
            ("cumulusci.yml", ""),
            ("robot/App/tests/a.robot", "Resource    cumulusci/robotframework/Salesforce.robot\n"),
        ],
        "cci task run robot",
        "",
    ),
    (
        "CumulusCI that no test uses",
        &[("cumulusci.yml", ""), ("robot/a.robot", "Library    SeleniumLibrary\n")],
        "robot .",
        "",
    ),
    ("robots of Copado", &[("tests/login.robot", "Library    QForce\nLibrary    QWeb\n")], "robot .", ""),
    (
        "Provar",
        &[("ANT/build.xml", "<Run-Test-Case/>"), ("tests/Login.testcase", ""), (".testproject", "")],
        UNKNOWN,
        "",
    ),
    // Traps.
    ("an empty folder", &[], UNKNOWN, ""),
    ("what npm init writes", &[("package.json", NO_TEST)], UNKNOWN, ""),
    ("what npm init writes, beside pytest", &[("package.json", NO_TEST), ("conftest.py", "")], "pytest -x", ""),
    ("a package that only lints", &[("package.json", r#"{ "scripts": { "test": "eslint ." } }"#)], UNKNOWN, ""),
    (
        "only scripts that install and watch",
        &[("package.json", r#"{ "scripts": { "a": "playwright install", "b": "playwright test --ui" } }"#)],
        UNKNOWN,
        "",
    ),
    ("a script without a runner", &[("login.py", PYTHON_LOGIN)], UNKNOWN, "SF_USERNAME"),
    (
        "WebdriverIO without a configuration",
        &[("package.json", r#"{ "dependencies": { "@wdio/cli": "9" } }"#)],
        UNKNOWN,
        "",
    ),
    ("a project that does not mention pytest", &[("pyproject.toml", "[tool.black]\n# pytest\n")], UNKNOWN, ""),
    (
        "line ends of Windows",
        &[
            ("package.json", "{\r\n  \"scripts\": {\r\n    \"e2e\": \"playwright test\"\r\n  }\r\n}\r\n"),
            (".env", "SF_URL=https://x\r\nSF_PASSWORD=y\r\n"),
        ],
        "npm run e2e",
        "SF_PASSWORD SF_URL",
    ),
    (
        "tox with line ends of Windows",
        &[("tox.ini", "[testenv:ui]\r\ncommands =\r\n    pytest\r\n"), ("test_a.py", PYTHON_LOGIN)],
        "tox -e ui",
        "SF_USERNAME",
    ),
    (
        "a byte order mark",
        &[("package.json", "\u{feff}{ \"scripts\": { \"e2e\": \"playwright test\" } }")],
        "npm run e2e",
        "",
    ),
    ("broken JSON", &[("package.json", "{ \"scripts\": { \"test\": \"playwright test\" ")], UNKNOWN, ""),
    ("JSON of another kind", &[("package.json", "[1, 2]")], UNKNOWN, ""),
    (
        "broken TOML",
        &[("pyproject.toml", "[tool.pytest\nx = [\n"), ("test_a.py", PYTHON_LOGIN)],
        "pytest -x",
        "SF_USERNAME",
    ),
    (
        "dependencies of the suite",
        &[("node_modules/x/package.json", PLAYWRIGHT), ("venv/lib/test_x.py", PYTHON_LOGIN)],
        UNKNOWN,
        "",
    ),
    (
        "a folder with a space",
        &[("my tests/package.json", r#"{ "scripts": { "test": "wdio" } }"#)],
        "sh -c \"cd 'my tests' && exec npm test\"",
        "",
    ),
];
