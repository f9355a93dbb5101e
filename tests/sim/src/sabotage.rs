/// A driver (or a world) that breaks its contract in one way. Each shows that a check can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// Reports the failure of an old socket as one of the live socket.
    MixUpSockets,
    /// Lets timers fire before it hands in the frames that wait.
    TimersFirst,
    /// Connects by itself after the application disconnected.
    ConnectByItself,
    /// Ends the client when the credentials callback fails.
    StopWithCredentials,
    /// Tells the core that the on-connect step is done before it began.
    SkipRejoining,
    /// Reports frames as flushed that it dropped.
    FlushToNowhere,
    /// Acknowledges messages by itself.
    AcknowledgeByItself,
    /// Does not report the flush of frames that went out.
    HideFlushes,
    /// Writes two frames in the wrong order.
    Swap,
    /// Swallows receipts.
    SwallowReceipts,
    /// Gives receipts out twice.
    RepeatReceipts,
    /// Allows the outbox more than was configured.
    RaiseBounds,
    /// Keeps the socket that it was told to abort.
    KeepSockets,
    /// Has a clock that runs ahead when it waits.
    HurryRetries,
    /// Has a clock that runs ahead when it is connected.
    HurryStability,
    /// Disconnects where the application closed.
    CloseHalfway,
    /// Never calls the core at its deadlines.
    IgnoreTimers,
    /// Tells the core that frames come where there is silence.
    IgnoreHeartbeat,
    /// Calls the core at its deadlines with a clock that stands still.
    StopClock,
}

impl Sabotage {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::MixUpSockets,
        Self::TimersFirst,
        Self::ConnectByItself,
        Self::StopWithCredentials,
        Self::SkipRejoining,
        Self::FlushToNowhere,
        Self::AcknowledgeByItself,
        Self::HideFlushes,
        Self::Swap,
        Self::SwallowReceipts,
        Self::RepeatReceipts,
        Self::RaiseBounds,
        Self::KeepSockets,
        Self::HurryRetries,
        Self::HurryStability,
        Self::CloseHalfway,
        Self::IgnoreTimers,
        Self::IgnoreHeartbeat,
        Self::StopClock,
    ];
}
