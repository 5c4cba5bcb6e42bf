//! The settings with which two applications were started.

use wire::{Environment, Setting};

use super::difference::Difference;
use super::row::Row;
use kit::i18n::{CompareMessage, PageMessage, tr};

/// Settings that name the application itself, and so differ always.
const OWN: [&str; 5] =
    ["spark.app.id", "spark.app.startTime", "spark.app.submitTime", "spark.driver.port", "spark.repl.class.outputDir"];

/// The settings that differ, in the order of their names, and how many are the same. A setting that is hidden in both may
/// differ or not, so it is neither.
pub fn setting_rows(first: &Environment, second: &Environment) -> (Vec<Row>, u64) {
    let (mut rows, mut same) = (Vec::new(), 0);
    for setting in &first.settings {
        let other = find(&second.settings, &setting.name);
        match other {
            _ if OWN.contains(&&*setting.name) => {}
            Some(other) if other.value.is_none() || setting.value.is_none() => {
                if other.value != setting.value {
                    rows.push(row(setting, Some(setting), Some(other), Difference::Unknown));
                }
            }
            Some(other) if other.value == setting.value => same += 1,
            Some(other) => rows.push(row(setting, Some(setting), Some(other), Difference::Other)),
            None => rows.push(row(setting, Some(setting), None, Difference::OnlyFirst)),
        }
    }
    let only_second = second
        .settings
        .iter()
        .filter(|setting| !OWN.contains(&&*setting.name) && find(&first.settings, &setting.name).is_none());
    rows.extend(only_second.map(|setting| row(setting, None, Some(setting), Difference::OnlySecond)));
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    (rows, same)
}

/// The sidecar sends them in the order of their names.
fn find<'a>(settings: &'a [Setting], name: &str) -> Option<&'a Setting> {
    settings.binary_search_by(|setting| setting.name.as_str().cmp(name)).ok().and_then(|place| settings.get(place))
}

fn row(named: &Setting, first: Option<&Setting>, second: Option<&Setting>, difference: Difference) -> Row {
    let value = |setting: Option<&Setting>| {
        Some(match setting {
            None => tr(CompareMessage::NotSet),
            Some(setting) => setting.value.clone().unwrap_or_else(|| tr(PageMessage::SettingHidden)),
        })
    };
    Row::new(named.name.clone(), [value(first), value(second)], difference)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn environment(settings: &[(&str, Option<&str>)]) -> Environment {
        let setting = |(name, value): &(&str, Option<&str>)| Setting {
            name: (*name).to_owned(),
            value: value.map(str::to_owned),
        };
        Environment { settings: settings.iter().map(setting).collect(), ..Environment::default() }
    }

    #[test]
    fn settings_that_differ_are_listed_and_the_others_counted() {
        let first = environment(&[
            ("spark.app.id", Some("app-1")),
            ("spark.executor.memory", Some("1g")),
            ("spark.my.password", None),
            ("spark.sql.shuffle.partitions", Some("8")),
            ("spark.ui.port", Some("1")),
        ]);
        let second = environment(&[
            ("spark.app.id", Some("app-2")),
            ("spark.executor.cores", Some("2")),
            ("spark.executor.memory", Some("4g")),
            ("spark.my.password", None),
            ("spark.sql.shuffle.partitions", Some("8")),
        ]);
        let (rows, same) = setting_rows(&first, &second);
        let said: Vec<_> = rows.iter().map(|row| [&row.name, ": ", &row.words()].concat()).collect();
        assert_eq!(
            said,
            [
                "spark.executor.cores: only the second",
                "spark.executor.memory: different",
                "spark.ui.port: only the first"
            ]
        );
        assert_eq!(same, 1, "a hidden value is not known to be the same");
    }
}
