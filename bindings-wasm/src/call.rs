//! The calls of JavaScript. `js/src/records.ts` numbers them in the same order.

macro_rules! calls {
    ($($(#[$doc:meta])* $call:ident,)*) => {
        /// What JavaScript wants, and in brackets the numbers that it gives. Where it gives parts, their count comes last:
        /// see [`Inbox`](crate::inbox::Inbox).
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum Call {
            $($(#[$doc])* $call,)*
        }

        impl Call {
            const ALL: &[Self] = &[$(Self::$call,)*];
        }
    };
}

calls! {
    /// A place for so many bytes: gives its address. [bytes]
    Inbox,
    /// Become a client of a plain WebSocket. Parts: the settings, then the texts of ping and pong where there are such.
    /// [seed, ., ., parts]
    Plain,
    /// Become a client of Socket.IO, without a namespace. Parts: the settings. [seed, ., ., parts]
    SocketIo,
    /// Leave the commands to be read, and forget them.
    Commands,
    /// Leave the texts of the records to be read, and forget them.
    Texts,
    /// A number of the core's. [which]
    Stat,
    /// Connect, and stay connected.
    Connect,
    /// Send what flows, then close.
    Disconnect,
    /// Disconnect for good.
    Close,
    /// Tell when everything that happened before was told.
    Mark,
    /// The network changed. [0 online, 1 offline, 2 woke, 3 foreground, 4 background]
    Network,
    /// The consumers are full, or have room again. [paused]
    Reading,
    /// The credentials callback answered. Parts: a token, or an auth object. [socket, 0 nothing, 1 token, 2 auth, ., parts]
    Credentials,
    /// The credentials callback failed. Parts: why. [socket, ., ., parts]
    CredentialsFailed,
    /// The on-connect step ended. Parts: why it failed, if it did. [socket, ., ., parts]
    Rejoined,
    /// A socket is open. [socket, it can send pings]
    Opened,
    /// It closed. Parts: the reason. [socket, close code or 0, ., parts]
    Closed,
    /// It could not be opened, or broke. Parts: code, message. [socket, ., ., parts]
    Failed,
    /// The server answered with an HTTP status instead of the upgrade. [socket, status, milliseconds to wait or less than 0]
    Refused,
    /// So many of its frames in all have left for the network. [socket, frames]
    Flushed,
    /// The peer answered a ping frame: so many bytes in the inbox. [socket, bytes]
    Pong,
    /// A message came whose content is of no concern to the core: it stays in a slot. [socket, slot]
    Message,
    /// So many messages were handed over already, while nothing waited for them. [socket, count]
    Passed,
    /// One of those answered an event of the namespace `/`. [message]
    Answered,
    /// A text message came: so many bytes in the inbox, the outline of a slot's content or all of it (-1). [socket, bytes,
    /// slot, with its turn]
    Text,
    /// A binary message came: so many bytes in the inbox. [socket, bytes]
    Binary,
    /// A message came that is longer than it may be. [socket]
    TooBig,
    /// Time passed, and the socket can take more or not: leave the deadline and the first frame. [writable]
    Turn,
    /// Leave the next frame, or after the last one the deadline.
    Transmit,
    /// Leave the deadline as it is after what was written.
    Deadline,
    /// How the next message is sent. Parts: its key, if it has one. [flags: 1 set-up, 2 volatile; time to live in
    /// milliseconds, NaN for ever; retries, parts]
    Options,
    /// Accept a message for a plain WebSocket: gives its id. [bytes, it is binary]
    Send,
    /// Accept an event: gives its id. [lane, bytes with attachments, attachments, milliseconds to wait for an acknowledgement:
    /// NaN the default, less than 0 none]
    Emit,
    /// Take a message back: gives 1 if it was not sent yet. [message]
    Withdraw,
    /// Fail if an event may not have this name. Parts: the name. [., ., ., parts]
    CheckName,
    /// Answer an event. Parts: the namespace, the JSON array, the attachments. [session, id, ., parts]
    Acknowledge,
    /// Connect a namespace, now and on each later link: gives its lane. Parts: its name, its auth object if it has one.
    /// [., ., ., parts]
    ConnectNamespace,
    /// Leave a namespace. Parts: its name. [., ., ., parts]
    DisconnectNamespace,
}

impl Call {
    pub(crate) fn of(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}
