import Foundation
import Rejoin

/// Drives the public API of the package by lines of JSON on standard input; answers and events are lines on standard
/// output. It adds nothing of its own.
@main
enum Agent {
    static func main() async {
        let lines = AsyncStream<Data> { continuation in
            Thread.detachNewThread {
                while let line = readLine() { continuation.yield(Data(line.utf8)) }
                continuation.finish()
            }
        }
        let operations = Operations()
        for await line in lines {
            await handle(line, operations)
        }
        exit(0)
    }

    private static func handle(_ line: Data, _ operations: Operations) async {
        guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else {
            return Output.answer(NSNull(), .failure(Refusal("invalid_argument", "line: is no JSON object")))
        }
        var request = Request(object)
        let id = request.id
        do {
            switch try await operations.perform(&request) {
            case .done(let fields): Output.answer(id.value, .success(fields))
            case .wait(let work):
                Task {
                    do {
                        Output.answer(id.value, .success(try await work().value))
                    } catch {
                        Output.answer(id.value, .failure(error))
                    }
                }
                // Lets what was started take its first step, so that operations keep their order.
                await Task.yield()
            }
        } catch {
            Output.answer(id.value, .failure(error))
        }
    }
}

/// What JSON holds, to be carried between tasks.
struct JSON: @unchecked Sendable {
    let value: Any

    init(_ value: Any) { self.value = value }
}

/// An error of the agent's own.
struct Refusal: Error {
    let code, message: String

    init(_ code: String, _ message: String) { (self.code, self.message) = (code, message) }

    static func invalid(_ field: String, _ expected: String) -> Refusal {
        Refusal("invalid_argument", "\(field): \(expected)")
    }

    static func unsupported(_ what: String) -> Refusal { Refusal("unsupported", "\(what) is not available") }
}

/// Whole lines, in the order in which they were said.
enum Output {
    private static let lock = NSLock()

    static func say(_ line: [String: Any]) {
        guard var data = try? JSONSerialization.data(withJSONObject: line, options: [.withoutEscapingSlashes]) else {
            return
        }
        data.append(0x0a)
        lock.withLock { FileHandle.standardOutput.write(data) }
    }

    static func event(_ event: String, _ client: String, _ fields: [String: Any]) {
        say(["event": event, "client": client].merging(fields) { $1 })
    }

    static func answer(_ id: Any, _ answer: Result<Any, any Error>) {
        switch answer {
        case .success(let fields): say(["id": id, "ok": fields])
        case .failure(let error): say(["id": id, "error": fields(error)])
        }
    }

    static func fields(_ error: any Error) -> [String: Any] {
        switch error {
        case let error as RejoinError:
            var fields: [String: Any] = [
                "code": error.code.rawValue, "message": error.message, "retryable": error.retryable,
            ]
            error.closeCode.map { fields["close_code"] = Int($0) }
            return fields
        case let error as Refusal: return ["code": error.code, "message": error.message, "retryable": false]
        default: return ["code": "internal", "message": "\(error)", "retryable": false]
        }
    }
}
