//! `vestibule attack` against libraries as their registries have them. What they accept is their own affair and goes into a
//! report card below `target/attack`; that each case is brought about and judged is ours.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::parties::{Ended, World, free_ports};
use super::runs_all;
use crate::program::vestibule;

#[test]
fn every_case_is_brought_about_and_judged_at_libraries_of_the_registries() {
    let world = World::new();
    let mut wrong = Vec::new();
    for library in LIBRARIES.iter().filter(|library| library.usual || runs_all()) {
        let results = attacked(&world, library);

        let cases = results["cases"].as_array().unwrap();
        let not_judged = cases.iter().filter(|case| ["not-judged", "not-run"].contains(&text(case, "conclusion")));
        wrong.extend(not_judged.map(|case| format!("{}: {case}", library.name)));
        let unsigned = cases.iter().find(|case| text(case, "id") == library.unsigned);
        let logouts = cases.iter().filter(|case| text(case, "family") == "logout");
        let applies: Vec<&str> = logouts.map(|case| text(case, "conclusion")).collect();
        if library.logs_out && (applies.is_empty() || applies.contains(&"does-not-apply")) {
            wrong.push(format!("{}: a good logout does not end its session: {applies:?}", library.name));
        }
        if unsigned.map(|case| text(case, "conclusion")) != Some("refused") {
            wrong.push(format!("{}: without a signature: {unsigned:?}", library.name));
        }
        println!("{}: {}", library.name, results["counts"]);
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A library, and the app that uses it.
struct Library {
    name: &'static str,
    script: &'static str,
    /// The option that names the app.
    option: fn(&str) -> String,
    /// The case without a signature, which every library refuses.
    unsigned: &'static str,
    /// Some families, for `make test`.
    some: &'static str,
    /// Whether the app takes the logouts of its provider.
    logs_out: bool,
    /// Whether `make test` runs it.
    usual: bool,
}

const LIBRARIES: [Library; 4] = [
    Library {
        name: "@node-saml/node-saml",
        script: "sp_node_saml.mjs",
        option: service_provider,
        unsigned: "saml.sig.none",
        some: "saml.sig,saml.logout",
        logs_out: true,
        usual: true,
    },
    Library {
        name: "openid-client",
        script: "rp_openid_client.mjs",
        option: relying_party_with_logout,
        unsigned: "jose.none.lower",
        some: "jose.none,logout.events-missing",
        logs_out: true,
        usual: true,
    },
    Library {
        name: "python3-saml",
        script: "sp_python3_saml.py",
        option: service_provider,
        unsigned: "saml.sig.none",
        some: "saml.sig",
        logs_out: true,
        usual: false,
    },
    Library {
        name: "authlib",
        script: "rp_authlib.py",
        option: relying_party,
        unsigned: "jose.none.lower",
        some: "jose.none",
        logs_out: false,
        usual: false,
    },
];

fn service_provider(origin: &str) -> String {
    format!("--sp=entity={origin}/metadata,acs={origin}/acs,logout={origin}/slo")
}

fn relying_party(origin: &str) -> String {
    format!("--client=id=my-app,secret=my-secret,redirect={origin}/callback")
}

/// The app of Authlib takes no logout tokens.
fn relying_party_with_logout(origin: &str) -> String {
    format!("{},backchannel-logout={origin}/back-channel-logout", relying_party(origin))
}

/// The results of an attack on the app of a library.
fn attacked(world: &World, library: &Library) -> Value {
    let [app_port, idp_port] = free_ports();
    let (origin, idp) = (format!("http://127.0.0.1:{app_port}"), format!("https://localhost:{idp_port}"));
    let folder = world.clients.join("interop");
    let mut app = world.command(&folder.join(library.script));
    app.env("PORT", app_port.to_string()).env("ISSUER", &idp).env("IDP_METADATA", format!("{idp}/saml/metadata"));
    let _app = Ended(app.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let version = version(library.name);
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/attack").join(library.name.replace('/', "-"));
    let mut attack = vestibule(&["attack", "--json", "--signed-in-when=#logout"]);
    attack.arg((library.option)(&origin)).arg(format!("--start={origin}/login")).arg(format!("--check={origin}/"));
    attack.arg(format!("--port={idp_port}")).arg(format!("--public-url={idp}"));
    attack.arg(format!("--library={}@{version}", library.name)).arg("--report-dir").arg(reports);
    if !runs_all() {
        attack.arg(format!("--only={}", library.some));
    }
    let output = attack.env("XDG_CACHE_HOME", world.folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!([Some(0), Some(1)].contains(&output.status.code()), "{}: {said}", library.name);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The version that is installed, by the files that say so.
fn version(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/interop");
    let lock: Value = serde_json::from_slice(&fs::read(folder.join("package-lock.json")).unwrap()).unwrap();
    let of_node = lock["packages"][format!("node_modules/{name}")]["version"].as_str().map(str::to_owned);
    let python = fs::read_to_string(folder.join("requirements-parties.txt")).unwrap();
    let pinned = |line: &str| {
        let (known, version) = line.split_once("==")?;
        let version = version.split([' ', ';', '\\']).next().unwrap_or_default();
        known.eq_ignore_ascii_case(name).then(|| version.to_owned())
    };
    of_node.or_else(|| python.lines().find_map(pinned)).unwrap_or_else(|| panic!("{name} has no version"))
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_default()
}
