//! Runs that are killed, interrupted, or lose their driver, their browser or their disk: with the real program.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::program::vestibule;

#[test]
fn every_finished_case_of_a_killed_run_is_in_its_reports() {
    let place = Place::new();
    let mut run = place.start(&["--repeat", "30", "--workers", "1"]);
    place.wait_for("case-finished", 3);

    run.kill().unwrap();
    run.wait().unwrap();
    let finished = place.events().matches("\"case-finished\"").count();
    fs::OpenOptions::new().append(true).open(place.log()).unwrap().write_half_a_line();
    let (code, said) = place.tell(&["report", place.log().to_str().unwrap()]);

    assert_eq!(code, Some(3), "a run without an end is not green: {said}");
    assert!(said.contains("the last line is incomplete; everything before it is kept"), "{said}");
    assert!(said.contains(&format!("30 cases: {finished} passed, {} skipped", 30 - finished)), "{said}");
    let junit = fs::read_to_string(place.reports().join("junit.xml")).unwrap();
    assert!(junit.contains(&format!("tests=\"30\" skipped=\"{}\"", 30 - finished)), "{junit}");
    assert!(fs::read_to_string(place.reports().join("report.html")).unwrap().contains("A rep signs in"));
}

#[test]
fn a_killed_run_leaves_no_browser() {
    let place = Place::new();

    nothing_is_left_of_a_killed_run(&place, || !place.processes("--remote-debugging-port=").is_empty());
}

#[test]
fn a_killed_run_leaves_no_suite() {
    let place = Place::new();
    let runs = place.folder.path().join("runs");
    // The guard of the suite begins after the suite has started.
    let command = format!("{{ command: [sh, -c, \"sleep 1; touch {}; sleep 300\"] }}", runs.display());
    let suite =
        SUITE.replace("actor: two-step", &format!("actor: {command}")).replace("page: home", "survival: survived");
    fs::write(place.suite(), suite).unwrap();

    nothing_is_left_of_a_killed_run(&place, || runs.exists());
}

fn nothing_is_left_of_a_killed_run(place: &Place, is_in_its_midst: impl Fn() -> bool) {
    let mut run = place.start(&["--workers", "1", "--slow-mo", "1s"]);
    place.wait_until(is_in_its_midst);
    assert!(!place.processes("").is_empty());

    run.kill().unwrap();
    run.wait().unwrap();

    place.wait_until(|| place.processes("").is_empty());
}

#[test]
fn a_killed_driver_is_replaced_and_its_cases_are_run_again() {
    let place = Place::new();
    let run = place.start(&["--repeat", "6", "--workers", "2", "--slow-mo", "1s"]);
    place.wait_for("case-started", 3);
    std::thread::sleep(MIDST);
    let driver = place.processes("--log-path=")[0];

    kill(driver, Signal::SIGKILL).unwrap();
    let (code, said) = end(run);

    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("6 cases: 6 passed"), "{said}");
    assert!(said.contains("recovered: A rep signs in"), "{said}");
}

#[test]
fn a_killed_browser_is_replaced_and_its_case_is_run_again() {
    let place = Place::new();
    let run = place.start(&["--repeat", "4", "--workers", "1", "--slow-mo", "1s"]);
    place.wait_for("case-started", 2);
    std::thread::sleep(MIDST);
    // The browser itself, not one of its helpers.
    let browsers = place.processes("--remote-debugging-port=");
    assert!(!browsers.is_empty());

    for browser in browsers {
        let _gone = kill(browser, Signal::SIGKILL);
    }
    let (code, said) = end(run);

    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("4 cases: 4 passed"), "{said}");
    assert!(said.contains("recovered: A rep signs in"), "{said}");
}

#[test]
fn a_full_disk_is_reported_and_the_terminal_still_shows_the_result() {
    let place = Place::new();
    fs::create_dir(place.reports()).unwrap();
    std::os::unix::fs::symlink("/dev/full", place.log()).unwrap();

    let (code, said) = end(place.start(&["--repeat", "2"]));

    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("2 cases: 2 passed"), "{said}");
    assert!(said.contains("run.jsonl: No space left on device"), "{said}");
    assert!(said.contains("hint: free some space, or name a folder on another disk"), "{said}");
    assert!(fs::read_to_string(place.reports().join("junit.xml")).unwrap().ends_with("</testsuites>\n"));
    assert!(fs::read_to_string(place.reports().join("report.html")).unwrap().contains("</html>"));
}

#[test]
fn ctrl_c_finishes_the_files_and_leaves_no_process() {
    let place = Place::new();
    let run = place.start(&["--repeat", "30", "--workers", "1", "--slow-mo", "1s"]);
    place.wait_for("case-started", 2);
    std::thread::sleep(MIDST);

    kill(pid(&run), Signal::SIGINT).unwrap();
    let (code, said) = end(run);

    assert_eq!(code, Some(130), "{said}");
    let skipped: Vec<_> = said.lines().filter(|line| line.contains("skipped")).collect();
    assert_eq!(skipped.len(), 2, "the table and the summary count them: {said}");
    assert!(place.events().trim_end().ends_with("\"interrupted\":true}}"), "{said}");
    let junit = fs::read_to_string(place.reports().join("junit.xml")).unwrap();
    assert!(junit.contains("the run was interrupted during this case"), "{junit}");
    assert!(place.processes("chrom").is_empty());
}

#[test]
fn a_second_ctrl_c_ends_the_run_at_once() {
    let place = Place::new();
    let run = place.start(&["--repeat", "30", "--workers", "1"]);
    place.wait_for("case-finished", 1);

    // Signals that arrive together count as one.
    while place.is_alive(&run) {
        kill(pid(&run), Signal::SIGINT).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    let (code, said) = end(run);

    assert_eq!(code, Some(130), "{said}");
    assert!(place.processes("chrom").is_empty());
}

#[test]
fn shards_are_merged_into_the_reports_of_one_run() {
    let place = Place::new();
    for number in ["1", "2"] {
        let folder = place.folder.path().join(number);
        let (code, said) = place.tell(&[
            "run",
            place.suite().to_str().unwrap(),
            "--repeat=3",
            &format!("--shard={number}/2"),
            &format!("--report-dir={}", folder.display()),
        ]);
        assert_eq!(code, Some(0), "{said}");
    }
    let log = |number: &str| place.folder.path().join(number).join("run.jsonl").display().to_string();
    let all = format!("--report-dir={}", place.reports().display());

    let (code, said) = place.tell(&["merge", &log("2"), &log("1"), &all]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("3 cases: 3 passed"), "{said}");
    let (code, said) = place.tell(&["report", place.log().to_str().unwrap()]);
    assert_eq!(code, Some(0), "the merged run is a run: {said}");

    let (code, said) = place.tell(&["merge", &log("1"), &all]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("warning: shard 2 of 2 is missing"), "{said}");
    let (code, said) = place.tell(&["merge", &log("1"), &log("1"), &all]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("both are shard 1 of 2") && said.contains("hint: name each shard once"), "{said}");
    let (code, said) = place.tell(&["run", "--shard", "3/2"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("there is no part 3 of 2"), "{said}");
}

#[test]
fn what_failed_runs_again_alone_until_it_passes_and_a_late_pass_is_flaky() {
    let place = Place::new();
    // The first time, the command reports success without a login, which is wrong; after that it fails, as expected.
    let mark = place.folder.path().join("mark");
    let script = format!("test -e {0} && exit 1; touch {0}", mark.display());
    let text = format!(
        "title: A suite that stops\norg: {{ kind: production, date: 2026-01-01, login-page: two-step }}\nusers: {{ rep: {{}} }}\nsteps:\n  - sign-in: {{ user: rep, actor: {{ command: [sh, -c, \"{script}\"] }} }}\nexpect:\n  survival: stopped\n"
    );
    fs::write(place.suite().with_file_name("b.yaml"), text).unwrap();
    let folder = place.suite().parent().unwrap().to_owned();
    let report = format!("--report-dir={}", place.reports().display());
    let run = |extra: &[&str]| place.tell(&[&["run", folder.to_str().unwrap(), &report], extra].concat());

    let (code, said) = run(&[]);
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = run(&["--last-failed"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 case: 1 passed"), "{said}");
    let (code, said) = run(&["--last-failed"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("none of these cases failed last time; running all 2"), "{said}");

    fs::remove_file(&mark).unwrap();
    let (code, said) = run(&["--retries", "1"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("flaky: A suite that stops: passed on attempt 2"), "{said}");
    let junit = fs::read_to_string(place.reports().join("junit.xml")).unwrap();
    assert!(junit.contains("<flakyFailure "), "{junit}");
}

/// A folder for everything that a run writes. Dropping it ends the processes that the run left behind.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(place.folder.path().join("suite")).unwrap();
        fs::create_dir(place.folder.path().join("tmp")).unwrap();
        fs::write(place.suite(), SUITE).unwrap();
        place
    }

    fn suite(&self) -> PathBuf {
        self.folder.path().join("suite/a.yaml")
    }

    fn reports(&self) -> PathBuf {
        self.folder.path().join("reports")
    }

    fn log(&self) -> PathBuf {
        self.reports().join("run.jsonl")
    }

    fn events(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = vestibule(arguments);
        command.env("TMPDIR", self.folder.path().join("tmp")).env("XDG_CACHE_HOME", self.folder.path().join("cache"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let suite = self.suite();
        let report = format!("--report-dir={}", self.reports().display());
        let fixed = ["run", suite.to_str().unwrap(), &report, "--no-progress"];
        self.command(&[&fixed[..], arguments].concat()).spawn().unwrap()
    }

    fn tell(&self, arguments: &[&str]) -> (Option<i32>, String) {
        end(self.command(arguments).spawn().unwrap())
    }

    /// Waits until this many events of a kind were written.
    fn wait_for(&self, kind: &str, count: usize) {
        self.wait_until(|| self.events().matches(&format!("\"{kind}\"")).count() >= count);
    }

    fn wait_until(&self, holds: impl Fn() -> bool) {
        let mut looks = 0;
        while !holds() {
            looks += 1;
            assert!(looks < MOST_LOOKS, "{}", self.events());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The processes whose command line names the folder of this run, and contains this text.
    fn processes(&self, text: &str) -> Vec<Pid> {
        let own = self.folder.path().to_str().unwrap();
        let ids = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let line = |id: &i32| fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let fits = |id: &i32| Some(line(id)).is_some_and(|line| line.contains(own) && line.contains(text));
        ids.filter(fits).filter(|id| !line(id).contains("--type=")).map(Pid::from_raw).collect()
    }

    fn is_alive(&self, run: &Child) -> bool {
        let state = fs::read_to_string(format!("/proc/{}/stat", run.id())).unwrap_or_default();
        !state.is_empty() && !state.contains(") Z ")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for process in self.processes("chrom") {
            let _gone = kill(process, Signal::SIGKILL);
        }
    }
}

trait HalfALine {
    fn write_half_a_line(&mut self);
}

impl HalfALine for fs::File {
    fn write_half_a_line(&mut self) {
        std::io::Write::write_all(self, b"{\"case-finished\":{\"case\":\"a.ya").unwrap();
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap())
}

fn end(run: Child) -> (Option<i32>, String) {
    let output = run.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8([output.stderr, output.stdout].concat()).unwrap())
}

/// With a second for each input, a case that began this long ago is in progress.
const MIDST: Duration = Duration::from_secs(2);
/// A minute or more.
const MOST_LOOKS: u32 = 12_000;

const SUITE: &str = "title: A rep signs in
org: { kind: production, date: 2026-01-01, login-page: two-step }
users:
  rep: {}
steps:
  - sign-in: { user: rep, actor: two-step }
expect:
  page: home
";
