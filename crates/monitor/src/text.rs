//! Foreign text made readable: names on one line, reasons with the line that states the error.

/// Longest name, characters.
const LONGEST_NAME: usize = 120;
/// Longest code, characters.
const LONGEST_CODE: usize = 4_000;
/// Longest host with its port, characters: DNS allows 253.
const LONGEST_HOST: usize = 260;
/// Longest reason, characters.
const LONGEST_REASON: usize = 500;
/// Stands for what a reason leaves out, between its first line and the one that states the error.
const LEFT_OUT: &str = "\n…\n";

/// One line of at most [`LONGEST_NAME`] characters, without invisible ones.
#[must_use]
pub fn name(text: &str) -> String {
    line(text, LONGEST_NAME)
}

/// A host's address as one line without invisible characters.
#[must_use]
pub fn host(text: &str) -> String {
    line(text, LONGEST_HOST)
}

/// One line of at most `longest` characters, without invisible ones.
#[must_use]
pub fn line(text: &str, longest: usize) -> String {
    let visible: String = text.chars().filter(|char| !is_hidden(*char) || char.is_whitespace()).collect();
    let mut words = visible.split_whitespace();
    let mut line = words.next().unwrap_or_default().to_owned();
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    cut(&line, longest)
}

/// Code with its lines, without invisible characters; none if it is longer than [`LONGEST_CODE`], because its beginning
/// alone would be other code.
#[must_use]
pub fn code(text: &str) -> Option<String> {
    (text.chars().count() <= LONGEST_CODE).then(|| without_hidden(text))
}

/// Text with its lines, without invisible characters.
#[must_use]
pub fn lines(text: &str) -> String {
    without_hidden(text)
}

/// Why something failed, extracted from Spark's whole text: its first line, and the line that states the error. That is
/// the last one before the Java trace of the innermost cause, where a Python trace states it too.
#[must_use]
pub fn reason(text: &str) -> String {
    let text = without_hidden(text);
    let before_trace = |text: &str| text.split("\n\tat ").next().unwrap_or_default().trim().to_owned();
    let message = before_trace(&text);
    let cause = text.rsplit_once("\nCaused by: ").map(|(_, cause)| before_trace(cause));
    if cause.is_none() && message.chars().count() <= LONGEST_REASON {
        return message;
    }
    let head = message.lines().next().unwrap_or_default().trim();
    let last = cause.as_ref().unwrap_or(&message).lines().next_back().unwrap_or_default().trim();
    if head == last {
        return cut(head, LONGEST_REASON);
    }
    let room = LONGEST_REASON / 2;
    [&cut(head, room), LEFT_OUT, &cut(last, room)].concat()
}

/// Whether one reason ends with another one, or with the line of it that states the error. What comes before is who says
/// so: `INTERNAL: `.
pub(crate) fn repeats(reason: &str, other: &str) -> bool {
    reason.ends_with(other.rsplit(LEFT_OUT).next().unwrap_or(other))
}

/// The text, or its start and `…`.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

/// Text in several lines without invisible characters.
fn without_hidden(text: &str) -> String {
    text.chars().filter(|char| !is_hidden(*char) || matches!(char, '\n' | '\t')).collect()
}

/// Control characters, and marks that change the direction of the surrounding text.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_visible_characters() {
        assert_eq!(name(" select 1\n\tfrom  t "), "select 1 from t");
        assert_eq!(name("a\u{202e}b\u{0}c\u{1b}[31md"), "abc[31md");
        assert_eq!(name(&"x".repeat(200)).chars().count(), 120);
        assert_eq!(name("Namen: 名前 ä"), "Namen: 名前 ä");
    }

    #[test]
    fn a_reason_keeps_its_head_and_the_error_behind_a_python_trace() {
        let frames: String =
            (0..40).map(|line| format!("  File \"/worker.py\", line {line}, in main\n    process()\n")).collect();
        let text = format!(
            "Job aborted due to stage failure: Task 0 in stage 4.0 failed 4 times: PythonException: Traceback (most \
             recent call last):\n{frames}ZeroDivisionError: division by zero\n\n\tat org.apache.spark.X.y(X.scala:1)\n\
             \tat java.base/java.lang.Thread.run(Thread.java:840)\n\nDriver stacktrace:"
        );
        let said = reason(&text);
        assert!(said.starts_with("Job aborted due to stage failure: Task 0"), "{said}");
        assert!(said.ends_with("\n…\nZeroDivisionError: division by zero"), "{said}");
        let caused = |cause: &str| {
            reason(&format!(
                "Task failed while writing rows.\n\tat a.X.y(X.scala:1)\nCaused by: {cause}\n\tat a.Z.z(Z.scala:1)"
            ))
        };
        assert_eq!(
            caused("java.lang.ArithmeticException: / by zero"),
            "Task failed while writing rows.\n…\njava.lang.ArithmeticException: / by zero"
        );
        assert_eq!(
            caused("PythonException: Traceback:\n  File \"x.py\", line 1\nZeroDivisionError: division by zero\n"),
            "Task failed while writing rows.\n…\nZeroDivisionError: division by zero"
        );
        assert_eq!(reason("boom\n\tat org.apache.spark.X.y(X.scala:1)"), "boom");
        assert_eq!(reason("boom 7 SQLSTATE: P0001"), "boom 7 SQLSTATE: P0001");
        assert!(reason(&"x".repeat(5_000)).chars().count() <= 500);
    }

    #[test]
    fn a_reason_repeats_another_one_that_states_the_same_error() {
        assert!(repeats("INTERNAL: boom 7 SQLSTATE: P0001", "boom 7 SQLSTATE: P0001"));
        assert!(repeats("INTERNAL: Job abor…\n…\nZeroDivisionError: 7", "Job aborted\n…\nZeroDivisionError: 7"));
        assert!(!repeats("INTERNAL: boom 7", "ExecutorLostFailure: boom 7"));
        assert!(!repeats("", "boom 7"));
    }
}
