import NIOConcurrencyHelpers

/// Prints the lines of several processes, each with its process's name in front, and remembers the last ones.
final class LogPrinter: Sendable {
    private static let remembered = 10
    private static let styles: [TextStyle] = [.cyan, .green, .magenta, .yellow, .blue]

    private let console: Console
    private let width: Int
    private let tails = NIOLockedValueBox<[String: [String]]>([:])

    /// A printer for processes whose names have at most `width` characters.
    init(width: Int, console: Console = .standardOutput) {
        self.width = width
        self.console = console
    }

    /// What a process's line is given to; `index` chooses the colour of its name.
    func handler(_ name: String, index: Int) -> @Sendable (String) -> Void {
        { [self] line in
            tails.withLockedValue { tails in
                tails[name, default: []].append(line)
                if tails[name, default: []].count > Self.remembered { tails[name]?.removeFirst() }
            }
            console.write(prefix(name, index: index, inColor: console.usesColor) + line)
        }
    }

    /// The name in its column.
    func prefix(_ name: String, index: Int, inColor: Bool) -> String {
        let padded = name + String(repeating: " ", count: max(0, width - name.count))
        return Self.styles[index % Self.styles.count].applied(to: "\(padded) │", if: inColor) + " "
    }

    /// The last lines of a process, ten at most.
    func lastLines(of name: String) -> [String] { tails.withLockedValue { $0[name] ?? [] } }
}
