//! Which names announce that their value is a secret.

/// How much a name says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// The value is a password: everything but a placeholder counts.
    Password,
    /// The value is a key: everything in one word but a placeholder counts.
    Key,
    /// The name has other meanings as well, as `token` has in text processing: only a random value counts.
    Maybe,
}

/// Words that name a password, also as the end of a longer word such as `PGPASSWORD`.
const PASSWORDS: &str = "password passwd passphrase passwords";
/// Words that name a password only when they stand alone.
const SHORT_PASSWORDS: &str = "pwd keypass storepass";
/// Keys written as one word, also as the end of a longer word.
const KEYS: &str = "
    apikey accesskey secretkey privatekey accountkey clientsecret authtoken accesstoken secretaccesskey
";
/// What makes `… key` a secret whatever its value looks like.
const KEY_OF: &str = "
    api access secret private account encryption signing shared auth subscription consumer fernet
";
/// What makes `… key` a secret if its value looks random.
const MAYBE_KEY_OF: &str = "
    app application client service session storage master admin license deploy ssh sas webhook integration
";
/// Words with other meanings.
const MAYBE: &str = "token auth authorization credential credentials bearer jwt pass";
/// Words that make `… token` a secret whatever it looks like.
const TOKEN_OF: &str = "access api auth refresh bearer secret";
/// What makes `… token` a part of a text, or of a page.
const NO_TOKEN_OF: &str = "
    max min num n count total per avg pad padding bos eos eot cls sep unk unknown mask masked stop start end
    special first last prev previous image prompt input output completion word sub subword page continuation
";
/// What makes `… pass` something else than a password.
const NO_PASS_OF: &str = "high low band all first second forward backward by";
/// What may follow only when the value is about a secret and not the secret itself: `password_field`, `secret_name`.
const ABOUT: &str = "
    name names field fields id ids count counts counter length len limit limits type types url urls uri path
    paths file files filename dir folder directory expiry expires expiration expired ttl age index idx size max
    min num number rate regex pattern policy prompt label placeholder hint help message msg error reset form
    input widget box version scope scopes manager provider class hash column col header env var variable
    required strength validator map list vocab embedding mask position endpoint host method format store arn ref
    algorithm description mode word
";

/// What the name says; nothing if it does not name a secret.
pub(super) fn promise(name: &str) -> Option<Promise> {
    if name.len() > 200 {
        return None;
    }
    let words = words(name);
    let after = |at: usize| words.iter().skip(at + 1);
    let (at, promise) = (0..words.len()).rev().find_map(|at| Some((at, at_word(&words, at)?)))?;
    (!after(at).any(|word| among(ABOUT, word))).then_some(promise)
}

/// Whether the name is one of an AWS secret access key.
pub(super) fn is_aws_secret(name: &str) -> bool {
    let words = words(name);
    let has = |word: &str| words.iter().any(|own| own.contains(word));
    has("secret") && (has("aws") || has("access") || has("key"))
}

/// Whether the word is in the list, in which blanks separate words.
pub(super) fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

fn at_word(words: &[String], at: usize) -> Option<Promise> {
    let word = words.get(at)?.as_str();
    let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", String::as_str);
    if PASSWORDS.split_whitespace().any(|ending| word.ends_with(ending)) || among(SHORT_PASSWORDS, word) {
        return Some(Promise::Password);
    }
    if KEYS.split_whitespace().any(|ending| word.ends_with(ending)) {
        return Some(Promise::Key);
    }
    match word {
        "secret" | "secrets" if words.len() > 1 => Some(Promise::Key),
        "secret" | "secrets" => Some(Promise::Maybe),
        "key" if among(KEY_OF, before) => Some(Promise::Key),
        "key" if among(MAYBE_KEY_OF, before) => Some(Promise::Maybe),
        "pat" if !before.is_empty() => Some(Promise::Maybe),
        "token" if among(NO_TOKEN_OF, before) => None,
        "token" if among(TOKEN_OF, before) => Some(Promise::Key),
        "pass" if among(NO_PASS_OF, before) => None,
        _ => among(MAYBE, word).then_some(Promise::Maybe),
    }
}

/// The words of a name in snake_case, camelCase, kebab-case or with dots, in lower case. Digits separate words.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![];
    let mut word = String::new();
    let mut chars = name.chars().peekable();
    let mut before = ' ';
    while let Some(now) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(|next| next.is_lowercase());
        let hump = now.is_uppercase() && (before.is_lowercase() || before.is_uppercase() && next_is_lower);
        if (hump || !now.is_alphabetic()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if now.is_alphabetic() {
            word.extend(now.to_lowercase());
        }
        before = now;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(words("fs.s3a.secretKey"), ["fs", "s", "a", "secret", "key"]);
        assert_eq!(words("OPENAI_APIKey2-prod"), ["openai", "api", "key", "prod"]);
    }

    #[test]
    fn names_of_secrets() {
        for name in "
            password DB_PASSWORD myPassword sfPassword PGPASSWORD passwd pwd userPwd api_key apiKey APIKEY
            access_key fs.s3a.secret.key private_key client_secret token github_token authToken credentials
            auth db_pass javax.jdo.option.ConnectionPassword fs.azure.account.key.lake.dfs.core.windows.net
            password_prod password1 access_token X-Api-Key
        "
        .split_whitespace()
        {
            assert!(promise(name).is_some(), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in "
            token_count max_tokens tokens tokenizer password_field secret_name key author authors passenger
            compass pad_token eos_token primary_key foreign_key sort_key password_length token_type auth_url
            public_key keyword secretary monkey high_pass fs.s3a.aws.credentials.provider token_ids x
            credentials_path tokenized passed
        "
        .split_whitespace()
        {
            assert_eq!(promise(name), None, "{name}");
        }
    }
}
