use super::checks::{State, memory, scenario};

#[test]
fn low_memory_is_reported_with_what_to_do() {
    let plenty = memory("MemTotal: 24000000 kB\nMemAvailable:   23000000 kB\n").unwrap();
    let little = memory("MemAvailable: 512000 kB\n").unwrap();

    assert_eq!((plenty.state, plenty.found.as_str()), (State::Good, "22460 MB are free"));
    assert_eq!(little.state, State::Doubtful);
    assert!(little.remedy.unwrap().contains("--workers 1"));
    assert_eq!(memory("MemTotal: 24000000 kB\n"), None);
}

#[test]
fn the_scenario_of_the_login_is_one_case() {
    assert_eq!(scenario().unwrap().cases().len(), 1);
}
