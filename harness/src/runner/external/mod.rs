//! What a suite is started with, and how it is watched.

pub(super) mod briefing;
