import HTTPTypes
import NIOHTTP1

/// Leaves a connection unread for a while after its client was told that there is too much to do.
///
/// A refusal costs nearly as much as an answer. Clients that ask again at once would take the time of those who are being
/// answered: on a connection of their own they can't. Answers say so by ``header``, which no client gets to see.
struct ConnectionRest {
    /// The header field that marks an answer after which the connection rests.
    static let header = "x-connection-rest"

    /// How long the rest is, and what `Retry-After` says.
    ///
    /// One second still let impatient clients take a quarter of the work
    /// that could be done (ten times as many connections as places, measured); recovery has five.
    static let seconds = 2

    /// Whether the answer under way says that there is too much to do.
    var isDue = false
    private var isResting = false
    private var isReadWanted = false

    /// The head of an answer is about to be written: takes the mark away and remembers it.
    mutating func writingHead(_ head: inout HTTPResponseHead) {
        guard head.status == .serviceUnavailable, head.headers.contains(name: Self.header) else { return }
        head.headers.remove(name: Self.header)
        isDue = true
    }

    /// The end of an answer was written.
    ///
    /// - Returns: Whether a rest begins, whose end has to be told by ``ends()``.
    mutating func begins() -> Bool {
        guard isDue, !isResting else { return false }
        isDue = false
        isResting = true
        return true
    }

    /// Somebody wants to read from the connection.
    ///
    /// - Returns: Whether that may be done now; else it is due when the rest ends.
    mutating func mayRead() -> Bool {
        guard isResting else { return true }
        isReadWanted = true
        return false
    }

    /// The rest is over.
    ///
    /// - Returns: Whether somebody wanted to read meanwhile.
    mutating func ends() -> Bool {
        defer { isReadWanted = false }
        isResting = false
        isDue = false
        return isReadWanted
    }
}

extension HTTPField.Name {
    /// Marks an answer after which the connection rests, between router and connection only.
    static let connectionRest: HTTPField.Name = {
        guard let name = HTTPField.Name(ConnectionRest.header) else { preconditionFailure("a header field is a token") }
        return name
    }()
}

extension Answer {
    /// Takes the mark of an answer that says that there is too much to do away.
    ///
    /// - Returns: Whether it was there.
    mutating func takeOverload() -> Bool {
        guard status == .serviceUnavailable, let index = fields.firstIndex(where: { $0.name == .connectionRest }) else {
            return false
        }
        fields.remove(at: index)
        return true
    }
}
