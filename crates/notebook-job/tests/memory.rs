//! A notebook costs little more memory than its text, whatever is in it: measured on this process, so there is one test.

#![expect(clippy::expect_used, reason = "a test may fail")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use notebook_job::{Notebook, Options, Shell, Shipping, Target, Version, convert};

const MEBIBYTE: usize = 1 << 20;
/// Bytes of each file.
const FILE: usize = 2 * MEBIBYTE;
/// What this process may have at once, with the file and with what the file becomes, KiB. As a tree of values, one of
/// them took 200 MiB.
const MOST: u64 = 96 << 10;

/// The most memory that this process has had, KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("there is /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// A list of equal elements.
fn list(element: &str) -> String {
    let elements = [element, ","].concat().repeat(FILE / (element.len() + 1));
    format!("[{elements}{element}]")
}

/// Reads the notebook and makes what papermill would run.
fn shipped(text: &str) -> Vec<u8> {
    let notebook = Notebook::read("a.ipynb", text.as_bytes()).expect("a notebook");
    let skip = BTreeSet::new();
    let options = Options {
        python: Version { minor: 11 },
        skip: skip.clone(),
        shell: Shell::Ask,
        lines: BTreeMap::new(),
        allow_secrets: false,
    };
    let job = convert(&notebook, "a.ipynb", &options);
    let shipping = Shipping {
        notebook_name: "a.ipynb",
        notebook: text.as_bytes(),
        skip: &skip,
        // What looks for them is not measured here.
        allow_secrets: true,
        dag_id: "a",
        schedule: None,
        connection: "spark_default",
    };
    let files = Target::Papermill.files(&job, &shipping).expect("the templates are right");
    files.into_iter().find(|file| file.name == "notebook.ipynb").expect("the notebook").content
}

#[test]
fn a_notebook_costs_a_small_multiple_of_its_text() {
    let file = |cells: &str, more: &str| format!(r#"{{"nbformat": 4, "cells": {cells}{more}}}"#);
    let cell = |more: &str| format!(r#"[{{"cell_type": "code", "source": "x = 1"{more}}}]"#);
    let maps = list(r#"{"":0}"#);
    let texts: [&dyn Fn() -> String; 7] = [
        &|| file(&cell(""), &format!(r#", "metadata": {{"x": {maps}}}"#)),
        &|| file(&cell(""), &format!(r#", "x": {maps}"#)),
        &|| file(&cell(&format!(r#", "metadata": {{"x": {maps}, "tags": ["parameters"]}}"#)), ""),
        &|| file(&cell(&format!(r#", "metadata": {{"tags": {}}}"#, list(r#""""#))), ""),
        &|| file(&cell(&format!(r#", "outputs": {maps}, "x": {maps}"#)), ""),
        &|| file(&list("{}"), ""),
        &|| file(&cell(""), &format!(r#", "x": {}{}"#, "[".repeat(FILE / 2), "]".repeat(FILE / 2))),
    ];
    for text in texts {
        let text = text();
        let made = shipped(&text);
        println!("{} KiB after {} bytes, which became {}: {text:.60}", peak(), text.len(), made.len());
        assert!(peak() <= MOST, "{} KiB for {} bytes: {text:.60}", peak(), text.len());
        assert!(made.len() > 100 && made.ends_with(b"}\n"));
    }
}
