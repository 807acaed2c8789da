public import FlashSale
import MariaDB
import Redis
import Resilience

extension SaleAdministration {
    /// A product's draw as it is on record.
    ///
    /// - Throws: ``UnknownProduct``, ``InvalidValue`` when the product is not drawn, ``StoreUnavailable``.
    public func draw(of id: ProductID) async throws -> DrawRecord {
        try await database.onConnection { try Self.draw(of: id, $0) }
    }

    /// How many have entered a draw so far; nil when Redis does not have the line.
    public func entrants(of id: ProductID) async throws -> Int64? {
        let reply = try await redis.send(RedisCommand("HMGET", key: LineKeys(id).sale, ["nonce", "entrants"])).array()
        let values = try reply.map { try $0.optionalString() }
        guard values.count == 2, values[0] != nil else { return nil }
        return values[1].flatMap { Int64($0) } ?? 0
    }

    /// Puts on record what a draw's beacon has brought; the worker makes the draw as soon as its roster is fixed.
    ///
    /// - Parameter value: What the chain has published.
    /// - Throws: ``UnknownProduct``, ``InvalidValue``, ``StoreUnavailable``.
    public func setBeacon(of id: ProductID, _ value: DrawBeacon.Value) async throws -> ProductChange {
        let signature = value.signature
        return try await change(id, "beacon", ["signature": .text(value.signatureText)]) { connection, _ in
            let draw = try Self.draw(of: id, connection)
            guard let beacon = draw.terms.beacon else {
                throw InvalidValue(
                    field: "product",
                    problem: "\(id) was made without a beacon",
                    remedy: "Nothing is to be done: the draw needs none"
                )
            }
            guard signature.count == beacon.chain.signatureLength else {
                throw InvalidValue(
                    field: "signature",
                    problem: "has \(signature.count) bytes",
                    remedy:
                        "Give the \(beacon.chain.signatureLength) bytes of round \(beacon.round), in hexadecimal digits"
                )
            }
            let now = Timestamp(try connection.query("SELECT NOW(6) AS now")[0].dateTime("now"))
            guard beacon.time <= now else {
                throw InvalidValue(
                    field: "signature",
                    problem: "can't be that of round \(beacon.round): it is out at \(beacon.time)",
                    remedy: "Wait until then, and read it from drand"
                )
            }
            if let known = draw.beaconValue, known.signature == signature { return }
            guard !draw.isDrawn else {
                throw InvalidValue(
                    field: "product",
                    problem: "\(id) is drawn already, with another value",
                    remedy: "Nothing can be changed: see it with flashsale draw show \(id)"
                )
            }
            try connection.execute(
                "UPDATE draws SET beacon_signature = ? WHERE product_id = ?",
                [.bytes(signature), .integer(id.rawValue)]
            )
        }
    }

    private static func draw(of id: ProductID, _ connection: MariaDBConnection) throws -> DrawRecord {
        if let draw = try StoredDraw.read(id, connection) { return draw }
        guard try Product.read(id, connection) != nil else { throw UnknownProduct(id: id) }
        throw InvalidValue(
            field: "product",
            problem: "\(id) is not drawn",
            remedy: "Places of this product are given first come, first served"
        )
    }
}
