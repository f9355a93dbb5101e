import Foundation
import Rejoin
import Testing

private struct Photo: Codable, Sendable, Equatable {
    var name: String
    var bytes: [Data]
}

/// Its fields are encoded in this order, and written in that of the alphabet.
private struct Pair: Codable, Sendable, Equatable {
    var second: Data
    var first: Data
}

@Suite(.serialized, .timeLimit(.minutes(2)))
struct SocketIOTests {
    @Test func acknowledgementsWithBinaryAtAnyDepth() async throws {
        let client = try SocketIOClient(url: Server.open.http)
        try await client.connect()
        let photo = Photo(name: "cat", bytes: [Data([0, 1]), Data()])
        let reply = try await client.main.request("ack", 7, photo)
        #expect(try reply.decode(Int.self) == 7)
        #expect(try reply.decode(Photo.self, at: 1) == photo)
        #expect(throws: RejoinError.self) { try reply.decode(Int.self, at: 2) }
        try await client.close()
    }

    @Test func attachmentsKeepTheirPlaces() async throws {
        let client = try SocketIOClient(url: Server.open.http)
        try await client.connect()
        let pair = Pair(second: Data([2]), first: Data([1]))
        #expect(try await client.main.request("ack", pair, Data([3])).decode(Pair.self) == pair)
        try await client.close()
    }

    @Test func pollingCarriesWhatAWebSocketCarries() async throws {
        for transports in [[Transport.polling], Transport.allCases] {
            let client = try SocketIOClient(url: Server.open.http, transports: transports)
            try await client.connect()
            #expect(try await client.main.request("ack", Data([1])).decode(Data.self) == Data([1]))
            try await client.close()
        }
    }

    @Test func theOnConnectStepComesBeforeWhatWaits() async throws {
        let step: @Sendable (SocketIOSession) async throws -> Void = { session in
            _ = try await session.request("ack", "in the step")
            try session.emit("echo", "first")
        }
        let client = try SocketIOClient(url: Server.open.http, onConnect: step)
        var events = client.main.events().makeAsyncIterator()
        var outgoing = client.main.outgoingEvents().makeAsyncIterator()
        try client.main.emit("echo", "second")
        #expect(try await outgoing.next()?.decode(String.self) == "second")
        try await client.connect()
        #expect(try await events.next()?.decode(String.self) == "first")
        #expect(try await events.next()?.decode(String.self) == "second")
        try await client.close()
    }

    @Test func eventsAndTheServersQuestions() async throws {
        let client = try SocketIOClient(url: Server.open.http)
        var events = client.main.events().makeAsyncIterator()
        try await client.connect()
        try client.main.emit("ask", "how many?")
        let question = try #require(await events.next())
        #expect(question.name == "question" && question.wantsAcknowledgement)
        #expect(try question.decode(String.self) == "how many?")
        try question.acknowledge(42)
        #expect(try await events.next()?.decode(Int.self) == 42)
        try await client.close()
    }

    @Test func namespaces() async throws {
        let client = try SocketIOClient(url: Server.guarded.http)
        try await client.connect()
        let room = client.namespace("/private")
        await #expect {
            try await room.connect(auth: ["token": "bad"])
        } throws: {
            ($0 as? RejoinError)?.code == "namespace_refused"
        }
        try await room.connect(auth: ["token": "good"])
        #expect(room.isConnected && !room.isRecovered)
        #expect(room.sid?.isEmpty == false)
        #expect(try await room.request("ack", "here").decode(String.self) == "here")
        try room.disconnect()
        #expect(room.sid == nil)
        #expect(throws: RejoinError.self) { try room.emit("x") }
        try await client.close()
    }

    @Test func noAcknowledgement() async throws {
        let client = try SocketIOClient(url: Server.open.http)
        try await client.connect()
        await #expect {
            _ = try await client.main.request("nobody", options: RequestOptions(timeout: .milliseconds(50)))
        } throws: {
            ($0 as? RejoinError)?.code == "ack_timeout"
        }
        try await client.close()
    }
}
