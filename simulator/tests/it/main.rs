//! Integration tests of the simulator.

mod realm;
