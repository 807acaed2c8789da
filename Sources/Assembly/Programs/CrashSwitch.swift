import FlashSale
import Glibc
import Synchronization

/// Lets a program kill itself at a crash point, as the operating system would: for tests of what survives.
///
/// `FLASHSALE_CRASH_AT=settle.commit` dies when the point is reached for the first time, `settle.commit:3` for the third.
/// It is no setting: no file and no command line can switch it on.
enum CrashSwitch {
    /// The variable that names point and count.
    static let variable = "FLASHSALE_CRASH_AT"

    /// The crash points of this process; without the variable nothing ever happens.
    ///
    /// - Throws: A failure that lists the points, when the variable names none.
    static func points() throws -> CrashPoints {
        guard let text = getenv(variable).map({ String(cString: $0) }), !text.isEmpty else { return .none }
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let point = parts.first.flatMap({ CrashPoint(rawValue: String($0)) }),
            let count = parts.count == 2 ? Int(parts[1]) : 1, count > 0
        else {
            let names = CrashPoint.allCases.map(\.rawValue).joined(separator: ", ")
            throw StartFailure(
                description: "\(variable) is '\(text)', which is not a crash point and a count, as in"
                    + " settle.commit:1. The points: \(names)",
                exitCode: ProgramRun.ExitCode.configuration
            )
        }
        let switcher = Switcher(point: point, count: count)
        return CrashPoints { switcher.reached($0) }
    }

    private final class Switcher: Sendable {
        private let point: CrashPoint
        private let left: Atomic<Int>

        init(point: CrashPoint, count: Int) {
            self.point = point
            left = Atomic(count)
        }

        func reached(_ point: CrashPoint) {
            guard point == self.point, left.subtract(1, ordering: .relaxed).newValue == 0 else { return }
            kill(getpid(), SIGKILL)
        }
    }
}
