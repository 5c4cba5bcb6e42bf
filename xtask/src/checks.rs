//! Counts what test runners report, so that one line can sum up a run.

use crate::run;
use anyhow::Result;
use std::process::Command;

/// Numbers of passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads one line of the output of cargo test, pytest or node's test runner.
    pub fn read(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("test result: ") {
            self.words(rest, ';');
        } else if let Some(number) = line.strip_prefix("# pass ").or(line.strip_prefix("ℹ pass ")) {
            self.passed += number.trim().parse().unwrap_or(0);
        } else if let Some(number) = line.strip_prefix("# fail ").or(line.strip_prefix("ℹ fail ")) {
            self.failed += number.trim().parse().unwrap_or(0);
        } else if line.contains(" in ") && (line.contains(" passed") || line.contains(" failed")) {
            self.words(line.trim_matches(['=', ' ']).split(" in ").next().unwrap_or_default(), ',');
        }
    }

    /// Counts a runner that fails without a count as one failure.
    pub fn check(&mut self, succeeded: bool) {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
    }

    fn words(&mut self, text: &str, separator: char) {
        for part in text.split(separator) {
            let words: Vec<&str> = part.split_whitespace().collect();
            if let [.., number, what] = words.as_slice() {
                let number: u64 = number.parse().unwrap_or(0);
                match *what {
                    "passed" => self.passed += number,
                    "failed" | "error" | "errors" => self.failed += number,
                    _ => {}
                }
            }
        }
    }
}

/// Runs a test runner with its output shown.
pub fn counted(command: &mut Command) -> Result<Counts> {
    let mut counts = Counts::default();
    let succeeded = run::lines(command, |line| counts.read(line))?;
    counts.check(succeeded);
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn closing_lines_of_three_runners_are_read() {
        let mut counts = Counts::default();
        for line in [
            "test result: FAILED. 53 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.16s",
            "=========== 2 failed, 7 passed, 1 error in 12.30s ===========",
            "# pass 4",
            "# fail 1",
            "ℹ pass 5",
            "nothing passed in here",
        ] {
            counts.read(line);
        }
        assert_eq!(counts, Counts { passed: 69, failed: 5 });
    }
}
