//! Measures how the time of a function grows with its input.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// Asserts that eight times the input takes at most twelve times as long. Each time is processor time, the best of at least
/// five runs, and of more on a busy machine. Quadratic code takes 64 times as long.
///
/// # Panics
///
/// If it takes longer in every run.
pub fn assert_linear<T>(name: &str, small: usize, input: impl Fn(usize) -> T, run: impl Fn(&T)) {
    let inputs = [input(small), input(8 * small)];
    let [mut short, mut long] = [Duration::MAX; 2];
    for round in 1..=MOST_ROUNDS {
        for (input, best) in inputs.iter().zip([&mut short, &mut long]) {
            let before = processor_time();
            run(input);
            *best = (*best).min(processor_time().saturating_sub(before));
        }
        if round >= 5 && long <= 12 * short {
            return;
        }
    }
    panic!("{name}: {short:?}, and {long:?} for eight times the input");
}

/// What this thread has used; other threads and programs do not count.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("invariant: Linux has this clock").into()
}

const MOST_ROUNDS: usize = 50;
