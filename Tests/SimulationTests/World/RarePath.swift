/// What a simulation has to come by: a path that never ran was never checked.
enum RarePath: Int, CaseIterable {
    // Workers and their leases.
    case leaseTakenOver, claimRecovered, claimedAhead, claimFenced, settlementFenced, acknowledgementFenced, sweepFenced
    case acknowledgementStale, workerKilledBeforeCall, workerKilledAfterCall, workerKilledInCall, workerPaused
    // Stores that fail.
    case commitUnknownDone, commitUnknownUndone, replyLost, redisAway, databaseAway, clockJumped
    // Redis without its data.
    case redisFlushed, redisOlder, lostLineRecorded, lineReplaced, olderLineFoundByFloor, olderLineFoundByBooks
    case openingGone, outcomesRebuilt
    // Entries that break their batch.
    case batchSplit, deadLetterUnreadable, deadLetterUnstorable, deadLetterKiller
    // Decisions.
    case duplicateDecisionRefused, decisionsRead, cartRanOut, userLeft, secondPurchaseRefused, waitedForHeldUnits
    case soldOutByBatch, soldOutBySweep, entriesDropped, lineReopened
    // Orders and payments.
    case orderCheckedOut, orderGivenBack, orderExpired, expiredAtCheckout, paymentFailed, paymentLate, refundDue
    case refundWithoutOrder, eventEarly, eventEarlyApplied, eventDuplicate, eventConflicting
    // Operators and slow API processes.
    case unitsWithdrawn, priceBegunByBatch, lateNews
    // Draws.
    case entryLeft, numbersUndrawn, chunkRepeated, drawnPlaced, drawnHadLeft, placingFenced,
        lateServed

    /// Whether only a world with a draw comes by it.
    var isOfDraw: Bool { rawValue >= Self.entryLeft.rawValue }
}

/// How often each path ran.
///
/// One world's counts are its own; a campaign adds them up.
final class RarePathCounts {
    private(set) var counts = [Int](repeating: 0, count: RarePath.allCases.count)

    func count(_ path: RarePath) { counts[path.rawValue] += 1 }
}
