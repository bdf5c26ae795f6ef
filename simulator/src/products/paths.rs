//! The paths of every product.

pub(super) const HOME: &str = "/";
pub(super) const SIGN_IN: &str = "/sign-in";
pub(super) const CODE: &str = "/code";
pub(super) const PAIR: &str = "/pair";
pub(super) const SIGN_OUT: &str = "/sign-out";
