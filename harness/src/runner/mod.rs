//! Plan, schedule, execute, expect.
