import FlashSale
import NIOConcurrencyHelpers

/// What went wrong, with the deaths that came before it.
final class Problems: Sendable {
    private let texts = NIOLockedValueBox<[String]>([])

    var all: [String] { texts.withLockedValue { $0 } }

    func add(_ problems: [String], _ first: CrashPoint, _ second: CrashPoint) {
        texts.withLockedValue { $0 += problems.map { "\(first.rawValue), \(second.rawValue): \($0)" } }
    }
}
