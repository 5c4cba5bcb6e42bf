//! The frontend as an npm package: cargo, wasm-bindgen, wasm-opt.

use std::{fs, io::Write, path::PathBuf};

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};
use wasm_bindgen_cli_support::Bindgen;

use crate::{install, paths, run, stamp, step::step, translations};

/// `--all-features` would make a file that browsers refuse, so each is named.
const WASM_OPT: [&str; 11] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "-Oz",
    "--converge",
    "--strip-producers",
    "--strip-target-features",
];

/// What a browser may have to load, bytes.
pub const MOST_RAW: u64 = 400_000;
pub const MOST_GZIP: u64 = 170_000;

const PACKAGE: &str = r#"{
  "name": "berdl-spark-monitor-ui",
  "version": "0.2.0",
  "private": true,
  "license": "MIT",
  "type": "module",
  "main": "ui.js",
  "types": "ui.d.ts"
}
"#;

/// Builds `labextension/wasm/`.
pub fn build() -> Result<()> {
    install::rust(false)?;
    let folder = paths::labextension().join("wasm");
    let wasm = folder.join("ui_bg.wasm");
    step("Frontend: WebAssembly", || {
        // npm reads this package's name before there is anything else in it.
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("package.json"), PACKAGE)?;
        install::npm(&paths::labextension(), "npm-labextension")?;
        stamp::unless_unchanged("wasm", &inputs(), &wasm, || {
            cargo()?;
            let built = paths::target().join("wasm32-unknown-unknown/wasm/berdl_spark_monitor_ui.wasm");
            Bindgen::new().input_path(built).web(true)?.typescript(true).out_name("ui").generate(&folder)?;
            translations::list(&folder)?;
            optimise(&wasm)
        })
    })?;
    let (raw, gzip) = sizes()?;
    println!("    WebAssembly: {raw} bytes raw, {gzip} bytes gzip");
    if raw > MOST_RAW || gzip > MOST_GZIP {
        bail!("the WebAssembly is too large: at most {MOST_RAW} bytes raw and {MOST_GZIP} gzip");
    }
    Ok(())
}

/// Bytes of the built file, raw and gzip.
pub fn sizes() -> Result<(u64, u64)> {
    let bytes = fs::read(paths::labextension().join("wasm/ui_bg.wasm"))?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes)?;
    Ok((bytes.len() as u64, gzip.finish()?.len() as u64))
}

fn inputs() -> Vec<PathBuf> {
    ["frontend-wasm", "crates/wire", "Cargo.lock", "Cargo.toml"].map(|path| paths::root().join(path)).to_vec()
}

fn cargo() -> Result<()> {
    let arguments = ["build", "--quiet", "--locked", "-p", "frontend-wasm", "--profile", "wasm", "--target"];
    run::run(run::command("cargo", &paths::root()).args(arguments).arg("wasm32-unknown-unknown"))
}

fn optimise(wasm: &PathBuf) -> Result<()> {
    let small = wasm.with_extension("small");
    let tool = paths::labextension().join("node_modules/binaryen/bin/wasm-opt");
    run::quiet(run::command("node", &paths::root()).arg(tool).args(WASM_OPT).arg(wasm).arg("-o").arg(&small))?;
    fs::rename(&small, wasm).with_context(|| format!("cannot replace {}", wasm.display()))
}
