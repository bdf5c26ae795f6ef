//! Scenario files: text to typed, spanned cases. Pure but for discovery.
