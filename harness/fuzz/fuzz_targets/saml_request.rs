#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    vestibule_simulator::fuzzing::saml_request(bytes);
});
