//! Sentences about what needs attention, for the chip's tooltip.

use monitor::{attention::Attention, cluster::ClusterCondition};

use super::{Said, findings::meaning, say};

/// Each sentence with the part of the panel that shows more; the most urgent first.
pub(crate) fn attention(attention: &Attention) -> Vec<(String, Said)> {
    let Attention { cluster, apps_waiting, failed_queries, findings } = attention;
    let mut said = Vec::new();
    let mut says = |part: &str, sentence: Said| said.push((part.to_owned(), sentence));
    if let Some(condition) = cluster {
        says("cluster", trouble(*condition).unwrap_or_default());
    }
    if *apps_waiting > 0 {
        says("cluster", say!("Applications that wait for cores: %1.", apps_waiting));
    }
    for query in failed_queries {
        let part = ["query-", &query.query_id].concat();
        if query.name.is_empty() {
            says(&part, say!("A query failed."));
        } else {
            says(&part, say!("A query failed: %1", query.name));
        }
    }
    for finding in findings {
        says("findings", meaning(finding));
    }
    said
}

/// What is wrong with a cluster; none if it is well.
pub(crate) fn trouble(condition: ClusterCondition) -> Option<Said> {
    Some(match condition {
        ClusterCondition::Well => return None,
        ClusterCondition::Unknown => say!("The Spark Master's state is not known."),
        ClusterCondition::Standby => say!("The Spark Master is a standby and waits for a leader."),
        ClusterCondition::Recovering => say!("The Spark Master is recovering and waits for its workers."),
        ClusterCondition::AllDead => say!("All workers are dead: nothing can run."),
        ClusterCondition::NoWorkers => say!("The cluster has no worker."),
        ClusterCondition::Starting { ready, wanted } => say!("Starting: workers ready: %1 of %2.", ready, wanted),
    })
}

#[cfg(test)]
mod tests {
    use monitor::findings::{Evidence, Finding};
    use wire::Severity;

    use super::*;

    #[test]
    fn the_most_urgent_comes_first_and_each_leads_somewhere() {
        let evidence = Evidence::ExecutorLost { lost: 2, out_of_memory: false, reason: "code 137".into() };
        let lost = Finding::new(Severity::Error, evidence);
        let all = Attention {
            cluster: Some(ClusterCondition::AllDead),
            apps_waiting: 1,
            failed_queries: Vec::new(),
            findings: vec![lost],
        };
        let said: Vec<_> = attention(&all).iter().map(|(part, said)| format!("{part}: {said}")).collect();
        assert_eq!(
            said,
            [
                "cluster: All workers are dead: nothing can run.",
                "cluster: Applications that wait for cores: 1.",
                "findings: Executors lost in the last quarter of an hour: 2. Their tasks and cached data are gone. Spark \
                 says: code 137",
            ]
        );
        assert!(attention(&Attention::default()).is_empty());
    }
}
