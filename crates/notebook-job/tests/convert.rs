//! What becomes of the cells of a notebook.

#![expect(clippy::expect_used, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};

use notebook_job::{Cell, Job, Notebook, Options, Severity, Shell, Version, convert, convert_while};

fn notebook(cells: &[&str]) -> Notebook {
    let cell = |source: &&str| Cell { source: (*source).to_owned(), ..Cell::default() };
    Notebook { cells: cells.iter().map(cell).collect(), language: "python".to_owned(), version: None }
}

fn options() -> Options {
    Options {
        python: Version { minor: 11 },
        skip: BTreeSet::new(),
        shell: Shell::Translate,
        lines: BTreeMap::new(),
        allow_secrets: false,
    }
}

fn job(cells: &[&str]) -> Job {
    convert(&notebook(cells), "a.ipynb", &options())
}

/// The lines of the first cell, without its marker and our own call.
fn converted(cell: &str) -> String {
    let job = job(&[cell]);
    let (_, cell) = job.text.split_once("_cell(0)\n").expect("the cell is there");
    cell.trim_end().to_owned()
}

/// The findings as `severity code cell:line`.
fn findings(job: &Job) -> Vec<String> {
    let severity = |severity| match severity {
        Severity::Error => "error",
        Severity::Decision => "decision",
        Severity::Note => "note",
    };
    job.findings.iter().map(|f| format!("{} {} {}:{}", severity(f.severity), f.code, f.cell, f.line)).collect()
}

#[test]
fn python_stays_as_it_is() {
    for source in [
        "x = 1  # one\n\n\nif x:\n  y = '''\n%time\n!ls\n  print(\n'''\nelse:\n\ty = 2",
        "@a\ndef f(b, *, c=1) -> int:\n    return f'{b!r:>{c}}'",
        "s = (1,\n 2)\nprint(\"(\")",
        "match x:\n    case [1, *_]:\n        pass",
    ] {
        assert_eq!(converted(source), source);
    }
}

#[test]
fn magics_that_measure_leave_what_they_measure() {
    assert_eq!(converted("%time x = f(1)"), "x = f(1)");
    assert_eq!(converted("x = %time f(1)"), "x = f(1)");
    assert_eq!(converted("%timeit -n 10 -r3 f(1)"), "f(1)");
    assert_eq!(converted("%%time\nx = 1"), "# removed: %%time\nx = 1");
    assert_eq!(converted("%%timeit y = 1\nx = y"), "# removed: %%timeit y = 1\ny = 1\nx = y");
}

#[test]
fn magics_of_the_notebook_alone_become_comments() {
    assert_eq!(converted("%matplotlib inline\nx = 1"), "# removed: %matplotlib inline\nx = 1");
    assert_eq!(converted("x = 1\nx?\n%load_ext a"), "x = 1\n# removed: x?\n# removed: %load_ext a");
    assert_eq!(converted("%%html\n<b>\n  x"), "# removed: %%html\n# <b>\n# x");
}

#[test]
fn a_block_that_would_be_empty_has_a_pass() {
    assert_eq!(
        converted("if True:\n  %pdb\nelse:\n  x = 1\n  %pdb"),
        "if True:\n  pass  # removed: %pdb\nelse:\n  x = 1\n  # removed: %pdb"
    );
}

#[test]
fn sql_becomes_a_call_of_spark() {
    assert_eq!(converted("%%sql\nSELECT 1"), "# removed: %%sql\nspark.sql(\"SELECT 1\").show(truncate=False)");
    assert_eq!(
        converted("%%sql -o df -n 5\nDROP TABLE IF EXISTS a;\n\nSELECT *\n  FROM \"a\""),
        "# removed: %%sql -o df -n 5\nspark.sql(\"DROP TABLE IF EXISTS a\")\ndf = spark.sql(\"\"\"SELECT *\n  FROM \"a\\\"\"\"\")"
    );
    assert_eq!(converted("df = %sql SELECT 1"), "df = spark.sql(\"SELECT 1\")");
    assert_eq!(converted("%sql df << SELECT 1"), "df = spark.sql(\"SELECT 1\")");
    assert_eq!(
        converted("m = 1\n%sql -q SELECT :m, a::int"),
        "m = 1\nspark.sql(\"SELECT :m, a::int\", args={\"m\": m})"
    );
    assert_eq!(
        converted("t = 'a'\n%sql SELECT * FROM {t}"),
        "t = 'a'\nspark.sql(f\"SELECT * FROM {t}\").show(truncate=False)"
    );
}

#[test]
fn commands_of_the_shell_run_as_child_processes() {
    assert_eq!(
        converted("d = 'a'\n!ls {d}\nx = !ls $d"),
        "d = 'a'\n_shell(f\"ls {d}\")\nx = _shell_lines(f\"ls {d}\")"
    );
    assert_eq!(converted("%%bash\necho \"a\"\n"), "# removed: %%bash\n_script([\"bash\"], \"\"\"echo \"a\"\n\"\"\")");
}

#[test]
fn commands_of_the_shell_need_a_decision_before() {
    let asked = convert(&notebook(&["!ls\nx = !ls\n"]), "a.ipynb", &Options { shell: Shell::Ask, ..options() });
    assert_eq!(findings(&asked), ["decision shell 0:1", "decision shell 0:2"]);
    let dropped = convert(&notebook(&["!ls\n"]), "a.ipynb", &Options { shell: Shell::Drop, ..options() });
    assert!(!dropped.is_blocked() && dropped.text.contains("# removed: !ls"));
}

#[test]
fn packages_are_listed_and_not_installed() {
    let job = job(&["%pip install -q pandas==2.0\n!pip install numpy\n%conda install pandas==2.0"]);
    assert_eq!(job.requirements, ["pandas==2.0", "numpy"]);
    assert_eq!(findings(&job), ["note requirements 0:1", "note requirements 0:2", "note requirements 0:3"]);
}

#[test]
fn settings_of_the_process_are_set() {
    assert_eq!(converted("%env A=b c"), "_os.environ[\"A\"] = \"b c\"");
    assert_eq!(converted("%cd ~/x"), "_os.chdir(_os.path.expanduser(\"~/x\"))");
    assert_eq!(
        converted("%%writefile -a a.py\nx = 1"),
        "# removed: %%writefile -a a.py\nwith _pathlib.Path(\"a.py\").expanduser().open(\"a\", encoding=\"utf-8\") as _file:\n    _file.write(\"\"\"x = 1\n\"\"\")"
    );
}

#[test]
fn captured_output_is_not_shown() {
    assert_eq!(
        converted("%%capture out\nprint(1)"),
        "# removed: %%capture out\n_captured = _Captured()\nprint(1)\n_captured.end()"
    );
    assert_eq!(
        converted("%%capture\n%%time\nprint(1)"),
        "# removed: %%capture\n_captured = _Captured()\n# removed: %%time\nprint(1)\n_captured.end()"
    );
    assert_eq!(converted("%%time\n%%time\nx = 1"), "# removed: %%time\n# removed: %%time\nx = 1");
    let many = job(&[&"%%time\n".repeat(1_000)]);
    assert!(findings(&many).contains(&"error unknown_magic 0:9".to_owned()), "a cell has no thousand magics");
    let job = job(&["%%capture out\nprint(1)", "out.show()"]);
    assert_eq!(findings(&job), ["error captured_output 1:1"]);
}

#[test]
fn what_waits_at_the_top_level_is_waited_for() {
    assert_eq!(converted("import a\nx = await a.f(await a.g())"), "import a\nx = _run(a.f(_run(a.g())))");
    assert_eq!(converted("import a\nasync for x in a.f():\n  await x"), "import a\nfor x in _each(a.f()):\n  _run(x)");
    assert_eq!(
        converted("import a\nasync with a.f() as b, a.g():\n    pass"),
        "import a\nwith _Within(a.f()) as b, _Within(a.g()):\n    pass"
    );
    let source = "async def f():\n    await g()\n\nasync def g(): ...";
    assert_eq!(converted(source), source);
    let job = job(&["import asyncio\nasync with asyncio.TaskGroup() as tg:\n    pass"]);
    assert!(findings(&job).contains(&"error async_with 0:2".to_owned()));
}

#[test]
fn imports_from_the_future_are_on_the_first_line() {
    let job = job(&["x = 1", "from __future__ import annotations\ny = 1"]);
    assert!(job.text.starts_with("from __future__ import annotations\n"));
    assert!(job.text.contains("\n# moved to the first line: from __future__ import annotations\ny = 1\n"));
    assert!(job.findings.is_empty());
}

#[test]
fn what_stands_behind_an_import_from_the_future_stays() {
    let text = job(&["from __future__ import annotations; a = 1  # one\nprint(a)"]).text;
    assert!(text.ends_with("_cell(0)\na = 1  # one\nprint(a)\n"), "{text}");
    assert_eq!(findings(&job(&["x = 1\nfrom __future__ import annotations"])), ["error syntax_error 0:2"]);
    assert_eq!(findings(&job(&["", "from __future__ import braces"])), ["error syntax_error 1:1"]);
}

#[test]
fn a_magic_gets_its_cell_with_the_ends_of_lines_that_it_has() {
    assert_eq!(converted("%%sql\r\nSELECT 'a\r\nb'").lines().nth(1), Some("spark.sql(\"\"\"SELECT 'a\\x0d"));
    assert_eq!(converted("x = '''a\r\nb'''\r\n"), "x = '''a\nb'''");
}

#[test]
fn annotations_need_no_name_where_nobody_looks_at_them() {
    let source = "def f(x: Unknown): return x";
    assert_eq!(findings(&job(&[source])), ["error undefined_name 0:1"]);
    assert!(job(&["from __future__ import annotations", source]).findings.is_empty());
    assert!(job(&["exec('made = 5')", "print(made)"]).findings.is_empty());
}

#[test]
fn a_notebook_in_another_language_has_one_finding() {
    let notebook = Notebook { language: "r".to_owned(), ..notebook(&["x <- 1", "y"]) };
    assert_eq!(findings(&convert(&notebook, "a.ipynb", &options())), ["error language 0:1"]);
}

#[test]
fn parameters_are_given_after_their_cell() {
    let mut notebook = notebook(&["import os", "month = '2026-05'\nlimit = 10\nf = os.getcwd()", "print(month)"]);
    notebook.cells[1].has_parameters_tag = true;
    let job = convert(&notebook, "a.ipynb", &options());
    let block = "f = os.getcwd()\n\n# %% injected-parameters\nmonth = _parameter(\"month\", month)\nlimit = _parameter(\"limit\", limit)\n\n# %% cell 2";
    assert!(job.text.contains(block), "{}", job.text);
    assert_eq!(job.parameters.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["month", "limit"]);
}

#[test]
fn what_a_kernel_gave_is_given() {
    let text = job(&["df = spark.table('a')\ndisplay(df)"]).text;
    assert!(text.contains("spark = _SparkSession.builder.getOrCreate()") && text.contains("def display("));
    let text = job(&["spark = f()\n\ndef f(): ...", "spark.table('a')"]).text;
    assert!(!text.contains("getOrCreate"), "the notebook's own is not touched");
}

#[test]
fn names_without_a_value_are_found() {
    let job = job(&[
        "def f():\n    return later + gone",
        "print(later)\ntry:\n    maybe\nexcept NameError:\n    pass",
        "later = 1\nprint(_, Out[1])\nget_ipython().system('ls')\nx = input()",
    ]);
    assert_eq!(
        findings(&job),
        [
            "error undefined_name 0:2",
            "error used_before_definition 1:1",
            "error notebook_only 2:2",
            "error notebook_only 2:2",
            "error notebook_only 2:3",
            "error input 2:4",
        ]
    );
}

#[test]
fn what_is_no_python_is_found_at_its_line() {
    assert_eq!(findings(&job(&["x = 1", "\n\ny = = 2\n"])), ["error syntax_error 1:3"]);
    assert_eq!(findings(&job(&["x = 1\nreturn x"])), ["error syntax_error 0:2"]);
    assert_eq!(findings(&job(&["x = 1\ntype A[T] = list[T]"])), ["error python_version 0:2"]);
    assert_eq!(
        findings(&job(&["%%R\nx <- 1", "%run a.py\n%nonsense\n,f a"])),
        ["error language 0:1", "error run_magic 1:1", "error unknown_magic 1:2", "error unknown_magic 1:3",]
    );
}

#[test]
fn cells_that_ran_in_another_order_and_addresses_are_noted() {
    let mut notebook = notebook(&["x = 'http://localhost:80'", "y = 'sc://spark:15002'"]);
    notebook.cells[0].execution_count = Some(7);
    notebook.cells[1].execution_count = Some(3);
    let job = convert(&notebook, "a.ipynb", &options());
    assert_eq!(findings(&job), ["note local_address 0:1", "note execution_order 1:1", "note spark_address 1:1"]);
}

#[test]
fn a_cell_that_is_left_out_is_marked() {
    let job = convert(&notebook(&["!ls", "x = 1"]), "a.ipynb", &Options { skip: BTreeSet::from([0]), ..options() });
    assert!(job.text.contains("# %% cell 0 (left out)\n\n# %% cell 1\n_cell(1)\nx = 1\n"), "{}", job.text);
}

#[test]
fn a_name_of_a_file_is_never_code() {
    let text = convert(&notebook(&["x = 1"]), "a\"\"\"\nimport os\r.ipynb", &options()).text;
    assert!(text.starts_with("# Made from a\"\"\" import os .ipynb by"), "{text}");
}

#[test]
fn every_line_of_the_job_knows_where_it_comes_from() {
    let job = job(&["x = 1", "\n%%sql\nDROP TABLE a;\n\nSELECT\n 1", "%time y = 2\n\nz = 3"]);
    let line = |text: &str| 1 + job.text.lines().position(|line| line.starts_with(text)).expect(text);
    let place = |text: &str| job.place(line(text)).map(|place| (place.cell, place.line));
    assert_eq!(place("# Made from"), None);
    assert_eq!(place("x = 1"), Some((0, 1)));
    assert_eq!(place("spark.sql(\"DROP"), Some((1, 3)));
    assert_eq!(place("spark.sql(\"\"\"SELECT"), Some((1, 5)));
    assert_eq!(place(" 1\"\"\")"), Some((1, 6)));
    assert_eq!(place("z = 3"), Some((2, 3)));
    assert_eq!(job.places().len(), job.text.lines().count());
}

#[test]
fn secrets_keep_the_job_from_being_written_and_are_not_shown() {
    let secret = ["S3cr3t", "-pass!x"].concat();
    let cells = format!("x = 1\nspark.conf.set('password', '{secret}')");
    let job = convert(&notebook(&["", &cells]), "a.ipynb", &options());
    assert_eq!(findings(&job), ["error secret 1:2"]);
    assert!(!format!("{:?}", job.findings).contains(&secret));
    let allowed = convert(&notebook(&["", &cells]), "a.ipynb", &Options { allow_secrets: true, ..options() });
    assert_eq!(findings(&allowed), ["note secret 1:2"]);
}

#[test]
fn more_findings_than_anybody_reads_are_cut() {
    let job = job(&["%nonsense\n".repeat(2_000).as_str()]);
    assert_eq!(job.findings.len(), 1_001);
    assert_eq!(job.findings.iter().filter(|finding| finding.code == "too_many_findings").count(), 1);
}

#[test]
fn a_name_of_the_jobs_own_is_not_taken() {
    assert_eq!(findings(&job(&["x = 1", "def _cell(): ..."])), ["error name_taken 1:1"]);
    assert!(job(&["def _run(): ..."]).findings.is_empty(), "it is the job's only where something waits");
    assert_eq!(findings(&job(&["def _run(): ...\nawait _run()"])), ["error name_taken 0:1"]);
}

#[test]
fn a_command_in_a_function_is_given_the_functions_values() {
    assert_eq!(converted("def f(d):\n    !rm -rf $d/x"), "def f(d):\n    _shell(f\"rm -rf {d}/x\")");
}

#[test]
fn a_text_that_a_magic_would_fill_in_is_refused() {
    let job = job(&["month = '5'", "%%sql\nSELECT '{month}'", "%%sql\nSELECT '{other}'"]);
    assert_eq!(findings(&job), ["error sql_template 1:1"]);
}

#[test]
fn no_finding_shows_a_secret() {
    let secret = ["S3cr3t", "Pw9x"].concat();
    let cells = [
        format!("%%sql postgresql://me:{secret}@db/x\nSELECT 1"),
        format!("!curl -u me:{secret} https://a.b"),
        format!("%pip install git+https://me:{secret}@github.com/x"),
        format!("%nonsense postgresql://me:{secret}@db/x"),
        format!("x = 1\n%%bash --token {secret}"),
    ];
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    assert!(!format!("{:?}", job(&cells).findings).contains(&secret));
}

#[test]
fn a_parameter_that_its_cell_changes_is_none() {
    let job = job(&["# @pipeline-params\nlimit = 10\nother = 1\nlimit = limit * 2"]);
    assert_eq!(job.parameters.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["other"]);
    assert_eq!(findings(&job), ["note parameters 0:1"]);
}

#[test]
fn a_line_of_magics_alone_needs_no_stack() {
    assert_eq!(converted(&format!("{}f(1)", "%time ".repeat(50_000)).replace("f(1)", "print(1)")), "print(1)");
}

#[test]
fn characters_that_make_code_look_like_other_code_are_found() {
    let hides = "x = 1\ny = 'user\u{202e} \u{2066}# only\u{2069} \u{2066}'\n# \u{200f}";
    let job = job(&[hides, "%%sql\nSELECT '\u{61c}'", "z = '\u{200b}\u{feff}'", "e = '👩\u{200d}💻 می\u{200c}خواهم'"]);
    let found = ["error", "note", "note", "note"].into_iter().zip(["0:2", "0:3", "1:2", "2:1"]);
    let wanted: Vec<_> = found.map(|(severity, place)| format!("{severity} hidden_characters {place}")).collect();
    assert_eq!(findings(&job), wanted);
    let said = job.findings.iter().map(|finding| finding.message.values.concat()).collect::<Vec<_>>();
    assert_eq!(said, ["U+202E, U+2066, U+2069", "U+200F", "U+061C", "U+200B, U+FEFF"]);
    assert!(!job.text.contains('\u{61c}'), "a text that we write has escapes");
    let skipped = Options { skip: (0..3).collect(), ..options() };
    assert!(convert(&notebook(&[hides, hides, hides, "x = 1"]), "a.ipynb", &skipped).findings.is_empty());
}

#[test]
fn packages_of_many_lines_are_listed_once_in_their_order() {
    // If each line looked at all packages before it, this would take many minutes.
    let lines = (0..60_000).map(|line| format!("%pip install p{line} p0 p{line}\n"));
    let job = job(&[&lines.collect::<String>()]);
    assert_eq!(job.requirements, (0..60_000).map(|line| format!("p{line}")).collect::<Vec<_>>());
}

#[test]
fn a_conversion_that_nobody_waits_for_ends_before_the_next_cell() {
    let notebook = notebook(&["x = 1"; 10]);
    let ends_at = |most: u32| {
        let calls = std::cell::Cell::new(0);
        let go_on = || {
            calls.set(calls.get() + 1);
            if calls.get() == most { Err("nobody waits") } else { Ok(()) }
        };
        (convert_while(&notebook, "a.ipynb", &options(), go_on).map(|job| job.text), calls.get())
    };
    for most in [1, 5, 15, 22] {
        assert_eq!(ends_at(most), (Err("nobody waits"), most));
    }
    assert_eq!(ends_at(0).0, Ok(convert(&notebook, "a.ipynb", &options()).text));
}
