//! What the tests share: a browser without scripts, and just enough HTML.

pub(crate) mod browser;
pub(crate) mod html;
