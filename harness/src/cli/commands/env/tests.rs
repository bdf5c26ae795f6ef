use super::*;
use crate::cli::output::console::TerminalTraits;

#[test]
fn every_documented_variable_is_listed_with_its_template_and_sentence() {
    let text = said(&EnvArgs { json: false });

    for variable in VARIABLES {
        let line = text.lines().find(|line| line.trim_start().starts_with(&format!("{} ", variable.name)));
        let line = line.unwrap_or_else(|| panic!("{} is not listed", variable.name));
        assert!(line.contains(&format!("{{{}}}", variable.template)) && line.ends_with(variable.about), "{line}");
    }
    for variable in STANDARD {
        assert!(text.lines().any(|line| line.contains(variable.name) && line.ends_with(variable.about)));
    }
    let titles = text.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).count();
    let rows = text.lines().filter(|line| line.starts_with("  ")).count();
    assert_eq!((titles, rows), (3, VARIABLES.len() + STANDARD.len()), "nothing else is listed");
    let _settings = vestibule_snapshots::settings("cli").bind_to_scope();
    insta::assert_snapshot!("env", text);
}

#[test]
fn json_says_the_same_one_object_per_line() {
    let lines: Vec<serde_json::Value> =
        said(&EnvArgs { json: true }).lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    assert_eq!(lines.len(), VARIABLES.len() + STANDARD.len());
    for (line, variable) in lines.iter().zip(VARIABLES) {
        assert_eq!(line["name"], variable.name);
        assert_eq!(line["template"], variable.template);
        assert_eq!(
            (line["secret"].as_bool(), line["persona"].as_bool()),
            (Some(variable.secret), Some(variable.per_user))
        );
    }
    assert!(lines.iter().any(|line| line["name"] == "HTTPS_PROXY" && line["template"].is_null()));
}

fn said(args: &EnvArgs) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    env(args, &mut Console::new(&mut out, &mut err, terminal)).unwrap();
    assert!(err.is_empty());
    String::from_utf8(out).unwrap()
}
