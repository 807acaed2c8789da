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

extension RetryAnswer? {
    /// What happened, in words.
    fileprivate var words: String { map(\.words) ?? "there is no such dead letter" }
}
