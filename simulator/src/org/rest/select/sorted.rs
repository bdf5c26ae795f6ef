//! The order of rows.

use std::cmp::Ordering;

use crate::org::rest::objects::Cell;

/// How one field orders rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}

/// Sorts by the values that each thing has for these orders. Nulls come first unless the order says otherwise.
pub(super) fn sort<T>(things: &mut [T], orders: &[Order], key: impl Fn(&T) -> Vec<Cell>) {
    if orders.is_empty() {
        return;
    }
    let rank = |thing: &T| -> Vec<Ranked> {
        key(thing).into_iter().zip(orders).map(|(value, order)| Ranked { value, order: *order }).collect()
    };
    things.sort_by_cached_key(rank);
}

/// A value in its place of an order.
#[derive(PartialEq, Eq)]
struct Ranked {
    value: Cell,
    order: Order,
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let null = |ranked: &Self| ranked.value == Cell::Null;
        let by_null = null(other).cmp(&null(self));
        if by_null != Ordering::Equal {
            return if self.order.nulls_last { by_null.reverse() } else { by_null };
        }
        let by_value = self.value.cmp(&other.value);
        if self.order.descending { by_value.reverse() } else { by_value }
    }
}
