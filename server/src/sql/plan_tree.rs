//! Reads Spark's `EXPLAIN FORMATTED` as a tree.

use wire::sql::PlanNode;

/// Most operators of a tree; larger plans are only text.
const MOST: usize = 2_000;

/// The physical plan's operators, parents first; empty for a text that has none.
pub(super) fn of(text: &str) -> Vec<PlanNode> {
    let mut sections = text.split("\n\n");
    let tree = sections.next().unwrap_or_default();
    let lines = tree.lines().skip_while(|line| !line.starts_with("== Physical Plan")).skip(1);
    let mut nodes: Vec<PlanNode> = lines.filter_map(node).take(MOST.saturating_add(1)).collect();
    if nodes.len() > MOST {
        return Vec::new();
    }
    for section in sections {
        let Some(Notes { number, codegen, details }) = notes(section) else { continue };
        if let Some(node) = nodes.iter_mut().find(|node| node.number == Some(number)) {
            (node.codegen, node.details) = (codegen, details);
        }
    }
    nodes
}

/// `   +- * HashAggregate (7)`, also with `Exchange (6) [codegen id : 2]`; none for a line without an operator, such as
/// `+- == Final Plan ==`.
fn node(line: &str) -> Option<PlanNode> {
    let begin = line.find(|char: char| !matches!(char, ' ' | ':' | '+' | '-'))?;
    let text = line.get(begin..)?;
    let text = text.strip_prefix("* ").unwrap_or(text);
    if text.starts_with("==") {
        return None;
    }
    let (name, rest) = match text.rsplit_once(" (") {
        Some((name, rest)) => (name, rest),
        None => (text, ""),
    };
    let number = rest.split(')').next().and_then(|number| number.parse().ok());
    let name = if number.is_some() { name } else { text };
    // Each level is three characters wide.
    let depth = u32::try_from(begin.div_ceil(3)).unwrap_or(u32::MAX);
    Some(PlanNode { depth, number, name: name.trim().to_owned(), codegen: None, details: Vec::new() })
}

/// What Spark says about one operator.
struct Notes {
    number: u32,
    codegen: Option<u32>,
    details: Vec<(String, String)>,
}

/// `(2) Filter [codegen id : 1]`, and lines of `Name: text`.
fn notes(section: &str) -> Option<Notes> {
    let mut lines = section.trim_start_matches('\n').lines();
    let (number, rest) = lines.next()?.strip_prefix('(')?.split_once(')')?;
    let codegen = rest.split_once("[codegen id : ").and_then(|(_, id)| id.split(']').next()?.parse().ok());
    let details = lines.filter_map(|line| line.split_once(": "));
    let details = details.map(|(name, text)| (name.trim_end().to_owned(), text.to_owned())).collect();
    Some(Notes { number: number.parse().ok()?, codegen, details })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "== Physical Plan ==
AdaptiveSparkPlan (8)
+- == Initial Plan ==
   HashAggregate (7)
   +- Exchange (6)
      +- BroadcastHashJoin Inner BuildRight (5)
         :- * Filter (2)
         :  +- Scan parquet spark_catalog.default.t (1)
         +- Exchange (4)


(1) Scan parquet spark_catalog.default.t
Output [1]: [id#0L]
Batched: true

(2) Filter [codegen id : 1]
Input [1]: [id#0L]
Condition : isnotnull(id#0L)

(8) AdaptiveSparkPlan
Output [1]: [count#5L]
Arguments: isFinalPlan=false";

    #[test]
    fn operators_have_their_place_and_their_notes() {
        let nodes = of(TEXT);
        let places: Vec<_> = nodes.iter().map(|node| (node.depth, node.number, node.name.as_str())).collect();
        assert_eq!(
            places,
            [
                (0, Some(8), "AdaptiveSparkPlan"),
                (1, Some(7), "HashAggregate"),
                (2, Some(6), "Exchange"),
                (3, Some(5), "BroadcastHashJoin Inner BuildRight"),
                (4, Some(2), "Filter"),
                (5, Some(1), "Scan parquet spark_catalog.default.t"),
                (4, Some(4), "Exchange"),
            ]
        );
        let noted = |number| nodes.iter().find(|node| node.number == Some(number)).unwrap().clone();
        assert_eq!(noted(1).details, [("Output [1]".into(), "[id#0L]".into()), ("Batched".into(), "true".into())]);
        assert_eq!((noted(2).codegen, noted(1).codegen), (Some(1), None));
        assert_eq!(noted(2).details[1], ("Condition".into(), "isnotnull(id#0L)".into()));
    }

    #[test]
    fn a_text_without_a_plan_has_no_tree() {
        assert_eq!(of(""), []);
        assert_eq!(of("== Parsed Logical Plan ==\n'Project [*]"), []);
    }
}
