//! One timeline per case: actions of the actor with the page after each.
