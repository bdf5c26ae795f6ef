//! How a page is built: its title and its elements, without what fields hold.

use serde::Deserialize;

/// How a page is built. Its texts may name a user: keep only those that are known.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PageOutline {
    /// Time origin, different for every document.
    pub(crate) document: String,
    /// The title.
    pub(crate) title: String,
    /// Whether the page has more elements than were read.
    pub(crate) cut: bool,
    /// Its elements with an id, its fields, and what is written on controls and headings, in document order.
    pub(crate) elements: Vec<Element>,
}

/// An element of a page.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Element {
    /// Its tag in lower case.
    pub(crate) tag: String,
    /// The type of a field or button.
    pub(crate) kind: String,
    /// Its id, or nothing.
    pub(crate) id: String,
    /// Its name, or nothing.
    pub(crate) name: String,
    /// Whether it is visible.
    pub(crate) shown: bool,
    /// What is written on a label, a control or a heading.
    pub(crate) text: String,
}

impl PageOutline {
    /// The only visible field of these types, or the one with this id if it is visible.
    pub(crate) fn field(&self, id: &str, kinds: &[&str]) -> Option<&Element> {
        let fields = || self.elements.iter().filter(|one| one.tag == "input" && one.shown);
        fields().find(|one| one.id == id).or_else(|| {
            let mut of_kind = fields().filter(|one| kinds.contains(&one.kind.as_str()));
            of_kind.next().filter(|_| of_kind.next().is_none())
        })
    }

    /// The visible control with this id; otherwise the first visible one that sends a form.
    pub(crate) fn submit(&self, id: &str) -> Option<&Element> {
        let shown = || self.elements.iter().filter(|one| one.shown && matches!(one.tag.as_str(), "input" | "button"));
        shown().find(|one| one.id == id && !one.id.is_empty()).or_else(|| shown().find(|one| one.kind == "submit"))
    }
}

impl Element {
    /// A CSS selector that finds it, by its id or its name if it has one.
    pub(crate) fn selector(&self) -> String {
        let quoted = |text: &str| text.replace(['"', '\\'], "");
        if !self.id.is_empty() {
            return format!("[id=\"{}\"]", quoted(&self.id));
        }
        if !self.name.is_empty() {
            return format!("{}[name=\"{}\"]", self.tag, quoted(&self.name));
        }
        format!("{}[type=\"{}\"]", self.tag, quoted(&self.kind))
    }
}

impl std::fmt::Debug for PageOutline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Texts and ids may name a user.
        f.debug_struct("PageOutline").field("elements", &self.elements.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Element").field("tag", &self.tag).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: &str, kind: &str, id: &str, shown: bool) -> Element {
        Element { tag: tag.into(), kind: kind.into(), id: id.into(), shown, ..Element::default() }
    }

    #[test]
    fn a_field_is_found_by_its_id_or_because_it_is_the_only_one_of_its_type() {
        let page = |elements: Vec<Element>| PageOutline { elements, ..PageOutline::default() };
        let by_id =
            page(vec![element("input", "password", "other", true), element("input", "password", "password", true)]);
        let alone = page(vec![element("input", "password", "pwd", true), element("input", "password", "old", false)]);
        let two = page(vec![element("input", "password", "a", true), element("input", "password", "b", true)]);
        let id = |page: &PageOutline| page.field("password", &["password"]).map(|field| field.id.clone());

        assert_eq!(id(&by_id).as_deref(), Some("password"));
        assert_eq!(id(&alone).as_deref(), Some("pwd"), "the other one is not visible");
        assert_eq!(id(&two), None, "which of them is not known");
    }

    #[test]
    fn an_element_without_an_id_is_found_by_its_name_or_its_type() {
        let named = Element { name: "pw".into(), ..element("input", "password", "", true) };

        assert_eq!(element("input", "password", "p\"w", true).selector(), "[id=\"pw\"]");
        assert_eq!(named.selector(), "input[name=\"pw\"]");
        assert_eq!(element("input", "submit", "", true).selector(), "input[type=\"submit\"]");
    }
}
