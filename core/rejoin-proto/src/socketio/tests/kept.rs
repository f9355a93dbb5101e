//! Events whose content stays with the driver.

use super::*;

impl Client {
    fn emit_kept(&mut self, kept: Kept, options: EmitOptions) -> Result<MessageId, Error> {
        let now = self.now;
        self.connection.with_protocol(now, |protocol, link| {
            let lane = protocol.lane("/").expect("it was asked for");
            protocol.emit_kept(link, lane, kept, options)
        })
    }
}

#[test]
fn the_head_ends_before_the_array_and_attachments_are_empty() {
    let mut client = Client::connected();
    client.emit_kept(Kept { bytes: 20, attachments: 0 }, EmitOptions::default()).unwrap();
    client.emit_kept(Kept { bytes: 30, attachments: 0 }, with_ack(0)).unwrap();
    client.emit_kept(Kept { bytes: 40, attachments: 1 }, EmitOptions::default()).unwrap();
    assert_eq!(client.connection.outbox_bytes(), 20 + 30 + 40 + "42421451-".len());
    assert_eq!(client.sent(), ["42", "421", "451-", ""]);
}

#[test]
fn the_rules_are_those_of_emit() {
    let mut client = Client::connected();
    let now = client.now;
    let too_big = client.emit_kept(Kept { bytes: 2 << 20, attachments: 0 }, EmitOptions::default());
    assert_eq!(too_big.unwrap_err().code(), ErrorCode::TooBig);
    client.connection.disconnect_namespace("/", now).unwrap();
    let left = client.emit_kept(Kept { bytes: 1, attachments: 0 }, EmitOptions::default());
    assert_eq!(left.unwrap_err().code(), ErrorCode::NamespaceClosed);
    assert_eq!(check_event_name("connect").unwrap_err().code(), ErrorCode::InvalidArgument);
    assert!(check_event_name("news").is_ok());
}

#[test]
fn packets_are_passed_on_but_while_one_is_held_or_assembled() {
    let mut client = Client::new(Config::default(), Options::default());
    client.dial();
    assert!(!client.connection.protocol().passes_on(), "`/` is being connected");
    client.hear(r#"40{"sid":"s1","pid":"p1"}"#);
    assert!(client.connection.protocol().passes_on());
    client.events();
    client.hear(r#"42["news","PabcdeF"]"#);
    assert_eq!(received(&client.events()), [("news".to_owned(), String::new())], "the offset was taken");
    client.hear(r#"451-["f",{"_placeholder":true,"num":0}]"#);
    assert!(!client.connection.protocol().passes_on(), "an attachment is due");
    client.hear_binary(b"x");
    assert!(client.connection.protocol().passes_on());
}

#[test]
fn an_answer_that_the_driver_has_handed_over_ends_its_event() {
    let mut client = Client::connected();
    let id = client.emit_kept(Kept { bytes: 20, attachments: 0 }, with_ack(3)).unwrap();
    client.sent();
    let now = client.now;
    client.connection.with_protocol(now, |protocol, link| protocol.answered(link, id));
    assert_eq!(client.connection.outbox_len(), 0);
    client.drain();
    assert_eq!(client.outputs.len(), 1, "that it is acknowledged, and no event");
    assert_eq!(client.outcomes(), [(id, Outcome::Acknowledged)]);
    client.reconnect();
    client.hear(r#"40{"sid":"s2"}"#);
    assert!(!client.sent().iter().any(|frame| frame.starts_with("42")), "it is not sent again");
}

#[test]
fn events_hold_offsets_only_where_the_server_keeps_the_session() {
    let mut client = Client::connected();
    assert!(!client.connection.protocol().recovers("/"));
    client.reconnect();
    client.hear(r#"40{"sid":"s2","pid":"p2"}"#);
    assert!(client.connection.protocol().recovers("/"));
    assert!(!client.connection.protocol().recovers("/unknown"));
}
