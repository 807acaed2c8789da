/// Rows of text in aligned columns.
struct Table {
    /// On which side a column's cells end.
    enum Alignment {
        case left
        /// For numbers.
        case right
    }

    /// A column with its title.
    struct Column {
        let title: String
        let alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let titles: [String]
    private let alignments: [Alignment]
    private let rows: [[String]]

    /// A table with titles; each row has one cell for each column.
    init(_ columns: [Column], rows: [[String]]) {
        titles = columns.map { $0.title.uppercased() }
        alignments = columns.map(\.alignment)
        self.rows = rows.map { $0.map(Self.printable) }
    }

    /// Names and what they stand for, one pair a line.
    init(facts: KeyValuePairs<String, String>) {
        self.init(facts: facts.map { ($0.key, $0.value) })
    }

    /// The same, where some pairs come and go.
    init(facts: [(String, String)]) {
        titles = []
        alignments = [.left, .left]
        rows = facts.map { [$0.0, Self.printable($0.1)] }
    }

    /// The lines, with bold titles where colour is wanted.
    func rendered(inColor: Bool = Console.standardOutput.usesColor) -> String {
        let all = titles.isEmpty ? rows : [titles] + rows
        let widths = alignments.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let lines = all.map { cells in
            let padded = cells.indices.map { pad(cells[$0], to: widths[$0], alignments[$0]) }
            return padded.joined(separator: "  ").trimmingSuffix(while: { $0 == " " })
        }
        guard !titles.isEmpty, let head = lines.first else { return lines.joined(separator: "\n") }
        return ([TextStyle.bold.applied(to: String(head), if: inColor)] + lines.dropFirst().map(String.init))
            .joined(separator: "\n")
    }

    private func pad(_ cell: String, to width: Int, _ alignment: Alignment) -> String {
        let blanks = String(repeating: " ", count: width - cell.count)
        return alignment == .left ? cell + blanks : blanks + cell
    }

    /// A cell must not end the line or steer the terminal, whatever a database holds.
    static func printable(_ cell: String) -> String {
        String(
            String.UnicodeScalarView(
                cell.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
            )
        )
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, predicate(last) { rest.removeLast() }
        return rest
    }
}
