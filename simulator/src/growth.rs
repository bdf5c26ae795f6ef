//! Measures how the time of a function grows with its input.

use std::time::Duration;

use crate::realm::{Clock, ClockSpec};

/// Asserts that eight times the input takes at most twelve times as long. Each time is the best of at least five runs, and
/// of more on a busy machine. Quadratic code takes 64 times as long.
pub(crate) fn assert_linear<T>(name: &str, small: usize, input: impl Fn(usize) -> T, run: impl Fn(&T)) {
    let clock = Clock::start(&ClockSpec::default());
    let inputs = [input(small), input(8 * small)];
    let [mut short, mut long] = [Duration::MAX; 2];
    for round in 1..=MOST_ROUNDS {
        for (input, best) in inputs.iter().zip([&mut short, &mut long]) {
            let before = clock.age();
            run(input);
            *best = (*best).min(clock.age().saturating_sub(before));
        }
        if round >= 5 && long <= 12 * short {
            return;
        }
    }
    panic!("{name}: {short:?}, and {long:?} for eight times the input");
}

/// A run of a millisecond gets through undisturbed sooner or later.
const MOST_ROUNDS: usize = 300;
