//! What a test has seen, for the table in `docs/connect.md`.

use std::{env, fs::OpenOptions, io::Write};

/// Notes a fact for a point of acceptance, if `CONNECT_FACTS` names a file.
pub fn fact(point: u32, what: &str, seen: &str) {
    #[expect(clippy::disallowed_methods, reason = "a test's own setting")]
    let Some(path) = env::var_os("CONNECT_FACTS") else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("the file of facts");
    writeln!(file, "{point}\t{what}\t{seen}").expect("it is written");
}

/// The address of the server that `SPARK_CONNECT_URL` names, with more parameters.
pub fn address(more: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "a test's own setting")]
    let url = env::var("SPARK_CONNECT_URL").expect("SPARK_CONNECT_URL names a server");
    format!("{url}{}{more}", if url.contains("/;") { ";" } else { "/;" })
}
