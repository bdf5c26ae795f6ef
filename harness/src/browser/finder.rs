//! How to find an element of a page.

/// How to find an element.
#[derive(Debug, Clone, Copy)]
pub(super) enum Finder<'a> {
    /// By CSS selector.
    Css(&'a str),
    /// By XPath.
    XPath(&'a str),
}
