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

#[test]
fn what_was_written_is_read_back() {
    assert_eq!(read_events(&written()[..]).unwrap(), sample::events());
}

#[test]
fn a_run_killed_at_any_byte_is_read_back_up_to_its_last_whole_event() {
    let file = written();
    let whole = sample::events();

    for cut in (0..file.len()).step_by(7) {
        let events = read_events(&file[..cut]).unwrap();
        assert_eq!(events, whole[..events.len()], "cut at {cut}");
        assert!(events.len() >= file[..cut].iter().filter(|byte| **byte == b'\n').count());
    }
}

#[test]
fn a_run_killed_half_way_has_skipped_cases_and_is_not_finished() {
    let file = written();
    let middle = file.len() * 4 / 5;

    let outcome = RunOutcome::fold(&read_events(&file[..middle]).unwrap());

    assert!(!outcome.finished);
    assert_eq!(outcome.cases.len(), 5);
    assert!(outcome.cases.iter().any(|case| case.verdict() == Verdict::Skipped));
    assert_eq!(outcome.cases[0].verdict(), Verdict::Passed);
    assert_ne!(outcome.exit_code(), ExitCode::NothingSelected);
}

#[test]
fn every_event_is_flushed_when_it_is_written() {
    struct Buffered {
        pending: Vec<u8>,
        flushed: Vec<u8>,
    }
    impl Write for Buffered {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.pending.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            self.flushed.append(&mut self.pending);
            Ok(())
        }
    }
    let mut out = Buffered { pending: Vec::new(), flushed: Vec::new() };

    write_event(&mut out, &sample::events()[0]).unwrap();

    assert!(out.pending.is_empty());
    assert!(out.flushed.ends_with(b"\n"));
}

#[test]
fn damage_elsewhere_and_a_foreign_format_are_named() {
    let mut lines: Vec<String> = String::from_utf8(written()).unwrap().lines().map(ToOwned::to_owned).collect();

    lines[1] = lines[1][..10].to_owned();
    let damaged = read_events(lines.join("\n").as_bytes()).unwrap_err();
    let foreign = read_events(lines[0].replace("\"schema\":1", "\"schema\":9").as_bytes()).unwrap_err();

    assert_eq!(damaged.to_string(), "read line 2 as an event");
    assert_eq!(foreign.to_string(), "read events in format 9: this version reads format 1");
}
