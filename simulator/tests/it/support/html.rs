//! Just enough HTML parsing to check the contract of the pages: elements, their attributes and their text.

use std::collections::BTreeMap;

/// One start tag and the text up to its end tag.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    tag: String,
    attributes: BTreeMap<String, String>,
    /// Text inside the element, tags removed.
    pub(crate) text: String,
}

impl Element {
    /// The value of an attribute, empty if it is missing.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn fits(&self, selector: &str) -> bool {
        let (compound, attributes) = selector.split_once('[').unwrap_or((selector, ""));
        let (compound, class) = compound.split_once('.').unwrap_or((compound, ""));
        let (tag, id) = compound.split_once('#').unwrap_or((compound, ""));
        let classes: Vec<_> = self.attribute("class").split_whitespace().collect();
        (tag.is_empty() || tag == self.tag)
            && (id.is_empty() || id == self.attribute("id"))
            && class.split('.').filter(|class| !class.is_empty()).all(|class| classes.contains(&class))
            && attributes.split(['[', ']']).filter(|part| !part.is_empty()).all(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                self.attributes.get(name).is_some_and(|found| value.is_empty() || found == value)
            })
    }
}

/// Every element that matches `tag#id.class[name=value]`, in document order.
pub(crate) fn select(page: &str, selector: &str) -> Vec<Element> {
    elements(page).into_iter().filter(|element| element.fits(selector)).collect()
}

/// The only matching element.
pub(crate) fn one(page: &str, selector: &str) -> Element {
    let found = select(page, selector);
    assert_eq!(found.len(), 1, "`{selector}` matches {} elements of\n{page}", found.len());
    found[0].clone()
}

/// The page's title.
pub(crate) fn title(page: &str) -> String {
    one(page, "title").text
}

/// Name and value of every field that the form with this id posts, without its submit buttons.
pub(crate) fn form(page: &str, id: &str) -> Vec<(String, String)> {
    let start = page.find(&format!("<form id=\"{id}\"")).unwrap_or_else(|| panic!("no form `{id}` in\n{page}"));
    let end = page[start..].find("</form>").map_or(page.len(), |end| start + end);
    let posted = |field: &Element| {
        let kind = field.attribute("type");
        let ticked = kind != "checkbox" && kind != "radio" || field.attributes.contains_key("checked");
        !field.attribute("name").is_empty() && kind != "submit" && ticked
    };
    let fields = select(&page[start..end], "input").into_iter().filter(posted);
    fields.map(|field| (field.attribute("name").to_owned(), field.attribute("value").to_owned())).collect()
}

fn elements(page: &str) -> Vec<Element> {
    let mut found = Vec::new();
    for (at, _) in page.match_indices('<') {
        let rest = &page[at + 1..];
        if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        let end = tag_end(rest);
        let inner = &rest[..end];
        let tag: String = inner.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let after = &rest[(end + 1).min(rest.len())..];
        let close = after.find(&format!("</{tag}>")).unwrap_or(0);
        let attributes = attributes(&inner[tag.len()..]);
        found.push(Element { tag, attributes, text: text(&after[..close]) });
    }
    found
}

fn tag_end(rest: &str) -> usize {
    let mut quoted = false;
    for (index, char) in rest.char_indices() {
        match char {
            '"' => quoted = !quoted,
            '>' if !quoted => return index,
            _ => {}
        }
    }
    rest.len()
}

fn attributes(mut text: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    loop {
        text = text.trim_start();
        let end = text.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(text.len());
        if end == 0 {
            return attributes;
        }
        let name = text[..end].to_owned();
        text = &text[end..];
        let mut value = String::new();
        if let Some(quoted) = text.strip_prefix("=\"") {
            let close = quoted.find('"').unwrap_or(quoted.len());
            value = unescape(&quoted[..close]);
            text = quoted.get(close + 1..).unwrap_or_default();
        }
        attributes.insert(name, value);
    }
}

fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for char in html.chars() {
        match char {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => text.push(char),
            _ => {}
        }
    }
    unescape(text.trim())
}

/// Decodes the character references of our pages.
pub(crate) fn unescape(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (reference, char)| text.replace(reference, char))
}
