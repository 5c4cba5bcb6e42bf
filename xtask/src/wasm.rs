//! Builds the frontend as an npm package with cargo, wasm-bindgen and wasm-opt.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};
use wasm_bindgen_cli_support::Bindgen;

use crate::{install, paths, run, stamp, step::step, translations};

/// With `--all-features`, wasm-opt would write a file that browsers refuse, so the features are listed. The first
/// kilobyte is the end of Rust's stack, which no pointer reaches.
const WASM_OPT: [&str; 16] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--low-memory-unused",
    "--zero-filled-memory",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--strip-producers",
    "--strip-target-features",
];

/// One WebAssembly file with its largest allowed sizes.
pub struct Bundle {
    /// Name of the crate and of its files.
    pub name: &'static str,
    pub most_raw_bytes: u64,
    pub most_gzip_bytes: u64,
}

/// All bundles; the first one is loaded with the page.
pub const BUNDLES: [Bundle; 6] = [
    Bundle { name: "sidebar", most_raw_bytes: 400_000, most_gzip_bytes: 170_000 },
    Bundle { name: "workbench", most_raw_bytes: 450_000, most_gzip_bytes: 190_000 },
    Bundle { name: "desk", most_raw_bytes: 450_000, most_gzip_bytes: 190_000 },
    Bundle { name: "ship", most_raw_bytes: 450_000, most_gzip_bytes: 190_000 },
    Bundle { name: "shelf", most_raw_bytes: 450_000, most_gzip_bytes: 190_000 },
    Bundle { name: "detail", most_raw_bytes: 450_000, most_gzip_bytes: 190_000 },
];

const PACKAGE: &str = r#"{
  "name": "berdl-spark-monitor-ui",
  "version": "0.2.0",
  "private": true,
  "license": "MIT",
  "type": "module",
  "main": "sidebar.js",
  "types": "sidebar.d.ts"
}
"#;

/// Builds `labextension/wasm/`.
pub fn build() -> Result<()> {
    install::rust(false)?;
    let folder = paths::labextension().join("wasm");
    step("Frontend: WebAssembly", || {
        // npm reads this package's name before anything else is in the folder.
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("package.json"), PACKAGE)?;
        install::npm(&paths::labextension(), "npm-labextension")?;
        for Bundle { name, .. } in &BUNDLES {
            stamp::unless_unchanged(&format!("wasm-{name}"), &inputs(name), &file(name), || bundle(name, &folder))?;
        }
        translations::list(&folder)
    })?;
    let mut too_large = Vec::new();
    for bundle in &BUNDLES {
        let Bundle { name, most_raw_bytes, most_gzip_bytes } = bundle;
        let (raw, gzip) = bundle.sizes()?;
        println!("    {name}: {raw} bytes raw, {gzip} bytes gzip");
        if raw > *most_raw_bytes || gzip > *most_gzip_bytes {
            too_large
                .push(format!("{name} is too large: at most {most_raw_bytes} bytes raw and {most_gzip_bytes} gzip"));
        }
    }
    if !too_large.is_empty() {
        bail!("{}", too_large.join("; "));
    }
    Ok(())
}

impl Bundle {
    /// Sizes of the built file in bytes, raw and gzip.
    pub fn sizes(&self) -> Result<(u64, u64)> {
        let bytes = fs::read(file(self.name))?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&bytes)?;
        Ok((bytes.len() as u64, gzip.finish()?.len() as u64))
    }

    /// The files that JupyterLab's bundler includes.
    pub fn files(&self) -> [PathBuf; 2] {
        [file(self.name), paths::labextension().join(format!("wasm/{}.js", self.name))]
    }
}

fn file(name: &str) -> PathBuf {
    paths::labextension().join(format!("wasm/{name}_bg.wasm"))
}

fn bundle(name: &str, folder: &Path) -> Result<()> {
    let arguments = ["build", "--quiet", "--locked", "-p", name, "--profile", "wasm", "--target"];
    let mut cargo = run::command("cargo", &paths::root());
    // The browser shall not learn where dependencies were on the machine that built the bundle.
    let registry = format!("--remap-path-prefix={}=", paths::registry().display());
    cargo.args(arguments).arg("wasm32-unknown-unknown").env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", registry);
    run::run(&mut cargo)?;
    let built = paths::target().join(format!("wasm32-unknown-unknown/wasm/{name}.wasm"));
    Bindgen::new().input_path(built).web(true)?.typescript(true).out_name(name).generate(folder)?;
    optimise(&file(name))
}

fn inputs(name: &str) -> Vec<PathBuf> {
    let own = format!("frontend-wasm/{name}");
    [own.as_str(), "frontend-wasm/kit", "crates/wire", "Cargo.lock", "Cargo.toml"]
        .map(|path| paths::root().join(path))
        .to_vec()
}

fn optimise(wasm: &PathBuf) -> Result<()> {
    let small = wasm.with_extension("small");
    let tool = paths::labextension().join("node_modules/binaryen/bin/wasm-opt");
    run::quiet(run::command("node", &paths::root()).arg(tool).args(WASM_OPT).arg(wasm).arg("-o").arg(&small))?;
    fs::rename(&small, wasm).with_context(|| format!("cannot replace {}", wasm.display()))
}
