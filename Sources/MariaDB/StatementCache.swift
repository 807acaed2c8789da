/// The prepared statements of a connection by their text; the one unused for longest makes room for a new one.
struct StatementCache {
    private struct Entry {
        let statement: PreparedStatement
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var uses: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The statement with this text, which now is the one used last.
    subscript(sql: String) -> PreparedStatement? {
        mutating get {
            uses += 1
            entries[sql]?.lastUse = uses
            return entries[sql]?.statement
        }
    }

    mutating func insert(_ statement: PreparedStatement, for sql: String) {
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
        }
        uses += 1
        entries[sql] = Entry(statement: statement, lastUse: uses)
    }

    mutating func removeAll() {
        entries = [:]
    }
}
