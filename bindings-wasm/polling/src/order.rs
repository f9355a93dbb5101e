use rejoin_proto::engineio::{Transport, Transports};
use wasm_bindgen::prelude::*;

use crate::Failure;

/// Which transport is tried when.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Order(Transports);

#[wasm_bindgen]
impl Order {
    /// In this order of preference: `polling_first`, and whether a WebSocket may be used at all.
    ///
    /// # Errors
    /// Never: both lists are allowed.
    #[wasm_bindgen(constructor)]
    pub fn new(polling_first: bool, websocket: bool) -> Result<Self, Failure> {
        let order: &[_] = match (polling_first, websocket) {
            (_, false) => &[Transport::Polling],
            (true, true) => &[Transport::Polling, Transport::WebSocket],
            (false, true) => &[Transport::WebSocket, Transport::Polling],
        };
        Ok(Self(Transports::new(order.iter().copied())?))
    }

    /// An attempt to connect begins.
    pub fn begin(&mut self) {
        self.0.begin();
    }

    /// Whether polling is to be tried now; otherwise it is a WebSocket.
    pub fn polls(&mut self) -> bool {
        self.0.next() == Some(Transport::Polling)
    }

    /// What was tried last has failed. With what the attempt ends, or nothing if another transport is to be tried.
    pub fn failed(&mut self, failure: &Failure) -> Option<Failure> {
        self.0.failed(failure.error()).map(Failure::from)
    }

    /// Whether polling should change to a WebSocket.
    #[wasm_bindgen(js_name = mayUpgrade)]
    pub fn may_upgrade(&self) -> bool {
        self.0.may_upgrade()
    }

    /// Polling has changed to a WebSocket.
    pub fn upgraded(&mut self) {
        self.0.upgraded();
    }
}
