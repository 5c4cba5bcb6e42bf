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

/// The places of all operators, and how many rows and half columns there are. Operators are told by their position in
/// the plan, because a map for each question is more code than the drawing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub places: Vec<Place>,
    /// What each reads from.
    pub inputs: Vec<Vec<usize>>,
    /// The first that reads from each.
    pub readers: Vec<Option<usize>>,
    pub rows: u32,
    pub halves: u32,
}

/// `operators` are in Spark's order: each before the ones that it reads from. An edge against that order is left out, so
/// that a plan with a circle ends too.
pub fn layout(operators: &[Operator]) -> Layout {
    let index: BTreeMap<i64, usize> =
        operators.iter().enumerate().map(|(index, operator)| (operator.operator_id, index)).collect();
    let edges = |(at, operator): (usize, &Operator)| {
        operator.inputs.iter().filter_map(|id| index.get(id)).copied().filter(|input| *input > at).collect()
    };
    let inputs: Vec<Vec<usize>> = operators.iter().enumerate().map(edges).collect();
    let inputs_of = |at: usize| inputs.get(at).map(Vec::as_slice).unwrap_or_default();
    // How far each is from the result: the longest way, because an operator stands above all that read from it.
    let mut depths = vec![0_u32; operators.len()];
    let mut readers = vec![None; operators.len()];
    for at in 0..operators.len() {
        for input in inputs_of(at) {
            let below = depths.get(at).copied().unwrap_or_default();
            if let (Some(depth), Some(reader)) = (depths.get_mut(*input), readers.get_mut(*input)) {
                (*depth, *reader) = ((*depth).max(below + 1), reader.or(Some(at)));
            }
        }
    }
    // Each operator that reads nothing gets the next column; any other stands in the middle of what it reads from.
    let mut halves: Vec<Option<u32>> = vec![None; operators.len()];
    let mut next = 0;
    let results = (0..operators.len()).filter(|at| readers.get(*at).is_some_and(Option::is_none));
    // A stack and no recursion: a plan may be thousands of operators deep.
    let mut open: Vec<(usize, bool)> = results.map(|at| (at, false)).collect();
    open.reverse();
    while let Some((at, is_placed)) = open.pop() {
        if halves.get(at).is_none_or(Option::is_some) {
            continue;
        }
        if !is_placed {
            open.push((at, true));
            let waiting = inputs_of(at).iter().rev().filter(|input| halves.get(**input) == Some(&None));
            open.extend(waiting.map(|input| (*input, false)));
            continue;
        }
        let of_inputs = || inputs_of(at).iter().filter_map(|input| halves.get(*input).copied().flatten());
        let half = match (of_inputs().min(), of_inputs().max()) {
            (Some(least), Some(most)) => least.midpoint(most),
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
    let place = |(depth, half): (u32, Option<u32>)| Place { row: deepest - depth, half: half.unwrap_or_default() };
    let places = depths.into_iter().zip(halves).map(place).collect();
    Layout { places, inputs, readers, rows: if operators.is_empty() { 0 } else { deepest + 1 }, halves: next }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::samples::operator;
    use super::{Place, layout};

    #[test]
    fn a_join_stands_below_and_between_what_it_reads() {
        let plan = [operator(0, &[1]), operator(1, &[2, 3]), operator(2, &[]), operator(3, &[4]), operator(4, &[])];
        let layout = layout(&plan);
        let places: Vec<_> = layout.places.iter().map(|Place { row, half }| (*row, *half)).collect();
        assert_eq!(places, [(3, 1), (2, 1), (1, 0), (1, 2), (0, 2)]);
        assert_eq!((layout.readers[3], layout.inputs[1].as_slice()), (Some(1), [2, 3].as_slice()));
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
