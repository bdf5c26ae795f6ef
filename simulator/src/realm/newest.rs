//! A list that keeps its newest values.

use std::collections::VecDeque;

/// A list that drops its oldest value when it is full. Values keep their position, from 0, when older ones are dropped.
#[derive(Debug)]
pub(super) struct Newest<T> {
    kept: VecDeque<T>,
    dropped: u64,
    capacity: usize,
}

impl<T: Clone> Newest<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { kept: VecDeque::new(), dropped: 0, capacity }
    }

    /// Keeps fewer from now on, if this is fewer.
    pub(super) fn keep_at_most(&mut self, most: usize) {
        self.capacity = self.capacity.min(most);
    }

    pub(super) fn push(&mut self, value: T) {
        while self.kept.len() >= self.capacity.max(1) {
            self.kept.pop_front();
            self.dropped = self.dropped.saturating_add(1);
        }
        self.kept.push_back(value);
    }

    /// How many values were ever pushed: the position of the next one.
    pub(super) fn length(&self) -> u64 {
        self.dropped.saturating_add(u64::try_from(self.kept.len()).unwrap_or(u64::MAX))
    }

    /// How many of the oldest values were dropped: the position of the first that is kept.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Every value that is kept from this position on, oldest first.
    pub(super) fn since(&self, position: u64) -> Vec<T> {
        let skipped = usize::try_from(position.saturating_sub(self.dropped)).unwrap_or(usize::MAX);
        self.kept.iter().skip(skipped).cloned().collect()
    }

    /// Every value that is kept and of which this is so, oldest first.
    pub(super) fn filtered(&self, is_meant: impl Fn(&T) -> bool) -> Vec<T> {
        self.kept.iter().filter(|value| is_meant(value)).cloned().collect()
    }

    /// Every value that is kept, oldest first.
    pub(super) fn all(&self) -> Vec<T> {
        self.since(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Newest;

    #[test]
    fn the_oldest_give_way_and_positions_stay() {
        let mut newest = Newest::new(3);
        (0..5).for_each(|value| newest.push(value));

        assert_eq!((newest.all(), newest.dropped(), newest.length()), (vec![2, 3, 4], 2, 5));
        for (position, found) in
            [(0, vec![2, 3, 4]), (2, vec![2, 3, 4]), (3, vec![3, 4]), (5, vec![]), (u64::MAX, vec![])]
        {
            assert_eq!(newest.since(position), found, "{position}");
        }
    }
}
