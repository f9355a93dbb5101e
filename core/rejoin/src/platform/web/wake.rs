//! Notices that the page came back: its timers stood still or were slowed down, and a dead link would be found late.

use std::cell::RefCell;
use std::sync::Weak;

use js_sys::Reflect;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

/// Whoever wants to know that the page came back.
pub(crate) trait OnWake {
    fn woke(&self);
}

#[derive(Default)]
struct Registry {
    watchers: Vec<Weak<dyn OnWake>>,
    /// One listener for all clients, for as long as the page lives.
    listener: Option<Closure<dyn FnMut(Event)>>,
}

thread_local! {
    static REGISTRY: RefCell<Registry> = RefCell::default();
}

/// Tells `watcher` each time the page came back or the network did.
pub(crate) fn on_wake(watcher: Weak<dyn OnWake>) {
    REGISTRY.with_borrow_mut(|registry| {
        registry.watchers.retain(|watcher| watcher.strong_count() > 0);
        registry.watchers.push(watcher);
        registry.listener.get_or_insert_with(listen);
    });
}

fn listen() -> Closure<dyn FnMut(Event)> {
    let listener = Closure::new(|event: Event| {
        if event.type_() != "visibilitychange" || is_visible() {
            tell();
        }
    });
    let global = JsValue::from(js_sys::global());
    for (target, event) in [(&global, "online"), (&global, "pageshow"), (&document(), "visibilitychange")] {
        // A worker has no document, and outside of browsers the global object may take no listeners.
        if property(target, "addEventListener").is_function() {
            let target: &EventTarget = target.unchecked_ref();
            let added = target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
            debug_assert!(added.is_ok(), "it throws for no event name");
        }
    }
    listener
}

fn tell() {
    // Outside of the borrow: who is told may make another client.
    let watchers = REGISTRY.with_borrow(|registry| registry.watchers.clone());
    for watcher in watchers.iter().filter_map(Weak::upgrade) {
        watcher.woke();
    }
}

fn is_visible() -> bool {
    property(&document(), "visibilityState") == "visible"
}

fn document() -> JsValue {
    property(&js_sys::global(), "document")
}

/// Undefined where there is none, and for what is no object.
fn property(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}
