//! The HTML of the page of cached data.

use wire::{CachedData, CachedKind, Meta, Storage, Thresholds};
use yew::{Callback, Html, html};

use kit::format;
use kit::i18n::{Message, PageMessage, tr};
use kit::loaded::Loaded;
use kit::parts::bar::labelled_meter;
use kit::parts::filled::filled;
use kit::parts::notice::muted;

pub fn storage_view(storage: &Loaded<Storage>, copied: Option<bool>, on_copy: &Callback<String>) -> Html {
    let content = storage.answer().map(|(body, meta)| known(body, meta, on_copy));
    let said = copied.map(|worked| tr(if worked { PageMessage::Copied } else { PageMessage::NotCopied }));
    html! {
        <div class="sparkMonitor-StoragePage">
            <h2 class="sparkMonitor-Report-title">{ tr(PageMessage::StorageTitle) }</h2>
            { filled(storage, true, content) }
            <p role="status">{ said }</p>
        </div>
    }
}

fn known(storage: &Storage, meta: &Meta, on_copy: &Callback<String>) -> Html {
    let Some(app) = &storage.app else { return muted(PageMessage::StorageNoApp) };
    let head = [
        PageMessage::CachedName,
        PageMessage::CachedWhere,
        PageMessage::CachedPartitions,
        PageMessage::CachedLastUsed,
        PageMessage::CachedRelease,
    ];
    let memory = storage.memory_bytes;
    html! {
        <>
            { muted(PageMessage::StorageOfApp { name: &app.name }) }
            if memory.total > 0 {
                { labelled_meter(
                    Thresholds::default(),
                    Message::ColumnStorage,
                    memory,
                    &format::bytes_of(memory.used, memory.total),
                    None,
                ) }
            }
            if storage.cached.is_empty() {
                { muted(PageMessage::NothingCached) }
            } else {
                <div
                    class="sparkMonitor-Table-scroll" tabindex="0" role="region"
                    aria-label={tr(PageMessage::CachedName)}
                >
                    <table class="sparkMonitor-Table sparkMonitor-StoragePage-table">
                        <thead><tr>{ for head.map(|name| html! { <th scope="col">{ tr(name) }</th> }) }</tr></thead>
                        <tbody>{ for storage.cached.iter().map(|one| row(one, meta, on_copy)) }</tbody>
                    </table>
                </div>
                if storage.cached_not_shown > 0 {
                    { muted(PageMessage::CachedNotShown { entries: storage.cached_not_shown.into() }) }
                }
                if let Some(code) = &storage.release_code {
                    <p>{ tr(PageMessage::ReleaseAll) }{ " " }{ code_button(code, on_copy) }</p>
                }
            }
        </>
    }
}

fn row(one: &CachedData, meta: &Meta, on_copy: &Callback<String>) -> Html {
    let kind = tr(match one.kind {
        CachedKind::Table => PageMessage::KindTable,
        CachedKind::DataFrame => PageMessage::KindDataFrame,
        CachedKind::Rdd => PageMessage::KindRdd,
    });
    let memory = (one.memory_bytes > 0).then(|| tr(PageMessage::InMemory { bytes: &format::bytes(one.memory_bytes) }));
    let disk = (one.disk_bytes > 0).then(|| tr(PageMessage::OnDisk { bytes: &format::bytes(one.disk_bytes) }));
    let places: Vec<String> = [memory, disk].into_iter().flatten().collect();
    let partitions = {
        let (cached, all) = (one.partitions_cached.to_string(), one.partitions.to_string());
        tr(Message::UsedOf { used: &cached, total: &all })
    };
    let code = match &one.release_code {
        Some(code) => code_button(code, on_copy),
        None => html! { tr(PageMessage::ReleaseByItsName) },
    };
    html! {
        <tr key={one.rdd_id}>
            <th scope="row" title={one.name.clone()}>
                <span class="sparkMonitor-StoragePage-name">{ &one.name }</span>
                <span class="sparkMonitor-Muted">{ kind }</span>
            </th>
            <td title={one.level.clone()}>
                { if places.is_empty() { tr(PageMessage::NotYetCached) } else { places.join(" · ") } }
            </td>
            <td>{ partitions }</td>
            <td>{ last_used(one, meta.observed_at_ms) }</td>
            <td>{ code }</td>
        </tr>
    }
}

fn last_used(one: &CachedData, now_ms: i64) -> String {
    if one.is_in_use {
        return tr(PageMessage::InUse);
    }
    let Some(at_ms) = one.last_used_at_ms else { return tr(PageMessage::NoUseKnown) };
    let idle_ms = u64::try_from(now_ms - at_ms).unwrap_or_default();
    let time = &format::duration(idle_ms);
    tr(if idle_ms > CachedData::IDLE_MS { PageMessage::IdleSince { time } } else { PageMessage::UsedBefore { time } })
}

fn code_button(code: &str, on_copy: &Callback<String>) -> Html {
    let text = code.to_owned();
    html! {
        <span class="sparkMonitor-StoragePage-code">
            <code>{ code }</code>
            <button type="button" class="jp-mod-styled jp-mod-minimal" onclick={on_copy.reform(move |_| text.clone())}>
                { tr(PageMessage::Copy) }
            </button>
        </span>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{CachedData, CachedKind};

    use super::last_used;

    #[test]
    fn what_nobody_uses_for_half_an_hour_is_idle() {
        let used = |last_used_at_ms, is_in_use| CachedData {
            rdd_id: 1,
            kind: CachedKind::Table,
            name: "t".to_owned(),
            level: String::new(),
            partitions: 2,
            partitions_cached: 2,
            memory_bytes: 1,
            disk_bytes: 0,
            last_used_at_ms,
            is_in_use,
            release_code: None,
        };
        let minutes = |minutes: i64| minutes * 60_000;
        assert_eq!(last_used(&used(Some(0), true), minutes(90)), "in use now");
        assert_eq!(last_used(&used(Some(0), false), minutes(30)), "30m ago");
        assert_eq!(last_used(&used(Some(0), false), minutes(31)), "idle for 31m");
        assert_eq!(last_used(&used(None, false), minutes(31)), "no use is known");
    }
}
