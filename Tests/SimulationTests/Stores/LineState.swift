import FlashSale

/// What Redis keeps of one product: a value, so that a snapshot is a copy.
struct LineState {
    /// The sale's hash; nil when the key is not there.
    var sale: Sale?
    /// The line, its head first.
    var queue: [Entry] = []
    /// The batch that was claimed and not acknowledged.
    var processing: [Element] = []
    /// Carts, also those that have run out: a key's time is looked at when it is read.
    var carts: [UserID: Cart] = [:]
    /// Tickets whose users left.
    var left: Set<Int64> = []
    /// The latest outcome of each user.
    var outcomes: [UserID: Decision] = [:]
    /// The cached stock.
    var stock: Int?
    /// The line of the drawn, its head first.
    var drawn: [Entry] = []
    /// What people have entered, the first entry first.
    var entries: [DrawEntry] = []

    /// An element of the list of entries.
    struct DrawEntry {
        var number: Int64
        var user: UserID
        var quantity: Int
    }

    /// The fields of the sale's hash.
    struct Sale {
        var nonce: String?
        var opening: String?
        var rebuildAfter: Int64?
        var fence: Int64 = 0
        var version: Int64 = 0
        var isPaused = false
        var cartSeconds = 0
        var maxQueue = 0
        var maxPerUser = 0
        var lastTicket: Int64 = 0
        var servedTicket: Int64 = 0
        var claimedTicket: Int64 = 0
        var firstTicket: Int64 = 0
        var soldOutAfter: Int64?
        var availableStock = 0
        var claim: Int64 = 0
        var attempts = 0
        var alone = 0
        /// When entering ends, by Redis's clock in milliseconds; nil where nothing is drawn.
        var drawAt: Int64?
        var lastEntry: Int64 = 0
        var isEnteringOver = false
        var placedRank = 0
    }

    /// A user's claim to a place; no units: the user left.
    struct Cart {
        var ticket: Ticket
        var quantity: Int
        /// By Redis's clock, in milliseconds.
        var expiresAt: Int64
        /// Whether it is an entry of a draw; its ticket is then the entry's number.
        var isEntry = false
    }

    /// An element of the line.
    enum Entry {
        case place(Ticket, UserID, quantity: Int)
        /// Bytes that nobody can read, told apart by a number.
        case unreadable(UInt8)

        /// Whether somebody waits here.
        var isPlace: Bool {
            switch self {
            case .place: true
            case .unreadable: false
            }
        }
    }

    /// An element of a claimed batch.
    enum Element {
        case entry(ClaimedEntry)
        case unreadable(UInt8)
    }
}
