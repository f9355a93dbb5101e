use bytes::Bytes;
use rejoin::socketio::Args;

/// The arguments of an event or acknowledgement.
#[derive(uniffi::Record)]
pub struct Payload {
    /// A JSON array. An attachment stands in it as `{"_placeholder":true,"num":i}`, `i` being its index.
    pub json: String,
    /// The binary attachments.
    pub attachments: Vec<Vec<u8>>,
}

impl TryFrom<Payload> for Args {
    type Error = rejoin::Error;

    fn try_from(payload: Payload) -> Result<Self, Self::Error> {
        let attachments = payload.attachments.into_iter().map(Bytes::from).collect();
        Self::with_attachments(payload.json, attachments)
    }
}

impl From<&Args> for Payload {
    fn from(args: &Args) -> Self {
        let attachments = args.attachments().iter().map(|bytes| bytes.to_vec()).collect();
        Self { json: args.to_array(), attachments }
    }
}
