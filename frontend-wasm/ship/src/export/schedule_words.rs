//! A schedule in words.

use kit::i18n::{ExportMessage, tr};

/// What a cron expression or a word such as `@daily` says; a general sentence for those that are rare.
pub fn words(schedule: &str) -> String {
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    match fields.as_slice() {
        [] => tr(ExportMessage::ScheduleNone),
        ["@hourly"] => tr(ExportMessage::ScheduleHourly { minute: "0" }),
        ["@daily" | "@midnight"] => tr(ExportMessage::ScheduleDaily { time: "00:00" }),
        ["@weekly"] => weekly(0, "00:00"),
        ["@monthly"] => tr(ExportMessage::ScheduleMonthly { day: 1, time: "00:00" }),
        ["@yearly" | "@annually"] => tr(ExportMessage::ScheduleYearly),
        [minute, hour, day, "*", weekday] => cron(minute, hour, day, weekday),
        _ => tr(ExportMessage::ScheduleOther),
    }
}

fn cron(minute: &str, hour: &str, day: &str, weekday: &str) -> String {
    let every = minute.strip_prefix("*/").and_then(|step| step.parse().ok());
    let every = every.or_else(|| (minute == "*").then_some(1_u32));
    let number = |text: &str, most: u32| text.parse::<u32>().ok().filter(|number| *number <= most);
    let time = number(hour, 23).zip(number(minute, 59));
    let time = time.map(|(hour, minute)| [two_digits(hour), two_digits(minute)].join(":"));
    match (time.as_deref(), hour, day, weekday) {
        (Some(time), _, "*", "*") => tr(ExportMessage::ScheduleDaily { time }),
        (Some(time), _, "*", "1-5" | "MON-FRI") => tr(ExportMessage::ScheduleWorkdays { time }),
        (Some(time), _, "*", weekday) => match day_of_week(weekday) {
            Some(weekday) => weekly(weekday, time),
            None => tr(ExportMessage::ScheduleOther),
        },
        (Some(time), _, day, "*") => match number(day, 31) {
            Some(day) => tr(ExportMessage::ScheduleMonthly { day, time }),
            None => tr(ExportMessage::ScheduleOther),
        },
        (None, "*", "*", "*") => match (every, number(minute, 59)) {
            (Some(minutes), _) if minutes > 0 && 60 % minutes == 0 => tr(ExportMessage::ScheduleMinutes { minutes }),
            (_, Some(minute)) => tr(ExportMessage::ScheduleHourly { minute: &minute.to_string() }),
            _ => tr(ExportMessage::ScheduleOther),
        },
        _ => tr(ExportMessage::ScheduleOther),
    }
}

fn two_digits(number: u32) -> String {
    if number < 10 { ["0", &number.to_string()].concat() } else { number.to_string() }
}

/// Sunday is 0 and 7.
fn day_of_week(field: &str) -> Option<u32> {
    const NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    let named = NAMES.iter().position(|name| *name == field).and_then(|day| u32::try_from(day).ok());
    named.or_else(|| field.parse().ok().filter(|day| *day <= 7))
}

fn weekly(weekday: u32, time: &str) -> String {
    let day = tr(match weekday {
        1 => ExportMessage::Monday,
        2 => ExportMessage::Tuesday,
        3 => ExportMessage::Wednesday,
        4 => ExportMessage::Thursday,
        5 => ExportMessage::Friday,
        6 => ExportMessage::Saturday,
        _ => ExportMessage::Sunday,
    });
    tr(ExportMessage::ScheduleWeekly { day: &day, time })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::words;

    #[test]
    fn common_schedules_are_said_and_rare_ones_are_not_guessed() {
        assert_eq!(words(" "), "Only when it is triggered");
        assert_eq!(words("@daily"), "Each day at 00:00 (UTC)");
        assert_eq!(words("5 3 * * *"), "Each day at 03:05 (UTC)");
        assert_eq!(words("*/15 * * * *"), "Every 15 minutes");
        assert_eq!(words("7 * * * *"), "Each hour, at minute 7 (UTC)");
        assert_eq!(words("0 22 * * 1-5"), "Monday to Friday at 22:00 (UTC)");
        assert_eq!(words("0 22 * * 7"), "Each Sunday at 22:00 (UTC)");
        assert_eq!(words("0 22 1 * *"), "On day 1 of each month at 22:00 (UTC)");
        for rare in ["*/7 * * * *", "0 3 1 * 1", "0 3 * 2 *", "0 3 1,15 * *", "no", "61 3 * * *"] {
            assert_eq!(words(rare), "By this cron expression (UTC)", "{rare}");
        }
    }
}
