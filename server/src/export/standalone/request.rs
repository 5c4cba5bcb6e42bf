//! What is submitted: `spark-submit` with the job's driver program, run by the worker in the driver's JVM.
//!
//! Spark's REST submission server takes no Python, but this (Spark's page "Spark Standalone Mode", "REST API").

use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};

use crate::config::StandaloneSite;

/// The folder of a job as the workers see it.
pub(crate) fn worker_folder(site: &StandaloneSite, dag_id: &str) -> String {
    format!("{}/{dag_id}", site.worker_folder)
}

/// The body of the request. It has no secret of ours.
pub(crate) fn create_request(
    site: &StandaloneSite,
    dag_id: &str,
    job: &[u8],
    parameters: &Map<String, Value>,
) -> Value {
    let driver = format!("{}/driver.py", worker_folder(site, dag_id));
    // The driver runs `job.py` only if it is still what was submitted.
    let sum: String = Sha1::digest(job).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "action": "CreateSubmissionRequest",
        "clientSparkVersion": "berdl-spark-monitor",
        "appResource": "",
        "mainClass": "org.apache.spark.deploy.SparkSubmit",
        // Without the master, the job would have no executors but the driver itself (`local[*]`).
        "appArgs": ["--master", site.master_url, "--name", dag_id, driver, sum],
        "environmentVariables": {"JOB_PARAMS": Value::Object(parameters.clone()).to_string()},
        "sparkProperties": {
            "spark.app.name": dag_id,
            // A job that failed must not run again by itself.
            "spark.driver.supervise": "false",
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::standalone::double::site;

    #[test]
    fn the_master_and_the_path_on_the_workers_are_named_and_parameters_go_by_the_environment() {
        let site = StandaloneSite { worker_folder: "/mnt/jobs".to_owned(), ..site("http://m:6066", "/here") };
        let parameters = json!({"month": "2026-06", "é": {"{{x}}": 1}}).as_object().unwrap().clone();
        let request = create_request(&site, "etl", b"print(1)\n", &parameters);
        let args = request["appArgs"].as_array().unwrap();
        let args: Vec<_> = args.iter().map(|arg| arg.as_str().unwrap()).collect();
        assert_eq!(args[..5], ["--master", "spark://m:7077", "--name", "etl", "/mnt/jobs/etl/driver.py"]);
        assert_eq!(args[5], "e9b8b06bc415ad5b3f3cc56b53533ad84fa0e927", "as `sha1sum job.py` says");
        let given = request["environmentVariables"]["JOB_PARAMS"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(given).unwrap(), Value::Object(parameters));
        // Spark replaces a value that is a placeholder as a whole by a variable of the master's.
        assert!(!given.starts_with("{{"));
    }
}
