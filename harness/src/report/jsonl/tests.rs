use super::*;
use crate::outcome::{ExitCode, RunOutcome, Verdict};
use crate::report::sample;

fn written() -> Vec<u8> {
    let mut file = Vec::new();
    for event in sample::events() {
        write_event(&mut file, &event).unwrap();
    }
    file
}

fn lines() -> Vec<String> {
    String::from_utf8(written()).unwrap().lines().map(ToOwned::to_owned).collect()
}

fn read(lines: &[String]) -> Result<Recording, ReadError> {
    read_events(format!("{}\n", lines.join("\n")).as_bytes())
}

#[test]
fn each_kind_of_event_is_written_as_documented() {
    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();
    let kind = |line: &String| line.split('"').nth(1).unwrap().to_owned();

    let mut kinds: Vec<String> = Vec::new();
    let mut first_of_each = String::new();
    for line in lines() {
        if !kinds.contains(&kind(&line)) {
            kinds.push(kind(&line));
            let value: serde_json::Value = serde_json::from_str(&line).unwrap();
            first_of_each.push_str(&serde_json::to_string_pretty(&value).unwrap());
            first_of_each.push('\n');
        }
    }

    assert_eq!(kinds, ["run-started", "case-started", "case-finished", "run-finished"]);
    insta::assert_snapshot!("jsonl", first_of_each);
}

#[test]
fn what_was_written_is_read_back() {
    assert_eq!(read_events(&written()).unwrap(), Recording { events: sample::events(), ..Recording::default() });
}

#[test]
fn a_run_killed_at_any_byte_is_read_back_up_to_its_last_whole_event() {
    let file = written();
    let whole = sample::events();
    let first = file.iter().position(|byte| *byte == b'\n').unwrap();

    for cut in (first + 1..file.len()).step_by(7) {
        let read = read_events(&file[..cut]).unwrap();
        let in_a_line = file[cut - 1] != b'\n';

        assert_eq!(read.events, whole[..read.events.len()], "cut at {cut}");
        assert!(read.events.len() >= file[..cut].iter().filter(|byte| **byte == b'\n').count());
        assert!(read.damaged.is_empty() && (in_a_line || read.cut.is_none()), "cut at {cut}");
    }
    assert_eq!(read_events(&file[..first / 2]), Err(ReadError::NoEvent));
}

#[test]
fn a_run_killed_half_way_has_skipped_cases_and_is_not_finished() {
    let file = written();
    let middle = file.len() * 4 / 5;

    let outcome = RunOutcome::fold(&read_events(&file[..middle]).unwrap().events);

    assert!(!outcome.finished);
    assert_eq!(outcome.cases.len(), sample::outcome().cases.len());
    assert!(outcome.cases.iter().any(|case| case.verdict() == Verdict::Skipped));
    assert_eq!(outcome.cases[0].verdict(), Verdict::Passed);
    assert_eq!(outcome.exit_code(), ExitCode::Broken);
}

#[test]
fn every_event_is_one_write_and_flushed() {
    #[derive(Default)]
    struct Counted {
        writes: usize,
        flushed: usize,
    }
    impl Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(bytes.ends_with(b"\n"));
            self.writes += 1;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            self.flushed = self.writes;
            Ok(())
        }
    }
    let mut out = Counted::default();

    for event in sample::events() {
        write_event(&mut out, &event).unwrap();
    }

    assert_eq!((out.writes, out.flushed), (sample::events().len(), sample::events().len()));
}

#[test]
fn a_damaged_line_is_named_and_the_others_are_read() {
    let mut damaged = lines();
    damaged[2] = damaged[2][..10].to_owned();
    damaged[4] = "{\"case-renamed\":{}}".to_owned();

    let recording = read(&damaged).unwrap();

    let numbers: Vec<usize> = recording.damaged.iter().map(|line| line.line).collect();
    assert_eq!(numbers, [3, 5]);
    assert!(recording.damaged[1].why.contains("case-renamed"), "{}", recording.damaged[1].why);
    assert_eq!(recording.events.len(), damaged.len() - 2);
    assert_eq!(recording.cut, None);
}

#[test]
fn the_cases_of_a_file_without_its_first_line_are_read() {
    let mut damaged = lines();
    damaged[0] = String::from("garbage");

    let recording = read(&damaged).unwrap();
    let outcome = RunOutcome::fold(&recording.events);

    assert_eq!(recording.damaged[0].line, 1);
    assert_eq!(outcome.cases[0].info.file, "enforcement/admin.yaml");
    assert_eq!(outcome.cases[1].verdict(), Verdict::Failed);
}

#[test]
fn a_newer_format_is_refused_even_if_its_first_line_is_not_an_event_of_this_one() {
    let mut newer = lines();
    let known = format!("\"schema\":{SCHEMA}");
    assert!(newer[0].contains(&known));
    newer[0] = newer[0].replace(&known, "\"schema\":9").replace("\"workers\":", "\"threads\":");

    let refused = read(&newer).unwrap_err();

    assert_eq!(refused, ReadError::Schema { found: 9 });
    assert!(refused.to_string().starts_with("read events in format 9: this version of vestibule reads formats 1 to"));
    assert!(refused.remedy().contains("or a newer one"));
}

#[test]
fn the_first_format_is_still_read() {
    let old: Vec<String> = lines()
        .iter()
        .map(|line| line.replace(&format!("\"schema\":{SCHEMA}"), "\"schema\":1").replace("\"attempt\":1,", ""))
        .map(|line| line.replace("\"again\":false,", "").replace(",\"suite\":\"\",\"shard\":null", ""))
        .collect();
    assert!(!old.concat().contains("attempt") && !old.concat().contains("again"));

    assert_eq!(read(&old).unwrap().events.len(), lines().len());
}

#[test]
fn a_file_of_something_else_is_refused() {
    for text in ["", "\n\n", "hello\nworld\n", "[1, 2]\n"] {
        assert_eq!(read_events(text.as_bytes()), Err(ReadError::NoEvent), "{text:?}");
    }
}
