//! Places in a text.

/// Line and column in characters, from 1, of what follows a text.
pub(super) fn place_after(before: &str) -> (u64, u64) {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u64::try_from(line).unwrap_or(u64::MAX), u64::try_from(column).unwrap_or(u64::MAX))
}
