//! The snapshot expectation: writes what the scenario chose as text and compares it with the recorded text.

use serde_json::Value;

use super::Mismatch;
use super::context::JudgeContext;
use crate::runner::error::Broken;
use crate::runner::observation::Observation;
use crate::scenario::model::{Recorded, SnapshotPlan};
use crate::snapshot::{About, Compared, record};

pub(super) fn compare(plan: &SnapshotPlan, context: &JudgeContext<'_>) -> Result<Option<Mismatch>, Broken> {
    let (case, snapshots) = (context.case, context.snapshots);
    let text = snapshots.redactor.redact(&recorded(plan, context)?);
    let name = case.snapshot_name();
    let about = About { source: case.file.clone(), description: Some(case.snapshot_title().to_owned()) };
    let compared = record(&snapshots.folder, &name, &text, &about, snapshots.mode)?;
    let how = "`vestibule snapshots review` shows and accepts it, `-u` accepts all".to_owned();
    Ok(match compared {
        Compared::Same | Compared::Accepted { .. } => None,
        // It would fail whatever the change does.
        Compared::Missing { .. } if case.is_twin() => {
            return Err(Broken::Step(format!(
                "the case of the twin has not recorded the snapshot `{name}` yet; run it with `-u` first"
            )));
        }
        Compared::Missing { .. } => Some(Mismatch {
            title: format!("no snapshot `{name}` is recorded"),
            expected: "a recorded snapshot".to_owned(),
            actual: "none".to_owned(),
            notes: vec![how],
        }),
        Compared::Different { diff, .. } => Some(Mismatch {
            title: format!("the snapshot `{name}` differs"),
            expected: "the recorded snapshot".to_owned(),
            actual: "a different text".to_owned(),
            notes: diff.to_string().lines().map(str::to_owned).chain([how]).collect(),
        }),
    })
}

fn recorded(plan: &SnapshotPlan, context: &JudgeContext<'_>) -> Result<String, Broken> {
    let seen = context.observation;
    let mut text = String::new();
    for part in &plan.record {
        let (heading, value) = match part {
            Recorded::Pages => ("pages", pages(seen)),
            Recorded::Journal => ("journal", serde_json::to_value(&seen.journal)),
            Recorded::LoginHistory => ("login-history", serde_json::to_value(&seen.login_history)),
            Recorded::Decision => ("decision", serde_json::to_value(seen.decision())),
            Recorded::Text => ("text", Ok(seen.page.as_ref().map_or(Value::Null, |page| page.text().into()))),
        };
        let mut value = value.map_err(|error| Broken::Step(error.to_string()))?;
        mask(&mut value, &plan.mask);
        let body = match &value {
            Value::String(text) => text.clone(),
            other => serde_json::to_string_pretty(other).map_err(|error| Broken::Step(error.to_string()))?,
        };
        text.push_str(&format!("# {heading}\n{body}\n"));
    }
    Ok(text)
}

/// The names of the pages that were served, repeats left out.
fn pages(seen: &Observation) -> serde_json::Result<Value> {
    let served = seen.journal.iter().filter_map(|entry| match &entry.event {
        vestibule_simulator::realm::Event::PageServed { page, .. } => Some(page.into()),
        _ => None,
    });
    let mut names: Vec<&str> = served.collect();
    names.dedup();
    Ok(Value::String(names.join("\n")))
}

/// Replaces the values of these fields, and of fields that change from run to run, wherever they occur.
fn mask(value: &mut Value, fields: &[String]) {
    match value {
        Value::Object(map) => {
            for (name, field) in map {
                if fields.contains(name) || ALWAYS.contains(&name.as_str()) {
                    *field = Value::String(format!("[{name}]"));
                } else {
                    mask(field, fields);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, fields)),
        _ => {}
    }
}

/// Times, what is left of a TOTP step, and URLs with the port of the run.
const ALWAYS: [&str; 4] = ["at", "time", "seconds-left", "login_url"];

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vestibule_simulator::realm::Event;

    use super::mask;

    #[test]
    fn what_changes_from_run_to_run_is_masked() {
        let posted = |seconds_left| {
            let event = Event::TotpCodePosted { user: "rep".to_owned(), steps_off: Some(0), seconds_left };
            let mut entry = json!({ "seq": 1, "at": format!("2026-08-03T10:00:0{seconds_left}Z"), "event": event });
            mask(&mut entry, &[]);
            entry
        };

        assert_eq!(posted(3), posted(9));
        assert_eq!(posted(3)["event"]["totp-code-posted"]["user"], "rep");
    }
}
