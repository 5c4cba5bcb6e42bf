//! Where Spark Connect is, and which SQL is run on it.

use std::fs;

use connect_client::{Address, TrustedRoots};
use secrecy::SecretString;
use wire::sql::SqlMode;

use super::{connect_user::ConnectUser, error::ConfigError, settings::Settings};

/// The Spark Connect server of this site, if its SQL is not switched off.
#[derive(Clone, Debug)]
pub struct SqlSite {
    pub address: Address,
    pub roots: TrustedRoots,
    pub mode: SqlMode,
    pub user: ConnectUser,
}

impl SqlSite {
    /// The site as it is set, or none if there is none. An address that cannot be used is only warned of: the monitor
    /// works without it.
    ///
    /// # Errors
    /// When the mode is unknown.
    pub fn of(
        settings: &Settings,
        token: Option<SecretString>,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Self>, ConfigError> {
        let mode = match settings.spark_monitor_sql.trim() {
            "off" => return Ok(None),
            "read" => SqlMode::Read,
            "write" => SqlMode::Write,
            _ => return Err(ConfigError::SqlMode),
        };
        let Some(url) = &settings.spark_connect_url else { return Ok(None) };
        let address = url.trim().parse().and_then(|address: Address| match token {
            Some(token) => address.with_token(token),
            None => Ok(address),
        });
        let mut address = match address {
            Ok(address) => address,
            Err(error) => {
                warnings.push(format!("SPARK_CONNECT_URL cannot be used, so no SQL is run: {error}"));
                return Ok(None);
            }
        };
        // It belongs to somebody else: its settings would change under them.
        address.session_id = None;
        // The resolver has read the same file, so it can be read.
        let pem = settings.spark_monitor_ca_file.as_ref().and_then(|path| fs::read(path).ok());
        let otherwise = settings.spark_user.as_ref().or(settings.login.as_ref()).cloned().unwrap_or_default();
        let user = ConnectUser { fixed: address.user_id.clone(), otherwise };
        Ok(Some(Self { address, roots: TrustedRoots { pem }, mode, user }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    fn site(args: &[&str]) -> (Result<Option<SqlSite>, String>, Vec<String>) {
        let mut warnings = Vec::new();
        let site = SqlSite::of(&settings_from(args).unwrap(), None, &mut warnings);
        (site.map_err(|error| error.to_string()), warnings)
    }

    #[test]
    fn sql_is_off_without_an_address_and_only_reads_unless_more_is_allowed() {
        const URL: [&str; 2] =
            ["--spark-connect-url", "sc://connect:15002/;session_id=00112233-4455-6677-8899-aabbccddeeff"];
        assert!(site(&[]).0.unwrap().is_none());
        let with = |more: &[&'static str]| site(&[&URL[..], more].concat());
        assert!(with(&["--spark-monitor-sql", "off"]).0.unwrap().is_none());
        let read = with(&["--spark-user", "ann"]).0.unwrap().unwrap();
        assert_eq!((read.mode, read.user.of(None)), (SqlMode::Read, "ann"));
        assert_eq!(read.address.session_id, None, "nobody else's session is joined");
        assert_eq!(with(&["--spark-monitor-sql", "write"]).0.unwrap().unwrap().mode, SqlMode::Write);
        assert!(with(&["--spark-monitor-sql", "all"]).0.unwrap_err().contains("off, read or write"));
    }

    #[test]
    fn an_address_that_cannot_be_used_is_warned_of_without_its_text() {
        let (none, warnings) = site(&["--spark-connect-url", "sc://h/;token=SECRET;use_ssl=false"]);
        assert!(none.unwrap().is_none());
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("set use_ssl=true") && !warnings[0].contains("SECRET"), "{warnings:?}");
    }
}
