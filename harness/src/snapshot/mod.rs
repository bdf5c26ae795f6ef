//! Recorded expectations in insta's format.
