//! What the fuzzer of scenarios in `harness/fuzz/` reads, in a plain test: its seeds, and mutations of these. How the time
//! grows is measured where scenarios are read.

use vestibule_snapshots::corpus::replay;

#[test]
fn no_seed_and_no_mutation_of_one_makes_the_reader_of_scenarios_panic() {
    replay("scenario", MUTATIONS, vestibule::fuzzing::scenario);
}

const MUTATIONS: usize = 1_000;
