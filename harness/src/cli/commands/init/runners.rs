//! The runners of tests that `init` knows. A new one is one row.

use std::sync::LazyLock;

use regex::Regex;

use Sign::{Anywhere, File, Package, Tests};

/// A runner: what shows that a project uses it, and how it is started.
#[derive(Debug)]
pub(super) struct Runner {
    pub(super) language: Language,
    /// Any of them shows it; the first that is there counts.
    pub(super) signs: &'static [Sign],
    /// Its own words. A script of a package that begins with the first of them starts it, whatever the signs.
    pub(super) command: &'static [&'static str],
    pub(super) config: Config,
    pub(super) start: Start,
    /// Whether it drives a browser by itself, whatever the sources import.
    pub(super) drives: bool,
    /// What its users should know.
    pub(super) note: Option<&'static str>,
}

/// What shows a runner. In a name, `*` stands for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Its own file, in the project's folder.
    File(&'static str),
    /// Its own file, anywhere in the project.
    Anywhere(&'static str),
    /// A package that the project depends on.
    Package(&'static str),
    /// Tests that it collects, anywhere in the project.
    Tests(&'static str),
}

/// How a runner finds its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Config {
    /// Without being told.
    Found,
    /// In the project's folder without being told; elsewhere by this option.
    Option(&'static str),
    /// Only by its name, as the last word.
    Named,
}

/// What starts a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// A script of the package, or the package manager.
    Package,
    /// The tool that manages the Python environment.
    Environment,
    Tox,
    Nox,
    Maven,
    Gradle,
    DotNet,
    Bundler,
    Deno,
    /// Bun, where it is the package manager too.
    Bun,
    /// CumulusCI, where a test imports its keywords.
    CumulusCi,
    /// Nothing else: its words are the command.
    Itself,
}

/// A language, with its projects and what drives a browser in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Language {
    JavaScript,
    Python,
    Robot,
    Jvm,
    DotNet,
    Ruby,
    Go,
    Php,
}

/// What is known about a language.
pub(super) struct Facts {
    pub(super) extensions: &'static [&'static str],
    /// Files that make a folder a project; the packages that it depends on are named in them.
    pub(super) manifests: &'static [&'static str],
    /// Those manifests that make no project of a folder below another project: it is a part of that one.
    pub(super) parts: &'static [&'static str],
    /// Whether such a part must be named in a manifest around it; otherwise it is a project by itself.
    pub(super) names_parts: bool,
    /// Packages that drive a browser, as manifests name them.
    pub(super) drivers: &'static [&'static str],
    /// A source that uses one.
    pub(super) uses_driver: LazyLock<Regex>,
}

impl Language {
    pub(super) const ALL: [Self; 8] =
        [Self::JavaScript, Self::Python, Self::Robot, Self::Jvm, Self::DotNet, Self::Ruby, Self::Go, Self::Php];

    pub(super) fn facts(self) -> &'static Facts {
        match self {
            Self::JavaScript => &JAVASCRIPT,
            Self::Python => &PYTHON,
            Self::Robot => &ROBOT,
            Self::Jvm => &JVM,
            Self::DotNet => &DOT_NET,
            Self::Ruby => &RUBY,
            Self::Go => &GO,
            Self::Php => &PHP,
        }
    }
}

/// In the order of preference where everything else is equal: those that are made for browsers first.
pub(super) const RUNNERS: &[Runner] = &[
    Runner {
        signs: &[File("playwright.config.*"), Anywhere("playwright.config.*"), Package("@playwright/test")],
        config: Config::Option("--config"),
        drives: true,
        ..script(&["playwright", "test"])
    },
    Runner {
        signs: &[File("wdio.conf.*"), Anywhere("wdio.conf.*"), Anywhere("wdio.*.conf.*")],
        config: Config::Named,
        drives: true,
        ..script(&["wdio", "run"])
    },
    Runner {
        signs: &[File("cypress.config.*"), File("cypress.json"), Anywhere("cypress.config.*"), Package("cypress")],
        config: Config::Option("--config-file"),
        drives: true,
        note: Some(CYPRESS),
        ..script(&["cypress", "run"])
    },
    Runner {
        signs: &[
            File("nightwatch.conf.*"),
            File("nightwatch.json"),
            Anywhere("nightwatch.conf.*"),
            Package("nightwatch"),
        ],
        config: Config::Option("--config"),
        drives: true,
        ..script(&["nightwatch"])
    },
    Runner {
        signs: &[File("codecept.conf.*"), Anywhere("codecept.conf.*"), Package("codeceptjs")],
        config: Config::Option("--config"),
        drives: true,
        ..script(&["codeceptjs", "run"])
    },
    Runner {
        signs: &[File(".testcaferc.*")],
        drives: true,
        note: Some("TestCafe rewrites pages through a proxy of its own; it was not tried with Vestibule."),
        ..script(&["testcafe"])
    },
    Runner {
        signs: &[File("protractor.conf.*"), Anywhere("protractor.conf.*")],
        config: Config::Named,
        drives: true,
        ..script(&["protractor"])
    },
    Runner {
        signs: &[File("cumulusci.yml")],
        language: Language::Robot,
        start: Start::CumulusCi,
        drives: true,
        note: Some("CumulusCI signs in to an org that it knows; it was not tried with Vestibule. Add `--org NAME`."),
        ..words(&["cci", "task", "run", "robot"])
    },
    Runner {
        signs: &[Tests("*.robot")],
        language: Language::Robot,
        start: Start::Environment,
        ..words(&["robot", "."])
    },
    Runner { signs: &[File("tox.ini")], language: Language::Python, start: Start::Tox, ..words(&["tox"]) },
    Runner { signs: &[File("noxfile.py")], language: Language::Python, start: Start::Nox, ..words(&["nox"]) },
    Runner {
        signs: &[File("behave.ini"), File(".behaverc"), Package("behave"), Package("behave-playwright")],
        language: Language::Python,
        start: Start::Environment,
        ..words(&["behave"])
    },
    Runner {
        signs: &[
            File("pytest.ini"),
            File("conftest.py"),
            Anywhere("pytest.ini"),
            Anywhere("conftest.py"),
            Package("pytest"),
            Package("pytest-playwright"),
            Package("pytest-selenium"),
            Package("seleniumbase"),
            Tests("test_*.py"),
            Tests("*_test.py"),
        ],
        language: Language::Python,
        start: Start::Environment,
        ..words(&["pytest", "-x"])
    },
    Runner { signs: &[File("pom.xml")], language: Language::Jvm, start: Start::Maven, ..words(&["mvn"]) },
    Runner {
        signs: &[File("build.gradle*"), File("settings.gradle*"), File("gradlew")],
        language: Language::Jvm,
        start: Start::Gradle,
        ..words(&["gradle"])
    },
    Runner { signs: &[File("build.sbt")], language: Language::Jvm, ..words(&["sbt", "test"]) },
    Runner {
        signs: &[File("*.sln"), File("*.slnx"), File("*.csproj"), File("*.fsproj"), File("*.vbproj")],
        language: Language::DotNet,
        start: Start::DotNet,
        ..words(&["dotnet", "test"])
    },
    Runner {
        signs: &[Package("cucumber"), Package("cucumber-rails"), Tests("*_steps.rb")],
        language: Language::Ruby,
        start: Start::Bundler,
        ..words(&["cucumber"])
    },
    Runner {
        signs: &[File(".rspec"), Package("rspec"), Package("rspec-rails"), Tests("*_spec.rb")],
        language: Language::Ruby,
        start: Start::Bundler,
        ..words(&["rspec"])
    },
    Runner {
        signs: &[Anywhere("application_system_test_case.rb")],
        language: Language::Ruby,
        start: Start::Bundler,
        drives: true,
        ..words(&["rails", "test:system"])
    },
    // `-count=1`: a result from the cache is no result.
    Runner { signs: &[Tests("*_test.go")], language: Language::Go, ..words(&["go", "test", "-count=1", "./..."]) },
    Runner {
        signs: &[File("codeception.y*"), File("codeception.dist.y*")],
        language: Language::Php,
        ..words(&["vendor/bin/codecept", "run"])
    },
    Runner {
        signs: &[File("behat.y*"), File("behat.dist.*"), File("behat.php")],
        language: Language::Php,
        ..words(&["vendor/bin/behat"])
    },
    Runner {
        signs: &[Anywhere("DuskTestCase.php")],
        language: Language::Php,
        drives: true,
        ..words(&["php", "artisan", "dusk"])
    },
    Runner { signs: &[Anywhere("Pest.php")], language: Language::Php, ..words(&["vendor/bin/pest"]) },
    Runner {
        signs: &[File("phpunit.xml*"), File("phpunit.dist.xml")],
        language: Language::Php,
        ..words(&["vendor/bin/phpunit"])
    },
    Runner {
        signs: &[File("cucumber.*js*"), File("cucumber.y*"), Package("@cucumber/cucumber"), Package("cucumber")],
        ..script(&["cucumber-js"])
    },
    Runner {
        signs: &[File("jest.config.*"), File("jest-puppeteer.config.*"), Package("jest"), Anywhere("jest.config.*")],
        config: Config::Option("--config"),
        ..script(&["jest"])
    },
    Runner {
        signs: &[File("vitest.config.*"), Package("vitest"), Anywhere("vitest.config.*")],
        config: Config::Option("--config"),
        ..script(&["vitest", "run"])
    },
    Runner { signs: &[File(".mocharc.*"), Package("mocha")], ..script(&["mocha"]) },
    Runner { signs: &[Package("jasmine")], ..script(&["jasmine"]) },
    Runner { signs: &[Package("ava")], ..script(&["ava"]) },
    Runner {
        signs: &[File("deno.json"), File("deno.jsonc")],
        start: Start::Deno,
        ..words(&["deno", "test", "--allow-all"])
    },
    Runner { signs: &[Tests("*.test.*"), Tests("*.spec.*")], start: Start::Bun, ..words(&["bun", "test"]) },
    // What starts the script is not known; that it is the package's own test is.
    Runner { signs: &[File("package.json")], ..script(&[]) },
];

/// Whether the name of a script, an environment, a profile or a task says that it runs tests in a browser.
pub(super) fn is_of_browsers(name: &str) -> bool {
    let mut words = vec![String::new()];
    for char in name.chars() {
        if !char.is_ascii_alphanumeric() || char.is_ascii_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(char.to_lowercase().filter(|char| char.is_alphanumeric()));
        }
    }
    let whole = name.to_lowercase();
    let whole = whole.split(|char: char| !char.is_alphanumeric());
    words.iter().map(String::as_str).chain(whole).any(|word| OF_BROWSERS.contains(&word))
}

const fn script(command: &'static [&'static str]) -> Runner {
    Runner { language: Language::JavaScript, start: Start::Package, ..words(command) }
}

const fn words(command: &'static [&'static str]) -> Runner {
    Runner {
        language: Language::JavaScript,
        signs: &[],
        command,
        config: Config::Found,
        start: Start::Itself,
        drives: false,
        note: None,
    }
}

const CYPRESS: &str = "\
Cypress was not tried with Vestibule. By its documentation it obeys HTTPS_PROXY, so it can reach the simulated org: \
logins with a password or a TOTP code can work.
Passkeys do not work: Cypress has no virtual authenticator, and `--passkey` does not reach its browser. Expect the \
conditions with a passkey to stop the suite.
The report shows requests, the org's pages and its decision, but no commands of Cypress.";

const OF_BROWSERS: [&str; 14] = [
    "acceptance",
    "browser",
    "e2e",
    "functional",
    "gui",
    "integration",
    "login",
    "playwright",
    "robot",
    "salesforce",
    "selenium",
    "sf",
    "ui",
    "uitest",
];

/// Files that make a folder a Python project.
const PYTHON_MANIFESTS: &[&str] = &[
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "*requirements*.txt",
    "Pipfile",
    "tox.ini",
    "noxfile.py",
    "environment.y*",
];

/// `tests/requirements.txt` is a part of the project around it.
const PYTHON_PARTS: &[&str] = &["*requirements*.txt"];

const JVM_MANIFESTS: &[&str] =
    &["pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "build.sbt"];

const DOT_NET_MANIFESTS: &[&str] = &["*.sln", "*.slnx", "*.csproj", "*.fsproj", "*.vbproj"];

static JAVASCRIPT: Facts = Facts {
    extensions: &["cjs", "cts", "js", "jsx", "mjs", "mts", "ts", "tsx"],
    manifests: &["package.json", "deno.json", "deno.jsonc"],
    parts: &[],
    names_parts: false,
    drivers: &[
        "puppeteer",
        "puppeteer-core",
        "puppeteer-extra",
        "jest-puppeteer",
        "playwright",
        "playwright-core",
        "playwright-chromium",
        "@playwright/test",
        "selenium-webdriver",
        "webdriverio",
        "taiko",
        "chrome-remote-interface",
    ],
    uses_driver: LazyLock::new(|| {
        pattern(concat!(
            r#"(?:\bfrom\s*|\brequire\(\s*|\bimport\s*\(?\s*)["'](?:npm:|jsr:)?"#,
            r"(?:puppeteer(?:-core|-extra)?|playwright(?:-core|-chromium)?|@astral/astral",
            r"|@playwright/test|selenium-webdriver|webdriverio|@wdio/globals|taiko|chrome-remote-interface)",
            r#"(?:@[^"'/]*)?["'/]"#
        ))
    }),
};

static PYTHON: Facts = Facts {
    extensions: &["py"],
    manifests: PYTHON_MANIFESTS,
    parts: PYTHON_PARTS,
    names_parts: false,
    drivers: &[
        "selenium",
        "pytest-selenium",
        "seleniumbase",
        "playwright",
        "pytest-playwright",
        "helium",
        "selene",
        "splinter",
        "pyppeteer",
        "undetected-chromedriver",
    ],
    uses_driver: LazyLock::new(|| {
        pattern(concat!(
            r"(?m)^\s*(?:from|import)\s+",
            r"(?:selenium|playwright|seleniumbase|helium|selene|splinter|pyppeteer|undetected_chromedriver|nodriver)\b"
        ))
    }),
};

static ROBOT: Facts = Facts {
    extensions: &["resource", "robot"],
    manifests: PYTHON_MANIFESTS,
    parts: PYTHON_PARTS,
    names_parts: false,
    drivers: &["robotframework-seleniumlibrary", "robotframework-browser", "robotframework-crt"],
    uses_driver: LazyLock::new(|| {
        pattern(concat!(
            r"(?mi)^\W*(?:Library\s+(?:\|\s+)?(?:Selenium2?Library|Browser|RPA\.Browser|QWeb|QForce|QMobile)\b",
            r"|Resource\s+(?:\|\s+)?cumulusci/robotframework/Salesforce)"
        ))
    }),
};

static JVM: Facts = Facts {
    extensions: &["groovy", "java", "kt", "scala"],
    manifests: JVM_MANIFESTS,
    parts: JVM_MANIFESTS,
    names_parts: true,
    drivers: &[
        "selenium-java",
        "selenium-chrome-driver",
        "selenide",
        "serenity-core",
        "geb-core",
        "karate-core",
        "karate-junit4",
        "karate-junit5",
        "utam-core",
    ],
    uses_driver: LazyLock::new(|| {
        pattern(concat!(
            r"(?m)^\s*import\s+(?:static\s+)?",
            r"(?:org\.openqa\.selenium|com\.codeborne\.selenide|com\.microsoft\.playwright|net\.serenitybdd|geb|utam)\b"
        ))
    }),
};

static DOT_NET: Facts = Facts {
    extensions: &["cs", "fs", "vb"],
    manifests: DOT_NET_MANIFESTS,
    parts: DOT_NET_MANIFESTS,
    names_parts: true,
    drivers: &["Selenium.WebDriver", "Microsoft.Playwright", "PuppeteerSharp", "Atata"],
    uses_driver: LazyLock::new(|| {
        pattern(concat!(
            r"(?m)^\s*(?:global\s+)?(?:using|open|Imports)\s+(?:static\s+)?",
            r"(?:OpenQA\.Selenium|Microsoft\.Playwright|PuppeteerSharp|Atata)\b"
        ))
    }),
};

static RUBY: Facts = Facts {
    extensions: &["rb"],
    manifests: &["Gemfile"],
    parts: &[],
    names_parts: false,
    drivers: &["selenium-webdriver", "capybara", "watir", "ferrum", "cuprite"],
    uses_driver: LazyLock::new(|| {
        pattern(r#"\brequire\s*\(?\s*["'](?:selenium-webdriver|capybara|watir|ferrum|cuprite)\b"#)
    }),
};

static GO: Facts = Facts {
    extensions: &["go"],
    manifests: &["go.mod"],
    parts: &[],
    names_parts: false,
    drivers: &["chromedp", "go-rod", "playwright-go", "selenium"],
    uses_driver: LazyLock::new(|| {
        pattern(r#""github\.com/(?:chromedp/chromedp|go-rod/rod|playwright-community/playwright-go|tebeka/selenium)\b"#)
    }),
};

static PHP: Facts = Facts {
    extensions: &["php"],
    manifests: &["composer.json"],
    parts: &[],
    names_parts: false,
    drivers: &[
        "php-webdriver/webdriver",
        "facebook/webdriver",
        "symfony/panther",
        "codeception/module-webdriver",
        "behat/mink-selenium2-driver",
        "laravel/dusk",
        "pestphp/pest-plugin-browser",
    ],
    uses_driver: LazyLock::new(|| {
        pattern(r"(?m)^\s*use\s+(?:Facebook\\WebDriver|Symfony\\Component\\Panther|Laravel\\Dusk)\b")
    }),
};

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("invariant: the pattern is a constant that compiles")
}

#[cfg(test)]
mod tests {
    use super::{Config, RUNNERS, is_of_browsers};

    #[test]
    fn a_runner_whose_configuration_must_be_named_is_shown_by_nothing_else() {
        use super::Sign::{Anywhere, File};

        for runner in RUNNERS.iter().filter(|runner| runner.config == Config::Named) {
            assert!(runner.signs.iter().all(|sign| matches!(sign, File(_) | Anywhere(_))), "{runner:?}");
        }
    }

    #[test]
    fn names_of_tests_in_browsers_are_told_by_whole_words() {
        for (name, expected) in [
            ("uiTest", true),
            ("e2e", true),
            ("E2E", true),
            ("integration-test", true),
            ("test_selenium", true),
            ("build", false),
            ("guide", false),
            ("fruit", false),
            ("unit", false),
        ] {
            assert_eq!(is_of_browsers(name), expected, "{name}");
        }
    }
}
