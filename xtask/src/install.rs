//! Installs what a fresh machine lacks: parts of Rust, Java, Chromium, a virtual environment, npm packages.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use crate::{lock, paths, run, stamp, step::step};

/// Exit code when the user has to install something by hand.
pub const MISSING: u8 = 3;

/// The command that installs what is missing; the user has to run it.
#[derive(Debug)]
pub struct Missing(String);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "please run this once, then try again:\n\n    {}\n", self.0)
    }
}

impl std::error::Error for Missing {}

/// A JRE for Spark 4: newer distributions no longer have Java 17, and the default of older ones is 11.
const JAVA: &str = "$(apt-cache show openjdk-17-jre-headless >/dev/null 2>&1 && echo openjdk-17-jre-headless || echo default-jre-headless)";

/// Installs Java and what the virtual environment needs; with `browser`, Chromium too.
pub fn system(browser: bool) -> Result<()> {
    step("System packages", || {
        let root = paths::root();
        for (tool, ask) in [
            ("node", ["-e", "process.exit(Number(process.versions.node.split('.')[0]) < 20 ? 1 : 0)"]),
            ("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]),
        ] {
            if !run::works(run::command(tool, &root).args(ask)) {
                bail!("{tool} is missing or too old: Python 3.11+ and Node 20+ are prerequisites");
            }
        }
        let mut missing: Vec<&str> = Vec::new();
        if !has_java() {
            missing.push(JAVA);
        }
        if browser && crate::browser::chromium().is_err() {
            missing.push("chromium");
        }
        if !run::works(run::command("python3", &root).args(["-c", "import venv, ensurepip"])) {
            missing.push("python3-venv");
        }
        packages(&missing)
    })
}

/// Installs PostgreSQL and MariaDB, whose programs Debian keeps out of some users' `PATH`.
pub fn databases() -> Result<()> {
    step("Database servers", || {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let has_postgres = versions.map(|version| version.path().join("bin/initdb")).any(|program| program.is_file());
        let has_mariadb = Path::new("/usr/sbin/mariadbd").is_file();
        let mut missing = Vec::new();
        if !has_postgres && !on_path("initdb") {
            missing.push("postgresql");
        }
        if !has_mariadb && !on_path("mariadbd") {
            missing.push("mariadb-server");
        }
        packages(&missing)
    })
}

/// Installs what makes small, read-only and FUSE file systems.
pub fn file_systems() -> Result<()> {
    step("File systems", || missing(&[("bindfs", "bindfs"), ("mkfs.ext4", "e2fsprogs")]))
}

/// Installs what makes and filters networks.
pub fn packet_filter() -> Result<()> {
    step("Packet filter", || missing(&[("nft", "nftables"), ("ip", "iproute2")]))
}

/// Installs the packages of those programs that are missing.
fn missing(programs: &[(&str, &'static str)]) -> Result<()> {
    let missing = programs.iter().filter(|(program, _)| !on_path(program)).map(|(_, package)| *package);
    packages(&missing.collect::<Vec<_>>())
}

/// Installs Debian's packages as root, or says how.
fn packages(missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    // Another installation may be under way.
    let words = format!(
        "apt-get update && apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends {}",
        missing.join(" ")
    );
    if !rustix::process::geteuid().is_root() || !on_path("apt-get") {
        return Err(Missing(format!("sudo sh -c '{words}'")).into());
    }
    let mut apt = run::command("sh", &paths::root());
    run::quiet(apt.args(["-c", &words]).env("DEBIAN_FRONTEND", "noninteractive")).map(|_| ())
}

/// Whether a Java for Spark 4 is installed.
fn has_java() -> bool {
    let java = run::command("java", &paths::root()).arg("-version").output();
    // Java prints `openjdk version "17.0.12" 2024-07-16` on standard error.
    let told = java.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).unwrap_or_default();
    let version = told.split('"').nth(1).unwrap_or_default();
    version.split('.').next().and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major >= 17)
}

/// Installs the parts of the Rust toolchain that a minimal installation lacks.
pub fn rust(test: bool) -> Result<()> {
    step("Rust's WebAssembly target", || {
        let root = paths::root();
        let sysroot = run::quiet(run::command("rustc", &root).args(["--print", "sysroot"]))?;
        let sysroot = Path::new(sysroot.trim());
        if !sysroot.join("lib/rustlib/wasm32-unknown-unknown").is_dir() {
            run::quiet(run::command("rustup", &root).args(["target", "add", "wasm32-unknown-unknown"]))?;
        }
        for component in ["rustfmt", "clippy"] {
            let tool = if component == "clippy" { "cargo-clippy" } else { component };
            if test && !sysroot.join("bin").join(tool).exists() {
                run::quiet(run::command("rustup", &root).args(["component", "add", component]))?;
            }
        }
        Ok(())
    })
}

/// Creates the virtual environment with everything in `tests/requirements.txt`.
pub fn venv() -> Result<()> {
    venv_with("venv", &paths::venv(), "tests/requirements.txt", "jupyter-lab")
}

/// Installs a Python with JupyterHub, whose proxy comes from npm. Returns the interpreter's path.
pub fn hub() -> Result<PathBuf> {
    let folder = paths::dev().join("hub");
    venv_with("hub", &folder, "tests/hub/requirements.txt", "jupyter-lab")?;
    npm(&paths::root().join("tests/hub"), "npm-hub")?;
    Ok(folder.join("bin/python"))
}

/// Installs a Python with Airflow. Returns the interpreter's path.
pub fn airflow() -> Result<PathBuf> {
    let folder = paths::dev().join("airflow");
    venv_with("airflow", &folder, "tests/airflow/requirements.txt", "airflow")?;
    Ok(folder.join("bin/python"))
}

/// Installs a Python with other programs that export notebooks. Returns the interpreter's path.
pub fn export_peers() -> Result<PathBuf> {
    let folder = paths::dev().join("export-peers");
    venv_with("export-peers", &folder, "tests/export/peers.txt", "jupyter-lab")?;
    Ok(folder.join("bin/python"))
}

/// Makes a virtual environment with packages. `program` is one that they install.
fn venv_with(name: &str, folder: &Path, requirements: &str, program: &str) -> Result<()> {
    step("Python packages", || {
        let requirements = paths::root().join(requirements);
        let python = folder.join("bin/python");
        stamp::unless_unchanged(name, std::slice::from_ref(&requirements), &folder.join("bin").join(program), || {
            if !python.exists() {
                run::quiet(run::command("python3", &paths::root()).args(["-m", "venv"]).arg(folder))?;
            }
            let mut pip = run::command(&python, &paths::root());
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&requirements);
            run::quiet(&mut pip).map(|_| ())
        })
    })
}

/// Folder for tools that only a proof needs.
pub fn tools() -> PathBuf {
    paths::dev().join("tools")
}

/// Installs a program with `cargo install` and returns the path of its executable.
pub fn cargo_tool(name: &str) -> Result<PathBuf> {
    let executable = tools().join("bin").join(name);
    if !executable.exists() {
        run::run(run::command("cargo", &paths::root()).args(["install", name, "--locked", "--root"]).arg(tools()))?;
    }
    Ok(executable)
}

/// Installs a Python with another version of Spark and a notebook kernel. Returns the interpreter's path.
pub fn spark_venv(version: &str) -> Result<PathBuf> {
    let folder = paths::dev().join(format!("spark-{version}"));
    let python = folder.join("bin/python");
    let _lock = lock::exclusive("spark-venv")?;
    if !folder.join("complete").exists() {
        run::quiet(run::command("python3", &paths::root()).args(["-m", "venv"]).arg(&folder))?;
        let mut pip = run::command(&python, &paths::root());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "setuptools", "ipykernel"]);
        // Spark 3.5 supports neither pandas 3 nor NumPy 2.
        pip.args(["pandas<3", if version.starts_with("3.") { "numpy<2" } else { "numpy" }]);
        run::quiet(pip.arg(format!("pyspark[connect]=={version}")))?;
        fs::write(folder.join("complete"), version)?;
    }
    Ok(python)
}

/// Installs the npm packages of the browser tests.
pub fn browser_tests() -> Result<()> {
    npm(&paths::root().join("tests/e2e"), "npm-e2e")
}

/// Installs the npm packages of one folder, exactly as in its lock file.
pub fn npm(folder: &Path, name: &str) -> Result<()> {
    let inputs = [folder.join("package.json"), folder.join("package-lock.json")];
    stamp::unless_unchanged(name, &inputs, &folder.join("node_modules"), || {
        run::quiet(run::command("npm", folder).args(["ci", "--no-audit", "--no-fund"])).map(|_| ())
    })
}

/// Whether a command is in `PATH`.
pub fn on_path(command: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(command).is_file())
}
