//! Values for tests.

use wire::Operator;

pub fn operator(operator_id: i64, inputs: &[i64]) -> Operator {
    Operator { operator_id, name: format!("Operator{operator_id}"), inputs: inputs.to_vec(), ..Operator::default() }
}
