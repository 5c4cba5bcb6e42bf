//! Builds the labextension: TypeScript first, then JupyterLab's bundler.

use anyhow::Result;

use crate::{install, paths, run, stamp, step::step, wasm};

/// Builds `labextension/dist/`.
pub fn build() -> Result<()> {
    install::venv()?;
    wasm::build()?;
    let folder = paths::labextension();
    step("Labextension", || {
        let mut inputs: Vec<_> = ["src", "style", "schema", "package.json", "package-lock.json", "tsconfig.json"]
            .map(|path| folder.join(path))
            .to_vec();
        inputs.extend(wasm::BUNDLES.iter().flat_map(wasm::Bundle::files));
        inputs.push(folder.join("wasm/texts.js"));
        stamp::unless_unchanged("labextension", &inputs, &folder.join("dist/package.json"), || {
            // Use the bundler of the virtual environment, which matches its JupyterLab.
            let path = paths::path_with_venv();
            run::quiet(run::command("npm", &folder).args(["run", "build"]).env("PATH", path)).map(|_| ())
        })
    })
}
