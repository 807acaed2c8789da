public import FlashSale
import MariaDB

/// The operators' log, as it is written.
enum OperatorLog {
    /// The result of what was done.
    static let done = "done"

    /// Adds a line, within the transaction of what it reports.
    static func write(
        _ actor: OperatorActor,
        _ action: String,
        _ product: ProductID?,
        _ detail: LogDetail,
        result: String = done,
        _ connection: MariaDBConnection
    ) throws {
        try connection.execute(
            "INSERT INTO operator_actions (actor, action, product_id, detail, result) VALUES (?, ?, ?, ?, ?)",
            [
                .string(actor.name), .string(action), product.map { .integer($0.rawValue) } ?? .null,
                .string(detail.json), .string(String(result.prefix(500))),
            ]
        )
    }
}

extension SaleAdministration {
    /// Adds a line to the log for what has no transaction of its own.
    func record(
        _ action: String,
        _ product: ProductID?,
        _ detail: LogDetail = [:],
        result: String = OperatorLog.done
    ) async throws {
        let actor = actor
        try await database.inTransaction {
            try OperatorLog.write(actor, action, product, detail, result: result, $0)
        }
    }

    /// What operators did, the latest first.
    ///
    /// - Throws: ``StoreUnavailable``.
    public func actions(_ page: OperatorActionPage) async throws -> [OperatorActionRecord] {
        let below = MariaDBValue.integer(page.before ?? .max)
        return try await database.onConnection { connection in
            let columns = "id, acted_at, actor, action, product_id, detail, result"
            let size = MariaDBValue.integer(Int64(page.size))
            let rows =
                if let product = page.product {
                    try connection.query(
                        """
                        SELECT \(columns) FROM operator_actions WHERE product_id = ? AND id < ? ORDER BY id DESC LIMIT ?
                        """,
                        [.integer(product.rawValue), below, size]
                    )
                } else {
                    try connection.query(
                        "SELECT \(columns) FROM operator_actions WHERE id < ? ORDER BY id DESC LIMIT ?",
                        [below, size]
                    )
                }
            return try rows.map(OperatorActionRecord.init)
        }
    }
}

extension OperatorActionRecord {
    fileprivate init(row: MariaDBRow) throws {
        self.init(
            id: Int64(try row.int("id")),
            at: Timestamp(try row.dateTime("acted_at")),
            actor: try row.string("actor"),
            action: try row.string("action"),
            product: try row.optionalInt("product_id").flatMap { ProductID(Int64($0)) },
            detail: try row.string("detail"),
            result: try row.string("result")
        )
    }
}

/// How something was done: a small JSON object.
struct LogDetail: ExpressibleByDictionaryLiteral, Sendable {
    enum Value: Sendable {
        case number(Int)
        case text(String)
    }

    private let members: [(String, Value)]

    init(dictionaryLiteral elements: (String, Value)...) { members = elements }

    var json: String {
        let parts = members.map { name, value in
            switch value {
            case .number(let number): "\"\(name)\":\(number)"
            case .text(let text): "\"\(name)\":\(Self.quoted(text))"
            }
        }
        return "{" + parts.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20: quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
