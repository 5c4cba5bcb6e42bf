//! The class of an error as one word; its message may hold data and is not stored.

/// Longest class, characters.
const LONGEST: usize = 96;

/// Spark's class in brackets, else the last exception that is named, without its package.
pub(super) fn of_failure(reason: &str) -> Option<String> {
    let in_brackets = reason.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(class, _)| class);
    let is_spark = |class: &&str| {
        // An access key has the same letters, and no underscore.
        class.contains('_')
            && class.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'.' | b'0'..=b'9'))
            && class.bytes().any(|byte| byte.is_ascii_uppercase())
    };
    let in_brackets = in_brackets.filter(|class| !class.is_empty()).find(is_spark);
    let is_exception = |word: &&str| {
        let ends = ["Error", "Exception"].iter().any(|end| word.ends_with(end));
        ends && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$'))
    };
    let mut words = reason.split(|char: char| char.is_whitespace() || matches!(char, ':' | '(' | ')' | ','));
    let exception = words.rfind(is_exception).and_then(|class| class.rsplit(['.', '$']).next());
    in_brackets.or(exception).map(|class| class.chars().take(LONGEST).collect())
}

/// Why Spark removed an executor.
pub(super) fn of_removal(reason: &str) -> String {
    let reason = reason.to_lowercase();
    let code =
        reason.split_once("code ").map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    if let Some(code) = code.filter(|code| (1..=3).contains(&code.len())) {
        return format!("exited_{code}");
    }
    let known = [
        ("heartbeat", "no_heartbeat"),
        ("outofmemory", "out_of_memory"),
        ("decommission", "decommissioned"),
        ("killed by driver", "released"),
        ("worker lost", "worker_lost"),
        ("worker shutting down", "worker_lost"),
        ("disassociated", "connection_lost"),
        ("remote rpc", "connection_lost"),
    ];
    known.iter().find(|(text, _)| reason.contains(text)).map_or("other", |(_, word)| word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_stored_as_its_class_alone() {
        for (reason, class) in [
            ("[USER_RAISED_EXCEPTION] boom: Ann's row SQLSTATE: P0001", Some("USER_RAISED_EXCEPTION")),
            (
                "Job aborted: PythonException: Traceback\n…\nZeroDivisionError: division by zero",
                Some("ZeroDivisionError"),
            ),
            ("java.lang.RuntimeException: secret", Some("RuntimeException")),
            ("[a list] of things", None),
            ("no access for [AKIAIOSFODNN7EXAMPLE]", None),
            ("boom", None),
        ] {
            assert_eq!(of_failure(reason).as_deref(), class, "{reason}");
        }
    }

    #[test]
    fn an_executors_end_is_one_word() {
        for (reason, word) in [
            ("Command exited with code 137", "exited_137"),
            ("Executor heartbeat timed out after 120000 ms", "no_heartbeat"),
            ("Remote RPC client disassociated. Likely due to containers exceeding thresholds", "connection_lost"),
            ("Executor killed by driver.", "released"),
            ("Worker shutting down", "worker_lost"),
            ("", "other"),
        ] {
            assert_eq!(of_removal(reason), word, "{reason}");
        }
    }
}
