//! What differs from one protocol to the other in how its events reach JavaScript.

use rejoin_proto::socketio::{self, SocketIo};
use rejoin_proto::{Message, PlainWebSocket, Protocol};
use wasm_bindgen::JsValue;

use crate::batch::{Batch, Kind};

pub(crate) trait Wire: Protocol + 'static {
    /// Whether the core reads what frames hold. Where it does not, they stay in JavaScript.
    fn reads(&self) -> bool;

    /// Records an event. `payload` is what JavaScript gave with the frame that led to it.
    fn record(event: Self::Event, payload: Option<JsValue>, batch: &mut Batch);
}

impl Wire for PlainWebSocket {
    fn reads(&self) -> bool {
        self.text_heartbeat().is_some()
    }

    fn record(_event: Message, payload: Option<JsValue>, batch: &mut Batch) {
        // Each message comes of the one frame that is being handled.
        batch.message(payload.unwrap_or(JsValue::NULL));
    }
}

impl Wire for SocketIo {
    fn reads(&self) -> bool {
        true
    }

    fn record(event: socketio::Event, _payload: Option<JsValue>, batch: &mut Batch) {
        use socketio::Event;
        match event {
            Event::Event { namespace, name, args, ack } => {
                let record = batch.record(Kind::Event).string(&namespace).string(&name);
                let record = record.args(args.text(), args.attachments());
                if let Some(ack) = ack {
                    let (session, id) = ack.to_parts();
                    record.number(session.into()).number(id);
                }
            }
            Event::Ack { id, args, .. } => {
                batch.record(Kind::Ack).number(id.get()).args(args.text(), args.attachments());
            }
            Event::NamespaceConnected { namespace, recovered, sid } => {
                batch.record(Kind::NamespaceConnected).string(&namespace).flag(recovered).string(&sid);
            }
            Event::NamespaceDisconnected { namespace, error } => {
                batch.record(Kind::NamespaceDisconnected).string(&namespace).error(&error);
            }
        }
    }
}
