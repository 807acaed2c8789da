import FlashSale
import FlashSaleStorage

/// What became of dead letters that were retried, also when a store went away in between.
struct RetryResult: Sendable {
    /// Letters by rising number; the answer is nil for one that does not exist.
    private(set) var letters: [(number: Int64, answer: RetryAnswer?)] = []
    /// What ended it before its time.
    private(set) var problem: (any Error)?

    /// Retries one after the other: what was done is known whatever comes next.
    static func retrying(
        _ numbers: [Int64],
        _ retry: (Int64) async throws -> RetryAnswer?
    ) async -> RetryResult {
        var result = RetryResult()
        for number in numbers {
            do {
                result.letters.append((number, try await retry(number)))
            } catch {
                result.problem = error
                break
            }
        }
        return result
    }

    private var retried: Int { letters.count { $0.answer?.isDone == true } }
    private var kept: Int { letters.count - retried }

    /// The document that `--json` prints.
    var json: JSONOutput {
        [
            "retried": JSONOutput(retried),
            "kept": JSONOutput(kept),
            "dead_letters": .array(
                letters.map { letter in
                    [
                        "id": JSONOutput(letter.number),
                        "answer": JSONOutput(letter.answer?.code ?? "unknown"),
                        "ticket": JSONOutput(letter.answer?.ticket?.rawValue),
                        "detail": JSONOutput(letter.answer.words),
                    ]
                }
            ),
        ]
    }

    /// For a terminal: a row for each letter.
    func text() -> String {
        guard !letters.isEmpty else {
            return problem == nil ? "There is no dead letter to retry." : "No dead letter was retried."
        }
        return Table(
            [.init("letter", .right), .init("result"), .init("detail")],
            rows: letters.map { letter in
                ["\(letter.number)", letter.answer?.isDone == true ? "retried" : "kept", letter.answer.words]
            }
        ).rendered()
    }

    /// That letters are left; nil when all are retried.
    var failure: CommandFailure? {
        guard kept > 0 else { return nil }
        return .refused("Not retried: \(kept) of \(letters.count.counting("dead letter")). See: flashsale failed list")
    }
}

extension RetryAnswer {
    /// One word for scripts.
    fileprivate var code: String {
        switch self {
        case .joined: "joined"
        case .alreadyInLine: "already_in_line"
        case .decided(let status): status.rawValue
        case .refused: "refused"
        case .notAcknowledged: "not_acknowledged"
        case .unreadable: "unreadable"
        }
    }

    /// The place that the user has now.
    fileprivate var ticket: Ticket? {
        switch self {
        case .joined(let ticket), .alreadyInLine(let ticket): ticket
        case .decided, .refused, .notAcknowledged, .unreadable: nil
        }
    }
}

extension RetryAnswer? {
    /// What happened, in words.
    fileprivate var words: String {
        switch self {
        case .joined(let ticket): "the user joined again, with ticket \(ticket)"
        case .alreadyInLine(let ticket): "the user waits already, with ticket \(ticket)"
        case .decided(let status): "the user has an order by now, which is \(status.rawValue)"
        case .refused(let refusal): refusal.words
        case .notAcknowledged: "a worker is still putting it aside: retry it in a moment"
        case .unreadable: "nobody can tell whose place it was: flashsale failed show"
        case nil: "there is no such dead letter"
        }
    }
}

extension JoinRefusal {
    /// Why nobody can join now, for an operator.
    fileprivate var words: String {
        switch self {
        case .unknownProduct: "Redis does not have the line: a worker has to open it first"
        case .notOpenYet(let opensAt): "the sale opens at \(opensAt)"
        case .closed(let closedAt): "the sale closed at \(closedAt)"
        case .paused: "the line is paused: flashsale product resume"
        case .soldOut: "the product is sold out: flashsale product restock"
        case .alreadyPurchased(let order): "the user has bought already\(order.map { ", with order \($0)" } ?? "")"
        case .quantityTooHigh(let maximum): "one user may order at most \(maximum.counting("unit"))"
        case .queueFull(let maximum): "the line is full, with \(maximum.counting("user"))"
        case .rateLimited(let seconds): "the user asked too often: retry it in \(seconds) s"
        }
    }
}
