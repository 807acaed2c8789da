/// Reads a roster, and says how it differs from what was published of it.
struct RosterCheck: DrawLineCheck {
    static let name = "roster"

    /// The users in entry order, as many as the document states at most.
    private(set) var users: [DrawDigest] = []
    private let published: DrawDocument.Roster
    private var tree = MerkleRoot()
    private var lastNumber: Int64 = 0
    // The first entry whose number is not above the one before it.
    private var misplaced: Int64?
    // What came behind the published number of entrants: the root before it, and its first entry.
    private var surplus: (root: DrawDigest, number: Int64)?
    private var statedRoot: DrawDigest?

    init(_ published: DrawDocument.Roster) { self.published = published }

    mutating func read(_ fields: DrawLineFields) -> Bool {
        var fields = fields
        guard let number = fields.takeNumber(), let user = fields.takeDigest(), let quantity = fields.takeNumber(),
            fields.isAtEnd, quantity > 0
        else { return false }
        if number <= lastNumber, misplaced == nil { misplaced = number }
        lastNumber = number
        if users.count < published.entrants {
            users.append(user)
        } else if surplus == nil {
            surplus = (tree.root, number)
        }
        tree.add(RosterEntry.leaf(ofLine: fields.line))
        return true
    }

    mutating func readEnd(_ fields: DrawLineFields) -> Bool {
        var fields = fields
        statedRoot = fields.takeDigest()
        return statedRoot != nil && fields.isAtEnd
    }

    /// What is wrong with the whole roster.
    ///
    /// - Parameter statedCount: The number of entries by its last line.
    func findings(statedCount: Int?) -> [DrawFinding] {
        let root = tree.root
        if tree.count != published.entrants { return [countFinding(root)] }
        if root != published.root {
            return [
                root == statedRoot
                    ? DrawFinding(.root, "The published root \(published.root) is not the roster's, which is \(root)")
                    : DrawFinding(
                        .roster,
                        "The entries of the roster do not add up to its root: one of them was changed"
                    )
            ]
        }
        if root != statedRoot || tree.count != statedCount {
            return [DrawFinding(.roster, "The last line of the roster does not say what its entries add up to")]
        }
        return repetition.map { [DrawFinding(.repeated, $0)] } ?? []
    }

    private func countFinding(_ root: DrawDigest) -> DrawFinding {
        let numbers = "the roster has \(tree.count), the document says \(published.entrants)"
        if root == published.root {
            return DrawFinding(.entrants, "The number of entrants is not the roster's: \(numbers)")
        }
        guard let surplus else { return DrawFinding(.leftOut, "Entrants were left out of the roster: \(numbers)") }
        let place = surplus.root == published.root ? "; the first of them is entry \(surplus.number)" : ""
        return DrawFinding(.slippedIn, "Entries slipped in after the root was published: \(numbers)\(place)")
    }

    private var repetition: String? {
        if let misplaced { return "Entry \(misplaced) of the roster is not in the order of entering" }
        // Two users whose hashes begin alike are hardly ever two: only then is it worth the time to look at all of them.
        let beginnings = users.map(\.beginning).sorted()
        guard zip(beginnings, beginnings.dropFirst()).contains(where: { $0 == $1 }) else { return nil }
        var seen = Set<DrawDigest>(minimumCapacity: users.count)
        guard let place = users.firstIndex(where: { !seen.insert($0).inserted }) else { return nil }
        return "The user \(users[place]) is in the roster twice, the second time at place \(place + 1)"
    }
}
