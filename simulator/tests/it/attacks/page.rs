//! `docs/attacks.md` is written from the catalogue.

use std::fmt::Write as _;
use std::path::Path;

use strum::IntoEnumIterator as _;
use vestibule_simulator::attacks::{Case, Expected, Family, catalogue};

#[test]
fn the_page_of_attacks_is_as_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/attacks.md");
    let page = page();
    if std::env::var_os("VESTIBULE_UPDATE_DOCS").is_some_and(|value| !value.is_empty()) {
        std::fs::write(&path, &page).unwrap();
    }

    let written = std::fs::read_to_string(&path).unwrap_or_default();

    let hint = "VESTIBULE_UPDATE_DOCS=1 cargo test -p vestibule-simulator --test it attacks::page";
    assert!(written == page, "docs/attacks.md is stale; write it with: {hint}");
}

fn page() -> String {
    let all = catalogue();
    let count = |holds: fn(&Case) -> bool| all.iter().filter(|case| holds(case)).count();
    let refused = count(|case| matches!(case.expected, Expected::Refuse(_)));
    let (logins, logouts) = (count(Case::forges_a_login), count(Case::forges_a_logout));
    let mut page = format!(
        "# Wrong answers\n\n\
         Each case is a good answer of an identity provider with exactly one mutation. `vestibule attack` tries them against a \
         service provider or a relying party. Each case of an identity provider is also a fault of it, by its id; those of \
         `logout` spoil the message of a logout, those of `webauthn` and `totp` what a person or an authenticator sends. \
         A test writes this page from the catalogue.\n\n\
         The catalogue has {} cases: {refused} to be refused, {} to be accepted; {logins} forge a login and {logouts} a \
         logout, and each of these succeeds at a simulated org that leaves out the one check in its last column.\n",
        all.len(),
        all.len() - refused,
    );
    for family in Family::iter() {
        let cases: Vec<_> = all.iter().filter(|case| case.family == family).collect();
        if cases.is_empty() {
            continue;
        }
        writeln!(page, "\n## {family}\n").unwrap();
        writeln!(page, "| Id | What is wrong | Clause or CVE | A correct party | Severity | Fix | Check |").unwrap();
        writeln!(page, "|---|---|---|---|---|---|---|").unwrap();
        for case in cases {
            let weakness = case.weakness.map(|weakness| format!("`{weakness}`")).unwrap_or_default();
            writeln!(
                page,
                "| `{}` | {} | {} | {} | {} | {} | {weakness} |",
                case.id, case.about, case.clause, case.expected, case.severity, case.fix
            )
            .unwrap();
        }
    }
    page
}
