//! What all handlers of one server share.

use crate::config::Config;
use crate::stats::Counters;

#[derive(Debug)]
pub(crate) struct ServerState {
    pub(crate) config: Config,
    pub(crate) counters: Counters,
}
