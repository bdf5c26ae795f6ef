//! Where the time of a login goes, step by step.

/// The steps of the login, in order.
pub(crate) const STEPS: [&str; 8] = [
    "separate it from the last login",
    "open the login page",
    "type the username",
    "click, until page 2 is there",
    "type the password",
    "click, until page 3 is there",
    "type the code",
    "click, until home is there",
];

/// The milliseconds of each step of one login.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times([f64; STEPS.len()]);

impl Times {
    /// From the times at which the steps ended, in milliseconds since the start. `None` if they are not that many.
    pub(crate) fn of_ends(ends: Vec<f64>) -> Option<Self> {
        let mut times: [f64; STEPS.len()] = ends.try_into().ok()?;
        for step in (1..times.len()).rev() {
            times[step] -= times[step - 1];
        }
        Some(Self(times))
    }

    /// Milliseconds of the whole login.
    pub(crate) fn total(&self) -> f64 {
        self.0.iter().sum()
    }
}

/// The typical milliseconds of each step: the mean without the fastest and the slowest quarter, since an actor sometimes
/// waits for a new code.
pub(crate) fn typical(logins: &[Times]) -> Vec<f64> {
    let of_step = |step: usize| {
        let mut sorted: Vec<f64> = logins.iter().map(|times| times.0[step]).collect();
        sorted.sort_by(f64::total_cmp);
        let quarter = sorted.len() / 4;
        let middle = &sorted[quarter..sorted.len() - quarter];
        middle.iter().sum::<f64>() / f64::from(u32::try_from(middle.len()).unwrap_or(u32::MAX))
    };
    (0..STEPS.len()).map(of_step).collect()
}
