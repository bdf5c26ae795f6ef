//! The scripts that read pages. They change nothing there.

use std::sync::LazyLock;

use super::secrets;

/// Function body that reads the page, and copies each document once, after it has loaded. Its argument is the last
/// document that was copied, or null if nothing should be copied.
pub(in crate::browser) static READ_AND_COPY: LazyLock<String> = LazyLock::new(|| {
    let copy = format!("{} {}", secrets::DEFINITIONS, include_str!("copy_page.js"));
    format!(
        "const reading = (() => {{ {READ} }})();\n\
         if (arguments[0] !== null && reading.complete && reading.document !== arguments[0]) reading.copy = (() => {{ {copy} }})();\n\
         return reading;"
    )
});

/// JavaScript for a promise of a reading with a copy of the page, made once it is loaded. A page that takes more than a
/// second is not copied.
pub(crate) fn copy_expression() -> String {
    let read = &*READ_AND_COPY;
    let second = "new Promise((resolve) => setTimeout(resolve, 1000))";
    format!("Promise.race([{LOADED}, {second}]).then(() => (function () {{ {read} }})(''))")
}

/// Expression that resolves when the page is loaded.
pub(in crate::browser) const LOADED: &str = "new Promise((resolve) => {
  if (document.readyState === 'complete') return resolve();
  addEventListener('load', () => setTimeout(resolve), { once: true });
})";
/// Function that resolves when the page differs from a known document, or after some milliseconds.
pub(in crate::browser) const WAIT_FOR_CHANGE: &str = include_str!("wait_page.js");
/// Function body that describes the page as text.
pub(in crate::browser) const DOM_TEXT: &str = include_str!("dom_text.js");
/// Function body that reads how a page is built, for [`super::PageOutline`].
pub(in crate::browser) const OUTLINE: &str = include_str!("outline.js");
/// Function body that reads a page, for [`super::contract::Reading`].
const READ: &str = include_str!("read_page.js");
