//! Tokens that are known by their format, wherever they stand. The formats are the providers' public ones.

use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use super::{
    finding::{Finding, Rank},
    values::{is_made_up, is_random},
};

/// One format.
struct Rule {
    kind: &'static str,
    /// A text without any of these has no such token; searching for them is much faster than the pattern.
    keywords: &'static [&'static str],
    /// Its first group, or all of it, is the secret. No pattern needs Unicode.
    pattern: &'static str,
    /// The format alone also fits ordinary words, so the token must look random too.
    must_be_random: bool,
}

const fn exact(kind: &'static str, keywords: &'static [&'static str], pattern: &'static str) -> Rule {
    Rule { kind, keywords, pattern, must_be_random: false }
}

const fn random(kind: &'static str, keywords: &'static [&'static str], pattern: &'static str) -> Rule {
    Rule { kind, keywords, pattern, must_be_random: true }
}

const RULES: &[Rule] = &[
    exact("aws_access_key", &["AKIA", "ASIA", "ABIA", "ACCA"], r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    random(
        "aws_secret_key",
        &["ecret", "ECRET"],
        concat!(
            r#"(?i)(?:aws_?secret|secret_?access|fs\.s3[an]?\.secret)[a-z_.-]{0,20}\\?["']?\]?"#,
            r#"[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}\\?["']?([a-z0-9/+]{40})(?:[^a-z0-9/+=]|$)"#
        ),
    ),
    exact("github_token", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
    exact("github_token", &["github_pat_"], r"\bgithub_pat_[A-Za-z0-9_]{22,}\b"),
    exact(
        "gitlab_token",
        &["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "gloas-", "glsoat-"],
        r"\bgl(?:pat|dt|rt|ptt|cbt|oas|soat)-[A-Za-z0-9_.-]{20,}",
    ),
    random("slack_token", &["xox", "xapp-"], r"\b(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10,}"),
    exact("slack_webhook", &["hooks.slack.com"], r"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9+/]{40,80})"),
    exact(
        "discord_webhook",
        &["/api/webhooks/"],
        r"discord(?:app)?\.com/api/webhooks/([0-9]{17,20}/[A-Za-z0-9_-]{60,80})",
    ),
    exact(
        "teams_webhook",
        &["webhook.office.com"],
        r"webhook\.office\.com/webhookb2/([A-Za-z0-9@-]{73}/IncomingWebhook/[A-Za-z0-9/-]{32,})",
    ),
    exact("telegram_token", &[":AA"], r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    exact("google_api_key", &["AIza"], r"\bAIza[A-Za-z0-9_-]{35}"),
    exact("google_oauth_secret", &["GOCSPX-"], r"\bGOCSPX-[A-Za-z0-9_-]{28}"),
    random("google_oauth_token", &["ya29."], r"\bya29\.[A-Za-z0-9_-]{30,}"),
    exact("stripe_key", &["_live_", "_test_"], r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{20,}\b"),
    exact("stripe_webhook_secret", &["whsec_"], r"\bwhsec_[A-Za-z0-9+/=]{32,64}"),
    exact("anthropic_key", &["sk-ant-"], r"\bsk-ant-[a-z0-9]{2,10}-[A-Za-z0-9_-]{20,}"),
    random("openai_key", &["sk-"], r"\bsk-[A-Za-z0-9_-]{20,}"),
    exact("groq_key", &["gsk_"], r"\bgsk_[A-Za-z0-9]{40,60}\b"),
    random("hugging_face_token", &["hf_"], r"\bhf_[A-Za-z0-9]{30,60}\b"),
    random("hugging_face_token", &["api_org_"], r"\bapi_org_[A-Za-z0-9]{34}\b"),
    random("replicate_token", &["r8_"], r"\br8_[A-Za-z0-9]{37}\b"),
    exact("databricks_token", &["dapi"], r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b"),
    exact("npm_token", &["npm_"], r"\bnpm_[A-Za-z0-9]{36}\b"),
    exact("pypi_token", &["pypi-AgE"], r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    exact("cargo_token", &["cio"], r"\bcio[A-Za-z0-9]{32}\b"),
    exact("docker_token", &["dckr_pat_", "dckr_oat_"], r"\bdckr_[po]at_[A-Za-z0-9_-]{27,40}"),
    exact("sendgrid_key", &["SG."], r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    exact("twilio_key", &["SK"], r"\bSK[0-9a-f]{32}\b"),
    exact("mailgun_key", &["key-"], r"\bkey-[0-9a-f]{32}\b"),
    exact("mailchimp_key", &["-us"], r"\b[0-9a-f]{32}-us[0-9]{1,2}\b"),
    exact("digitalocean_token", &["_v1_"], r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    exact("grafana_token", &["glsa_"], r"\bglsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}\b"),
    exact("grafana_token", &["glc_eyJ"], r"\bglc_eyJ[A-Za-z0-9+/=]{40,}"),
    exact("hashicorp_vault_token", &["hvs.", "hvb."], r"\bhv[sb]\.[A-Za-z0-9_-]{24,}"),
    exact("terraform_token", &[".atlasv1."], r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70}"),
    exact("linear_key", &["lin_api_"], r"\blin_api_[A-Za-z0-9]{40}\b"),
    exact("notion_token", &["ntn_"], r"\bntn_[A-Za-z0-9]{40,50}\b"),
    exact("shopify_token", &["shpat_", "shpss_", "shpca_", "shppa_"], r"\bshp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}\b"),
    exact("square_token", &["sq0"], r"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}"),
    exact("heroku_key", &["HRKU-"], r"\bHRKU-[A-Za-z0-9_-]{36,64}"),
    exact(
        "azure_storage_key",
        &["AccountKey=", "SharedAccessKey=", "accountkey=", "sharedaccesskey="],
        r"(?i)(?:AccountKey|SharedAccessKey)=([A-Z0-9+/]{40,100}={0,2})",
    ),
    exact("azure_sas", &["sig="], r"[?&;]sig=([A-Za-z0-9+/]{30,60}(?:%3[dD]|=){0,2}|[A-Za-z0-9%+/]{43,90})"),
    exact("azure_client_secret", &["8Q~", "7Q~"], r"\b[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}"),
    exact("jwt", &["eyJ"], r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    random(
        "authorization_header",
        &["uthorization", "UTHORIZATION"],
        concat!(
            r#"(?i)authorization\\?["']?\]?[ \t]{0,4}[:=,][ \t]{0,4}f?\\?["']?"#,
            r"(?:bearer|basic|token|apikey|digest)[ \t]{1,4}([a-z0-9._~+/=-]{12,})"
        ),
    ),
    // The body may be spread over escaped or concatenated lines.
    exact(
        "private_key",
        &["PRIVATE KEY"],
        concat!(
            r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----",
            r#"(?:[A-Za-z0-9+/=\s\\"'(),:+]*(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?)"#
        ),
    ),
];

/// The rules with their compiled patterns. That all of them compile is a test.
static COMPILED: LazyLock<Vec<(&Rule, Regex)>> = LazyLock::new(|| {
    let compiled = RULES.iter().map(|rule| Some((rule, compile(rule.pattern)?)));
    compiled.flatten().collect()
});

fn compile(pattern: &str) -> Option<Regex> {
    // With Unicode, `\b` and `(?i)` make the patterns a hundred times slower and larger.
    RegexBuilder::new(pattern).unicode(false).build().ok()
}

/// All tokens in the text, in no order; they may overlap.
pub(super) fn tokens(text: &str) -> Vec<Finding> {
    let bytes = text.as_bytes();
    let mut found = vec![];
    for (rule, regex) in COMPILED.iter() {
        if !rule.keywords.iter().any(|keyword| memmem::find(bytes, keyword.as_bytes()).is_some()) {
            continue;
        }
        for groups in regex.captures_iter(bytes) {
            let Some(secret) = groups.get(1).or_else(|| groups.get(0)) else { continue };
            let token = text.get(secret.range()).unwrap_or_default();
            let token =
                token.trim_end_matches(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '=' | '-'));
            let is_key = rule.kind == "private_key";
            if token.is_empty() || !is_key && is_made_up(token) || rule.must_be_random && !is_random(token) {
                continue;
            }
            let range = secret.start()..secret.start() + token.len();
            found.push(Finding { range, kind: rule.kind, rank: Rank::Format, name: None });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        assert_eq!(COMPILED.len(), RULES.len());
    }

    #[test]
    fn made_up_tokens_and_hashes_are_none() {
        for text in [
            concat!("AKIA", "XXXXXXXXXXXXXXXX"),
            concat!("ghp_", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
            concat!("sk-", "your-api-key-goes-here-please"),
            "sk-estimator-doc-link-is-a-class-of-css",
            "3f786850e387550fdab836ed7e6dc881de23001b",
        ] {
            assert!(tokens(text).is_empty(), "{text}");
        }
    }
}
