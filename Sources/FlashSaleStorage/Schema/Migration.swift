import Crypto

/// One step of the database's schema.
///
/// A step that was applied is never edited: the next one changes what it did.
public struct Migration: Sendable, Hashable {
    /// The step's number, 1 for the first.
    public let version: Int
    /// What it does, from the file's name.
    public let name: String
    let sql: String

    init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    init(version: Int, name: String, resource: [UInt8]) {
        self.init(version: version, name: name, sql: String(decoding: resource, as: UTF8.self))
    }

    /// SHA-256 of the text, as 64 hexadecimal digits.
    public var checksum: String {
        SHA256.hash(data: Array(sql.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The tables that the step creates.
    var tables: [String] { sql.matches(of: /CREATE TABLE IF NOT EXISTS (\w+)/).map { String($0.1) } }

    /// Every step, in order.
    ///
    /// A test compares this list with the folder.
    public static let all = [
        Migration(version: 1, name: "create_products", resource: PackageResources.V0001__create_products_sql),
        Migration(version: 2, name: "create_leases", resource: PackageResources.V0002__create_leases_sql),
        Migration(version: 3, name: "create_decisions", resource: PackageResources.V0003__create_decisions_sql),
        Migration(version: 4, name: "create_orders", resource: PackageResources.V0004__create_orders_sql),
        Migration(
            version: 5,
            name: "extend_products_and_orders",
            resource: PackageResources.V0005__extend_products_and_orders_sql
        ),
        Migration(
            version: 6,
            name: "create_payment_events",
            resource: PackageResources.V0006__create_payment_events_sql
        ),
        Migration(version: 7, name: "create_outbox", resource: PackageResources.V0007__create_outbox_sql),
        Migration(version: 8, name: "create_line_samples", resource: PackageResources.V0008__create_line_samples_sql),
        Migration(
            version: 9,
            name: "create_operator_actions",
            resource: PackageResources.V0009__create_operator_actions_sql
        ),
        Migration(version: 10, name: "create_draws", resource: PackageResources.V0010__create_draws_sql),
    ]
}
