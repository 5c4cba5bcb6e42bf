//! What a limit keeps out of a saved page, as sentences.

use wire::{Environment, QueryPlans};

/// Executions that are not listed, and plans with more operators than are listed.
pub(super) fn plans(plans: &QueryPlans) -> Vec<String> {
    let mut sentences = Vec::new();
    match plans.plans_not_shown {
        0 => {}
        1 => sentences.push("The plan of one other execution of this query is not listed.".to_owned()),
        number => sentences.push(format!("The plans of {number} other executions of this query are not listed.")),
    }
    for plan in plans.plans.iter().filter(|plan| plan.is_cut) {
        sentences.push(format!(
            "Execution {} has more operators than are listed; the text of its plan has them up to its own limit.",
            plan.execution_id
        ));
    }
    sentences
}

/// Settings beyond the longest list.
pub(super) fn settings(environment: &Environment) -> Option<String> {
    let listed = environment.settings.len();
    environment.is_cut.then(|| format!("There are more settings than the {listed} that are listed."))
}

#[cfg(test)]
mod tests {
    use wire::ExecutedPlan;

    use super::*;

    fn of(plans_not_shown: u32, cut: &[bool]) -> Vec<String> {
        let plan =
            |(id, is_cut): (i64, &bool)| ExecutedPlan { execution_id: id, is_cut: *is_cut, ..ExecutedPlan::default() };
        plans(&QueryPlans { app: None, state: None, plans: (7..).zip(cut).map(plan).collect(), plans_not_shown })
    }

    #[test]
    fn what_is_not_listed_of_plans_and_settings_is_said() {
        assert_eq!(of(0, &[false]), [""; 0], "nothing is missing");
        assert_eq!(of(1, &[]), ["The plan of one other execution of this query is not listed."]);
        assert_eq!(
            of(3, &[false, true]),
            [
                "The plans of 3 other executions of this query are not listed.",
                "Execution 8 has more operators than are listed; the text of its plan has them up to its own limit."
            ]
        );
        assert_eq!(settings(&Environment::default()), None);
        let cut = Environment { is_cut: true, ..Environment::default() };
        assert_eq!(settings(&cut).as_deref(), Some("There are more settings than the 0 that are listed."));
    }
}
