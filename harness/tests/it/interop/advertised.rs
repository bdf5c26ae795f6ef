//! What the discovery document advertises is what relying parties of the registries have used.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use reqwest::redirect::Policy;
use serde_json::Value;

use super::parties::{World, begun, free_ports};
use super::runs_all;
use crate::program::vestibule;

/// Each script prints what it has used of a provider, by the name of the list in the document. `make test` runs one of them, so
/// it looks only for what is used without being advertised.
#[tokio::test]
async fn discovery_advertises_exactly_what_clients_of_the_registries_use() {
    let world = World::new();
    let [port, _] = free_ports();
    let origin = format!("https://localhost:{port}");
    let mut command =
        vestibule(&["idp", "--json", "--user=rep", "--idp=oidc:protocol=oidc,sign-in=own,amr=pwd+hwk,acr=phr"]);
    command.arg(format!("--port={port}")).arg(format!("--public-url=oidc={origin}"));
    command.env("XDG_CACHE_HOME", world.folder.path()).stderr(Stdio::null());
    let (_process, ready) = begun(command);
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let url = format!("{origin}/.well-known/openid-configuration");
    let document = world.browser(Policy::none()).get(url).send().await.unwrap().text().await.unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();

    let scripts: &[&str] = if runs_all() { &["rp_uses.mjs", "rp_uses.py"] } else { &["rp_uses.mjs"] };
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for script in scripts {
        let mut command = world.command(&world.clients.join("interop").join(script));
        command.env("ISSUER", &origin);
        for (variable, field) in [("NAME", "username"), ("PASSWORD", "password")] {
            command.env(variable, ready["users"][0][field].as_str().unwrap());
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        let said: BTreeMap<String, BTreeSet<String>> = serde_json::from_slice(&output.stdout).unwrap();
        for (list, values) in said {
            used.entry(list).or_default().extend(values);
        }
    }

    let advertised = advertised(&document);
    let mut wrong = Vec::new();
    for list in used.keys().chain(advertised.keys()).collect::<BTreeSet<_>>() {
        let of = |lists: &BTreeMap<String, BTreeSet<String>>| lists.get(list).cloned().unwrap_or_default();
        let (used, advertised) = (of(&used), of(&advertised));
        let unused = if runs_all() { advertised.difference(&used).cloned().collect() } else { BTreeSet::new() };
        let silent: BTreeSet<String> = used.difference(&advertised).cloned().collect();
        if !unused.is_empty() || !silent.is_empty() {
            wrong.push(format!("{list}: advertised and not used {unused:?}, used and not advertised {silent:?}"));
        }
    }
    assert!(used.len() > 20 && used.values().map(BTreeSet::len).sum::<usize>() > 100, "{used:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lists of the document, the names of its endpoints, and those of what it says it can do.
fn advertised(document: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut lists = BTreeMap::new();
    for (name, value) in document.as_object().unwrap() {
        match value {
            Value::Array(values) => {
                let values = values.iter().map(|value| value.as_str().unwrap().to_owned());
                lists.insert(name.clone(), values.collect());
            }
            Value::Bool(true) => {
                lists.entry("flags".to_owned()).or_insert_with(BTreeSet::new).insert(name.clone());
            }
            Value::String(_) if name.ends_with("_endpoint") => {
                lists.entry("endpoints".to_owned()).or_insert_with(BTreeSet::new).insert(name.clone());
            }
            _ => {}
        }
    }
    lists
}
