//! Foreign texts without their secrets: values of passwords, keys and tokens are replaced, by rules of thumb.

/// What stands for a secret.
const HIDDEN: &str = "…";
/// Parts of names whose values are secrets.
const NAMES: [&str; 16] = [
    "accesskey",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "apikey",
    "api_key",
    "access_key",
    "access.key",
    "account.key",
    "accountkey",
    "private_key",
    "signature",
];
/// How well-known keys begin: JSON web tokens, and those of several services.
const BEGINNINGS: [&str; 9] = ["eyj", "akia", "asia", "ghp_", "gho_", "github_pat_", "glpat-", "xox", "sk-"];
const SHORTEST_KEY: usize = 16;
/// From this length on, letters of both cases mixed with digits are taken for a key.
const SHORTEST_RANDOM: usize = 32;
/// How much of a long text says whether it is a key.
const LOOKED_AT: usize = 256;
/// The length of a secret key of AWS, which may contain slashes.
const AWS_KEY: usize = 40;

/// Words of a setting's name whose value is a secret, beside [`NAMES`].
const WORDS: [&str; 7] = ["key", "keys", "sas", "jwt", "authorization", "auth", "pass"];
/// What Spark writes instead of a value that it takes for a secret.
const HIDDEN_BY_SPARK: &str = "*********(redacted)";

/// A setting's value without its secrets; none if all of it is one. More is hidden than need be, because a name may
/// mean anything.
#[must_use]
pub fn setting(name: &str, value: &str) -> Option<String> {
    let harmless = value.is_empty() || ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word));
    let hidden = value == HIDDEN_BY_SPARK || (!harmless && is_secret_name(name));
    (!hidden).then(|| redacted(value))
}

fn is_secret_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    // `keyStore` is two words, as `key.store` is.
    let mut spaced = String::with_capacity(name.len());
    for char in name.chars() {
        if char.is_uppercase() {
            spaced.push(' ');
        }
        spaced.extend(char.to_lowercase());
    }
    let words = |text: &str| text.split(|char: char| !char.is_alphanumeric()).any(|word| WORDS.contains(&word));
    NAMES.iter().any(|secret| lower.contains(secret)) || words(&lower) || words(&spaced)
}

/// The text without its secrets.
#[must_use]
pub fn redacted(text: &str) -> String {
    // The value of a setting ends with the statement.
    let is_set = text.trim_start().get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("set "));
    if let Some((name, _)) = text.split_once('=').filter(|_| is_set) {
        return [name, "=", HIDDEN].concat();
    }
    let mut result = String::with_capacity(text.len());
    let (mut rest, mut before) = (text, None);
    // Where the last run of Base64 ends, counted from the end of the text: each is measured once.
    let mut run_end = usize::MAX;
    while let Some(first) = rest.chars().next() {
        if !is_in_word(first) {
            result.push(first);
            (before, rest) = (Some(first), rest.get(first.len_utf8()..).unwrap_or_default());
            if result.ends_with("://") {
                rest = without_user(rest, &mut result);
            }
            continue;
        }
        if rest.len() <= run_end {
            run_end = rest.trim_start_matches(is_base64).len();
        }
        let key = key_length(rest, rest.len().saturating_sub(run_end));
        let length = key.unwrap_or_else(|| rest.find(|char| !is_in_word(char)).unwrap_or(rest.len()));
        let (word, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let name = word.to_lowercase();
        let is_secret = key.is_some() || looks_secret(word, &name);
        result.push_str(if is_secret { HIDDEN } else { word });
        rest = after;
        if !is_secret && (name == "sig" || NAMES.iter().any(|secret| name.contains(secret))) {
            rest = without_value(rest, before, &mut result);
        }
        before = None;
    }
    result
}

/// Hides the value that follows a secret's name, and returns what follows the value: `password 'x'`,
/// `'secret' = "x"`, `token=x&…`; in a plan of Spark's `password#12 = x` and `EqualTo(password,x)`, up to the closing
/// bracket. `before` stands in front of the name.
fn without_value<'a>(text: &'a str, before: Option<char>, result: &mut String) -> &'a str {
    let closed = before.filter(|quote| is_quote(*quote)).and_then(|quote| text.strip_prefix(quote)).unwrap_or(text);
    let column =
        closed.strip_prefix('#').map(|id| id.trim_start_matches(|char: char| char.is_ascii_digit() || char == 'L'));
    let filter = closed
        .strip_prefix(',')
        .filter(|value| before == Some('(') && (!value.starts_with(' ') || value.starts_with(" [")));
    let sign = column.or(filter).unwrap_or(closed).trim_start();
    let value = match column {
        Some(_) => without_operator(sign),
        None => sign.trim_start_matches(['=', ':', '>']),
    };
    let is_given = value.len() < sign.len() || filter.is_some();
    let is_plan = column.is_some() || filter.is_some();
    let value = value.trim_start();
    let between = text.len().saturating_sub(value.len());
    let quote = value.chars().next().filter(|char| is_quote(*char));
    let end = match quote {
        Some(quote) => quoted(value, quote),
        // A name alone, as of a column, says nothing about the next word.
        None if !is_given => return text,
        None if is_plan => value.find([')', '\n']).unwrap_or(value.len()),
        None => {
            let ends = |char: char| char.is_whitespace() || is_quote(char) || matches!(char, '&' | ';' | ',' | ')');
            value.find(ends).unwrap_or(value.len())
        }
    };
    let (hidden, after) = value.split_at_checked(end).unwrap_or((value, ""));
    result.push_str(text.get(..between).unwrap_or_default());
    match quote {
        Some(quote) => result.extend([&*quote.to_string(), HIDDEN, &*quote.to_string()]),
        None => result.push_str(HIDDEN),
    }
    // It is computed, so where it ends is not known.
    if quote.is_none() && !is_plan && hidden.contains('(') { "" } else { after }
}

/// What follows an operator of a plan; the same text if there is none.
fn without_operator(text: &str) -> &str {
    let words = ["INSET ", "IN ", "LIKE ", "RLIKE "];
    let word = words.iter().find_map(|word| text.strip_prefix(word));
    word.unwrap_or_else(|| text.trim_start_matches(['=', '<', '>', '!']))
}

/// Hides `user:password` of an address after its `://`.
fn without_user<'a>(text: &'a str, result: &mut String) -> &'a str {
    let end = text.find(|char: char| char.is_whitespace() || is_quote(char) || matches!(char, '/' | '?'));
    let place = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    match place.rfind('@') {
        Some(at) => {
            result.push_str(HIDDEN);
            text.get(at..).unwrap_or_default()
        }
        None => text,
    }
}

fn is_in_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '.' | '-' | '+' | '%' | '~')
}

fn is_quote(char: char) -> bool {
    matches!(char, '\'' | '"' | '`')
}

/// The length of a key in Base64 at the beginning of a text: it may contain what else ends a word. `length` is that of
/// all Base64 there.
fn key_length(text: &str, length: usize) -> Option<usize> {
    let key = text.get(..length)?;
    let is_long = length == AWS_KEY || (length >= SHORTEST_RANDOM && key.ends_with('='));
    // The beginning says enough, and each beginning of a word is asked.
    (is_long && is_mixed(key.get(..LOOKED_AT).unwrap_or(key))).then_some(length)
}

fn is_base64(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '/' | '+' | '=')
}

fn is_mixed(word: &str) -> bool {
    let any = |is: fn(&char) -> bool| word.chars().any(|char| is(&char));
    any(char::is_ascii_digit) && any(char::is_ascii_uppercase) && any(char::is_ascii_lowercase)
}

fn looks_secret(word: &str, lower: &str) -> bool {
    // The name of a class or of a file has dots, and no long part.
    let is_random = word.split('.').any(|part| part.len() >= SHORTEST_RANDOM && is_mixed(part));
    is_random || word.len() >= SHORTEST_KEY && BEGINNINGS.iter().any(|begin| lower.starts_with(begin))
}

/// The length of a quoted text with its quotes, bytes. A doubled or escaped quote does not end it.
#[must_use]
pub fn quoted(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        if char == '\\' {
            chars.next();
        } else if char == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + char.len_utf8();
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays_as_it_was() {
        for (text, expected) in [
            ("SELECT token, name FROM t WHERE id = 'Ann'", "SELECT token, name FROM t WHERE id = 'Ann'"),
            ("SELECT * FROM t WHERE password = 'a b' AND n = 1", "SELECT * FROM t WHERE password = '…' AND n = 1"),
            ("password 'it''s_my_pw', n 'it\\'s'", "password '…', n 'it\\'s'"),
            ("url 'jdbc:x://h/d?user=a&password=ab@cd!ef'", "url 'jdbc:x://h/d?user=a&password=…'"),
            ("SET spark.x.password=hunter2!rest/of#it", "SET spark.x.password=…"),
            ("password = concat('abc', 'def')", "password = …"),
            ("{\"client_secret\": \"a b\", \"n\": 1}", "{\"client_secret\": \"…\", \"n\": 1}"),
            ("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1 x", "key … x"),
            ("blob?sv=1&sig=a%2Fb%3D&n=1", "blob?sv=1&sig=…&n=1"),
            ("OPTIONS (url 'jdbc:x://h/d', password 'pw', n '1')", "OPTIONS (url 'jdbc:x://h/d', password '…', n '1')"),
            ("OPTIONS ('fs.s3a.secret.key' = 'x y')", "OPTIONS ('fs.s3a.secret.key' = '…')"),
            ("set spark.hadoop.fs.s3a.access_key=abc", "set spark.hadoop.fs.s3a.access_key=…"),
            ("csv.`https://ann:pw@h/x.csv?sig=1&token=abc`", "csv.`https://…@h/x.csv?sig=…&token=…`"),
            ("no access for [AKIAIOSFODNN7EXAMPLE]", "no access for [AKIAIOSFODNN7EXAMPLE]"),
            ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Authorization: Bearer …"),
            ("SELECT '0f8fad5b-d9cb-469f-a165-70867728950e'", "SELECT '0f8fad5b-d9cb-469f-a165-70867728950e'"),
            ("x = aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3", "x = …"),
            ("token: ünïcode", "token: …"),
            ("Filter ((password#12 = hunter 2) AND (n#3 > 1))", "Filter ((password#12 = …) AND (n#3 > 1))"),
            ("(isnotnull(token#7L) AND token#7L IN (a,b))", "(isnotnull(token#7L) AND token#7L IN …))"),
            (
                "PushedFilters: [EqualTo(password,hunter2), IsNotNull(n)]",
                "PushedFilters: [EqualTo(password,…), IsNotNull(n)]",
            ),
            ("In(password, [a,b]), n", "In(password, …), n"),
            ("Project [token#7, name#8]", "Project [token#7, name#8]"),
            ("SharedAccessKey=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEwJal=", "…"),
        ] {
            let expected = expected.replace("AKIAIOSFODNN7EXAMPLE", HIDDEN);
            assert_eq!(redacted(text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_text_of_paths_is_read_in_linear_time() {
        for text in ["a/".repeat(1 << 17), ["a/".repeat(1 << 17), "==".into()].concat(), "Aa1/".repeat(1 << 15)] {
            assert!(redacted(&text).len() <= text.len());
        }
    }

    #[test]
    fn a_setting_is_hidden_by_its_name_or_by_what_its_value_looks_like() {
        let hidden = |name: &str| setting(name, "hunter2").is_none();
        for name in [
            "spark.my.password",
            "spark.hadoop.fs.s3a.access.key",
            "spark.ssl.keyPassword",
            "spark.x.encryptionKey",
            "spark.hadoop.fs.azure.account.key.acc.dfs.core.windows.net",
            "spark.kubernetes.authenticate.oauthToken",
            "spark.x.SAS",
            "spark.es.net.http.auth.pass",
            "spark.redis.auth",
            "spark.x.accessKey",
        ] {
            assert!(hidden(name), "{name}");
        }
        for name in ["spark.master", "spark.sql.shuffle.partitions", "spark.keyed", "spark.sql.monkey"] {
            assert!(!hidden(name), "{name}");
        }
        assert_eq!(setting("spark.any", HIDDEN_BY_SPARK), None);
        assert_eq!(setting("spark.security.credentials.hive.enabled", "false").as_deref(), Some("false"));
        for (value, expected) in [
            ("jdbc:postgresql://ann:pw@h/db", "jdbc:postgresql://…@h/db"),
            ("-Dx.password=foo -Dy=1", "-Dx.password=… -Dy=1"),
            ("-Dfs.s3a.access.key=abc", "-Dfs.s3a.access.key=…"),
            ("-Dfs.s3a.accessKey=abc", "-Dfs.s3a.accessKey=…"),
            ("glpat-0123456789abcdef", "…"),
            ("org.apache.hadoop.fs.s3a.S3AFileSystem", "org.apache.hadoop.fs.s3a.S3AFileSystem"),
            ("/opt/spark/jars/x_2.13-1.0.jar,hdfs://h/y.jar", "/opt/spark/jars/x_2.13-1.0.jar,hdfs://h/y.jar"),
        ] {
            assert_eq!(setting("spark.any", value).as_deref(), Some(expected), "{value}");
        }
    }
}
