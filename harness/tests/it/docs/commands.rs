//! Every command of the guides, run as a reader would run it.
//!
//! A block ```` ```yaml believed.yaml ```` is written to that file, and each line of a block ```` ```sh ```` runs in
//! the same folder, one folder per document. A comment `# exits 1` states an exit code other than 0. A block
//! ```` ```sh no-run needs Docker ```` is not run, but its `vestibule` commands must be valid.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{Document, guides};

/// The allowed reasons not to run a block.
const REASONS: [&str; 12] = [
    "builds the program",
    "needs Docker",
    "needs a message of yours",
    "needs Firefox",
    "needs a display",
    "needs a terminal",
    "needs a Selenium Grid",
    "needs packages",
    "needs your app",
    "needs your org",
    "needs your suite",
    "serves until it is stopped",
];

#[test]
fn every_command_of_the_guides_runs_and_exits_as_stated() {
    let guides = guides();

    let wrong: Vec<String> = std::thread::scope(|scope| {
        let readers: Vec<_> = guides.iter().map(|guide| scope.spawn(|| follow(guide))).collect();
        readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
    });

    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_is_not_run_says_why_and_is_valid() {
    for guide in guides() {
        for block in blocks(&guide.text).iter().filter(|block| block.is_shell() && !block.runs()) {
            let place = format!("{}:{}", guide.path.display(), block.line);
            let reason = block.info.strip_prefix("sh no-run ").unwrap_or_default();
            assert!(REASONS.contains(&reason), "{place}: `{}` is no reason not to run it", block.info);
            for line in block.commands() {
                if line.command.starts_with("vestibule ") {
                    let command = line.command.split(" &").next().unwrap().split(" -- ").next().unwrap();
                    let output = shell(&format!("{command} --help"), Path::new("."));
                    assert!(output.status.success(), "{place}: {command}: {}", said(&output));
                }
            }
        }
    }
}

/// Runs the commands of a guide, top to bottom, and returns what went wrong.
fn follow(guide: &Document) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for block in blocks(&guide.text) {
        if let Some(name) = block.file() {
            fs::write(folder.path().join(name), &block.text).unwrap();
        } else if block.is_shell() && block.runs() {
            for line in block.commands() {
                let output = shell(&line.command, folder.path());
                if output.status.code() != Some(line.exits) {
                    let place = format!("{}:{}", guide.path.display(), block.line);
                    wrong.push(format!("{place}: {}\n{}: {}", line.command, output.status, said(&output)));
                }
            }
        }
    }
    wrong
}

/// A fenced block.
struct Block {
    line: usize,
    info: String,
    text: String,
}

struct Line {
    command: String,
    exits: i32,
}

impl Block {
    fn is_shell(&self) -> bool {
        self.info == "sh" || self.info.starts_with("sh ")
    }

    fn runs(&self) -> bool {
        self.info == "sh"
    }

    /// The file that the block is written to: the second word of its fence.
    fn file(&self) -> Option<&str> {
        self.info.split_once(' ').map(|(_, name)| name).filter(|_| !self.is_shell())
    }

    /// Its lines without comments; a line that ends in `\` continues on the next.
    fn commands(&self) -> Vec<Line> {
        let joined = self.text.replace("\\\n", " ");
        let lines =
            joined.lines().map(|line| line.split_once(" #").map_or((line, ""), |(command, about)| (command, about)));
        let commands = lines.filter(|(command, _)| !command.trim().is_empty() && !command.starts_with('#'));
        commands.map(|(command, about)| Line { command: command.trim().to_owned(), exits: exits(about) }).collect()
    }
}

fn exits(about: &str) -> i32 {
    about.split_once("exits ").map_or(0, |(_, code)| {
        let digits: String = code.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    })
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some(Block { line: number + 1, info: info.to_owned(), text: String::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    blocks
}

/// Runs a line with this build of the program first in the PATH.
fn shell(line: &str, folder: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_vestibule"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    command.env_remove("CI").env_remove("GITHUB_ACTIONS").output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
