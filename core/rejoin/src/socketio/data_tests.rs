#![allow(clippy::unwrap_used)]

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

#[test]
fn one_argument_is_read_as_itself_and_none_as_unit() {
    assert_eq!(from_args::<u32>(&to_args(&5).unwrap()).unwrap(), 5);
    assert_eq!(from_args::<Vec<u8>>(&to_args(&vec![1, 2]).unwrap()).unwrap_or_default(), vec![1, 2]);
    from_args::<()>(&Args::none()).unwrap();
    let error = from_args::<u32>(&to_args("five").unwrap()).unwrap_err();
    assert_eq!(error.code(), rejoin_proto::ErrorCode::InvalidArgument);
}

#[test]
fn what_cannot_be_serialised_is_an_error_at_the_call() {
    let data = std::collections::BTreeMap::from([((1, 2), 3)]);
    let error = to_args(&data).unwrap_err();
    assert!(error.message().starts_with("data: "), "{error}");
}
