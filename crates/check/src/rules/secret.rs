//! SECRET: no passwords and tokens in the program. What a message says of one is where it is, never what it is.

use crate::{finding::RuleFindings, subject::Subject};

pub(super) const FINDS: &str = "passwords, tokens and keys";

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    if subject.program.is_none() {
        return;
    }
    for secret in subject.redactor.found() {
        let message = format!("A secret stands in the program ({}).", secret.kind.replace('_', " "));
        let fix =
            format!("Take it from the variable {} of the environment where the program runs.", secret.fix.variable);
        found.add(secret.range.clone(), message, &fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Chosen, python, rules::testing::codes};

    #[test]
    fn a_secret_is_refused_and_not_shown() {
        let source =
            "x = 1\ndb_password = 'hunter2-Zq81xW'\nspark.sql(f\"SELECT * FROM t WHERE p = '{db_password}'\").show()\n";
        assert!(codes(source).contains(&"SECRET:2".to_owned()));
        let checked = python(source, &Chosen::default()).ok().unwrap();
        assert!(checked.statements.is_empty(), "nothing of it is sent");
        assert!(!format!("{:?}", checked.report()).contains("Zq81xW"));
    }

    #[test]
    fn where_a_secret_comes_from_is_none() {
        assert!(codes("password = dbutils.secrets.get('scope', 'name')\nprint(1)\n").is_empty());
    }
}
