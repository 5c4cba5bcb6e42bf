//! A plan as a tree: each operator above what it reads from.

use wire::sql::PlanNode;
use yew::{Html, html};

use kit::i18n::{SqlMessage, tr};

/// Nested lists, so that a screen reader tells how deep an operator is.
pub fn plan_tree(nodes: &[PlanNode]) -> Html {
    html! { <div class="sparkMonitor-PlanTree">{ level(nodes) }</div> }
}

/// The operators at the depth of the first one, each with those below it.
fn level(nodes: &[PlanNode]) -> Html {
    let Some(depth) = nodes.first().map(|node| node.depth) else {
        return Html::default();
    };
    let mut items = Vec::new();
    let mut rest = nodes;
    while let Some((first, after)) = rest.split_first() {
        let inside = after.iter().take_while(|node| node.depth > depth).count();
        let (below, others) = after.split_at(inside);
        items.push(html! { <li>{ operator(first) }{ level(below) }</li> });
        rest = others;
    }
    html! { <ul>{ for items }</ul> }
}

fn operator(node: &PlanNode) -> Html {
    let head = html! {
        <>
            <span class="sparkMonitor-PlanTree-name">{ &node.name }</span>
            if let Some(number) = node.number {
                <span class="sparkMonitor-Muted">{ ["(", &number.to_string(), ")"].concat() }</span>
            }
            if let Some(codegen) = node.codegen {
                <span class="sparkMonitor-PlanTree-codegen" title={tr(SqlMessage::PlanCodegenLong)}>
                    { tr(SqlMessage::PlanCodegenId { number: codegen.into() }) }
                </span>
            }
        </>
    };
    if node.details.is_empty() {
        return html! { <div class="sparkMonitor-PlanTree-node">{ head }</div> };
    }
    let detail = |(name, text): &(String, String)| html! { <><dt>{ name }</dt><dd>{ text }</dd></> };
    html! {
        <details class="sparkMonitor-PlanTree-node">
            <summary>{ head }</summary>
            <dl>{ for node.details.iter().map(detail) }</dl>
        </details>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use insta::assert_snapshot;
    use wire::sql::PlanNode;

    use super::plan_tree;
    use kit::drawn;

    fn node(depth: u32, name: &str) -> PlanNode {
        PlanNode { depth, number: None, name: name.to_owned(), codegen: None, details: Vec::new() }
    }

    #[tokio::test]
    async fn an_operator_stands_above_what_it_reads_from() {
        let details = vec![("Output".to_owned(), "[id#0L]".to_owned())];
        let join = PlanNode { number: Some(5), codegen: Some(2), details, ..node(1, "SortMergeJoin") };
        let nodes = [node(0, "AdaptiveSparkPlan"), join, node(2, "Sort"), node(3, "Range"), node(2, "Scan")];
        assert_snapshot!(drawn::elements(plan_tree(&nodes)).await, @r#"
        <div class="sparkMonitor-PlanTree">
        <ul>
        <li>
        <div class="sparkMonitor-PlanTree-node">
        <span class="sparkMonitor-PlanTree-name">AdaptiveSparkPlan</span>
        </div>
        <ul>
        <li>
        <details class="sparkMonitor-PlanTree-node">
        <summary>
        <span class="sparkMonitor-PlanTree-name">SortMergeJoin</span>
        <span class="sparkMonitor-Muted">(5)</span>
        <span title="Operators with this number run as one piece of generated code." class="sparkMonitor-PlanTree-codegen">codegen 2</span>
        </summary>
        <dl>
        <dt>Output</dt>
        <dd>[id#0L]</dd>
        </dl>
        </details>
        <ul>
        <li>
        <div class="sparkMonitor-PlanTree-node">
        <span class="sparkMonitor-PlanTree-name">Sort</span>
        </div>
        <ul>
        <li>
        <div class="sparkMonitor-PlanTree-node">
        <span class="sparkMonitor-PlanTree-name">Range</span>
        </div>
        </li>
        </ul>
        </li>
        <li>
        <div class="sparkMonitor-PlanTree-node">
        <span class="sparkMonitor-PlanTree-name">Scan</span>
        </div>
        </li>
        </ul>
        </li>
        </ul>
        </li>
        </ul>
        </div>
        "#);
    }

    #[tokio::test]
    async fn depths_that_jump_lose_no_operator() {
        let nodes = [node(0, "a"), node(3, "b"), node(1, "c"), node(0, "d")];
        assert_snapshot!(drawn::text(plan_tree(&nodes)).await, @r"
        a
        b
        c
        d
        ");
    }
}
