//! Where Spark is: a cluster with a master, a driver alone, or unknown.

use crate::UrlTemplate;

/// Which process lists the applications.
#[derive(Clone, Debug)]
pub enum Spark {
    /// The master of a standalone cluster.
    Cluster {
        /// Web pages of one or several masters, one of which is ALIVE; never empty.
        masters: Vec<UrlTemplate>,
        /// The driver's web page, if it is configured as well.
        driver: Option<UrlTemplate>,
    },
    /// The web page of a driver without a master.
    Driver(UrlTemplate),
    /// Neither: there is only a cluster manager.
    NotSet,
}

impl Spark {
    #[must_use]
    pub fn new(masters: Vec<UrlTemplate>, driver: Option<UrlTemplate>) -> Self {
        match driver {
            driver if !masters.is_empty() => Self::Cluster { masters, driver },
            Some(driver) => Self::Driver(driver),
            None => Self::NotSet,
        }
    }

    /// The masters' web pages; empty if there is no master.
    #[must_use]
    pub fn masters(&self) -> &[UrlTemplate] {
        match self {
            Self::Cluster { masters, .. } => masters,
            Self::Driver(_) | Self::NotSet => &[],
        }
    }

    /// The driver's web page, if it is configured.
    #[must_use]
    pub fn driver(&self) -> Option<&UrlTemplate> {
        match self {
            Self::Cluster { driver, .. } => driver.as_ref(),
            Self::Driver(driver) => Some(driver),
            Self::NotSet => None,
        }
    }
}
