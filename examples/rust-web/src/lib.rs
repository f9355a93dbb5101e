//! A page in Rust: the crate `rejoin` over the browser's WebSocket.
//!
//! It says what its server says, shows the state of the connection, and keeps what is typed meanwhile. Nothing in it but the
//! document is special to browsers: a component of Leptos, Yew or Dioxus holds a [`Client`] in the same way. How to build
//! and see it: README.md.

use rejoin::socketio::{Client, Event};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsError};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, HtmlInputElement, window};

/// Runs as the page is loaded. The server is named behind the `#` of its address.
///
/// # Errors
/// The page lacks an element, or the server's URL is wrong.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() -> Result<(), JsError> {
    let url = page()?.location().and_then(|location| location.hash().ok()).unwrap_or_default();
    let client = Client::builder(url.trim_start_matches('#')).build()?;
    client.on("broadcast", async |event| {
        if let Err(wrong) = show(&event) {
            text("state", &wrong);
        }
    });
    spawn_local(watch(client.clone()));
    spawn_local(connect(client.clone()));
    say_what_is_typed(client)
}

/// The states as they come. It ends with the client.
async fn watch(client: Client) {
    let mut states = client.states();
    while let Some(state) = states.next().await {
        text("state", state.as_str());
        text("waiting", &client.stats().outbox_messages.to_string());
    }
}

async fn connect(client: Client) {
    if let Err(error) = client.connect().await {
        text("state", &format!("{error}. {}", error.remedy()));
    }
}

fn say_what_is_typed(client: Client) -> Result<(), JsError> {
    let input: HtmlInputElement = element("say")?.dyn_into().map_err(|_| JsError::new("#say is no input"))?;
    let field = input.clone();
    let typed = Closure::<dyn FnMut()>::new(move || {
        if let Err(refused) = client.emit("broadcast", ("rust", field.value())) {
            text("state", &format!("{refused}. {}", refused.remedy()));
        }
        field.set_value("");
        text("waiting", &client.stats().outbox_messages.to_string());
    });
    input.set_onchange(Some(typed.as_ref().unchecked_ref()));
    // It lives as long as the page.
    typed.forget();
    Ok(())
}

fn show(event: &Event) -> Result<(), String> {
    let (who, said): (String, String) = event.args().map_err(|error| error.to_string())?;
    let add = || -> Option<()> {
        let line = page().ok()?.create_element("li").ok()?;
        line.set_text_content(Some(&format!("{who}: {said}")));
        element("lines").ok()?.append_child(&line).ok().map(drop)
    };
    add().ok_or_else(|| "the page takes no line".to_owned())
}

fn text(id: &str, content: &str) {
    if let Ok(found) = element(id) {
        found.set_text_content(Some(content));
    }
}

fn element(id: &str) -> Result<Element, JsError> {
    page()?.get_element_by_id(id).ok_or_else(|| JsError::new(&format!("the page has no #{id}")))
}

/// Asked for each time: what a handler holds may go to another thread on other platforms.
fn page() -> Result<Document, JsError> {
    window().and_then(|window| window.document()).ok_or_else(|| JsError::new("there is no page here"))
}
