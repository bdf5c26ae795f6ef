//! The command line as a whole.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};

use super::bench::BenchArgs;
use super::causes::CausesArgs;
use super::check::CheckArgs;
use super::chromedriver_shim::ChromeDriverShimArgs;
use super::completions::CompletionsArgs;
use super::doctor::DoctorArgs;
use super::env::EnvArgs;
use super::explain::ExplainArgs;
use super::init::InitArgs;
use super::list::ListArgs;
use super::merge::MergeArgs;
use super::report::ReportCommandArgs;
use super::run::RunArgs;
use super::schema::SchemaArgs;
use super::serve::ServeArgs;
use super::snapshots::SnapshotsArgs;
use super::survive::SurviveArgs;

/// Walks automated UI tests through a two-step, MFA-enforced login before the real org closes it
///
/// A simulated org, a mock identity provider and a virtual authenticator, all on this machine. For testing only; not
/// affiliated with Salesforce.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version, styles = STYLES, max_term_width = 100)]
#[command(after_help = "\
Examples:
  vestibule run                          run the built-in suites in a real browser
  vestibule run suites/ -g gate -x       run your own, stop at the first that fails
  vestibule run --headed --slow-mo 1s    watch a login happen
  vestibule list --tag sso               what would run
  vestibule snapshots review             decide on changed snapshots

Exit codes:
  0  every case passed          3    our tooling or the environment broke
  1  a login failed             4    nothing was selected
  2  wrong usage or scenario    130  interrupted")]
pub struct Cli {
    /// When to colour the output: auto, always or never; auto follows the terminal and NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = ColorArg::Auto, value_name = "WHEN")]
    #[arg(hide_possible_values = true, help_heading = "Output", env = "VESTIBULE_COLOR", hide_env_values = true)]
    pub color: ColorArg,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios in a real browser
    Run(Box<RunArgs>),
    /// Run your own suite through every login that the real org has, or will have
    Survive(Box<SurviveArgs>),
    /// Make the reports of a run from its run.jsonl, also of one that was killed
    Report(ReportCommandArgs),
    /// Join the runs of several machines
    Merge(MergeArgs),
    /// Check scenario files without running them
    Check(CheckArgs),
    /// List the cases that would run
    List(ListArgs),
    /// Serve a simulated org and its identity providers
    ///
    /// Prints where they are, who can sign in, and what a suite needs to know. Ends on Ctrl-C or SIGTERM.
    Serve(Box<ServeArgs>),
    /// List the variables that a suite is given
    ///
    /// A suite that `vestibule survive` or a scenario starts finds these in its environment. A {template} is the same value
    /// in a mapping: `--env SF_URL={login-url}` puts it under a name that the suite reads already. {username} is {user}.
    ///
    /// In a mapping `{{` is a brace, and a value that does not exist in a case, such as the TOTP secret of a user without a
    /// TOTP app, is empty. VESTIBULE_CASE marks every process of a case, by which they are ended with it.
    Env(EnvArgs),
    /// Say what the rules decide for a user on a date, and why
    ///
    /// Nothing runs: the rulebook is asked. Each rule is shown with its source and how sure that is: OFF is the vendor's own
    /// text, V was seen in independent public sources, INF is inferred, SET was chosen here.
    Explain(Box<ExplainArgs>),
    /// List the causes for which logins stop, whose job each is, and what to change
    Causes(CausesArgs),
    /// Review, accept or prune recorded snapshots
    Snapshots(SnapshotsArgs),
    /// Measure the program on this machine
    Bench(BenchArgs),
    /// Write a commented scenario and a command that tries the suite of this folder
    Init(InitArgs),
    /// Say what this machine lacks to run suites, and the command that mends it
    Doctor(DoctorArgs),
    /// Print the JSON Schema of scenario files
    Schema(SchemaArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Answer as ChromeDriver on a port that leads to a WebDriver endpoint
    #[command(name = "chromedriver-shim", hide = true)]
    ChromeDriverShim(ChromeDriverShimArgs),
}

/// When to colour the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());
