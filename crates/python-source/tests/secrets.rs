//! What is found as a secret, and what passes. The secrets are joined at run time, so that no scanner of this
//! repository takes them for real ones.
#![expect(clippy::indexing_slicing, reason = "a test may fail")]

use python_source::{Program, Secret, Version, secrets, secrets_in_text};

const V311: Version = Version { minor: 11 };
/// Stands for the secret in a source.
const HERE: &str = "§";
const PASSWORD: &str = concat!("hunter", "22!");

fn found(source: &str) -> Vec<Secret> {
    secrets(&Program::cell(source, V311))
}

/// Characters of a token's body: not random, but as mixed as one.
fn body(alphabet: &str, length: usize) -> String {
    let chars: Vec<char> = alphabet.chars().collect();
    (0..length).map(|at| chars[(at * 7 + at * at * 3 + 5) % chars.len()]).collect()
}

fn hex(length: usize) -> String {
    body("0f1e2d3c4b5a69788", length)
}

fn mixed(length: usize) -> String {
    body("aB3dE5gH7jK9mN2pQ4rS6tU8vW1xY0zcFiLoRuX", length)
}

/// Kind, source with `§` in the secret's place, secret.
fn of_known_format() -> Vec<(&'static str, &'static str, String)> {
    let upper = body("A2B3C4D5E6F7GHIJK", 16);
    let jwt = format!("eyJ{}.eyJ{}.{}", mixed(30), mixed(60), mixed(43));
    let key = format!("{}BEGIN RSA PRIVATE KEY-----\\n{}\\n-----END RSA PRIVATE KEY-----", "-----", mixed(64));
    vec![
        ("aws_access_key", "key_id = '§'", format!("AKIA{upper}")),
        ("aws_access_key", "x = 1  # with §", format!("ASIA{upper}")),
        ("aws_secret_key", "aws_secret_access_key = '§'", mixed(40)),
        ("aws_secret_key", "spark.conf.set('spark.hadoop.fs.s3a.secret.key', '§')", mixed(40)),
        ("aws_secret_key", "%env AWS_SECRET_ACCESS_KEY=§", mixed(40)),
        ("github_token", "t = '§'", format!("ghp_{}", mixed(36))),
        ("github_token", "t = '§'", format!("gho_{}", mixed(36))),
        ("github_token", "t = '§'", format!("ghu_{}", mixed(36))),
        ("github_token", "t = '§'", format!("ghs_{}", mixed(36))),
        ("github_token", "t = '§'", format!("ghr_{}", mixed(36))),
        ("github_token", "!git clone https://§@host/x", format!("github_pat_{}_{}", mixed(22), mixed(59))),
        ("gitlab_token", "call('§')", format!("glpat-{}", mixed(20))),
        ("slack_token", "call('§')", format!("xoxb-{}-{}-{}", "123456789012", "987654321098", mixed(24))),
        ("slack_token", "call('§')", format!("xoxp-{}-{}", "123456789012", mixed(32))),
        ("slack_webhook", "post('https://hooks.slack.com/services/§')", format!("T01AB2CD3/B04EF5GH6/{}", mixed(24))),
        ("google_api_key", "maps('§')", format!("AIza{}", mixed(35))),
        ("google_oauth_secret", "x = '§'", format!("GOCSPX-{}", mixed(28))),
        ("stripe_key", "stripe.api_key = '§'", format!("sk_live_{}", mixed(24))),
        ("stripe_key", "stripe.api_key = '§'", format!("rk_test_{}", mixed(24))),
        ("anthropic_key", "Client('§')", format!("sk-ant-api03-{}", mixed(93))),
        ("openai_key", "Client('§')", format!("sk-{}", mixed(48))),
        ("openai_key", "Client('§')", format!("sk-proj-{}", mixed(60))),
        ("hugging_face_token", "login('§')", format!("hf_{}", mixed(34))),
        ("databricks_token", "x = f'''§'''", format!("dapi{}", hex(32))),
        ("npm_token", "x = b'§'", format!("npm_{}", mixed(36))),
        ("pypi_token", "x = '§'", format!("pypi-AgEIcHlwaS5vcmc{}", mixed(80))),
        ("sendgrid_key", "x = '§'", format!("SG.{}.{}", mixed(22), mixed(43))),
        ("twilio_key", "x = '§'", format!("SK{}", hex(32))),
        ("docker_token", "x = '§'", format!("dckr_pat_{}", mixed(27))),
        ("digitalocean_token", "x = '§'", format!("dop_v1_{}", hex(64))),
        ("hashicorp_vault_token", "x = '§'", format!("hvs.{}", mixed(90))),
        ("grafana_token", "x = '§'", format!("glsa_{}_{}", mixed(32), hex(8))),
        ("azure_storage_key", "c = 'AccountName=a;AccountKey=§;EndpointSuffix=x'", format!("{}==", mixed(86))),
        (
            "azure_storage_key",
            "spark.conf.set('fs.azure.account.key.lake.dfs.core.windows.net', '§')",
            mixed(86) + "==",
        ),
        ("azure_sas", "u = 'https://a.blob/c?sv=2022-11-02&sp=r&sig=§'", mixed(43) + "%3D"),
        ("jwt", "x = '§'", jwt),
        ("private_key", "x = '§'", key),
        ("private_key", "x = '§'", ["-----BEGIN", " PRIVATE KEY-----"].concat()),
        ("authorization_header", "!curl -H 'Authorization: Bearer §' host", mixed(32)),
        ("authorization_header", "get(u, headers={'Authorization': 'Basic §'})", mixed(24) + "=="),
    ]
}

/// Formats that only gitleaks' rules know.
fn of_gitleaks() -> Vec<(&'static str, &'static str, String)> {
    let lower = |length| body("a2b3c4d5e6f7g8h9k", length);
    // Each character as often as the others, which is the most entropy.
    let all_of = |length| body(&('a'..='z').chain('A'..='Z').chain('0'..='4').collect::<String>(), length);
    vec![
        ("airtable_api_key", "airtable = '§'", lower(17)),
        ("artifactory_api_key", "x = '§'", format!("AKCp{}", all_of(69))),
        ("datadog_access_token", "# datadog: §", lower(40)),
        ("doppler_api_token", "x = '§'", format!("dp.pt.{}", mixed(43))),
        ("dynatrace_api_token", "x = '§'", format!("dt0c01.{}.{}", all_of(24), all_of(64))),
        ("fastly_api_token", "fastly = '§'", lower(32)),
        ("new_relic_user_api_key", "new_relic = '§'", format!("NRAK-{}", lower(27))),
        ("okta_access_token", "!okta_login = §", format!("00{}", mixed(40))),
        ("planetscale_password", "x = '§'", format!("pscale_pw_{}", mixed(43))),
        ("pulumi_api_token", "call('§')", format!("pul-{}", hex(40))),
        ("sentry_user_token", "x = '§'", format!("sntryu_{}", hex(64))),
        ("sonar_api_token", "sonar_login = '§'", format!("squ_{}", mixed(40))),
        ("snyk_api_token", "x = 1  # snyk-key: §", "0f1e2d3c-4b5a-6978-8f1e-2d3c4b5a6978".to_owned()),
    ]
}

/// Source in which a password is bound to a name, or is part of a URL.
const WITH_PASSWORD: &[(&str, &str)] = &[
    ("connection_string", "u = 'postgresql://me:§@db:5432/x'"),
    ("connection_string", "u = f'mysql+pymysql://me:§@{host}/x'"),
    ("connection_string", "u = 'mongodb+srv://me:§@cluster.net'"),
    ("connection_string", "u = 'redis://:§@cache:6379/0'"),
    ("connection_string", "u = 'amqp://me:§@queue/v'"),
    ("url_credentials", "!git clone https://me:§@git.host/x.git"),
    ("password_literal", "u = 'jdbc:postgresql://db/x?user=me&password=§'"),
    ("password_literal", "u = 'jdbc:sqlserver://db;user=me;password=§;encrypt=true'"),
    ("password_literal", "connect('host=db user=me password=§')"),
    ("password_literal", "password = '§'"),
    ("password_literal", "my_password = \"§\""),
    ("password_literal", "db.passwd: str = '§'"),
    ("password_literal", "if (pwd := '§'): pass"),
    ("password_literal", "connect(user='me', password='§')"),
    ("password_literal", "options = {'user': 'me', 'password': '§'}"),
    ("password_literal", "os.environ['DB_PASSWORD'] = '§'"),
    ("password_literal", "def connect(host, password='§'): pass"),
    ("password_literal", "connect = lambda *, password='§': 1"),
    ("password_literal", "df.write.format('jdbc').option('password', '§').save()"),
    ("password_literal", "spark = builder.config('spark.db.password', '§').getOrCreate()"),
    ("password_literal", "conf.setAll([('spark.db.password', '§')])"),
    ("password_literal", "os.environ.setdefault('PGPASSWORD', '§')"),
    ("password_literal", "os.putenv('DB_PASSWORD', '§')"),
    ("password_literal", "user, password = 'me', '§'"),
    ("password_literal", "password = os.getenv('DB_PASSWORD', '§')"),
    ("password_literal", "password = os.environ.get('DB_PASSWORD') or '§'"),
    ("password_literal", "password = '§'.encode()"),
    ("password_literal", "password = b'§'"),
    ("password_literal", "password = SecretStr('§')"),
    ("password_literal", "passwords = ['§']"),
    ("password_literal", "password = (\n    '§'\n)"),
    ("password_literal", "get(u, auth=HTTPBasicAuth('me', '§'))"),
    ("password_literal", "ok = password == '§'"),
    ("password_literal", "spark.sql(\"CREATE TABLE t USING jdbc OPTIONS (user 'me', password '§')\")"),
    ("password_literal", "body = '{\"password\": \"§\"}'"),
    ("password_literal", "%env DB_PASSWORD=§"),
    ("password_literal", "!tool --password §"),
    ("password_literal", "x = 1  # password = '§'"),
    ("password_literal", "password = f'{prefix}§'"),
    ("password_literal", "password = '§'\nthis is no python"),
    ("password_literal", "get(u, auth=('me', '§'))"),
    ("secret_literal", "api_key = '§'"),
    ("secret_literal", "client = Client(apiKey='§')"),
    ("secret_literal", "config['client_secret'] = '§'"),
    ("secret_literal", "self.auth_token = '§'"),
    ("secret_literal", "gitea = dict(token='§7c0d')"),
];

#[test]
fn secrets_of_all_kinds_are_found_at_their_place() {
    let with_password = WITH_PASSWORD.iter().map(|(kind, source)| (*kind, *source, PASSWORD.to_owned()));
    let table: Vec<_> = of_known_format().into_iter().chain(of_gitleaks()).chain(with_password).collect();
    assert!(table.len() >= 60);
    let mut missed = vec![];
    for (kind, source, secret) in &table {
        let text = source.replace(HERE, secret);
        let found: Vec<_> = found(&text).iter().map(|one| (one.kind, text[one.range.clone()].to_owned())).collect();
        let same = |(found, part): &(&str, String)| {
            found == kind && part.starts_with(secret.as_str()) && part.len() <= secret.len() + 4
        };
        if found.len() != 1 || !found.iter().all(same) {
            missed.push(format!("{kind}: {source} -> {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{} of {}:\n{}", missed.len(), table.len(), missed.join("\n"));
}

#[test]
fn joined_literals_are_one_secret() {
    for source in ["password = 'hunt' 'er22!'", "password = 'hunt' + 'er22!'", "password = f'hunt' 'er22!'"] {
        let found = found(source);
        assert_eq!(found.len(), 1, "{source}");
        assert!(source[found[0].range.clone()].starts_with("hunt"), "{source}");
        assert!(source[found[0].range.clone()].ends_with("er22!"), "{source}");
    }
}

#[test]
fn ordinary_code_passes() {
    for source in [
        "password = getpass.getpass('Password for me: ')",
        "password = os.environ['DB_PASSWORD']",
        "password = os.getenv('DB_PASSWORD')",
        "password = dbutils.secrets.get('scope1', 'db-password-1')",
        "password = dbutils.secrets.get(scope='scope1', key='db-password-1')",
        "df.write.option('password', password)",
        "df.write.option('password', os.environ['DB_PASSWORD2'])",
        "password = '<your password>'",
        "password = 'changeme'",
        "api_key = 'xxxxxxxxxxxx'",
        "api_key = 'YOUR_API_KEY'",
        "token = '${GITHUB_TOKEN}'",
        "token = '{{ token }}'",
        "password = 'password'",
        "password = ''",
        "password = None",
        "password = 'short'",
        "password_field = 'input-2f3a4b5c'",
        "secret_name = 'prod/db-2f3a4b5c'",
        "token_count = 'abc123def456'",
        "max_tokens = '1000abc000'",
        "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')",
        "author = 'abc123def456'",
        "key = 'abc123def456'",
        "SECRET_ROUTES = ['listEndpoints2', 'AbcDefGhiJklMno']",
        "df.select('token', 'lemma')",
        "pad_token = '[PAD]1234'",
        "commit = '3f786850e387550fdab836ed7e6dc881de23001b'",
        "url = 'postgres://localhost:5432/mydb'",
        "url = f'postgresql://{user}:{password}@{host}/x'",
        "url = 'postgresql://%s:%s@host/x' % (user, password)",
        "spark.sql('SELECT token, password FROM users WHERE secret = 1')",
        "# comment about password",
        "credentials = '/home/me/service-account-1.json'",
        "print('Enter the token: ')",
        "path = 's3a://bucket/token=abc/x.parquet'",
        "def f(token: str = 'classification'): pass",
        "SparkConf().set('fs.s3a.aws.credentials.provider', 'org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider')",
        "auth = 'oauth2'",
        "labels = {'password': 'Your password', 'token': 'Token 1'}",
    ] {
        assert_eq!(found(source), [], "{source}");
    }
}

#[test]
fn the_pragma_lets_one_line_pass() {
    let line = format!("password = '{PASSWORD}'");
    let text = format!("{line}  # pragma: allowlist secret\n{line}\n# pragma: allowlist secret\n");
    let found = found(&text);
    assert_eq!(found.len(), 1);
    assert!(found[0].range.start > line.len());
}

#[test]
fn the_fix_names_a_variable_after_what_is_bound() {
    let token = format!("ghp_{}", mixed(36));
    for (source, variable, expected) in [
        ("db_password = '§'", "DB_PASSWORD", "db_password = os.environ[\"DB_PASSWORD\"]"),
        ("f(apiKey=b'§')", "API_KEY", "f(apiKey=os.environ[\"API_KEY\"].encode())"),
        ("x.option('db.password', '§')", "DB_PASSWORD", "x.option('db.password', os.environ[\"DB_PASSWORD\"])"),
        ("url = 'postgres://me:§@db/x'", "URL", "url = os.environ[\"URL\"]"),
        ("password = '§' + 'x'", "PASSWORD", "password = os.environ[\"PASSWORD\"]"),
        ("post('§')", "GITHUB_TOKEN", "post(os.environ[\"GITHUB_TOKEN\"])"),
    ] {
        let secret = if variable == "GITHUB_TOKEN" { &token } else { PASSWORD };
        let text = source.replace(HERE, secret);
        let found = found(&text);
        assert_eq!(found.len(), 1, "{source}");
        assert_eq!(found[0].fix.variable, variable);
        let mut fixed = text.clone();
        fixed.replace_range(found[0].fix.range.clone().expect("a literal"), &found[0].fix.replacement);
        assert_eq!(fixed, expected);
    }
    for source in ["# password = '§'", "os.environ['DB_PASSWORD'] = '§'", "u = f'https://me:§@{host}'", "%env PWD=§"]
    {
        let found = found(&source.replace(HERE, PASSWORD));
        assert_eq!(found.iter().map(|one| one.fix.range.clone()).collect::<Vec<_>>(), [None], "{source}");
    }
}

#[test]
fn texts_are_searched_without_a_tree() {
    let text = format!("Push with ghp_{} and password={PASSWORD} é", mixed(36));
    let kinds: Vec<_> = secrets_in_text(&text).iter().map(|one| one.kind).collect();
    assert_eq!(kinds, ["github_token", "password_literal"]);
    assert_eq!(secrets_in_text("jobs/3f786850e387550fdab836ed7e6dc881de23001b/token=abc"), []);
}

#[test]
fn printing_a_secret_does_not_show_it() {
    let found = found(&format!("password = '{PASSWORD}'"));
    assert_eq!(found.len(), 1);
    assert!(!format!("{found:?} {}", found[0]).contains(PASSWORD));
}

#[test]
fn large_and_hostile_sources_end() {
    for part in ["a", "password", "://a:", "eyJ", "-----BEGIN PRIVATE KEY-----", "token=", "'", "sk-a1", "\\", "#"] {
        let text = part.repeat(200_000 / part.len());
        let _ = secrets_in_text(&text);
    }
    let sum = format!("password = {}'x'", "'ab' + ".repeat(5_000));
    let _ = found(&sum);
    let long = "df = spark.read.option('password', getpass()).load('s3a://bucket/x')  # token\n".repeat(5_000);
    assert_eq!(found(&long), []);
}
