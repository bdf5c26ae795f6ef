//! Two logins, in which one thing differs.

use super::*;

/// Names of pages, the gate, and what is done to the page of the password.
struct Login {
    pages: &'static [PageName],
    gate: Option<EnrolmentGate>,
    change: fn(&mut KeptPage),
}

const TWO_STEP: &[PageName] = &[PageName::Username, PageName::Password, PageName::Home];

fn two_step() -> Login {
    Login { pages: TWO_STEP, gate: None, change: |_| {} }
}

fn element(tag: &str, kind: &str, name: &str) -> KeptElement {
    KeptElement { tag: tag.into(), kind: kind.into(), name: name.into(), shown: true }
}

fn page(name: PageName) -> KeptPage {
    let elements = [
        ("password", element("input", "password", "pw")),
        ("Login", element("input", "submit", "Login")),
        ("pwcaps", KeptElement { shown: false, ..element("div", "", "") }),
    ];
    KeptPage {
        name,
        title: Some("Login | Salesforce".to_owned()),
        elements: elements.map(|(id, element)| (id.to_owned(), element)).into(),
        texts: ["Password", "Log In"].map(str::to_owned).into(),
        dropped: 0,
    }
}

impl Login {
    fn kept(&self) -> KeptLogin {
        let mut pages: Vec<KeptPage> = self.pages.iter().map(|name| page(*name)).collect();
        pages.iter_mut().filter(|page| page.name == PageName::Password).for_each(self.change);
        KeptLogin { pages, gate: self.gate }
    }
}

fn rename(page: &mut KeptPage, id: &str, other: &str) {
    let element = page.elements.remove(id).unwrap();
    page.elements.insert(other.to_owned(), element);
}

#[test]
fn the_same_login_has_no_change() {
    assert_eq!(compare(&two_step().kept(), &two_step().kept()), []);
}

#[test]
fn a_change_of_the_markup_is_named_alone() {
    let page = PageName::Password;
    type Edit = fn(&mut KeptPage);
    let rows: [(Edit, Change); 8] = [
        (
            |page| page.title = Some("Anmelden".to_owned()),
            Change::Title { page, simulated: "Login | Salesforce".into(), found: Some("Anmelden".into()) },
        ),
        (|page| page.title = None, Change::Title { page, simulated: "Login | Salesforce".into(), found: None }),
        (|page| rename(page, "password", "pwd"), Change::OtherId { page, id: "password".into(), found: "pwd".into() }),
        (|page| drop(page.elements.remove("Login")), Change::NoId { page, id: "Login".into() }),
        (|page| rename(page, "pwcaps", "caps"), Change::NoId { page, id: "pwcaps".into() }),
        (
            |page| page.elements.get_mut("password").unwrap().name = "secret".into(),
            Change::Name { page, id: "password".into(), simulated: "pw".into(), found: "secret".into() },
        ),
        (
            |page| page.elements.get_mut("password").unwrap().shown = false,
            Change::Kind {
                page,
                id: "password".into(),
                simulated: "visible input:password".into(),
                found: "hidden input:password".into(),
            },
        ),
        (|page| assert!(page.texts.remove("Password")), Change::NoText { page, text: "Password".into() }),
    ];
    for (change, expected) in rows {
        let found = Login { change, ..two_step() };

        assert_eq!(compare(&two_step().kept(), &found.kept()), [expected]);
    }
}

#[test]
fn an_id_is_another_one_only_where_no_other_element_could_be_meant() {
    let found = Login {
        change: |page| {
            rename(page, "password", "one");
            page.elements.insert("two".into(), element("input", "password", "pw"));
        },
        ..two_step()
    };
    let by_name = Login {
        change: |page| {
            rename(page, "password", "one");
            page.elements.insert("two".into(), element("input", "password", "again"));
        },
        ..two_step()
    };
    let page = PageName::Password;

    let several = compare(&two_step().kept(), &found.kept());
    let named = compare(&two_step().kept(), &by_name.kept());

    assert_eq!(several, [Change::NoId { page, id: "password".into() }]);
    assert_eq!(named, [Change::OtherId { page, id: "password".into(), found: "one".into() }]);
}

#[test]
fn pages_are_added_missing_or_in_another_order() {
    use PageName::{CreatePasskey, Home, Login as Both, LoginPasskey, Maintenance, Password, Username, VerifyTotp};
    let login = |pages, gate| Login { pages, gate, ..two_step() };
    let (hard, leavable) = (Some(EnrolmentGate::Hard), Some(EnrolmentGate::Leavable));
    let rows: [(Login, Login, Vec<Change>); 8] = [
        (
            two_step(),
            login(&[Username, Password, VerifyTotp, Home], None),
            vec![Change::PageAdded { page: VerifyTotp }],
        ),
        (
            login(&[Username, Password, VerifyTotp, Home], None),
            two_step(),
            vec![Change::PageMissing { page: VerifyTotp }],
        ),
        (
            login(&[Username, Password, VerifyTotp, Maintenance, Home], None),
            login(&[Username, Password, Maintenance, VerifyTotp, Home], None),
            vec![Change::Order {
                simulated: vec![Username, Password, VerifyTotp, Maintenance, Home],
                found: vec![Username, Password, Maintenance, VerifyTotp, Home],
            }],
        ),
        (login(&[Both, Home], None), two_step(), vec![Change::login_page(LoginPage::Classic, LoginPage::TwoStep)]),
        (
            two_step(),
            login(&[Username, LoginPasskey, Password, Home], None),
            vec![Change::login_page(LoginPage::TwoStep, LoginPage::PasskeyFirst)],
        ),
        (
            login(&[Username, Password, CreatePasskey], hard),
            login(&[Username, Password, CreatePasskey, Home], leavable),
            vec![Change::gate(hard, leavable)],
        ),
        (two_step(), login(&[Username, Password, CreatePasskey], hard), vec![Change::gate(None, hard)]),
        (login(&[Username, Password, CreatePasskey], hard), two_step(), vec![Change::gate(hard, None)]),
    ];
    for (simulated, found, expected) in rows {
        assert_eq!(compare(&simulated.kept(), &found.kept()), expected);
    }
}

#[test]
fn what_the_contract_does_not_know_is_no_change_but_is_listed() {
    let found =
        Login { change: |page| drop(page.elements.insert("new-banner".into(), element("div", "", ""))), ..two_step() };

    assert_eq!(compare(&two_step().kept(), &found.kept()), []);
    let unknown = unknown_ids(&two_step().kept(), &found.kept());
    assert_eq!(unknown.into_iter().collect::<Vec<_>>(), [(PageName::Password, ["new-banner".to_owned()].into())]);
}
