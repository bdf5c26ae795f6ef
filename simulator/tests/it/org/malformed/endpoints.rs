//! Every path that a folder of the source serves, so that a new route is asked without another line here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use strum::IntoEnumIterator as _;
use vestibule_model::PageName;

/// The paths of the org: those that its source writes out, and those of its pages.
pub(super) fn of_org() -> Vec<String> {
    let pages = PageName::iter().filter(|page| page.is_of_org()).filter_map(|page| page.info().path);
    // The resources of the REST API are put together from parts.
    let rest =
        ["", "/sobjects", "/sobjects/{object}", "/sobjects/{object}/describe", "/sobjects/{object}/{id}", "/query"];
    let rest = rest.into_iter().chain(["/query/{locator}", "/queryAll", "/limits"]);
    let mut paths = written_in("org");
    paths.extend(pages.map(str::to_owned));
    paths.extend(rest.map(|resource| format!("/services/data/{{version}}{resource}")));
    paths.into_iter().collect()
}

/// The paths of the identity providers.
pub(super) fn of_idps() -> Vec<String> {
    written_in("idp").union(&written_in("oidc")).cloned().collect()
}

/// The paths of the products beside the org.
pub(super) fn of_products() -> Vec<String> {
    written_in("products").into_iter().collect()
}

/// Each path that a route or a constant of this folder writes out.
fn written_in(folder: &str) -> BTreeSet<String> {
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder)];
    let mut found = BTreeSet::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
            files.extend(entries.filter(|entry| !is_test(entry)));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            for line in source.lines().take_while(|line| *line != "#[cfg(test)]") {
                let written = [".route(\"", ": &str = \""].iter().find_map(|sign| line.split_once(sign));
                let path = written.and_then(|(_, rest)| rest.split('"').next());
                found.extend(path.filter(|path| path.starts_with('/')).map(str::to_owned));
            }
        }
    }
    found
}

fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| name == "tests")
}

#[test]
fn the_paths_of_the_source_are_found() {
    let (org, idps, products) = (of_org(), of_idps(), of_products());

    for path in ["/", "/services/oauth2/token", "/services/Soap/u/{version}", "/secur/frontdoor.jsp", "/login"] {
        assert!(org.iter().any(|found| found == path), "{path}: {org:?}");
    }
    for path in ["/saml/sso", "/oidc/register", "/saml/idp-initiated"] {
        assert!(idps.iter().any(|found| found == path), "{path}: {idps:?}");
    }
    assert!(products.iter().any(|found| found == "/app-passwords"), "{products:?}");
}
