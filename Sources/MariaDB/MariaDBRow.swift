/// One row of a result, with typed access to its columns.
///
/// The typed functions throw ``MariaDBError`` of kind ``MariaDBError/Kind/bug`` if there is no such column, if it is
/// NULL (the `optional…` ones return `nil` then) or if it holds something else. Nothing is converted silently.
public struct MariaDBRow: Sendable {
    /// A column by its name (or alias, case-sensitive), or by its place, from 0.
    public enum Column: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        /// The column's name or alias, as the statement gives it.
        case name(String)
        /// The column's place in the result, from 0.
        case index(Int)

        /// A column by its name.
        public init(stringLiteral value: String) {
            self = .name(value)
        }

        /// A column by its place, from 0.
        public init(integerLiteral value: Int) {
            self = .index(value)
        }
    }

    /// The row's values, in the order of the result's columns.
    public let values: [MariaDBValue]
    let columns: RowColumns

    init(columns: RowColumns, values: [MariaDBValue]) {
        self.columns = columns
        self.values = values
    }

    /// The names of the result's columns, in order.
    public var columnNames: [String] { columns.names }
}

/// The column names of a result, shared by all its rows.
final class RowColumns: Sendable {
    let names: [String]
    private let indexes: [String: Int]
    private static let ambiguous = -1

    init(names: [String]) {
        self.names = names
        indexes = Dictionary(
            names.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { _, _ in Self.ambiguous }
        )
    }

    /// The place of a column, or what is wrong with it.
    func index(of column: MariaDBRow.Column) -> Result<Int, LookupFailure> {
        switch column {
        case .index(let index):
            return names.indices.contains(index) ? .success(index) : .failure(.missing)
        case .name(let name):
            guard let index = indexes[name] else { return .failure(.missing) }
            return index == Self.ambiguous ? .failure(.ambiguous) : .success(index)
        }
    }

    enum LookupFailure: String, Error {
        case missing = "is not in the result"
        case ambiguous = "is in the result more than once: give it an alias"
    }
}
