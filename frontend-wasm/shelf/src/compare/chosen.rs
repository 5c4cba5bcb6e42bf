//! Which two queries are compared.

/// Both sides; none until it is chosen.
pub type Pair = [Option<QueryRef>; 2];

/// A query of an application: `sql-7` of the next one is another query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryRef {
    /// Empty for the newest application, until an answer names it.
    pub app_id: String,
    pub query_id: String,
}

impl QueryRef {
    /// None without a query.
    pub fn new(app_id: String, query_id: String) -> Option<Self> {
        (!query_id.is_empty()).then_some(Self { app_id, query_id })
    }

    /// As the value of an option. Ids of applications have no space.
    pub fn value(&self) -> String {
        [&*self.app_id, " ", &self.query_id].concat()
    }

    pub fn of_value(value: &str) -> Option<Self> {
        let (app_id, query_id) = value.split_once(' ')?;
        Self::new(app_id.to_owned(), query_id.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::QueryRef;

    #[test]
    fn the_value_of_an_option_names_the_same_query() {
        let query = QueryRef::new("app-1".to_owned(), "sql-7".to_owned());
        assert_eq!(query.as_ref().map(QueryRef::value).as_deref().and_then(QueryRef::of_value), query);
        assert_eq!(QueryRef::of_value(""), None, "nothing is chosen");
    }
}
