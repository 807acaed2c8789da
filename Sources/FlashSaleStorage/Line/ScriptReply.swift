import FlashSale
import Redis
import Resilience

/// Some values of a script's reply.
protocol ScriptValues {
    /// The script's name, for people.
    var script: String { get }
    var values: [RedisReply] { get }
}

extension ScriptValues {
    var count: Int { values.count }

    func integer(_ index: Int) throws -> Int64 { try value(index).integer() }

    func text(_ index: Int) throws -> String { try value(index).string() }

    func bytes(_ index: Int) throws -> [UInt8] { try value(index).bytes() }

    func array(_ index: Int) throws -> [RedisReply] { try value(index).array() }

    func ticket(_ index: Int) throws -> Ticket {
        guard let ticket = Ticket(try integer(index)) else { throw unexpected("a ticket below 1") }
        return ticket
    }

    /// A ticket where one may stand; nil when there is something else.
    func ticketIfInteger(_ index: Int) throws -> Ticket? {
        guard case .integer = try value(index) else { return nil }
        return try ticket(index)
    }

    /// A reply within the reply: a word of its own, and its values.
    func inner(_ index: Int) throws -> ScriptReply { try ScriptReply(array(index), script) }

    /// A list within the reply.
    func list(_ index: Int) throws -> ScriptList { ScriptList(script: script, values: try array(index)) }

    /// The script has answered what the caller does not know.
    func unexpected(_ what: String) -> StoreUnavailable {
        StoreUnavailable(reason: "the script \(script) answered \(what)")
    }

    private func value(_ index: Int) throws -> RedisReply {
        guard index < values.count else {
            throw unexpected("\(values.count) values, at least \(index + 1) belong to it")
        }
        return values[index]
    }
}

/// A script's reply: a word, and the values that come with it.
struct ScriptReply: ScriptValues {
    let word: String
    let script: String
    let values: [RedisReply]

    init(_ reply: RedisReply, of script: RedisScript) throws {
        try self.init(reply.array(), script.name)
    }

    fileprivate init(_ values: [RedisReply], _ script: String) throws {
        self.script = script
        self.values = values
        guard let first = values.first else {
            throw StoreUnavailable(reason: "the script \(script) answered an empty reply")
        }
        word = try first.string()
    }

    /// What a word means that the caller does not know.
    func unexpected() -> StoreUnavailable { unexpected("'\(word)'") }
}

/// A list of values within a script's reply.
struct ScriptList: ScriptValues {
    let script: String
    let values: [RedisReply]
}

extension GuardedRedisClient {
    /// Runs a script of ours; whatever goes wrong with Redis is a ``StoreUnavailable``.
    func run(_ script: RedisScript, keys: [String], _ arguments: [RedisArgument]) async throws -> ScriptReply {
        do {
            return try ScriptReply(try await evaluate(script, keys: keys, arguments), of: script)
        } catch {
            throw StoreUnavailable.telling(error, of: script)
        }
    }
}
