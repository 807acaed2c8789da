/// What somebody who waits may expect.
public enum Outlook: String, Sendable, CaseIterable {
    /// The line moves towards them.
    case moving
    /// Every remaining unit is in an order that is not paid yet: it waits for those.
    case allHeld = "all_held"
    /// The operator has stopped it for a while.
    case paused
    /// At least as many units are asked for ahead of them as are available: the stock will probably not reach them.
    case beyondStock = "beyond_stock"
    /// Nothing was decided lately, so there is nothing to tell from.
    case unknown
}

/// What somebody who waits is told about their wait.
public struct Forecast: Hashable, Sendable {
    /// In a word.
    public var outlook: Outlook
    /// How long until their ticket is decided; nil when that can't be told.
    public var wait: WaitRange?

    /// What is told to somebody who waits.
    public init(outlook: Outlook, wait: WaitRange? = nil) {
        self.outlook = outlook
        self.wait = wait
    }

    /// The forecast for a standing; nil when the user does not wait.
    ///
    /// - Parameters:
    ///   - standing: Where the user stands.
    ///   - progress: What is known of the line; nil: nothing.
    ///   - estimate: What follows from its pace.
    public init?(for standing: Standing, progress: LineProgress?, estimate: WaitEstimate?) {
        guard let position = standing.position else { return nil }
        if standing.saleState == .paused {
            self.init(outlook: .paused)
        } else if standing.stockState == .allHeld || progress?.stockState == .allHeld {
            // One of both is newer: a unit that comes free for an instant is the next one's, and moves nobody else.
            self.init(outlook: .allHeld)
        } else if let progress, progress.stockState == .available, position > Int64(progress.availableStock) {
            // Each ticket ahead asks for a unit at least. How long it takes to be told depends on who of them buys: no figure.
            self.init(outlook: .beyondStock)
        } else if let estimate {
            self.init(outlook: .moving, wait: estimate.seconds(until: position))
        } else {
            self.init(outlook: .unknown)
        }
    }
}
