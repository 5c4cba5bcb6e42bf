//! The quantities that have a chart of their own, and how their values are said.

use kit::format;
use kit::i18n::{ChartMessage, Message, tr};
use kit::language;

/// One chart's subject: the name under which it is stored, and what is drawn beside it as a dashed line.
#[derive(Clone, Copy)]
pub struct Quantity {
    pub name: &'static str,
    pub beside: Option<&'static str>,
    pub is_memory: bool,
}

const fn quantity(name: &'static str, beside: Option<&'static str>, is_memory: bool) -> Quantity {
    Quantity { name, beside, is_memory }
}

pub const QUANTITIES: [Quantity; 4] = [
    quantity("cores_used", Some("cores_total"), false),
    quantity("memory_used_mib", Some("memory_total_mib"), true),
    quantity("workers_alive", None, false),
    quantity("apps_running", Some("apps_waiting"), false),
];

impl Quantity {
    pub fn title(self) -> String {
        match self.name {
            "cores_used" => tr(Message::CoresInUse),
            "memory_used_mib" => tr(Message::MemoryInUse),
            "workers_alive" => tr(ChartMessage::WorkersAlive),
            _ => tr(ChartMessage::AppsRunning),
        }
    }

    /// What the dashed line is.
    pub fn beside_title(self) -> Option<String> {
        self.beside.map(|name| match name {
            "cores_total" => tr(ChartMessage::CoresTotal),
            "memory_total_mib" => tr(ChartMessage::MemoryTotal),
            _ => tr(ChartMessage::AppsWaiting),
        })
    }

    /// A value alone.
    pub fn amount(self, value: f64) -> String {
        if self.is_memory {
            return format::bytes((value * 1024.0 * 1024.0).round() as u64);
        }
        let tenths = (value * 10.0).round() as u64;
        if tenths.is_multiple_of(10) { language::number(tenths / 10) } else { language::tenths(tenths) }
    }

    /// A value and what is beside it, in words.
    pub fn said(self, value: f64, beside: Option<f64>) -> String {
        let count = &self.amount(value);
        match (self.name, beside.map(|value| self.amount(value))) {
            ("cores_used", Some(total)) => tr(ChartMessage::CoresOf { used: count, total: &total }),
            ("workers_alive", _) => tr(ChartMessage::Alive { count }),
            ("apps_running", Some(waiting)) => tr(ChartMessage::RunningAndWaiting { count, waiting: &waiting }),
            ("apps_running", None) => tr(ChartMessage::Running { count }),
            (_, Some(total)) => tr(Message::UsedOf { used: count, total: &total }),
            (_, None) => count.clone(),
        }
    }
}
