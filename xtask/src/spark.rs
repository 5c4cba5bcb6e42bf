//! Starts a real Spark on this machine: master, worker and Connect server from the `pyspark` wheel, on free ports.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::{group::Group, http, install, leftover, paths, run};

/// How long a part may take to start: a JVM on a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(240);

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Let the master's web UI serve the drivers' too (`spark.ui.reverseProxy`).
    #[arg(long)]
    pub reverse_proxy: bool,
    /// A version other than the demo's, for example 4.0.5; installed if missing.
    #[arg(long)]
    pub version: Option<String>,
    /// Start no Spark Connect server.
    #[arg(long)]
    pub no_connect: bool,
    /// Cores of the worker.
    #[arg(long, default_value_t = 2)]
    pub cores: u32,
    /// Memory of the worker.
    #[arg(long, default_value = "4g")]
    pub memory: String,
    /// Memory of an executor. The default is small, so that a query of the demonstration can spill.
    #[arg(long, default_value = "1g")]
    pub executor_memory: String,
    /// A setting of the Spark Connect server, `key=value`.
    #[arg(long)]
    pub conf: Vec<String>,
}

impl Options {
    pub fn demo() -> Self {
        Self {
            reverse_proxy: false,
            version: None,
            no_connect: false,
            cores: 2,
            memory: "4g".into(),
            executor_memory: "1g".into(),
            conf: Vec::new(),
        }
    }
}

/// A running cluster. Dropping it ends its processes in reverse order.
pub struct Spark {
    connect: Option<Group>,
    worker: Option<Group>,
    master: Group,
    options: Options,
    python: PathBuf,
    home: PathBuf,
    folder: PathBuf,
    master_port: u16,
    master_ui_port: u16,
    connect_port: u16,
    driver_ui_port: u16,
}

impl Spark {
    /// Starts everything and waits until it is ready.
    ///
    /// # Errors
    /// When a part does not start; the error shows the end of its log.
    pub fn start(options: &Options) -> Result<Self> {
        leftover::clear();
        with_free_ports(|| Self::start_once(options))
    }

    fn start_once(options: &Options) -> Result<Self> {
        let python = match &options.version {
            Some(version) => install::spark_venv(version)?,
            None => paths::venv_bin("python"),
        };
        let find = "import os, pyspark; print(os.path.dirname(pyspark.__file__))";
        let home = run::quiet(run::command(&python, &paths::root()).args(["-c", find]))?;
        let home = PathBuf::from(home.trim());
        let stamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let folder = paths::dev().join("spark").join(format!("{}-{stamp}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let [master_port, master_ui_port, connect_port] = http::free_ports()?;
        let mut master = class(&python, &home, &folder, options, "org.apache.spark.deploy.master.Master");
        master.args(["--host", "127.0.0.1", "--port", &master_port.to_string()]);
        master.args(["--webui-port", &master_ui_port.to_string()]);
        let master = Group::start("the Spark Master", &mut master, &folder.join("master.log"))?;
        let mut spark = Self {
            connect: None,
            worker: None,
            master,
            options: options.clone(),
            python,
            home,
            folder,
            master_port,
            master_ui_port,
            connect_port,
            driver_ui_port: 0,
        };
        let ui = format!("{}/json/", spark.master_ui());
        spark.master.wait_for(PATIENCE, || http::json(&ui))?;
        spark.start_worker()?;
        if !options.no_connect {
            spark.start_connect()?;
        }
        Ok(spark)
    }

    /// `http://…` of the master's web UI.
    pub fn master_ui(&self) -> String {
        format!("http://127.0.0.1:{}", self.master_ui_port)
    }

    /// `spark://…` of the master.
    pub fn master_url(&self) -> String {
        format!("spark://127.0.0.1:{}", self.master_port)
    }

    /// `sc://…` of the Connect server.
    pub fn connect_url(&self) -> String {
        format!("sc://127.0.0.1:{}", self.connect_port)
    }

    /// `http://…` of the Connect server's own UI.
    pub fn driver_ui(&self) -> String {
        format!("http://127.0.0.1:{}", self.driver_ui_port)
    }

    /// Addresses and process ids as JSON, for other programs.
    pub fn description(&self) -> Value {
        let pid = |group: &Option<Group>| group.as_ref().map(Group::pid);
        json!({
            "master_url": self.master_url(),
            "master_ui": self.master_ui(),
            "driver_ui": self.connect.as_ref().map(|_| self.driver_ui()),
            "connect_url": self.connect.as_ref().map(|_| self.connect_url()),
            "spark_home": self.home,
            "python": self.python,
            "pids": {"master": self.master.pid(), "worker": pid(&self.worker), "connect": pid(&self.connect)},
        })
    }

    fn start_worker(&mut self) -> Result<()> {
        let mut worker =
            class(&self.python, &self.home, &self.folder, &self.options, "org.apache.spark.deploy.worker.Worker");
        worker.args(["--host", "127.0.0.1", "--webui-port", "0", "-c", &self.options.cores.to_string()]);
        worker.args(["-m", &self.options.memory]).arg("-d").arg(self.folder.join("work")).arg(self.master_url());
        let mut worker = Group::start("the Spark worker", &mut worker, &self.folder.join("worker.log"))?;
        let ui = format!("{}/json/", self.master_ui());
        worker.wait_for(PATIENCE, || http::json(&ui).filter(|state| state["aliveworkers"].as_u64() >= Some(1)))?;
        self.worker = Some(worker);
        Ok(())
    }

    /// Starts a Connect server, which is a new application.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_connect(&mut self) -> Result<()> {
        with_free_ports(|| self.start_connect_once())
    }

    fn start_connect_once(&mut self) -> Result<()> {
        let [ui_port] = http::free_ports()?;
        let mut connect = spark_command(&self.python, &self.home, &self.folder, "spark-submit");
        connect.args(["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]);
        connect.args(["--master", &self.master_url()]);
        for setting in [
            "spark.driver.host=127.0.0.1".to_owned(),
            format!("spark.ui.port={ui_port}"),
            // Fail rather than move to another port, where nobody would look for it.
            "spark.port.maxRetries=0".to_owned(),
            format!("spark.ui.reverseProxy={}", self.options.reverse_proxy),
            format!("spark.connect.grpc.binding.port={}", self.connect_port),
            "spark.connect.grpc.binding.address=127.0.0.1".to_owned(),
            format!("spark.executor.memory={}", self.options.executor_memory),
        ] {
            connect.args(["--conf", &setting]);
        }
        for setting in &self.options.conf {
            connect.args(["--conf", setting]);
        }
        let mut group = Group::start("the Spark Connect server", &mut connect, &self.folder.join("connect.log"))?;
        let ui = format!("http://127.0.0.1:{ui_port}/api/v1/applications");
        let address = ("127.0.0.1", self.connect_port);
        group.wait_for(PATIENCE, || {
            let listens = std::net::TcpStream::connect(address).is_ok();
            http::json(&ui).filter(|apps| listens && apps.is_array())
        })?;
        self.driver_ui_port = ui_port;
        self.connect = Some(group);
        Ok(())
    }

    /// Ends the Connect server and with it its application.
    pub fn stop_connect(&mut self) {
        self.connect = None;
    }

    /// Kills the worker, as in a crash.
    pub fn kill_worker(&mut self) {
        if let Some(worker) = &mut self.worker {
            worker.kill();
        }
    }

    /// Whether master, worker and Connect server still run.
    pub fn runs(&mut self) -> bool {
        let parts = [Some(&mut self.master), self.worker.as_mut(), self.connect.as_mut()];
        parts.into_iter().flatten().all(Group::runs)
    }
}

/// Another process may take a port between our check and Spark's start. Then it tries again with other ports.
fn with_free_ports<T>(mut start: impl FnMut() -> Result<T>) -> Result<T> {
    const TRIES: usize = 3;
    let mut result = start();
    for _ in 1..TRIES {
        match &result {
            Err(error) if format!("{error:#}").contains("BindException") => result = start(),
            _ => break,
        }
    }
    result
}

fn spark_command(python: &Path, home: &Path, folder: &Path, name: &str) -> Command {
    let mut command = run::command(home.join("bin").join(name), folder);
    command.env("SPARK_HOME", home).env("SPARK_LOCAL_IP", "127.0.0.1").env("SPARK_LOCAL_DIRS", folder.join("local"));
    command.env("PYSPARK_PYTHON", python).env_remove("SPARK_MASTER_PORT").env_remove("SPARK_CONF_DIR");
    command
}

fn class(python: &Path, home: &Path, folder: &Path, options: &Options, class: &str) -> Command {
    let mut command = spark_command(python, home, folder, "spark-class");
    command.arg(class);
    let proxy = format!("-Dspark.ui.reverseProxy={}", options.reverse_proxy);
    // Switch off the submission server: it has a fixed port, so only one master on a machine could use it.
    let settings = format!("{proxy} -Dspark.port.maxRetries=0 -Dspark.master.rest.enabled=false");
    command.env("SPARK_MASTER_OPTS", &settings).env("SPARK_WORKER_OPTS", &settings);
    command
}
