//! The files of a job for each target.

#![expect(clippy::expect_used, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};

use notebook_job::{Cell, File, Notebook, Options, Shell, Shipping, Target, Version, convert, dag_id};

const TARGETS: [Target; 5] =
    [Target::Local, Target::Standalone, Target::AirflowConnect, Target::AirflowSubmit, Target::Papermill];

fn files(target: Target, notebook_name: &str, source: &str) -> Vec<File> {
    let cell = Cell { source: source.to_owned(), has_parameters_tag: true, execution_count: None };
    let notebook = Notebook { cells: vec![cell], language: "python".to_owned(), version: None };
    let options = Options {
        python: Version { minor: 11 },
        skip: BTreeSet::new(),
        shell: Shell::Ask,
        lines: BTreeMap::new(),
        allow_secrets: false,
    };
    let job = convert(&notebook, notebook_name, &options);
    let id = dag_id(notebook_name);
    let schedule = Some("0 3 * * *");
    let skip = BTreeSet::new();
    let shipping = Shipping {
        notebook_name,
        notebook: b"{}",
        skip: &skip,
        allow_secrets: false,
        dag_id: &id,
        schedule,
        connection: "spark_default",
    };
    target.files(&job, &shipping).expect("the templates are right")
}

fn text<'a>(files: &'a [File], name: &str) -> &'a str {
    let file = files.iter().find(|file| file.name == name).expect(name);
    std::str::from_utf8(&file.content).expect("text")
}

#[test]
fn the_job_is_the_same_for_every_target() {
    let source = "month = '2026-05'\nspark.table(month)\n%pip install a";
    let local = files(Target::Local, "a b.ipynb", source);
    for target in TARGETS {
        let files = files(target, "a b.ipynb", source);
        assert_eq!(files[0].name, "job.py");
        assert_eq!(files[..3], local[..3], "{target:?}");
        assert_eq!(text(&files, "requirements.txt"), "a\n");
    }
}

#[test]
fn a_workflow_stands_beside_the_job_and_hides_it_from_airflow() {
    for target in &TARGETS[2..] {
        let files = files(*target, "a b.ipynb", "month = '2026-05'\nratio = .5\npair = 1, 2\nnothing = None\n");
        let workflow = text(&files, "a_b_dag.py");
        for part in [
            "dag_id=\"a_b\",",
            "schedule=\"0 3 * * *\",",
            "\"month\": Param('2026-05', type=\"string\"),",
            "\"ratio\": Param(.5, type=\"number\"),",
            "\"pair\": Param(list((1, 2)), type=\"array\"),",
            "\"nothing\": Param(None),",
        ] {
            assert!(workflow.contains(part), "{part} in {workflow}");
        }
        assert_eq!(text(&files, ".airflowignore"), "job.py\n");
    }
    assert_eq!(text(&files(Target::Papermill, "a.ipynb", "x = 1"), "notebook.ipynb"), "{}\n");
}

#[test]
fn a_workflow_is_python_whatever_the_notebook_is_called() {
    for target in &TARGETS[2..] {
        let name = "x\"\"\"\n{{ 1 }}')\\.ipynb";
        let files = files(*target, name, "x = 1");
        let program = python_source::Program::module(text(&files, "x_1_dag.py"), Version { minor: 11 });
        assert!(program.syntax_errors().is_empty(), "{}", program.text());
    }
}

#[test]
fn the_driver_of_a_standalone_cluster_is_python_of_every_version() {
    let files = files(Target::Standalone, "a.ipynb", "x = 1");
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["job.py", "job.cells.json", "driver.py"]);
    let program = python_source::Program::module(text(&files, "driver.py"), Version { minor: 9 });
    assert!(program.syntax_errors().is_empty());
}

#[test]
fn a_workflows_name_is_made_from_the_files() {
    for (file, id) in [
        ("My sales (2).ipynb", "My_sales_2"),
        ("2024-nightly.ipynb", "nb_2024_nightly"),
        ("   .ipynb", "notebook"),
        ("Łódź.ipynb", "d_2e8ad834"),
        ("日本.ipynb", "notebook_9f26ee51"),
        ("中国.ipynb", "notebook_0b910c6f"),
        ("job.py", "job_dag"),
    ] {
        assert_eq!(dag_id(file), id, "{file}");
    }
}
