//! Writes the Swift, Kotlin and Python glue for the library: see `cargo xtask package`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
