import FlashSale

/// A shop that answers as the test wants, and remembers what it was sent.
actor ScriptedReceiver: MessageReceiver {
    /// What the shop said instead of yes.
    struct Refusal: Error, CustomStringConvertible {
        var description: String { "the shop answered 500" }
    }

    /// Every try, in the order of arrival.
    private(set) var tries: [OutboxMessage] = []
    /// The most messages that were here at the same time.
    private(set) var busiest = 0
    private var underWay = 0
    private var isOpen = true
    private let refuses: @Sendable (OutboxMessage) -> Bool

    /// A shop that refuses some messages.
    init(refuses: @escaping @Sendable (OutboxMessage) -> Bool = { _ in false }) { self.refuses = refuses }

    /// Whoever comes from now on waits.
    func close() { isOpen = false }

    /// Whoever waits is answered.
    func open() { isOpen = true }

    func deliver(_ message: OutboxMessage) async throws {
        tries.append(message)
        underWay += 1
        busiest = max(busiest, underWay)
        defer { underWay -= 1 }
        while !isOpen { try await Task.sleep(for: .milliseconds(1)) }
        if refuses(message) { throw Refusal() }
    }
}
