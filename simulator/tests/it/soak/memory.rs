//! How the resident memory of this process develops.

use std::fs;
use std::sync::Mutex;
use std::time::Duration;

/// Measurements, oldest first.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Vec<(Duration, u32)>>);

impl Memory {
    /// Measures at this time, if the last measurement is old enough.
    pub(super) fn measure(&self, at: Duration) {
        let mut measured = self.0.lock().unwrap();
        if measured.last().is_none_or(|(last, _)| at >= *last + BETWEEN) {
            measured.push((at, resident_kb()));
        }
    }

    /// The last measurement, kB.
    pub(super) fn last(&self) -> u32 {
        self.0.lock().unwrap().last().map_or(0, |(_, kb)| *kb)
    }

    /// The growth in one minute as a part of the mean, by least squares.
    pub(super) fn slope_a_minute(&self) -> f64 {
        slope(&self.0.lock().unwrap()) * 60.0
    }
}

/// The growth in one second as a part of the mean.
fn slope(measured: &[(Duration, u32)]) -> f64 {
    let count = f64::from(u32::try_from(measured.len()).unwrap());
    let mean_of = |of: &dyn Fn(&(Duration, u32)) -> f64| measured.iter().map(of).sum::<f64>() / count;
    let (time, kb) = (mean_of(&|one| one.0.as_secs_f64()), mean_of(&|one| f64::from(one.1)));
    let together = mean_of(&|one| (one.0.as_secs_f64() - time) * (f64::from(one.1) - kb));
    let spread = mean_of(&|one| (one.0.as_secs_f64() - time).powi(2));
    together / spread / kb
}

/// `VmRSS` of `/proc/self/status`.
fn resident_kb() -> u32 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

const BETWEEN: Duration = Duration::from_secs(5);

#[test]
fn the_slope_is_the_growth_as_a_part_of_the_mean() {
    let at = |minutes: u64, kb| (Duration::from_secs(60 * minutes), kb);
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");

    near(slope(&[at(0, 100), at(1, 100), at(2, 100)]) * 60.0, 0.0);
    near(slope(&[at(0, 99), at(1, 100), at(2, 101)]) * 60.0, 0.01);
    near(slope(&[at(2, 80), at(3, 120), at(4, 80), at(5, 120)]) * 60.0, 0.08);
    assert!(resident_kb() > 1_000);
}
