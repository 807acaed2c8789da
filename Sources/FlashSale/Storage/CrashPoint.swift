/// A place at which a process may die and nobody must notice.
///
/// Tests let a program kill itself at one of them; each stands between two steps that could otherwise never be told apart
/// from outside.
public enum CrashPoint: String, Sendable, CaseIterable {
    /// An API process is about to take a user into the line.
    case joinBefore = "join.before"
    /// The user is in the line and has not been told.
    case joinAfter = "join.after"
    /// A change of an order is written and not committed.
    case orderCommit = "order.commit"
    /// A change of an order is committed, and the line has not heard of it.
    case orderAfter = "order.after"
    /// The line has heard of it, and the user has not been told.
    case orderShown = "order.shown"

    /// A worker is about to take a batch.
    case claimBefore = "claim.before"
    /// A batch is taken, and nothing is decided.
    case claimAfter = "claim.after"
    /// Decisions are written and not committed.
    case settleCommit = "settle.commit"
    /// Decisions are committed, and the line has not heard of them.
    case settleAfter = "settle.after"
    /// A batch is acknowledged, and the worker does not know.
    case acknowledgeAfter = "acknowledge.after"
    /// Orders have run out, and it is not committed.
    case sweepCommit = "sweep.commit"
    /// Orders have run out, and the line has not heard of it.
    case sweepAfter = "sweep.after"
    /// The line shows what has changed, and it is not on record.
    case showAfter = "show.after"
    /// What the line shows is on record.
    case markShownAfter = "mark_shown.after"
    /// The rules of a sale are published.
    case publishAfter = "publish.after"
    /// A line's loss is written and not committed.
    case lossCommit = "loss.commit"
    /// A line's loss is on record, and no new line is open.
    case lossAfter = "loss.after"
    /// Redis has room for a new line, which is not on record yet.
    case prepareAfter = "prepare.after"
    /// A new line is open, and its worker does not know.
    case openAfter = "open.after"
    /// A page of outcomes that were lost is shown again, and the worker does not know.
    case rebuildAfter = "rebuild.after"
    /// A page of a draw's roster is on record.
    case drawRoster = "draw.roster"
    /// A draw's roster is written as fixed and not committed.
    case drawFix = "draw.fix"
    /// A draw's roster is fixed, and nothing is drawn.
    case drawFixed = "draw.fixed"
    /// A draw's order is drawn, and nobody has a place.
    case drawDrawn = "draw.drawn"
    /// A chunk of the drawn has its places, and the worker does not know.
    case drawPlaced = "draw.placed"
    /// All drawn have their places, and it is on record.
    case drawEnded = "draw.ended"
    /// A message is claimed and not sent.
    case messageClaimed = "message.claimed"
    /// A message has arrived, and it is not on record.
    case messageSent = "message.sent"

    /// Whether only a draw leads there.
    public var isOfDraw: Bool {
        switch self {
        case .drawRoster, .drawFix, .drawFixed, .drawDrawn, .drawPlaced, .drawEnded: true
        default: false
        }
    }

    /// Whether it lies in an API process; the others lie in a worker.
    public var isOfAPI: Bool {
        switch self {
        case .joinBefore, .joinAfter, .orderCommit, .orderAfter, .orderShown: true
        default: false
        }
    }
}

/// What happens at crash points: nothing, but for tests.
public struct CrashPoints: Sendable {
    private let reached: (@Sendable (CrashPoint) -> Void)?

    /// Nothing ever happens.
    public static let none = CrashPoints(reached: nil)

    /// Calls the closure at each point, on whatever thread gets there.
    public init(reached: (@Sendable (CrashPoint) -> Void)?) { self.reached = reached }

    /// The process is at this point.
    public func reach(_ point: CrashPoint) { reached?(point) }
}
