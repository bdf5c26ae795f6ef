//! The calculations of the benchmarks. `cargo bench` runs the benchmarks themselves.

#[path = "../../benches/support/machine_cpu.rs"]
mod machine_cpu;
#[path = "../../benches/support/median.rs"]
mod median;
#[path = "../../benches/support/process_cpu.rs"]
mod process_cpu;
#[path = "../../benches/support/steps.rs"]
mod steps;

use machine_cpu::MachineCpu;
use median::median;
use process_cpu::{OWN_FIELDS, Process, TREE_FIELDS, of_this_process, of_tree};
use steps::{Times, typical};

#[test]
fn the_median_is_the_middle_one_or_the_mean_of_two() {
    assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
    assert!(median(Vec::new()).abs() < f64::EPSILON);
}

#[test]
fn a_name_with_parentheses_does_not_move_the_fields() {
    let stat = "42 (a) b (c) S 7 42 42 0 -1 4194560 100 0 0 0 150 50 30 20 20 0 1 0";
    let tree = Process::read(stat, TREE_FIELDS).unwrap();
    assert_eq!((tree.parent, tree.seconds), (7, 2.5));
    assert!((Process::read(stat, OWN_FIELDS).unwrap().seconds - 2.0).abs() < f64::EPSILON);
}

#[test]
fn this_process_is_part_of_its_tree() {
    assert!(of_tree(std::process::id()) + 0.05 >= of_this_process());
}

#[test]
fn a_machine_is_busy_while_it_is_not_idle() {
    let before = MachineCpu::read("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 9 9 9 9");
    let after = MachineCpu::read("cpu  150 0 75 820 55 0 0 0 7 7\n");
    assert!((before.busy_until(&after) - 0.75).abs() < f64::EPSILON);
    assert!(after.busy_until(&after).abs() < f64::EPSILON);
    let now = MachineCpu::now();
    assert!(now.busy_until(&now).abs() < f64::EPSILON);
}

#[test]
fn the_typical_time_of_a_step_leaves_out_the_quickest_and_the_slowest_logins() {
    let login = |first: f64| Times::of_ends((0..8_u8).map(|step| first + f64::from(step)).collect()).unwrap();
    let logins = [login(10.0), login(2.0), login(4.0), login(900.0)];

    assert!((logins[0].total() - 17.0).abs() < f64::EPSILON);
    let typical = typical(&logins);
    assert!((typical[0] - 7.0).abs() < f64::EPSILON);
    assert!(typical[1..].iter().all(|step| (step - 1.0).abs() < f64::EPSILON), "{typical:?}");
    assert!(Times::of_ends(vec![1.0]).is_none());
}
