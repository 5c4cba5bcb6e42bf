//! Whether a value bound to a secret-like name is the secret, or only stands where one belongs.

use super::names::{Promise, among, promise, words};

/// The shortest secret; shorter ones cannot be told from flags and codes.
const SHORTEST: usize = 6;
/// The longest one; longer values are texts.
const LONGEST: usize = 4096;
/// Bits per character from which a value without digits looks random; words and names have fewer.
const RANDOM_BITS: f64 = 3.5;

/// Parts, in lower case, that only placeholders have.
const PLACEHOLDER_PARTS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "placeholder",
    "redacted",
    "replace",
    "xxxx",
    "****",
    "...",
    "-xxx",
    "_xxx",
    "…",
    "your_",
    "your-",
    "your ",
    "_your",
    "-your",
    "insert",
    "<your",
    "dummy",
    "fixme",
];
/// Words, in lower case, of which placeholders are made: `my-secret-token`, `enter password here`, `string`.
const PLACEHOLDER_WORDS: &str = "
    a access account add an any api auth authorization aws azure basic bearer bool boolean client credential
    credentials databricks db default demo disabled empty enabled enter example fake false foo bar baz from github
    gitlab goes here hidden hide id in include input integer is key keyword kerberos me missing my mypass
    mypassword mysecret mysql mytoken name new no none not null nullable number oauth object of openai optional
    or paste pass passwd password passphrase postgres private prompt provided put pwd required root sample
    secret set simple some str string sub test text the this to token true type undefined unknown unset unused
    user username value varchar variable with xxx
";
/// Beginnings of values that say where the secret is kept.
const REFERENCES: &[&str] = &[
    "$",
    "%",
    "{",
    "<",
    "[",
    "/",
    "./",
    "../",
    "~/",
    "arn:",
    "env:",
    "vault:",
    "ssm:",
    "projects/",
    "op://",
    "@Microsoft.KeyVault",
    "secretref:",
    "file:",
];
/// Endings of names of files.
const FILE_ENDINGS: &[&str] = &[
    ".json", ".pem", ".txt", ".yaml", ".yml", ".key", ".env", ".crt", ".ini", ".cfg", ".toml", ".csv", ".parquet",
    ".jks",
];

/// Whether the value, bound to a name that promises so much, is a secret.
pub(super) fn is_secret(promise: Promise, value: &str) -> bool {
    let length = value.chars().take(LONGEST + 1).count();
    if !(SHORTEST..=LONGEST).contains(&length) || is_placeholder(value) || is_reference(value) {
        return false;
    }
    match promise {
        Promise::Password => !is_sentence(value),
        Promise::Key => !value.contains(char::is_whitespace),
        Promise::Maybe => is_random(value),
    }
}

/// Whether the value stands where a secret belongs: `<password>`, `changeme`, `xxxxxx`, `${TOKEN}`, `my_api_key`.
pub(super) fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_lowercase();
    let mut chars = lower.chars();
    let first = chars.next();
    if chars.all(|char| Some(char) == first) || PLACEHOLDER_PARTS.iter().any(|part| lower.contains(part)) {
        return true;
    }
    let of_words = !value.contains(|char: char| char.is_ascii_digit());
    of_words && (words(value).iter().all(|word| among(PLACEHOLDER_WORDS, word)) || is_name(value))
}

/// Whether the body of a token with a known format is made up: `xxxxx…`, `1111…`, `your…`.
pub(super) fn is_made_up(token: &str) -> bool {
    let lower = token.to_lowercase();
    let mut run = 0;
    let mut before = None;
    let repeats = lower.bytes().any(|byte| {
        run = if before.replace(byte) == Some(byte) { run + 1 } else { 1 };
        run >= 6
    });
    repeats || ["your", "placeholder", "xxxx", "..."].iter().any(|part| lower.contains(part))
}

/// Whether the value looks random: digits among letters, or letters of both cases with more entropy than words have.
pub(super) fn is_random(value: &str) -> bool {
    if value.contains(char::is_whitespace) || value.chars().count() < 8 {
        return false;
    }
    let has = |class: fn(&char) -> bool| value.chars().any(|char| class(&char));
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
    let in_words = value.contains(['_', '-', '.', '/']);
    digits >= 2 && has(char::is_ascii_alphabetic) && entropy(value) >= 2.5
        || mixed && !in_words && entropy(value) >= RANDOM_BITS
}

/// Shannon's entropy in bits per byte.
pub(super) fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = value.len() as f64;
    let share = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(|count| -share(count) * share(count).log2()).sum()
}

/// The name of another thing: a setting's such as `fs.s3a.secret.key`, a variable's such as `DB_PASSWORD`.
fn is_name(value: &str) -> bool {
    let plain = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.');
    value.chars().all(plain) && words(value).len() > 1 && promise(value).is_some()
}

fn is_reference(value: &str) -> bool {
    let lower = value.to_lowercase();
    let windows = value.get(1..3) == Some(":\\");
    windows
        || value.contains("://")
        || REFERENCES.iter().any(|start| value.starts_with(start)) && !is_random(value)
        || ["${", "{{", "$("].iter().any(|start| value.starts_with(start))
        || FILE_ENDINGS.iter().any(|end| lower.ends_with(end))
}

/// Words for people: a label, a question.
fn is_sentence(value: &str) -> bool {
    value.contains('\n') || value.trim().contains(' ') && !value.contains(|char: char| char.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_no_secrets() {
        for value in [
            "<password>",
            "changeme",
            "CHANGE_ME",
            "xxxxxxxx",
            "XXX-XXXX",
            "your-password",
            "YOUR_API_KEY",
            "example",
            "${DB_PASSWORD}",
            "{{ secret }}",
            "$PASSWORD",
            "********",
            "",
            "None",
            "password",
            "my_api_key",
            "%(pw)s",
            "fs.s3a.secret.key",
            "Enter your password: ",
            "string",
            "secret",
            "aaaaaaaa",
            "{{secrets/scope/key}}",
            "/run/secrets/password",
            "creds.json",
            "env:PASSWORD",
            "Password:",
            "DB_PASSWORD",
            "[REDACTED]",
            "mypassword",
            "sk-xxx",
            "sk-...7f3a",
        ] {
            assert!(!is_secret(Promise::Password, value), "{value}");
        }
    }

    #[test]
    fn passwords_are_secrets() {
        for value in ["hunter22", "supersecret", "S3cret!", "abcdef", "correct horse 7", "admin123", "p@ssw0rd"] {
            assert!(is_secret(Promise::Password, value), "{value}");
        }
    }

    #[test]
    fn doubtful_names_need_a_random_value() {
        for value in ["attention_mask", "bert-base-v2", "START", "Bearer", "hello world 12", "classification_token"] {
            assert!(!is_secret(Promise::Maybe, value), "{value}");
        }
        for value in ["8f14e45fceea167a5a36", "aB3dE5gH7jK9", "QmFzZTY0RW5jb2RlZFRva2Vu"] {
            assert!(is_secret(Promise::Maybe, value), "{value}");
        }
    }
}
