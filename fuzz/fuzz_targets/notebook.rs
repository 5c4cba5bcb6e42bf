//! A notebook of any bytes: read as a file, and as the cells of one, it becomes a job or findings.
//!
//! The parser panics on some sources, which is caught; a panic that is not caught still ends the process.
#![no_main]

use notebook_job::{Cell, Notebook, Options, Shell, Version, convert};

libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |bytes: &[u8]| {
    let options = |shell| Options { python: Version { minor: 11 }, skip: [].into(), shell, lines: [].into(), allow_secrets: false };
    for name in ["a.ipynb", "a.py"] {
        if let Ok(notebook) = Notebook::read(name, bytes) {
            let _ = convert(&notebook, name, &options(Shell::Translate));
        }
    }
    // Most bytes are no JSON: cells are reached faster without it.
    let text = String::from_utf8_lossy(bytes);
    let cells = text.split("\n\n").map(|source| Cell { source: source.to_owned(), ..Cell::default() });
    let notebook = Notebook { cells: cells.collect(), language: "python".to_owned(), version: None };
    let job = convert(&notebook, "a.ipynb", &options(Shell::Drop));
    assert_eq!(job.places().len(), job.text.matches('\n').count());
});
