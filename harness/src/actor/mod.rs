//! Who performs a login in the browser: `adaptive`, `single-page`, `two-step`.
