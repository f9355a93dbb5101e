// The few declarations that the sample uses, as in SwiftUI, to type-check it where there is none. They do nothing.

@MainActor @preconcurrency
public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: View {
    public var body: Never { return fatalError("it is not drawn") }
}

/// What is made of no other views.
@MainActor @preconcurrency
public protocol Primitive: View where Body == Never {}

extension Primitive {
    public var body: Never { return fatalError("it is not drawn") }
}

@resultBuilder
public enum ViewBuilder {
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> Pack<repeat each Content> {
        Pack(repeat each content)
    }
}

/// What `TupleView` is there.
public struct Pack<each Content: View>: Primitive {
    nonisolated init(_ content: repeat each Content) {}
}

public struct Text: Primitive {
    public init(_ content: String) {}
}

public struct VStack<Content: View>: Primitive {
    public init(@ViewBuilder content: () -> Content) {}
}

public struct HStack<Content: View>: Primitive {
    public init(@ViewBuilder content: () -> Content) {}
}

public struct List<Data: RandomAccessCollection, ID: Hashable, Row: View>: Primitive {
    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder row: @escaping (Data.Element) -> Row) {}
}

public struct TextField: Primitive {
    public init(_ title: String, text: Binding<String>) {}
}

public struct Button: Primitive {
    public init(_ title: String, action: @escaping @MainActor () -> Void) {}
}

extension View {
    public func disabled(_ disabled: Bool) -> some View { self }

    public func task(_ action: @escaping @Sendable @MainActor () async -> Void) -> some View { self }
}

@propertyWrapper
public struct State<Value> {
    public init(wrappedValue: Value) { value = wrappedValue }

    public var wrappedValue: Value {
        get { value }
        nonmutating set { fatalError("there is no screen to keep \(newValue)") }
    }

    public var projectedValue: Binding<Value> { Binding(wrappedValue: value) }

    private let value: Value
}

@propertyWrapper
public struct Binding<Value> {
    public var wrappedValue: Value

    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
}

public protocol ObservableObject: AnyObject {}

@propertyWrapper
public struct Published<Value> {
    public var wrappedValue: Value

    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
}

@MainActor @preconcurrency @propertyWrapper
public struct StateObject<Object: ObservableObject> {
    public let wrappedValue: Object

    public init(wrappedValue: @autoclosure @escaping () -> Object) { self.wrappedValue = wrappedValue() }
}
