import FlashSale
import Foundation

/// The form in which products are cached in Redis: JSON with a version, so that an older build's document is read anew.
enum ProductDocument {
    fileprivate struct Envelope: Codable {
        var version = 1
        var products: [Item]
    }

    fileprivate struct Item: Codable {
        var id: Int64
        var name: String
        var price: Int64
        var currency: String
        var totalStock: Int
        var availableStock: Int
        var checkout: String
        var isPaused: Bool
        var opensAt: Int64?
        var closesAt: Int64?
        var maxPerUser: Int
        var maxQueue: Int
        var cartSeconds: Int
        var holdSeconds: Int
        var paymentSeconds: Int
        var soldOutAfter: Int64?
        var version: Int64
        var nonce: String?
        var draw: Draw?
    }

    fileprivate struct Draw: Codable {
        var at: Int64
        var chain: String?
        var round: Int64?
    }

    /// A document this build can't read.
    struct Unreadable: Error {}

    static func encode(_ products: [Product]) throws -> [UInt8] {
        Array(try JSONEncoder().encode(Envelope(products: products.map(Item.init))))
    }

    static func decode(_ bytes: [UInt8]) throws -> [Product] {
        let envelope = try JSONDecoder().decode(Envelope.self, from: Data(bytes))
        guard envelope.version == 1 else { throw Unreadable() }
        return try envelope.products.map { try product($0) }
    }

    private static func product(_ item: Item) throws -> Product {
        guard let id = ProductID(item.id), let currency = Currency(item.currency),
            let price = Money(minorUnits: item.price, currency: currency),
            let checkout = Checkout(rawValue: item.checkout)
        else { throw Unreadable() }
        return Product(
            id: id,
            name: item.name,
            price: price,
            totalStock: item.totalStock,
            availableStock: item.availableStock,
            checkout: checkout,
            isPaused: item.isPaused,
            opensAt: item.opensAt.map(Timestamp.init(microseconds:)),
            closesAt: item.closesAt.map(Timestamp.init(microseconds:)),
            limits: Product.Limits(
                maxPerUser: item.maxPerUser,
                maxQueue: item.maxQueue,
                cartSeconds: item.cartSeconds,
                holdSeconds: item.holdSeconds,
                paymentSeconds: item.paymentSeconds
            ),
            soldOutAfter: item.soldOutAfter,
            version: item.version,
            nonce: item.nonce,
            access: item.draw.map { .draw(terms($0)) } ?? .fifo
        )
    }
}

extension ProductDocument {
    private static func terms(_ draw: Draw) -> DrawTerms {
        let chain = draw.chain.flatMap { DrawBeacon.Chain(rawValue: $0) }
        let beacon = chain.flatMap { chain in draw.round.flatMap { DrawBeacon(chain: chain, round: $0) } }
        return DrawTerms(drawAt: Timestamp(microseconds: draw.at), beacon: beacon)
    }
}

extension ProductDocument.Item {
    fileprivate init(_ product: Product) {
        id = product.id.rawValue
        name = product.name
        price = product.price.minorUnits
        currency = product.price.currency.code
        totalStock = product.totalStock
        availableStock = product.availableStock
        checkout = product.checkout.rawValue
        isPaused = product.isPaused
        opensAt = product.opensAt?.microseconds
        closesAt = product.closesAt?.microseconds
        maxPerUser = product.limits.maxPerUser
        maxQueue = product.limits.maxQueue
        cartSeconds = product.limits.cartSeconds
        holdSeconds = product.limits.holdSeconds
        paymentSeconds = product.limits.paymentSeconds
        soldOutAfter = product.soldOutAfter
        version = product.version
        nonce = product.nonce
        draw = product.access.draw.map { terms in
            ProductDocument.Draw(
                at: terms.drawAt.microseconds,
                chain: terms.beacon?.chain.rawValue,
                round: terms.beacon?.round
            )
        }
    }
}
