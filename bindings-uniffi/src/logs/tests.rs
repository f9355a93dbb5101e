use super::*;

fn write(writer: &Writer, target: &str, text: &str) {
    writer.log(&Record::builder().target(target).level(LogLevel::Info).args(format_args!("{text}")).build());
}

/// The texts that are there; of those that were missed, how many.
fn read(writer: &Writer) -> Vec<String> {
    let cx = Context::from_waker(Waker::noop());
    let mut texts = Vec::new();
    while let Poll::Ready(Some(item)) = writer.poll_next(&cx) {
        if let Item::Log { text, .. } = item {
            texts.push(text);
        } else if let Item::Lagged { missed } = item {
            texts.push(format!("missed {missed}"));
        }
    }
    texts
}

#[test]
fn what_other_crates_write_is_not_kept() {
    let writer = Writer(Mutex::new(Waiting::new()));
    write(&writer, "tungstenite::handshake", "GET /?token=secret");
    write(&writer, "rejoin", "connected");
    assert_eq!(read(&writer), ["connected"]);
}

#[test]
fn what_finds_no_room_is_counted() {
    let writer = Writer(Mutex::new(Waiting::new()));
    for number in 0..CAPACITY + 3 {
        write(&writer, "rejoin", &number.to_string());
    }
    let texts = read(&writer);
    assert_eq!(texts.len(), CAPACITY + 1);
    assert_eq!(texts[CAPACITY], "missed 3");
    write(&writer, "rejoin", "again");
    assert_eq!(read(&writer), ["again"]);
}
