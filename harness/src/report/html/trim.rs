//! Cuts details to size; what explains a stop is cut last.

use serde_json::{Map, Value};

/// Leaves parts out until `fits` is true, and lists what it left out in `left-out`.
pub(super) fn to_fit(details: &mut Map<String, Value>, fits: impl Fn(&Map<String, Value>) -> bool) {
    if fits(details) {
        return;
    }
    let before: Vec<usize> = ORDER.iter().map(|part| part.size(details)).collect();
    'smaller: for least in [true, false] {
        for part in ORDER {
            let floor = if least { part.keep } else { 0 };
            while part.halve(details, floor) {
                list_left_out(details, &before);
                if fits(details) {
                    break 'smaller;
                }
            }
        }
    }
}

fn list_left_out(details: &mut Map<String, Value>, before: &[usize]) {
    let left_out = ORDER.iter().zip(before).filter_map(|(part, before)| {
        let after = part.size(details);
        (after < *before).then(|| format!("{} of {before} {}", before - after, part.what))
    });
    let left_out: Vec<_> = left_out.map(Value::String).collect();
    details.insert("left-out".to_owned(), Value::Array(left_out));
}

/// A part of the details that may be cut at its beginning.
struct Part {
    /// Where it is: names of fields, from the outside in.
    path: &'static [&'static str],
    /// Items, or bytes of a text, that are kept as long as something else can be left out.
    keep: usize,
    /// What is counted.
    what: &'static str,
}

impl Part {
    fn size(&self, details: &Map<String, Value>) -> usize {
        let (first, rest) = self.path.split_first().expect("invariant: every path has a field");
        let found = rest.iter().try_fold(details.get(*first), |value, key| Some(value?.get(*key))).flatten();
        match found {
            Some(Value::Array(items)) => items.len(),
            Some(Value::String(text)) => text.len(),
            _ => 0,
        }
    }

    /// Cuts the older half, down to `floor`; `false` if there is nothing to cut.
    fn halve(&self, details: &mut Map<String, Value>, floor: usize) -> bool {
        let size = self.size(details);
        let (first, rest) = self.path.split_first().expect("invariant: every path has a field");
        let found = rest.iter().try_fold(details.get_mut(*first), |value, key| Some(value?.get_mut(*key))).flatten();
        let kept = (size / 2).max(floor);
        if kept >= size {
            return false;
        }
        match found {
            Some(Value::Array(items)) => drop(items.drain(..size - kept)),
            Some(Value::String(text)) => {
                let cut = (size - kept..=size).find(|at| text.is_char_boundary(*at)).unwrap_or(size);
                text.drain(..cut);
            }
            _ => return false,
        }
        true
    }
}

/// In the order in which parts are cut.
const ORDER: &[Part] = &[
    Part { path: &["shots"], keep: 2, what: "screenshots" },
    Part { path: &["external", "output"], keep: 4_000, what: "bytes of output" },
    Part { path: &["requests"], keep: 60, what: "requests" },
    Part { path: &["commands"], keep: 60, what: "commands of the suite" },
    Part { path: &["proxied"], keep: 30, what: "proxied requests" },
    Part { path: &["journal"], keep: 40, what: "journal entries" },
    Part { path: &["outline"], keep: 60, what: "lines of the outline" },
    Part { path: &["console"], keep: 20, what: "console lines" },
    Part { path: &["earlier"], keep: 1, what: "earlier attempts" },
    Part { path: &["artefacts"], keep: 20, what: "artefacts" },
    Part { path: &["messages"], keep: 1, what: "decoded messages" },
    Part { path: &["actions"], keep: 60, what: "actions" },
    Part { path: &["login-history"], keep: 20, what: "rows of Login History" },
    Part { path: &["failures"], keep: 1, what: "failures" },
    Part { path: &["finding", "evidence"], keep: 1, what: "lines of evidence" },
];
