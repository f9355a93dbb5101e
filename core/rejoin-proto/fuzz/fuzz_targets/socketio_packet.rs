#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rejoin_proto_fuzz::socketio_packet(data));
