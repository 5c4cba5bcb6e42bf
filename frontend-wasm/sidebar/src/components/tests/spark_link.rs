//! Names that lead to Spark's own pages.

use wire::{App, Executors, QueryState, StageState, Stages};
use wire::{Query, Stage};

use super::notebook::{cell_query, model, notebook, runs};
use super::{draw, panel};
use crate::model::Model;
use kit::known;
use kit::samples;

const APP: &str = "https://hub/proxy/app-1/";
const QUERY: &str = "https://hub/proxy/app-1/SQL/execution/?id=7";
const STAGE: &str = "https://hub/proxy/app-1/stages/stage/?id=3&attempt=0";

fn linked() -> Model {
    let query = |id: &str| Query { link: Some(QUERY.to_owned()), ..cell_query(id, "s-1") };
    let unknown = Query { session_id: Some("s-9".to_owned()), call_site: None, ..query("q-2") };
    let mut model = model(runs(vec![query("q-1"), unknown]), vec![notebook()]);
    let app = Some(App { link: Some(APP.to_owned()), ..samples::app() });
    let stage = Stage { link: Some(STAGE.to_owned()), ..samples::stage(3, StageState::Active) };
    model.executors = known::loaded(Executors { app: app.clone(), ..samples::executors() });
    model.stages = known::loaded(Stages { app, active: vec![stage], ..samples::stages() });
    model
}

/// The addresses and texts of all links.
async fn links(model: &Model) -> Vec<String> {
    let html = draw(panel(model)).await;
    let links = html.split("<a ").skip(1).map(|link| link.split("</a>").next().unwrap_or_default().to_owned());
    links.collect()
}

#[tokio::test]
async fn names_are_links_and_a_query_leads_to_its_cell_first() {
    let links = links(&linked()).await;
    let of = |address: &str| links.iter().filter(|link| link.contains(&address.replace('&', "&amp;"))).count();
    // The first query's title leads to its cell.
    assert_eq!([of(APP), of(QUERY), of(STAGE)], [3, 1, 1], "{links:#?}");
    assert!(links.iter().any(|link| link.ends_with(">etl")), "{links:#?}");
}

#[tokio::test]
async fn an_expanded_query_has_the_link_too() {
    let links = links(&Model { open_query: Some("q-1".to_owned()), ..linked() }).await;
    assert!(links.iter().any(|link| link.contains(QUERY) && link.ends_with(">Spark UI")), "{links:#?}");
}

#[tokio::test]
async fn a_link_opens_a_tab_that_learns_nothing_of_this_one() {
    for link in links(&linked()).await {
        assert!(link.contains(r#"target="_blank""#) && link.contains(r#"rel="noopener noreferrer""#), "{link}");
    }
}

#[tokio::test]
async fn without_pages_there_are_no_links() {
    let ended = Query { state: QueryState::Succeeded, ..samples::query("q-1") };
    let none = model(wire::Queries { recent: vec![ended], ..samples::queries() }, Vec::new());
    assert!(links(&none).await.is_empty());
}
