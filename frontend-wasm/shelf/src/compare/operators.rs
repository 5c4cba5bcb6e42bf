//! The operators of two plans, by name. Spark numbers the operators of each plan anew, so a name is all that they share.

use wire::{Operator, QueryPlans};

use super::difference::{Difference, Unit};
use super::facts::amount;
use super::row::{Row, sorted};
use kit::i18n::{CompareMessage, PageMessage, tr};

/// All operators of one name. A number is none if Spark measures it for none of them.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u64,
    task_ms: Option<u64>,
    bytes: Option<u64>,
    rows: Option<u64>,
    spilled_bytes: Option<u64>,
}

/// A line for each name.
pub fn operator_rows(first: &QueryPlans, second: &QueryPlans) -> Vec<Row> {
    let mut sums: Vec<(&str, [Sum; 2])> = Vec::new();
    for (is_second, plans) in [(false, first), (true, second)] {
        for operator in plans.plans.iter().flat_map(|plan| &plan.operators) {
            let name = operator.name.trim();
            let place = sums.iter().position(|(known, _)| *known == name).unwrap_or(sums.len());
            if place == sums.len() {
                sums.push((name, Default::default()));
            }
            if let Some((_, [one, other])) = sums.get_mut(place) {
                if is_second { other } else { one }.add(operator);
            }
        }
    }
    sorted(sums.into_iter().map(|(name, [one, other])| row(name, one, other)).collect())
}

/// Whether operators are missing in an answer.
pub fn is_incomplete(plans: &QueryPlans) -> bool {
    plans.plans_not_shown > 0 || plans.plans.iter().any(|plan| plan.is_cut)
}

impl Sum {
    fn add(&mut self, operator: &Operator) {
        let plus = |sum: &mut Option<u64>, number: Option<u64>| {
            if let Some(number) = number {
                *sum = Some(sum.unwrap_or_default().saturating_add(number));
            }
        };
        self.count += 1;
        plus(&mut self.task_ms, operator.task_ms);
        plus(&mut self.bytes, operator.bytes);
        plus(&mut self.rows, operator.rows);
        plus(&mut self.spilled_bytes, operator.spilled_bytes);
    }

    fn words(&self) -> String {
        if self.count == 0 {
            return tr(CompareMessage::NotThere);
        }
        let spilled = self.spilled_bytes.filter(|bytes| *bytes > 0).map(|bytes| amount(bytes, Unit::Bytes));
        let words = [
            Some(tr(CompareMessage::OperatorTimes { count: self.count })),
            self.rows.map(|rows| tr(PageMessage::Rows { rows })),
            self.bytes.map(|bytes| amount(bytes, Unit::Bytes)),
            self.task_ms.map(|ms| amount(ms, Unit::Milliseconds)),
            spilled.map(|bytes| tr(PageMessage::Spilled { bytes: &bytes })),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// The first of its numbers that differs is named.
fn row(name: &str, one: Sum, other: Sum) -> Row {
    let values = [one, other].map(|sum| Some(sum.words()));
    let counts = Difference::between(Some(one.count), Some(other.count), Unit::Count);
    let between = |one: Option<u64>, other: Option<u64>, unit| match (one, other) {
        (None, None) => Difference::Same,
        _ => Difference::between(Some(one.unwrap_or_default()), Some(other.unwrap_or_default()), unit),
    };
    let all = [
        (CompareMessage::CountOf, counts),
        (CompareMessage::TimeOf, between(one.task_ms, other.task_ms, Unit::Milliseconds)),
        (CompareMessage::BytesOf, between(one.bytes, other.bytes, Unit::Bytes)),
        (CompareMessage::RowsOf, between(one.rows, other.rows, Unit::Count)),
        (CompareMessage::SpillOf, between(one.spilled_bytes, other.spilled_bytes, Unit::Bytes)),
    ];
    let is_about_same = all.iter().any(|(_, difference)| *difference == Difference::AboutSame);
    let same = if is_about_same { Difference::AboutSame } else { Difference::Same };
    match all.into_iter().find(|(_, difference)| !difference.is_same()) {
        // That it is in one plan only needs no number.
        Some((_, difference))
            if matches!(difference, Difference::OnlyFirst | Difference::OnlySecond)
                && (one.count == 0 || other.count == 0) =>
        {
            Row::new(name.to_owned(), values, difference)
        }
        Some((what, difference)) => Row { what: Some(tr(what)), ..Row::new(name.to_owned(), values, difference) },
        None => Row::new(name.to_owned(), values, same),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::samples::plans;
    use super::*;

    fn operator(name: &str, rows: Option<u64>, task_ms: Option<u64>) -> Operator {
        Operator { name: name.to_owned(), rows, task_ms, ..Operator::default() }
    }

    #[test]
    fn an_operator_of_one_plan_comes_before_those_of_both() {
        let broadcast = plans(vec![operator("Scan", Some(10), None), operator("BroadcastHashJoin", Some(10), None)]);
        let sorted = plans(vec![
            operator("SortMergeJoin", Some(10), None),
            operator("Sort", None, Some(5_000)),
            operator("Sort", None, Some(1_000)),
            operator("Scan", Some(10), None),
        ]);
        let rows = operator_rows(&broadcast, &sorted);
        let said: Vec<_> = rows.iter().map(|row| [&row.name, ": ", &row.words()].concat()).collect();
        assert_eq!(
            said,
            [
                "BroadcastHashJoin: only the first",
                "SortMergeJoin: only the second",
                "Sort: only the second",
                "Scan: the same"
            ]
        );
        let sort = rows.iter().find(|row| row.name == "Sort").map(|row| row.values.clone());
        assert_eq!(sort, Some([Some("not there".to_owned()), Some("2 times · 6s".to_owned())]));
    }

    #[test]
    fn the_number_that_differs_is_named() {
        let one = plans(vec![operator("Exchange", Some(1_000), Some(2_000))]);
        let other = plans(vec![operator("Exchange", Some(3_000), Some(2_050))]);
        let words = |first, second| operator_rows(first, second).first().map(Row::words);
        assert_eq!(words(&one, &other).as_deref(), Some("rows: 3.0 times as much"));
        let twice = plans(vec![operator("Exchange", None, None), operator("Exchange", None, None)]);
        assert_eq!(words(&one, &twice).as_deref(), Some("number: 2.0 times as much"));
    }
}
