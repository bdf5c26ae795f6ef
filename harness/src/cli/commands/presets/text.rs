//! The presets as text.

use std::fmt::{Arguments, Write};

use vestibule_model::{IdpProtocol, Preset};

use super::Sent;
use crate::report::Styles;

/// Every preset with its rows. Methods after which the same is sent share a line.
pub(super) fn presets(heading: &str, all: &[(String, Vec<Sent>, Preset)], color: bool) -> String {
    let Styles { strong, path, .. } = Styles::new(color);
    let mut text = String::new();
    write(&mut text, format_args!("{strong}{heading}{strong:#}\n"));
    for (name, rows, preset) in all {
        write(&mut text, format_args!("\n{path}{name}{path:#}  {}\n", preset.describe));
        if let Some(from) = preset.from {
            let before = preset.before.as_ref().map(|before| format!(", before that as `{before}`"));
            write(&mut text, format_args!("  since {from}{}\n", before.unwrap_or_default()));
        }
        for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
            let rows: Vec<&Sent> = rows.iter().filter(|row| row.protocol == protocol).collect();
            if let Some(first) = rows.first() {
                write(&mut text, format_args!("  {} ({})\n", protocol.spoken(), first.carriage));
            }
            for group in grouped(&rows) {
                write_group(&mut text, &group);
            }
        }
        if let Some(fix) = rows.iter().find_map(|row| row.fix.as_ref()) {
            write(&mut text, format_args!("  fix: {fix}\n"));
        }
        let addresses: Vec<&str> = unique(rows.iter().flat_map(|row| row.addresses.iter().map(String::as_str)));
        for address in addresses {
            write(&mut text, format_args!("  source: {address}\n"));
        }
    }
    text
}

/// The rows that say the same, in the order of their first method.
fn grouped<'a>(rows: &[&'a Sent]) -> Vec<Vec<&'a Sent>> {
    let mut groups: Vec<Vec<&Sent>> = Vec::new();
    for row in rows {
        let same = |group: &&mut Vec<&Sent>| {
            let first = group[0];
            first.amr == row.amr && first.acr == row.acr && first.mark == row.mark && first.strength == row.strength
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

fn write_group(text: &mut String, group: &[&Sent]) {
    let Some(first) = group.first() else { return };
    let methods: Vec<String> = group.iter().map(|row| row.method.to_string()).collect();
    let amr = if first.amr.is_empty() { "no amr".to_owned() } else { first.amr.join(" ") };
    let acr = first.acr.as_ref().map(|acr| format!("; {acr}")).unwrap_or_default();
    write(text, format_args!("    {:<18} {:<3} {}\n", first.strength.to_string(), first.mark, methods.join(", ")));
    write(text, format_args!("      {amr}{acr}\n"));
}

fn unique<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

fn write(text: &mut String, arguments: Arguments<'_>) {
    text.write_fmt(arguments).expect("invariant: a String takes every text");
}
