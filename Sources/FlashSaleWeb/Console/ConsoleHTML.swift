/// A piece of HTML.
///
/// What is put into it with `\(…)` is escaped, unless it is a piece of HTML itself: forgetting to escape
/// is not possible.
struct ConsoleHTML: ExpressibleByStringInterpolation, Sendable {
    private(set) var text: String

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Pieces one after the other.
    init(_ pieces: [ConsoleHTML]) { text = pieces.map(\.text).joined() }

    /// A chart, which escapes what is put into it by itself.
    init(_ chart: Chart) { text = chart.svg() }

    /// Nothing.
    static let nothing: ConsoleHTML = ""

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ value: String) { text += value.htmlEscaped }
        mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += value.description.htmlEscaped
        }
        mutating func appendInterpolation(_ html: ConsoleHTML) { text += html.text }
        mutating func appendInterpolation(_ pieces: [ConsoleHTML]) {
            for piece in pieces { text += piece.text }
        }
    }
}
