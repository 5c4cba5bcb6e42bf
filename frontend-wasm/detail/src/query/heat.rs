//! Which operators took the time.

use std::collections::BTreeMap;

use wire::{ExecutedPlan, Operator};

/// How much of the plan's task time an operator took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heat {
    /// Milliseconds over all tasks.
    pub task_ms: u64,
    /// Of the whole plan.
    pub percent: u32,
    /// The time is that of the generated code, in which others work too.
    pub is_shared: bool,
}

/// From this share on an operator is drawn as warm, and from the next as hot.
const WARM_PERCENT: u32 = 20;
const HOT_PERCENT: u32 = 50;

impl Heat {
    /// The class of the CSS.
    pub fn class(self) -> Option<&'static str> {
        match self.percent {
            HOT_PERCENT.. => Some("sparkMonitor-mod-hot"),
            WARM_PERCENT.. => Some("sparkMonitor-mod-warm"),
            _ => None,
        }
    }
}

/// The heat of each operator that has a time. Generated code is measured as a whole, and counts once.
pub fn heats(plan: &ExecutedPlan) -> BTreeMap<i64, Heat> {
    let of_code: BTreeMap<i64, u64> =
        plan.codegen.iter().filter_map(|code| Some((code.codegen, code.task_ms?))).collect();
    let shared = |operator: &Operator| operator.codegen.and_then(|code| of_code.get(&code)).copied();
    let alone = plan.operators.iter().filter(|operator| shared(operator).is_none()).filter_map(|one| one.task_ms);
    let all = alone.chain(of_code.values().copied()).fold(0, u64::saturating_add);
    let heat = |operator: &Operator| {
        let (task_ms, is_shared) = match (shared(operator), operator.task_ms) {
            (Some(code_ms), _) => (code_ms, true),
            (None, own) => (own?, false),
        };
        Some((operator.operator_id, Heat { task_ms, percent: wire::percent(task_ms, all), is_shared }))
    };
    plan.operators.iter().filter_map(heat).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{Codegen, ExecutedPlan, Operator};

    use super::super::samples::operator;
    use super::heats;

    #[test]
    fn generated_code_counts_once_and_its_operators_share_its_time() {
        let code = |id, codegen, task_ms| Operator { codegen, task_ms, ..operator(id, &[]) };
        let plan = ExecutedPlan {
            operators: vec![
                code(0, Some(1), Some(700)),
                code(1, Some(1), None),
                code(2, None, Some(200)),
                code(3, None, None),
            ],
            codegen: vec![Codegen { codegen: 1, task_ms: Some(800), stage_ids: Vec::new() }],
            ..ExecutedPlan::default()
        };
        let heats = heats(&plan);
        let of = |id: i64| heats.get(&id).map(|heat| (heat.task_ms, heat.percent, heat.is_shared, heat.class()));
        assert_eq!(of(0), Some((800, 80, true, Some("sparkMonitor-mod-hot"))));
        assert_eq!(of(1), of(0));
        assert_eq!(of(2), Some((200, 20, false, Some("sparkMonitor-mod-warm"))));
        assert_eq!(of(3), None);
    }
}
