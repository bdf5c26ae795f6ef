//! The JSON Schema of `vestibule.toml`, for completion and checks in editors.

use clap::{Arg, Command};
use serde_json::{Map, Value, json};

use super::{commands, settable, takes_several};

/// The schema, from the options of this program.
pub(crate) fn schema(program: &Command) -> Value {
    let mut keys = Map::new();
    for arg in commands(program).flat_map(settable) {
        let known = arg.get_long().is_some_and(|long| keys.contains_key(long));
        if let (Some(long), false) = (arg.get_long(), known) {
            keys.insert(long.to_owned(), of_option(arg));
        }
    }
    for command in commands(program).skip(1) {
        let about = command.get_about().map(ToString::to_string);
        let options: Map<String, Value> =
            settable(command).filter_map(|arg| Some((arg.get_long()?.to_owned(), of_option(arg)))).collect();
        if options.is_empty() {
            continue;
        }
        let table = json!({
            "description": about,
            "type": "object",
            "additionalProperties": false,
            "properties": options,
        });
        // An option of one command may be called as another command is.
        let both = keys.remove(command.get_name()).map(|option| json!({ "anyOf": [option, table] }));
        keys.insert(command.get_name().to_owned(), both.unwrap_or(table));
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "vestibule.toml",
        "description": "Options of vestibule that are the same on every command line",
        "type": "object",
        "additionalProperties": false,
        "properties": keys,
    })
}

fn of_option(arg: &Arg) -> Value {
    let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if !arg.get_action().takes_values() {
        return json!({ "description": about, "type": "boolean" });
    }
    let possible = arg.get_possible_values();
    let words: Vec<&str> = possible.iter().map(|value| value.get_name()).collect();
    let one = match words.as_slice() {
        ["true", "false"] => json!({ "type": "boolean" }),
        [] => json!({ "type": ["string", "number", "boolean"] }),
        words => json!({ "enum": words }),
    };
    let mut schema =
        if takes_several(arg) { json!({ "anyOf": [one, { "type": "array", "items": one }] }) } else { one };
    schema["description"] = about.into();
    schema
}
