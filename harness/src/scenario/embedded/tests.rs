use std::path::Path;

use super::*;
use crate::scenario::discover;

#[test]
fn every_file_of_the_scenarios_folder_is_embedded_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");

    let on_disk: Vec<_> = discover(&[folder]).unwrap().into_iter().map(|file| (file.id, file.bytes)).collect();
    let embedded: Vec<_> = embedded_suites().into_iter().map(|file| (file.id, file.bytes)).collect();

    assert_eq!(
        embedded.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        on_disk.iter().map(|(id, _)| id).collect::<Vec<_>>()
    );
    assert_eq!(embedded, on_disk);
}
