//! The script that runs the suite in every condition.

use std::collections::{BTreeMap, BTreeSet};

use super::suite::in_shell;

/// The text of the script. Without a command, it fails until somebody puts one there. Variables that the suite already
/// reads under our names need no mapping. Times are taken when the script runs. System properties of Java come in the
/// variable that every JVM reads.
pub(super) fn survive(
    command: Option<&[String]>,
    mappings: &BTreeMap<String, &'static str>,
    properties: &BTreeMap<String, &'static str>,
    times: &BTreeSet<String>,
    in_doubt: &BTreeSet<String>,
) -> String {
    let mapped = mappings.iter().map(|(name, template)| format!("  --env {name}={{{template}}} \\\n"));
    let mapped: String = mapped.collect();
    let times: String = times.iter().map(|name| format!("  --env \"{name}=$(date +%s)000\" \\\n")).collect();
    let options = properties.iter().map(|(name, template)| format!(" -D{name}={{{template}}}"));
    let options: String = options.collect();
    let options = if options.is_empty() {
        options
    } else {
        // What the variable holds already stays in it.
        format!("  --env \"JAVA_TOOL_OPTIONS=${{JAVA_TOOL_OPTIONS-}}{options}\" \\\n")
    };
    let doubts = if in_doubt.is_empty() {
        String::new()
    } else {
        let names: Vec<&str> = in_doubt.iter().map(String::as_str).collect();
        format!(
            "# Variables that got no value, because their names leave a doubt: {}\n\
             # Give those that the login needs a value below: --env NAME={{VALUE}}\n",
            names.join(", ")
        )
    };
    let (check, command) = match command {
        Some(command) => ("", in_shell(command)),
        None => (PUT_YOUR_COMMAND_HERE, "sh -c \"$suite\"".to_owned()),
    };
    format!(
        "#!/bin/sh\n\
         # Runs your suite in every login condition. `vestibule survive --list` shows the conditions,\n\
         # `vestibule env` the values that --env can name. Arguments go to vestibule: survive.sh --condition two-step\n\
         {doubts}\
         set -eu\n\
         CDPATH= cd -- \"$(dirname -- \"$0\")/..\"\n\
         {check}\
         exec vestibule survive \"$@\" \\\n\
         {mapped}{times}{options}  -- {command}\n"
    )
}

const PUT_YOUR_COMMAND_HERE: &str = "\
# Put your command here, between the quotes, as in suite='pytest -x tests/login'
suite=''
if [ -z \"$suite\" ]; then
  echo \"$0: put your command here, in the line that begins with suite=\" >&2
  exit 2
fi
";
