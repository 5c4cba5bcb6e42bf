//! The Kubernetes name rule compared with Python's, on very many names.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use upstream::kube_user::KubeUser;

const NAMES: usize = 100_000;

/// The cluster manager's rule in Python. Names go in and out as JSON lines.
const PYTHON: &str = r#"
import json, re, sys
for line in sys.stdin:
    name = json.loads(line).lower()
    name = re.sub(r"[^a-z0-9.-]", "-", name)
    name = re.sub(r"^[^a-z0-9]+", "", name)
    name = re.sub(r"[^a-z0-9]+$", "", name)
    name = re.sub(r"-+", "-", name)
    print(json.dumps(name[:253]))
"#;

fn name() -> impl Strategy<Value = String> {
    // Letters whose lower case is ASCII, is longer than one character, or depends on the neighbouring ones.
    let special = prop::sample::select(vec![
        'İ',
        'K',
        'Å',
        'Σ',
        'ς',
        'ß',
        'ẞ',
        'ﬀ',
        'ı',
        'Ǆ',
        'ᾈ',
        '\u{307}',
        '\u{10400}',
        '\n',
        '\u{1F600}',
    ]);
    let usual = prop::sample::select("aAzZ09.-_ @+ÄöÑ".chars().collect::<Vec<_>>());
    let one = prop_oneof![6 => usual, 2 => special, 1 => any::<char>()];
    let length = prop_oneof![20 => 0..30_usize, 1 => 240..300_usize];
    length.prop_flat_map(move |length| prop::collection::vec(one.clone(), length)).prop_map(String::from_iter)
}

#[test]
fn the_name_rule_gives_what_python_gives_for_a_hundred_thousand_names() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = name();
    let mut names: Vec<String> = (0..NAMES).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    names.extend(["", "-", "...", "a__b", "a_b", "_.-a-._"].map(str::to_owned));
    names.push("x".repeat(300));
    names.push(format!("{}_{}", "x".repeat(252), "y".repeat(50)));

    let mut python = Command::new("python3");
    let python = python.args(["-c", PYTHON]).env("PYTHONUTF8", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines: Vec<String> = names.iter().map(|name| serde_json::to_string(name).unwrap()).collect();
    let writer = std::thread::spawn(move || lines.iter().for_each(|line| writeln!(stdin, "{line}").unwrap()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();

    let expected: Vec<String> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(expected.len(), names.len());
    for (name, expected) in names.iter().zip(&expected) {
        let ours = KubeUser::from_user_name(name);
        assert_eq!(ours.as_ref().map_or("", KubeUser::as_str), expected, "for {name:?}");
    }
}
