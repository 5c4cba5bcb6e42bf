//! Where the operators of a plan stand: what is read from above, what becomes of it below.

use std::collections::BTreeMap;

use wire::Operator;

/// One operator's place in a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From the top; the last one has the result.
    pub row: u32,
    /// In half columns from the left, so that an operator can stand between two that it reads from.
    pub half: u32,
}

/// The places of all operators, and how many rows and half columns there are.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub places: BTreeMap<i64, Place>,
    pub rows: u32,
    pub halves: u32,
}

/// `operators` are in Spark's order: each before the ones that it reads from. An edge against that order is left out, so
/// that a plan with a circle ends too.
pub fn layout(operators: &[Operator]) -> Layout {
    let index: BTreeMap<i64, usize> =
        operators.iter().enumerate().map(|(index, operator)| (operator.operator_id, index)).collect();
    let inputs = |at: usize| {
        let ids = operators.get(at).map(|operator| operator.inputs.as_slice()).unwrap_or_default();
        ids.iter().filter_map(|id| index.get(id)).copied().filter(move |input| *input > at)
    };
    // How far each is from the result: the longest way, because an operator stands above all that read from it.
    let mut depths = vec![0_u32; operators.len()];
    let mut is_read = vec![false; operators.len()];
    for at in 0..operators.len() {
        for input in inputs(at) {
            let below = depths.get(at).copied().unwrap_or_default();
            if let (Some(depth), Some(read)) = (depths.get_mut(input), is_read.get_mut(input)) {
                (*depth, *read) = ((*depth).max(below + 1), true);
            }
        }
    }
    // Each operator that reads nothing gets the next column; any other stands in the middle of what it reads from.
    let mut halves: Vec<Option<u32>> = vec![None; operators.len()];
    let mut next = 0;
    let results = (0..operators.len()).filter(|at| !is_read.get(*at).copied().unwrap_or_default());
    // A stack and no recursion: a plan may be thousands of operators deep.
    let mut open: Vec<(usize, bool)> = results.map(|at| (at, false)).collect();
    open.reverse();
    while let Some((at, is_placed)) = open.pop() {
        if halves.get(at).is_none_or(Option::is_some) {
            continue;
        }
        if !is_placed {
            open.push((at, true));
            let waiting: Vec<usize> = inputs(at).filter(|input| halves.get(*input) == Some(&None)).collect();
            open.extend(waiting.into_iter().rev().map(|input| (input, false)));
            continue;
        }
        let of_inputs: Vec<u32> = inputs(at).filter_map(|input| halves.get(input).copied().flatten()).collect();
        let half = match (of_inputs.iter().min(), of_inputs.iter().max()) {
            (Some(least), Some(most)) => least.midpoint(*most),
            _ => {
                next += 2;
                next - 2
            }
        };
        if let Some(place) = halves.get_mut(at) {
            *place = Some(half);
        }
    }
    let deepest = depths.iter().max().copied().unwrap_or_default();
    let places = operators.iter().zip(depths).zip(halves).map(|((operator, depth), half)| {
        (operator.operator_id, Place { row: deepest - depth, half: half.unwrap_or_default() })
    });
    Layout { places: places.collect(), rows: if operators.is_empty() { 0 } else { deepest + 1 }, halves: next }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::samples::operator;
    use super::{Place, layout};

    #[test]
    fn a_join_stands_below_and_between_what_it_reads() {
        let plan = [operator(0, &[1]), operator(1, &[2, 3]), operator(2, &[]), operator(3, &[4]), operator(4, &[])];
        let layout = layout(&plan);
        let at = |id: i64| layout.places.get(&id).map(|Place { row, half }| (*row, *half));
        assert_eq!([0, 1, 2, 3, 4].map(|id| at(id).unwrap()), [(3, 1), (2, 1), (1, 0), (1, 2), (0, 2)]);
        assert_eq!((layout.rows, layout.halves), (4, 4));
    }

    #[test]
    fn several_results_circles_and_unknown_inputs_do_no_harm() {
        let plan = [operator(0, &[1, 9]), operator(1, &[0, 1]), operator(2, &[])];
        let layout = layout(&plan);
        assert_eq!((layout.places.len(), layout.rows, layout.halves), (3, 2, 4));
        assert_eq!(super::layout(&[]), super::Layout::default());
    }

    #[test]
    fn a_plan_of_two_thousand_operators_in_a_row_is_one_column() {
        let plan: Vec<_> = (0..2_000).map(|id| operator(id, &[id + 1])).collect();
        let layout = layout(&plan);
        assert_eq!((layout.rows, layout.halves, layout.places.len()), (2_000, 2, 2_000));
    }
}
