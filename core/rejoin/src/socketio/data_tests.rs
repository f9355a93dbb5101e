#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;

use super::super::{Binary, binary};
use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u32,
    image: Binary,
    #[serde(with = "binary")]
    raw: Bytes,
}

fn text<T: Serialize + ?Sized>(data: &T) -> String {
    to_args(data).unwrap().to_array()
}

#[test]
fn tuples_are_arguments_and_all_else_is_one() {
    assert_eq!(text(&("a", 1, [true])), r#"["a",1,[true]]"#);
    assert_eq!(text(&()), "[]");
    assert_eq!(text("a"), r#"["a"]"#);
    assert_eq!(text(&vec![1, 2]), "[[1,2]]");
    assert_eq!(text(&Option::<u8>::None), "[null]");
    assert_eq!(text(&(vec![1, 2],)), "[[1,2]]");
}

#[test]
fn binary_at_any_depth_travels_as_attachments_and_comes_back() {
    let order = Order { id: 7, image: Binary::from(vec![1, 2]), raw: Bytes::from_static(&[0x1e, 0x34]) };
    let args = to_args(&("new", [&order])).unwrap();
    assert_eq!(args.attachments(), [Bytes::from_static(&[1, 2]), Bytes::from_static(&[0x1e, 0x34])]);
    let (name, orders): (String, Vec<Order>) = from_args(&args).unwrap();
    assert_eq!((name.as_str(), orders), ("new", vec![order]));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Change {
    Clear,
    Add(Bytes),
    Insert(u8, Bytes),
    Replace { old: Option<Bytes>, new: Newtype },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Newtype(Bytes);

#[test]
fn bare_bytes_travel_as_attachments_through_every_kind_of_data() {
    let bytes = |byte| Bytes::from(vec![byte; 3]);
    let changes = vec![
        Change::Clear,
        Change::Add(bytes(1)),
        Change::Insert(7, bytes(2)),
        Change::Replace { old: Some(bytes(3)), new: Newtype(bytes(4)) },
        Change::Replace { old: None, new: Newtype(Bytes::new()) },
    ];
    let named = BTreeMap::from([
        ("a".to_owned(), (bytes(5), Binary(bytes(6)))),
        ("b".to_owned(), Default::default()),
    ]);
    let data = ("x", 1.5, changes, named, u128::MAX, 'c', (), [true]);
    let args = to_args(&data).unwrap();
    assert_eq!(args.attachments().len(), 9);
    assert!(args.text().contains(r#"{"Insert":[7,{"_placeholder":true,"num":1}]}"#), "{}", args.text());
    type Data = (String, f64, Vec<Change>, BTreeMap<String, (Bytes, Binary)>, u128, char, (), [bool; 1]);
    let read: Data = from_args(&args).unwrap();
    assert_eq!((read.0.as_str(), read.1, read.2, read.3, read.4, read.5, read.6, read.7), data);
}

#[test]
fn bare_bytes_are_one_argument_or_several() {
    let (one, two) = (Bytes::from_static(b"one"), Bytes::from_static(b"two"));
    let args = to_args(&one).unwrap();
    assert_eq!(args.attachments(), std::slice::from_ref(&one));
    assert_eq!(from_args::<Bytes>(&args).unwrap(), one);
    assert_eq!(
        from_args::<(Bytes, Bytes)>(&to_args(&(&one, &two)).unwrap()).unwrap(),
        (one.clone(), two.clone())
    );
    let list = vec![one, two];
    assert_eq!(from_args::<Vec<Bytes>>(&to_args(&list).unwrap()).unwrap(), list);
}

#[test]
fn text_and_numbers_are_bytes_beside_attachments_as_they_are_without() {
    let args = to_args(&("text", [1, 2], Bytes::from_static(b"x"))).unwrap();
    let read: (Bytes, Bytes, Bytes) = from_args(&args).unwrap();
    assert_eq!(read, (Bytes::from_static(b"text"), Bytes::from_static(&[1, 2]), Bytes::from_static(b"x")));
    let value: serde_json::Value = from_args::<(String, [u8; 2], serde_json::Value)>(&args).unwrap().2;
    assert_eq!(value, serde_json::json!({ "_placeholder": true, "num": 0 }));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Outer {
    #[serde(flatten)]
    inner: Inner,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Inner {
    File { content: Binary },
}

#[test]
fn binary_is_read_where_serde_buffers() {
    let outer = Outer { inner: Inner::File { content: Binary::from(vec![1]) } };
    assert_eq!(from_args::<Outer>(&to_args(&outer).unwrap()).unwrap(), outer);
}

#[test]
fn bytes_asked_for_where_there_is_no_attachment_are_an_error() {
    let attachments = vec![Bytes::from_static(b"x")];
    let within = r#"[{"_placeholder":true,"num":0},{"num":0}]"#;
    let args = Args::with_attachments(within, attachments.clone()).unwrap();
    let error = from_args::<(Bytes, Bytes)>(&args).unwrap_err();
    assert_eq!(error.code(), rejoin_proto::ErrorCode::InvalidArgument);
    assert!(error.message().contains("no attachment"), "{error}");

    let beyond = r#"[{"_placeholder":true,"num":1}]"#;
    let error = Args::with_attachments(beyond, attachments).unwrap_err();
    assert_eq!(error.code(), rejoin_proto::ErrorCode::InvalidArgument);

    let error = from_args::<Bytes>(&Args::from_array(beyond).unwrap()).unwrap_err();
    assert_eq!(error.code(), rejoin_proto::ErrorCode::InvalidArgument);
}

#[test]
fn one_argument_is_read_as_itself_and_none_as_unit() {
    assert_eq!(from_args::<u32>(&to_args(&5).unwrap()).unwrap(), 5);
    assert_eq!(from_args::<Vec<u8>>(&to_args(&vec![1, 2]).unwrap()).unwrap_or_default(), vec![1, 2]);
    from_args::<()>(&Args::none()).unwrap();
    let error = from_args::<u32>(&to_args("five").unwrap()).unwrap_err();
    assert_eq!(error.code(), rejoin_proto::ErrorCode::InvalidArgument);
}

#[test]
fn a_list_or_any_value_is_one_argument_on_both_sides() {
    let list = vec![serde_json::json!([1]), serde_json::json!({"a": 2})];
    let args = to_args(&list).unwrap();
    assert_eq!(from_args::<Vec<serde_json::Value>>(&args).unwrap(), list);
    assert_eq!(from_args::<serde_json::Value>(&args).unwrap(), serde_json::Value::from(list));
    assert_eq!(from_args::<serde_json::Value>(&Args::none()).unwrap(), serde_json::Value::Null);
    assert_eq!(from_args::<[u8; 2]>(&to_args(&[1, 2]).unwrap()).unwrap(), [1, 2]);
    assert_eq!(from_args::<Option<u8>>(&Args::none()).unwrap(), None);
}

#[test]
fn what_cannot_be_serialised_is_an_error_at_the_call() {
    let data = BTreeMap::from([((1, 2), 3)]);
    let error = to_args(&data).unwrap_err();
    assert!(error.message().starts_with("data: "), "{error}");
}
