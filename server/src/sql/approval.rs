//! What a person allows, bound to a hash of all that decides the effect.

use wire::sql::SqlApproval;

use super::statement::Statement;

/// What the statement would do.
pub(super) fn of(statement: &Statement, effect: String, target: Option<String>) -> SqlApproval {
    let mut hasher = blake3::Hasher::new();
    let arguments = format!("{:?}", statement.asked.statement.arguments);
    let target_text = target.as_deref().unwrap_or_default();
    let id = statement.id.to_string();
    for part in
        [&id, statement.session.session.session_id(), &statement.asked.statement.text, &arguments, &effect, target_text]
    {
        // The length keeps two parts from being one.
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    SqlApproval { effect, target, hash: hasher.finalize().to_hex().to_string() }
}
