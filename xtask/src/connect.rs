//! `cargo xtask verify connect`: the client of Spark Connect and the routes on several versions of Spark, and the tables
//! of `docs/connect.md`.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    connect_proto, document, http, install, outside, paths, run,
    spark::{Options, Spark},
    step::step,
};

/// The version of the development environment, and the oldest with all that the client needs.
const VERSIONS: [&str; 2] = ["4.3.0", "4.0.5"];

/// Where the routes are tried besides the version of the development environment: the driver tells operations otherwise,
/// and 4.1 runs what it is asked to explain.
const ROUTES: [&str; 2] = ["4.0.5", "4.1.4"];

/// A server that wants a token, ends streams of responses after two seconds instead of two minutes, and stops what
/// nobody reads after ten seconds instead of five minutes.
const CONF: [&str; 4] = [
    "spark.connect.authenticate.token=secret",
    "spark.connect.execute.reattachable.senderMaxStreamDuration=2s",
    "spark.connect.execute.manager.detachedTimeout=10s",
    "spark.connect.execute.manager.maintenanceInterval=1s",
];

/// How long the server may take to close what was released.
const PATIENCE: Duration = Duration::from_secs(60);

/// Checks that the protocol's code is current, runs all tests of the client on each version, and writes what they saw.
pub fn run() -> Result<()> {
    install::system(false)?;
    connect_proto::generate(true)?;
    run::run(run::command("cargo", &paths::root()).args(["build", "--locked", "--bin", "berdl-spark-monitor"]))?;
    let folder = paths::target().join("connect");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut failed = Vec::new();
    for version in VERSIONS {
        let told = (version != VERSIONS[0]).then_some(version);
        let facts = folder.join(format!("facts-{version}.tsv"));
        let client = step(&format!("The client on Spark {version}"), || library(told, &facts));
        let command_line = step(&format!("The command line on Spark {version}"), || {
            let mut pytest = pytest("tests/connect", told)?;
            pytest.arg("tests/spark/test_sql.py").env("CONNECT_FACTS", &facts);
            pytest.env("CONNECT_TRANSCRIPT", folder.join(format!("cancel-{version}.txt")));
            run::run(pytest.env("CONNECT_VALUES", folder.join(format!("values-{version}.md"))))
        });
        failed.extend([client, command_line].into_iter().filter_map(Result::err));
    }
    for version in ROUTES {
        let routes = step(&format!("The routes on Spark {version}"), || {
            run::run(&mut pytest("tests/spark/sql", Some(version))?)
        });
        failed.extend(routes.err());
    }
    // Even if a test fails, because the tables show what does not.
    document::write("connect.md", "verify connect", &tables(&folder)?)?;
    failed.into_iter().next().map_or(Ok(()), Err)
}

/// What a check says of programs on each version, and that it runs nothing of them.
pub fn check() -> Result<()> {
    install::system(false)?;
    install::venv()?;
    run::run(run::command("cargo", &paths::root()).args(["build", "--locked", "--bin", "berdl-spark-monitor"]))?;
    let folder = paths::target().join("check");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for version in VERSIONS {
        let told = (version != VERSIONS[0]).then_some(version);
        let mut pytest = pytest("tests/check", told)?;
        step(&format!("The check on Spark {version}"), || run::run(pytest.env("OUT", &folder)))?;
    }
    let rows = VERSIONS.map(|version| fs::read_to_string(folder.join(format!("mutants-{version}.md"))));
    let rows = rows.into_iter().collect::<Result<String, _>>()?;
    let head = "| Spark | what is wrong | programs | caught | |\n|---|---|---|---|---|\n";
    document::write("check.md", "verify check", &format!("{head}{rows}"))?;
    Ok(())
}

/// Tests in Python on one version.
fn pytest(tests: &str, version: Option<&str>) -> Result<Command> {
    let mut pytest = outside::pytest(tests);
    pytest.env("XTASK", std::env::current_exe()?);
    if let Some(version) = version {
        pytest.env("CONNECT_SPARK_VERSION", version);
    }
    pytest.env("SPARK_MONITOR_BINARY", paths::target().join("debug/berdl-spark-monitor"));
    Ok(pytest)
}

/// The library's own tests on one cluster. Afterwards nothing of them may be left on the server.
fn library(version: Option<&str>, facts: &Path) -> Result<()> {
    let conf = CONF.map(str::to_owned).into();
    let spark = Spark::start(&Options { version: version.map(str::to_owned), conf, ..Options::demo() })?;
    let mut cargo = run::command("cargo", &paths::root());
    cargo.args(["test", "--locked", "-p", "connect-client", "--features", "real-spark"]);
    cargo.args(["--test", "memory", "--test", "real"]);
    let url = format!("{}/;token=secret", spark.connect_url());
    run::run(cargo.env("SPARK_CONNECT_URL", url).env("CONNECT_FACTS", facts))?;
    let page = format!("{}/connect/", spark.driver_ui());
    let begin = Instant::now();
    loop {
        let text = http::text(&page).context("the page of Spark Connect cannot be read")?;
        let left = left(&text).context("the page of Spark Connect does not say what is left")?;
        if left == (0, 0) {
            break;
        }
        if begin.elapsed() > PATIENCE {
            bail!("{} sessions and {} requests are left on the server", left.0, left.1);
        }
        thread::sleep(Duration::from_millis(500));
    }
    let line = "13\tleft on the server after all tests of the library\t0 sessions, 0 requests\n";
    let old = fs::read_to_string(facts)?;
    Ok(fs::write(facts, old + line)?)
}

/// Sessions and running requests of `3 session(s) are online, running 1 Request(s)`.
fn left(page: &str) -> Option<(u64, u64)> {
    let before = |word: &str| {
        let (start, _) = page.split_once(word)?;
        start.split_whitespace().next_back()?.rsplit('>').next()?.parse().ok()
    };
    Some((before("session(s)")?, before("Request(s)")?))
}

/// What was seen of each point, by version, and the values.
fn tables(folder: &Path) -> Result<String> {
    let mut points: BTreeMap<(u32, String), [String; 2]> = BTreeMap::new();
    for (index, version) in VERSIONS.iter().enumerate() {
        for line in fs::read_to_string(folder.join(format!("facts-{version}.tsv")))?.lines() {
            let mut parts = line.splitn(3, '\t');
            let mut next = || parts.next().with_context(|| format!("{line} is no fact"));
            let key = (next()?.parse()?, next()?.to_owned());
            let seen = points.entry(key).or_default();
            *seen.get_mut(index).context("there are two versions")? = next()?.to_owned();
        }
    }
    let mut text = format!("| point | what | Spark {} | Spark {} |\n|---|---|---|---|\n", VERSIONS[0], VERSIONS[1]);
    for ((point, what), [first, second]) in points {
        let seen = if first == second { format!("{first} | the same") } else { format!("{first} | {second}") };
        writeln!(text, "| ({point}) | {what} | {seen} |")?;
    }
    let values = VERSIONS.map(|version| fs::read_to_string(folder.join(format!("values-{version}.md"))));
    let [first, second] = values;
    let (first, second) = (first?, second?);
    let is_in = |line: &str, table: &str| table.lines().any(|other| other == line);
    let both = format!("on Spark {} and {}", VERSIONS[0], VERSIONS[1]);
    let values = [
        (both, first.lines().filter(|line| is_in(line, &second)).collect::<Vec<_>>()),
        (format!("only on Spark {}", VERSIONS[0]), first.lines().filter(|line| !is_in(line, &second)).collect()),
        (format!("only on Spark {}", VERSIONS[1]), second.lines().filter(|line| !is_in(line, &first)).collect()),
    ];
    for (place, rows) in values.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        let head = "| Spark | type | oracle | JSON |\n|---|---|---|---|";
        let _ = write!(text, "\nValues {place}:\n\n{head}\n{}\n", rows.join("\n"));
    }
    for version in VERSIONS {
        let transcript = fs::read_to_string(folder.join(format!("cancel-{version}.txt")))?;
        let _ = write!(text, "\nA notebook's query on Spark {version} is stopped:\n\n```text\n{transcript}```\n");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn the_page_says_what_is_left() {
        let page = "<h4>\n    3 session(s) are online,\n    running 1 Request(s)\n  </h4>";
        assert_eq!(left(page), Some((3, 1)));
        assert_eq!(left("<h4>0 session(s) are online, running 0 Request(s)</h4>"), Some((0, 0)));
        assert_eq!(left("something else"), None);
    }
}
