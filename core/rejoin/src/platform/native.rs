use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rejoin_proto::{Error, ErrorCode, Timestamp};
use tokio::runtime::Handle;

/// `Send` where tasks move between threads, nothing in a browser.
pub trait MaybeSend: Send {}
impl<T: Send> MaybeSend for T {}
/// `Sync` where tasks move between threads, nothing in a browser.
pub trait MaybeSync: Sync {}
impl<T: Sync> MaybeSync for T {}

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Where tasks run: the tokio runtime in which the client was built.
#[derive(Clone, Debug)]
pub(crate) struct Runtime(Handle);

impl Runtime {
    pub(crate) fn current() -> Result<Self, Error> {
        Handle::try_current().map(Self).map_err(|_| {
            Error::new(ErrorCode::InvalidArgument, "runtime: build the client inside a tokio runtime")
        })
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(task);
    }

    /// Runs the application's code in a task of its own, so that it can neither stall nor unwind the driver.
    pub(crate) fn run_guarded<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> BoxFuture<Result<T, Error>> {
        let task = AbortOnDrop(self.0.spawn(work));
        Box::pin(async move {
            let mut task = task;
            (&mut task.0).await.map_err(|error| {
                let what = if error.is_panic() {
                    "the application's callback panicked"
                } else {
                    "the runtime shut down"
                };
                Error::new(ErrorCode::Internal, what)
            })
        })
    }
}

#[derive(Debug)]
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A client's clock, on which the [`Timestamp`]s in its states are read: monotonic, and it counts the time that the
/// device sleeps where the platform can.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Duration,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { origin: since_boot() }
    }

    /// The time now.
    pub fn now(self) -> Timestamp {
        Timestamp::new(since_boot().saturating_sub(self.origin))
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn since_boot() -> Duration {
    clock(rustix::time::ClockId::Boottime)
}

/// On Apple's systems this clock goes on during sleep, unlike the one behind `Instant`.
#[cfg(target_vendor = "apple")]
pub(super) fn since_boot() -> Duration {
    clock(rustix::time::ClockId::Monotonic)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn clock(id: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(id);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// On Windows `Instant` counts sleep.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn since_boot() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// A timer that is set again and again.
#[derive(Debug)]
pub(crate) struct Sleep(Pin<Box<tokio::time::Sleep>>);

impl Sleep {
    pub(crate) fn new() -> Self {
        Self(Box::pin(tokio::time::sleep(Duration::ZERO)))
    }

    pub(crate) fn reset(&mut self, after: Duration) {
        self.0.as_mut().reset((Instant::now() + after).into());
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

/// A seed that differs from client to client, so that clients which fail together do not retry together.
pub(crate) fn random_seed() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
