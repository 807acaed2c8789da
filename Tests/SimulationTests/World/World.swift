import FlashSale
import FlashSaleWorker
import Logging

@testable import FlashSaleWorker

/// One schedule: workers, users, operators and both stores, all of it drawn from one seed.
///
/// Everything happens in the task that runs the world, one call at a time, so that a seed always tells the same story.
final class World: @unchecked Sendable {  // One task makes, runs and judges a world; nothing of it is shared.
    let seed: UInt64
    var random: SplitMix64
    let rules: Rules
    let paths = RarePathCounts()
    let books: MemoryBooks
    let line: MemoryLine
    var workers: [SimulatedWorker] = []
    let users: [UserID]

    /// Every ticket that was handed out, by product.
    var handedOut: [[HandedOut]]
    /// What each user was told last, by product and user.
    var told: [[Decision?]]
    /// What each user was told for good, by product.
    var toldForGood: [[ToldForGood]]
    /// The place that each user believes to have, by product and user.
    var place: [[Ticket?]]
    /// What the API processes know of the highest ticket, by product.
    var highest: [(nonce: String?, ticket: Int64)]
    /// Who had entered when entering ended, by product; nil before.
    var entrants: [[UserID: DrawEntrant]?]
    /// Who has taken an entry back since.
    var leftAfterClosing: [Set<UserID>]
    /// Changes that are committed and that the line has not been told of yet.
    var news: [News] = []
    /// Copies of Redis's data that it may come back with.
    var snapshots: [[LineState]] = []
    /// How often Redis has lost data.
    var losses = 0
    /// Whether Redis has ever come back with an older copy.
    var isOlder = false
    var events: [PaymentEvent] = []
    var hasFaults = true
    /// How many further calls find the store away.
    var callsAway: [Store: Int] = [:]
    /// How deep actions are nested in calls of paused workers.
    var depth = 0
    /// What happened; nil while nobody wants to read it.
    var trail: [String]?
    /// The first thing that went wrong.
    var complaint: String?
    /// The state of the books that was judged last.
    var judgedChanges = -1

    enum Store { case redis, database }

    struct HandedOut {
        var ticket: Ticket
        var user: UserID
        var quantity: Int
        /// Redis's losses before.
        var losses: Int
    }

    struct ToldForGood {
        var decision: Decision
        var losses: Int
    }

    /// Something an API process or an operator tells the line after its commit, now or much later.
    enum News {
        case order(Order)
        case product(Product)
    }

    /// - Parameter isDrawn: Whether places are drawn.
    init(seed: UInt64, isDrawn: Bool = false, keepsTrail: Bool = false) {
        self.seed = seed
        random = SplitMix64(seed: seed)
        rules = Rules(&random, isDrawn: isDrawn)
        users = Array(Cast.users.prefix(rules.users))
        var products = rules.products(&random)
        if isDrawn {
            for index in products.indices {
                let drawAt = Timestamp(milliseconds: 1_000_000 + Int64(random.within(1_000...60_000)))
                products[index].access = .draw(DrawTerms(drawAt: drawAt))
            }
        }
        books = MemoryBooks(products: products, paths: paths)
        line = MemoryLine(products: products.count, paths: paths)
        handedOut = Array(repeating: [], count: products.count)
        toldForGood = Array(repeating: [], count: products.count)
        told = Array(repeating: Array(repeating: nil, count: users.count), count: products.count)
        place = Array(repeating: Array(repeating: nil, count: users.count), count: products.count)
        entrants = Array(repeating: nil, count: products.count)
        leftAfterClosing = Array(repeating: [], count: products.count)
        highest = Array(repeating: (nil, 0), count: products.count)
        if keepsTrail { trail = [] }
        if rules.hasUnstorableUser { books.unstorableUsers = [users[0]] }
        workers = (0..<rules.workers).map { SimulatedWorker(number: $0, world: self) }
    }

    /// The user whose entries kill whoever settles them.
    var killer: UserID? { rules.hasKillerUser ? users.last : nil }

    /// Lets time pass, the same on all clocks.
    func passTime(_ milliseconds: Int64) {
        line.now += milliseconds
        books.now += milliseconds
    }

    /// Writes into the trail, if one is kept.
    func note(_ text: @autoclosure () -> String) {
        guard trail != nil else { return }
        trail?.append(String(repeating: "    ", count: depth) + text())
    }

    /// Keeps the first thing that went wrong.
    func complain(_ text: @autoclosure () -> String) {
        guard complaint == nil else { return }
        complaint = text()
        note("VIOLATED: \(complaint ?? "")")
    }
}

/// Names, money and other things that all worlds share.
enum Cast {
    static let users = [
        "ann", "ben", "cem", "dee", "eve", "fay", "gus", "hal", "ivy", "jon", "kim", "lee",
    ].compactMap { try? UserID($0) }
    static let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    static let metrics = ServingMetrics()
    static let prices =
        Currency("EUR").map { euro in
            (0..<100).compactMap { Money(minorUnits: 100 + $0, currency: euro) }
        } ?? []
}
