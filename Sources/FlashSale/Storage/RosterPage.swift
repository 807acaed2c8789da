/// A page of a roster: the entries with the users as they are, which only the operator sees.
public struct RosterPage: Hashable, Sendable {
    /// How many entries every page has but the last: a power of two, so that pages are subtrees of the roster's tree.
    public static let size = 4_096

    /// The page's number, from 0.
    public var number: Int
    /// A line `NUMBER QUANTITY USER` for each entry.
    public var text: [UInt8]
    /// How many entries.
    public var entries: Int
    /// How many entries of the line's list were read for this page and those before it.
    public var read: Int
    /// The root of its entries.
    public var root: DrawDigest

    /// A page as it is on record.
    public init(number: Int, text: [UInt8], entries: Int, read: Int, root: DrawDigest) {
        self.number = number
        self.text = text
        self.entries = entries
        self.read = read
        self.root = root
    }

    /// A page out of what the line has told.
    ///
    /// - Throws: ``StoreUnavailable`` for a line that is no entry.
    public init(number: Int, text: [UInt8], read: Int, salt: DrawSalt) throws {
        let leaves = try Self.leaves(of: text, salt: salt)
        var root = MerkleRoot()
        for leaf in leaves { root.add(leaf) }
        self.init(number: number, text: text, entries: leaves.count, read: read, root: root.root)
    }

    /// The leaves of the roster's tree that a page's text stands for.
    public static func leaves(of text: [UInt8], salt: DrawSalt) throws -> [DrawDigest] {
        try entries(of: text).map { entry in entry.hashed(with: salt).leaf }
    }

    /// The entries of a page's text.
    ///
    /// - Throws: ``StoreUnavailable`` for a line that is no entry.
    public static func entries(of text: [UInt8]) throws -> [Entry] {
        try text.split(separator: UInt8(ascii: "\n")).map { line in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, let number = Int64(decimal: fields[0]), let quantity = Int64(decimal: fields[1]),
                let user = try? UserID(String(decoding: fields[2], as: UTF8.self))
            else {
                throw StoreUnavailable(reason: "an entry of a roster is not of the form NUMBER QUANTITY USER")
            }
            return Entry(number: number, quantity: Int(quantity), user: user)
        }
    }

    /// An entry with its user as it is.
    public struct Entry: Hashable, Sendable {
        /// The entry's number.
        public var number: Int64
        /// The units asked for.
        public var quantity: Int
        /// Who has entered.
        public var user: UserID

        /// An entry with its user as it is.
        public init(number: Int64, quantity: Int, user: UserID) {
            self.number = number
            self.quantity = quantity
            self.user = user
        }

        /// The entry as everybody sees it.
        public func hashed(with salt: DrawSalt) -> RosterEntry {
            RosterEntry(number: number, user: salt.hash(user), quantity: quantity)
        }
    }
}

extension Int64 {
    /// A number of decimal digits; nil for anything else, or more than 18 of them.
    fileprivate init?(decimal digits: ArraySlice<UInt8>) {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        self = number
    }
}

/// A roster in its drawn order, in memory: a million entrants take some 40 MB.
public struct DrawnRoster: Sendable {
    private let text: [UInt8]
    /// Where each entry's line begins, and where the last one ends.
    private let lines: [Int]
    /// At each rank, the place in the roster.
    private let order: [UInt32]

    /// How many entrants there are.
    public var count: Int { order.count }

    /// Nil when the pages do not have so many entries.
    public init?(_ pages: [RosterPage], entrants: Int, key: DrawKey) {
        var text: [UInt8] = []
        text.reserveCapacity(pages.reduce(0) { $0 + $1.text.count })
        for page in pages { text += page.text }
        var lines = [0]
        lines.reserveCapacity(entrants + 1)
        for (index, byte) in text.enumerated() where byte == UInt8(ascii: "\n") { lines.append(index + 1) }
        guard lines.count == entrants + 1 else { return nil }
        self.text = text
        self.lines = lines
        order = key.order(count: entrants)
    }

    /// The lines of those with these ranks, in drawn order.
    public func text(of ranks: Range<Int>) -> [UInt8] {
        var chunk: [UInt8] = []
        for rank in ranks {
            let place = Int(order[rank])
            chunk += text[lines[place]..<lines[place + 1]]
        }
        return chunk
    }
}
