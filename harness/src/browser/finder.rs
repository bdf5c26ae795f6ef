//! How an element of a page is found.

/// How an element is found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Finder<'a> {
    /// By CSS selector.
    Css(&'a str),
    /// By XPath.
    XPath(&'a str),
}
