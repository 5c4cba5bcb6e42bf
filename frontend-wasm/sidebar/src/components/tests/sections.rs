//! Stages, spill, and the last minutes, each on its own.

use insta::assert_snapshot;
use wire::{Queries, StageState};

use super::{draw, of_panel, text};
use crate::components::history::history;
use crate::components::query_stages::stage;
use crate::components::spill::spill_warning;
use crate::model::Model;
use kit::loaded::Loaded;
use kit::samples;

#[tokio::test]
async fn an_active_stage_shows_how_far_it_is() {
    let html = draw(stage(&samples::stage(3, StageState::Active), "")).await;
    assert_snapshot!(html, @r#"
    <li>
    <div class="sparkMonitor-Stage-head">
    <span title="count of range
    Stage 3" class="sparkMonitor-Stage-name">count of range</span>
    <span class="sparkMonitor-Stage-elapsed">45s</span>
    </div>
    <div role="progressbar" aria-label="count of range" aria-valuemin="0" aria-valuemax="200" aria-valuenow="120" aria-valuetext="120 of 200 tasks" class="sparkMonitor-Bar">
    <div style="width: 60%" class="sparkMonitor-Bar-done">
    </div>
    <div style="width: 4%" class="sparkMonitor-Bar-running">
    </div>
    </div>
    <ul class="sparkMonitor-Facts">
    <li>120 of 200 tasks</li>
    <li>8 running</li>
    <li>
    <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-bad">
    </span>1 failed</span>
    </li>
    <li>1.5 KB read</li>
    <li>2.0 KB shuffle written</li>
    <li>
    <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-warn">
    </span>1.0 KB spilled</span>
    </li>
    </ul>
    </li>
    "#);
    let same = text(stage(&samples::stage(3, StageState::Active), "count of range")).await;
    assert!(same.starts_with("Stage 3\n45s"), "its query has that name: {same}");
}

fn spilled(dismissed: &[&str]) -> Model {
    let recent = vec![samples::query("a"), samples::spilled("b")];
    let queries = Queries { recent, ..samples::queries() };
    let dismissed_spills = dismissed.iter().map(|id| (*id).to_owned()).collect();
    let queries = Loaded::default().after(Ok(samples::answer(queries)), 0);
    Model { queries, dismissed_spills, ..Model::default() }
}

#[tokio::test]
async fn spill_is_a_warning_in_words() {
    let html = of_panel(&spilled(&[]), |panel| spill_warning(panel).unwrap_or_default());
    assert_snapshot!(draw(html).await, @r#"
    <div id="sparkMonitor-spill" class="sparkMonitor-Spill sparkMonitor-mod-warn">
    <div class="sparkMonitor-Spill-head">
    <p class="sparkMonitor-Notice-heading">
    <span aria-hidden="true" class="sparkMonitor-Sign">⚠</span>1.0 KB spilled to disk</p>
    <button type="button" title="Dismiss" aria-label="Dismiss" class="sparkMonitor-IconButton">
    <span aria-hidden="true" class="sparkMonitor-Icon sparkMonitor-Icon-close">
    </span>
    </button>
    </div>
    <p title="select count(*) from events" class="sparkMonitor-Spill-query">select count(*) from events, stage 3</p>
    <p>4.0 KB did not fit into the memory of 200 tasks. Smaller partitions avoid it:</p>
    <div class="sparkMonitor-CodeBox">
    <pre tabindex="0" class="sparkMonitor-Code">df = df.repartition(4)</pre>
    <div class="sparkMonitor-CodeBox-copy">
    <span role="status" class="sparkMonitor-Copied">
    </span>
    <button type="button" title="Copy code" aria-label="Copy code" class="sparkMonitor-IconButton">
    <span aria-hidden="true" class="sparkMonitor-Icon sparkMonitor-Icon-copy">
    </span>
    </button>
    </div>
    </div>
    </div>
    "#);
}

#[tokio::test]
async fn a_spill_is_dismissed_and_goes_with_its_query() {
    let warns = |dismissed: &[&str]| of_panel(&spilled(dismissed), |panel| spill_warning(panel).is_some());
    assert_eq!([warns(&[]), warns(&["a"]), warns(&["b"])], [true, true, false]);
}

#[tokio::test]
async fn a_sparkline_shows_the_newest_value_and_its_gaps() {
    assert_snapshot!(draw(past(None)).await, @r#"
    <div class="sparkMonitor-History">
    <div class="sparkMonitor-Spark">
    <span class="sparkMonitor-Spark-label">Cores in use</span>
    <span class="sparkMonitor-Spark-value">3 of 4</span>
    <div role="slider" tabindex="0" aria-label="Cores in use" aria-readonly="true" aria-valuemin="0" aria-valuemax="3" aria-valuenow="3" aria-valuetext="3 of 4" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 100V100H60V0V100M480 100V50H540V25H600V100" class="sparkMonitor-Spark-line">
    </path>
    </svg>
    <span aria-hidden="true" class="sparkMonitor-Spark-top">4</span>
    </div>
    </div>
    <div class="sparkMonitor-Spark">
    <span class="sparkMonitor-Spark-label">Active tasks</span>
    <span class="sparkMonitor-Spark-value">1</span>
    <div role="slider" tabindex="0" aria-label="Active tasks" aria-readonly="true" aria-valuemin="0" aria-valuemax="2" aria-valuenow="2" aria-valuetext="1" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 100V50H60V0V100M540 100V50H600V100" class="sparkMonitor-Spark-line">
    </path>
    </svg>
    <span aria-hidden="true" class="sparkMonitor-Spark-top">2</span>
    </div>
    </div>
    <div aria-hidden="true" class="sparkMonitor-Axis">
    <span>10 min ago</span>
    <span>now</span>
    </div>
    <p>
    <button type="button" class="sparkMonitor-Jump">Show as a chart</button>
    </p>
    </div>
    "#);
}

#[tokio::test]
async fn a_moment_that_is_looked_at_is_told_in_every_line() {
    let minute = |minute: i64| Some(samples::OBSERVED_AT_MS - 600_000 + minute * 60_000);
    let html = draw(past(minute(1))).await;
    assert!(html.contains(r#"aria-valuenow="1" aria-valuetext="4 of 4 at 11:51:00 UTC""#), "{html}");
    assert!(html.contains(r#"aria-valuetext="2 at 11:51:00 UTC""#), "{html}");
    assert_eq!(html.matches(r#"d="M60 0V100""#).count(), 2, "{html}");
    assert!(draw(past(minute(5))).await.contains(">not known<"));
}

fn past(looked_at_ms: Option<i64>) -> yew::Html {
    let model = Model { looked_at_ms, ..Model::default() };
    let answer = samples::answer(samples::history());
    of_panel(&model, |panel| history(panel, &answer.body, &answer.meta).unwrap_or_default())
}
