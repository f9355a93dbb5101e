use super::*;

/// What a run begins with: each kind of packet, and what is hard about them.
const SEEDS: [&str; 12] = [
    OPEN,
    "40{\"sid\":\"s\",\"pid\":\"p\"}",
    "40/admin,{\"sid\":\"s\"}",
    "41/admin,",
    "42/admin,17[\"name\",{\"a\":[1,2.5e-3,null]},\"é😀\\u00e9\"]",
    "42[\"a\",\"QabcdeF\"]",
    "43/admin,1[true]",
    "44/admin,{\"message\":\"no\",\"data\":{\"x\":1}}",
    "452-/admin,3[\"f\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]",
    "461-3[{\"_placeholder\":true,\"num\":0}]",
    "2probe",
    "6",
];

fn mutate(seed: &str, rng: &mut fastrand::Rng) -> String {
    let mut bytes = seed.as_bytes().to_vec();
    for _ in 0..rng.usize(0..4) {
        let at = rng.usize(0..=bytes.len());
        match rng.u8(0..4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, rng.u8(..)),
            2 if at < bytes.len() => bytes[at] = *rng.choice(b"\"\\[]{},:-0123456789/_ e").unwrap(),
            _ if at < bytes.len() => drop(bytes.remove(at)),
            _ => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The state of a link that hears anything at all is one of the table, and its outbox is in order.
#[test]
fn no_input_panics() {
    let mut rng = fastrand::Rng::with_seed(0x0050_c4e7);
    for _ in 0..3_000 {
        let names = vec![("/".into(), None), ("/admin".into(), None)];
        let mut client = Client::new(Config::default(), Options { namespaces: names, ..Options::default() });
        client.dial();
        for _ in 0..20 {
            if client.connection.socket().is_none() {
                break;
            }
            let text = mutate(rng.choice(SEEDS).unwrap(), &mut rng);
            if rng.u8(0..5) == 0 {
                client.socket(SocketEvent::Frame(Frame::Binary(text.into_bytes().into())));
            } else {
                client.hear(&text);
            }
            client.sent();
            client.events();
        }
        client.connection.close(client.now);
        assert_eq!(client.connection.outbox_len(), 0);
    }
}

/// Every prefix of every seed, in bytes: text that is cut within a character never gets here, the rest must not panic.
#[test]
fn a_packet_cut_anywhere_is_refused_or_read() {
    for seed in SEEDS {
        for end in 0..=seed.len() {
            let Some(text) = seed.get(..end) else { continue };
            let _ = Packet::decode(&text.into(), &Limits::default());
            let _ = engineio::Packet::decode(&text.into());
            let _ = Open::decode(text);
            let _ = engineio::payload::decode(&text.into(), 8);
            let _ = Args::from_array(text);
        }
    }
}

/// What is accepted as an event says the same when we send it.
#[test]
fn decoding_inverts_encoding() {
    let mut rng = fastrand::Rng::with_seed(3);
    for _ in 0..2_000 {
        let name: String = (0..rng.usize(0..6)).map(|_| rng.char(..)).collect();
        let mut args = String::from("[");
        for at in 0..rng.usize(0..4) {
            args.push_str(if at > 0 { " , " } else { "" });
            args.push_str(rng.choice(["1", "\"é\\n\"", "{\"a\":[]}", "[[],null]", "-0.5e3"]).unwrap());
        }
        args.push(']');
        let args = Args::from_array(args).unwrap();
        let id = rng.bool().then(|| rng.u64(0..1 << 53));
        let wire = encode::event("/ns", &name, &args, id);
        let message = wire.slice_ref(&wire[1..]);
        let expected = Body::Event { name: name.into(), args: args.text().clone(), id, attachments: 0 };
        assert_eq!(Packet::decode(&message, &Limits::default()).unwrap().body, expected);
    }
}
