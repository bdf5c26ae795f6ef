//! The options for the user's own suite and for the WebDriver server, and the check that a suite's command exists.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use clap::builder::{FalseyValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use url::Url;
use vestibule_model::{MyDomain, SignInPage, with_causes};

use crate::browser::BrowserKind;
use crate::cli::arguments::value_parsers::{browser_proxy, duration, server_url, word};
use crate::cli::output::error::CliError;
use crate::runner::BrowserOptions;
use crate::scenario::Case;
use crate::scenario::model::Step;
use crate::suite::launch_plan::mappings_of;
use crate::suite::{Mapping, ProgramSearch, SuiteOptions};

/// The WebDriver server and its browser.
#[derive(Debug, Clone, Args)]
pub(crate) struct DriverArgs {
    /// Use this WebDriver endpoint instead of starting a driver
    #[arg(long, value_name = "URL", value_parser = server_url, help_heading = "Run")]
    #[arg(env = "VESTIBULE_WEBDRIVER", hide_env_values = true)]
    webdriver: Option<Url>,

    /// The browser: `chromium` or `firefox`, or the file of its program [default: chromium]
    ///
    /// Edge has not been tried; WebKit cannot be driven.
    #[arg(long, value_name = "BROWSER", help_heading = "Run", env = "VESTIBULE_BROWSER", hide_env_values = true)]
    browser: Option<NamedBrowser>,

    /// The ChromeDriver binary
    #[arg(long, value_name = "FILE", help_heading = "Run", conflicts_with = "webdriver")]
    #[arg(env = "VESTIBULE_CHROMEDRIVER", hide_env_values = true)]
    chromedriver: Option<PathBuf>,

    /// The geckodriver binary, for Firefox
    #[arg(long, value_name = "FILE", help_heading = "Run", conflicts_with = "webdriver")]
    #[arg(env = "VESTIBULE_GECKODRIVER", hide_env_values = true)]
    geckodriver: Option<PathBuf>,
}

/// A browser as the command line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NamedBrowser {
    /// By its word.
    Kind(BrowserKind),
    /// By the file of its program.
    Program(PathBuf),
}

impl FromStr for NamedBrowser {
    type Err = Infallible;

    /// Any other word is a file; whether it is there shows when the browser is looked for.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Program(text.into()), Self::Kind))
    }
}

/// How a browser on another machine reaches the simulated hosts on this one.
#[derive(Debug, Clone, Args)]
pub(crate) struct TunnelArgs {
    /// The proxy by which the browsers of --webdriver reach the simulated hosts on this machine
    ///
    /// `ssh -R 1080 NODE` opens one on the machine of the browsers: `socks4://127.0.0.1:1080`.
    #[arg(long, value_name = "URL", value_parser = browser_proxy, requires = "webdriver", help_heading = "Run")]
    #[arg(env = "VESTIBULE_BROWSER_PROXY", hide_env_values = true)]
    browser_proxy: Option<String>,
}

/// How the user's own suite is run.
#[derive(Debug, Clone, Args)]
pub(crate) struct SuiteArgs {
    /// Set a variable that the suite reads; templates such as `{login-url}` are filled in; may be repeated
    #[arg(long, value_name = "NAME={TEMPLATE}", help_heading = "Your suite")]
    env: Vec<Mapping>,

    /// Serve the org to the suite under the vendor's real host names and the default port; what goes through the
    /// proxy and the browsers started here reaches no real org
    #[arg(long, value_parser = FalseyValueParser::new(), help_heading = "Your suite")]
    #[arg(env = "VESTIBULE_REAL_HOSTS", hide_env_values = true)]
    real_hosts: bool,

    /// The My Domain of your own org, if your suite knows its name: `acme`, `acme--uat`, or one of its hosts
    #[arg(long, value_name = "NAME", help_heading = "Your suite", env = "VESTIBULE_MY_DOMAIN", hide_env_values = true)]
    my_domain: Option<MyDomain>,

    /// The sign-in page of the identity provider: entra, okta or okta-classic; with --real-hosts, also its host
    #[arg(long, value_name = "PAGE", value_parser = sign_in_page(), help_heading = "Your suite")]
    #[arg(env = "VESTIBULE_IDP_PAGE", hide_env_values = true)]
    idp_page: Option<SignInPage>,

    /// Give each browser of the suite a virtual authenticator with its user's passkey
    #[arg(long, value_parser = FalseyValueParser::new(), help_heading = "Your suite")]
    #[arg(env = "VESTIBULE_PASSKEY", hide_env_values = true)]
    passkey: bool,

    /// Let the suite run to its end, instead of ending it once its users are home and it goes on to other pages
    #[arg(long, help_heading = "Your suite")]
    full: bool,

    /// Keep the traces and reports of the suite's own tools in the report folder: those of Playwright, Allure, Surefire, Gradle
    /// and Robot Framework
    ///
    /// The HTML report links them and shows the command that opens each. They are copied as they are: unlike everything else in
    /// the report folder they may hold passwords. At most 64 MB are kept for each case. Use it with `--full`: a suite that is
    /// ended early may not write them.
    #[arg(long, value_parser = FalseyValueParser::new(), help_heading = "Your suite")]
    #[arg(env = "VESTIBULE_KEEP_ARTEFACTS", hide_env_values = true)]
    keep_artefacts: bool,

    /// How long the suite may keep running once it has left the page on which its users came home
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s", help_heading = "Your suite")]
    #[arg(env = "VESTIBULE_GRACE", hide_env_values = true)]
    grace: Duration,
}

/// The sign-in page of a product, by its word in a scenario.
fn sign_in_page() -> impl TypedValueParser<Value = SignInPage> {
    let pages =
        [("entra", "Microsoft Entra ID"), ("okta", "Okta Identity Engine"), ("okta-classic", "Okta Classic Engine")];
    let pages = pages.map(|(name, product)| PossibleValue::new(name).help(product));
    PossibleValuesParser::new(pages).try_map(|name| word::<SignInPage>(&name))
}

impl DriverArgs {
    /// Converts them to the runner's options.
    pub(crate) fn options(&self) -> BrowserOptions {
        let (kind, browser) = match &self.browser {
            None => (BrowserKind::default(), None),
            Some(NamedBrowser::Kind(kind)) => (*kind, None),
            Some(NamedBrowser::Program(program)) => (BrowserKind::of_program(program), Some(program.clone())),
        };
        BrowserOptions {
            webdriver: self.webdriver.clone(),
            kind,
            browser,
            chromedriver: self.chromedriver.clone(),
            geckodriver: self.geckodriver.clone(),
            ..BrowserOptions::default()
        }
    }
}

impl TunnelArgs {
    /// Adds it to the runner's options.
    pub(crate) fn apply(&self, options: BrowserOptions) -> BrowserOptions {
        BrowserOptions { proxy: self.browser_proxy.clone(), ..options }
    }
}

impl SuiteArgs {
    /// The names that the suite reads, in addition to those of each step.
    pub(crate) fn mappings(&self) -> &[Mapping] {
        &self.env
    }

    /// Converts them to the runner's options; `reports` is the folder of the reports.
    pub(crate) fn options(&self, reports: &Path) -> SuiteOptions {
        SuiteOptions {
            real_hosts: self.real_hosts,
            my_domain: self.my_domain.clone(),
            idp_page: self.idp_page.clone(),
            passkey: self.passkey,
            mappings: self.env.clone(),
            grace: self.grace,
            full: self.full,
            artefacts: self.keep_artefacts.then(|| reports.to_owned()),
        }
    }
}

/// Refuses, before anything runs, cases whose command does not exist or whose mappings name an unknown value.
///
/// # Errors
/// If there is such a case. The error suggests the nearest existing program or value; exit code 2.
pub(crate) fn check_cases(cases: &[Case], mappings: &[Mapping]) -> Result<(), CliError> {
    for case in cases {
        let users: Vec<String> = case.scenario.users.keys().cloned().collect();
        for step in case.scenario.steps.iter() {
            let Step::SignIn(step) = &step.value else { continue };
            let Some(command) = step.actor.command() else { continue };
            check_program(command)?;
            for mapping in mappings.iter().cloned().chain(mappings_of(step)) {
                check_mapping(&mapping, &users)?;
            }
        }
    }
    Ok(())
}

/// Finds the program of a command; a command without one is not looked at.
///
/// # Errors
/// If there is no such program. The error suggests the nearest.
pub(crate) fn check_program(command: &[String]) -> Result<(), CliError> {
    let Some(program) = command.first() else { return Ok(()) };
    let search = ProgramSearch::from_environment();
    if search.find(program).is_some() {
        return Ok(());
    }
    let error = CliError::usage(format!("there is no program `{program}`; nothing ran"));
    Err(match search.nearest(program) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("name a program in the PATH, or a file: `-- ./run-tests.sh`"),
    })
}

/// Refuses a mapping that names an unknown value or user.
///
/// # Errors
/// If there is such a name; exit code 2.
pub(crate) fn check_mapping(mapping: &Mapping, users: &[String]) -> Result<(), CliError> {
    mapping.check(users).map_err(|error| {
        CliError::usage(format!("{}; nothing ran", with_causes(&error)))
            .hint("`vestibule env` prints every value that a template can name")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::parse_one::parse;

    #[test]
    fn a_browser_is_named_by_its_word_or_by_its_program() {
        let named = |word: &str| {
            let options = parse::<DriverArgs>(&["--browser", word]).unwrap().options();
            (options.kind, options.browser)
        };

        assert_eq!(named("firefox"), (BrowserKind::Firefox, None));
        assert_eq!(named("chromium"), (BrowserKind::Chromium, None));
        for (program, kind) in [
            ("/usr/bin/google-chrome", BrowserKind::Chromium),
            ("/usr/bin/firefox-esr", BrowserKind::Firefox),
            ("./firefox", BrowserKind::Firefox),
        ] {
            assert_eq!(named(program), (kind, Some(program.into())), "{program}");
        }
    }

    #[test]
    fn artefacts_are_kept_in_the_folder_of_the_reports_and_only_if_asked_for() {
        let kept = |words: &[&str]| parse::<SuiteArgs>(words).unwrap().options(Path::new("reports")).artefacts;
        assert_eq!(kept(&[]), None, "they may hold secrets");
        assert_eq!(kept(&["--keep-artefacts"]), Some(PathBuf::from("reports")));
    }

    #[test]
    fn the_sign_in_page_of_a_product_is_named_as_in_a_scenario() {
        let pages =
            [("entra", SignInPage::Entra), ("okta", SignInPage::Okta), ("okta-classic", SignInPage::OktaClassic)];
        for (name, page) in pages {
            let args: SuiteArgs = parse(&[&format!("--idp-page={name}")]).unwrap();
            assert_eq!(args.options(Path::new("reports")).idp_page, Some(page));
        }
        let refused = parse::<SuiteArgs>(&["--idp-page=own"]).unwrap_err();
        assert!(refused.contains("[possible values: entra, okta, okta-classic]"), "{refused}");
    }
}
