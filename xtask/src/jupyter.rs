//! JupyterLab with the extension, for the demonstration.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::Result;

use crate::{group::Group, http, paths, run, spark::Spark};

/// A running JupyterLab.
pub struct Lab {
    group: Group,
    /// With the token, so that one click opens it.
    pub url: String,
}

/// The notebook of the demonstration.
pub const NOTEBOOK: &str = "demo.ipynb";

/// The panel beside the notebook, in the form and under the name in which JupyterLab stores its default workspace.
const LAYOUT: &str = "demo.jupyterlab-workspace";
const DEFAULT_WORKSPACE: &str = "default-37a8.jupyterlab-workspace";

/// Keeps JupyterLab from asking whether it may fetch news, which would cover the notebook.
const NO_NEWS: &str = r#"{"fetchNews": "false", "checkForUpdates": false}"#;

impl Lab {
    /// Starts JupyterLab in its own folder, which contains the demo notebook.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(spark: &Spark) -> Result<Self> {
        let folder = paths::dev().join("lab").join(std::process::id().to_string());
        let home = folder.join("home");
        let notebooks = folder.join("notebooks");
        for part in [&home, &notebooks] {
            fs::create_dir_all(part)?;
        }
        let quiet = home.join("config/lab/user-settings/@jupyterlab/apputils-extension");
        fs::create_dir_all(&quiet)?;
        fs::write(quiet.join("notification.jupyterlab-settings"), NO_NEWS)?;
        let workspaces = home.join("config/lab/workspaces");
        fs::create_dir_all(&workspaces)?;
        let ours = paths::root().join("tests/e2e");
        fs::copy(ours.join(LAYOUT), workspaces.join(DEFAULT_WORKSPACE))?;
        fs::copy(ours.join(NOTEBOOK), notebooks.join(NOTEBOOK))?;
        let [port] = http::free_ports()?;
        let token = format!("demo{}", std::process::id());
        let mut command = run::command(paths::venv_bin("jupyter-lab"), &notebooks);
        command.args(["--no-browser", "--ip=127.0.0.1", "--ServerApp.port_retries=0"]);
        command.arg(format!("--port={port}")).arg(format!("--IdentityProvider.token={token}"));
        // The browser check asks JupyterLab whether the kernel is connected.
        command.arg("--LabApp.expose_app_in_browser=True");
        if rustix::process::geteuid().is_root() {
            command.arg("--allow-root");
        }
        let variables: [(&str, PathBuf); 4] = [
            ("JUPYTER_CONFIG_DIR", home.join("config")),
            ("JUPYTER_DATA_DIR", home.join("data")),
            ("JUPYTER_RUNTIME_DIR", home.join("runtime")),
            ("IPYTHONDIR", home.join("ipython")),
        ];
        // Drop this shell's settings for another Spark; `MASTER` alone makes pyspark refuse Connect.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text == "MASTER"
                || ["SPARK_", "BERDL_", "KBASE_", "PYSPARK_"].iter().any(|start| text.starts_with(start))
            {
                command.env_remove(&name);
            }
        }
        command.envs(variables).env("PATH", paths::path_with_venv());
        command.env("SPARK_MASTER_UI_URL", spark.master_ui()).env("SPARK_REMOTE", spark.connect_url());
        let mut group = Group::start("JupyterLab", &mut command, &folder.join("jupyter.log"))?;
        let base = format!("http://127.0.0.1:{port}");
        let ready = format!("{base}/api?token={token}");
        group.wait_for(Duration::from_secs(60), || http::json(&ready))?;
        let url = format!("{base}/lab/tree/{NOTEBOOK}?token={token}");
        Ok(Self { group, url })
    }

    pub fn runs(&mut self) -> bool {
        self.group.runs()
    }
}
