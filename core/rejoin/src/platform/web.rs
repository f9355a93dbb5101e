//! A page or a worker: one thread, the browser's timers, and nothing to choose from.

mod wake;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use js_sys::Reflect;
use rejoin_proto::{Error, Timestamp};
use wasm_bindgen::JsCast;
use web_sys::Performance;

pub(crate) use wake::{OnWake, on_wake};

/// `Send` where tasks move between threads, nothing in a browser.
pub trait MaybeSend {}
impl<T: ?Sized> MaybeSend for T {}
/// `Sync` where tasks move between threads, nothing in a browser.
pub trait MaybeSync {}
impl<T: ?Sized> MaybeSync for T {}

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Where tasks run: the microtasks of this page or worker.
#[derive(Clone, Debug)]
pub(crate) struct Runtime;

impl Runtime {
    /// Every page has it: the error is for other platforms.
    pub(crate) fn current() -> Result<Self, Error> {
        Ok(Self)
    }

    #[expect(clippy::unused_self, reason = "other platforms have more than one")]
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(task);
    }

    /// Runs the application's code. There is no guard here: a panic ends the whole module.
    #[expect(clippy::unused_self, reason = "other platforms have more than one")]
    pub(crate) fn run_guarded<T: 'static>(
        &self,
        work: impl Future<Output = T> + 'static,
    ) -> BoxFuture<Result<T, Error>> {
        Box::pin(async move { Ok(work.await) })
    }
}

/// A client's clock, on which the [`Timestamp`]s in its states are read: monotonic, and it counts the time that the
/// device sleeps where the browser does.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Duration,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { origin: since_start() }
    }

    /// The time now.
    pub fn now(self) -> Timestamp {
        Timestamp::new(since_start().saturating_sub(self.origin))
    }
}

thread_local! {
    /// A worker has it too, but no `window`.
    static PERFORMANCE: Option<Performance> = Reflect::get(&js_sys::global(), &"performance".into())
        .ok()
        .filter(|value| value.is_object())
        .map(JsCast::unchecked_into);
}

fn since_start() -> Duration {
    let millis = PERFORMANCE.with(|clock| clock.as_ref().map_or_else(js_sys::Date::now, Performance::now));
    // The browser rounds to microseconds at best.
    Duration::from_micros((millis.max(0.0) * 1000.0) as u64)
}

/// A timer that is set again and again.
#[derive(Debug)]
pub(crate) struct Sleep(Option<TimeoutFuture>);

impl Sleep {
    pub(crate) fn new() -> Self {
        Self(None)
    }

    pub(crate) fn reset(&mut self, after: Duration) {
        // Rounded up, or it would end just before its time, again and again. What is longer than the 24 days that a
        // browser can count ends early, which the driver finds out.
        let millis = after.as_micros().div_ceil(1000).min(i32::MAX as u128);
        self.0 = Some(TimeoutFuture::new(millis as u32));
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(timeout) = &mut self.0 else { return Poll::Ready(()) };
        std::task::ready!(Pin::new(timeout).poll(cx));
        self.0 = None;
        Poll::Ready(())
    }
}

/// A seed that differs from client to client, so that clients which fail together do not retry together.
pub(crate) fn random_seed() -> u64 {
    js_sys::Math::random().to_bits()
}
