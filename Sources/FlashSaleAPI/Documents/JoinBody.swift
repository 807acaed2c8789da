import FlashSale

/// The body of a wish to join: `{"user_id": "…", "quantity": 1}`, every field checked, all bad ones reported together.
struct JoinBody: Hashable {
    /// More than this no product allows any user (see `NewProduct`).
    static let maximumQuantity: Int64 = 1_000_000

    /// Who joins.
    let user: UserID
    /// The units asked for; 1 when the body does not say.
    let quantity: Int

    /// Reads a body.
    ///
    /// - Throws: ``Problem``: `invalid_json` or `invalid_field`.
    init(_ bytes: [UInt8]) throws(Problem) {
        let members: [StrictJSON.Member]
        do { members = try StrictJSON.members(of: bytes) } catch { throw Problem(.invalidJSON, error.description) }

        var errors: [InvalidValue] = []
        var user: UserID?
        var quantity = 1
        for member in members {
            do throws(InvalidValue) {
                switch member.name {
                case "user_id": user = try Self.user(member.value)
                case "quantity": quantity = try Self.quantity(member.value)
                default: throw Self.unknown(member.name)
                }
            } catch { errors.append(error) }
        }
        if !members.contains(where: { $0.name == "user_id" }) { errors.append(Self.invalidUser("is missing")) }
        guard let user, errors.isEmpty else { throw .invalidFields(errors) }
        self.user = user
        self.quantity = quantity
    }

    /// What the line is asked.
    func request(for product: ProductID) -> JoinRequest {
        JoinRequest(product: product, user: user, quantity: quantity)
    }

    /// Reads the spelling that nearly all clients send; nil for any other, right or wrong, which ``init(_:)`` reads.
    init?(plain bytes: UnsafeRawBufferPointer) {
        var reader = PlainJSONReader(bytes)
        guard reader.take("{") else { return nil }
        var user: UserID?
        var quantity: Int?
        repeat {
            guard let name = reader.string(), reader.take(":") else { return nil }
            if user == nil, name.elementsEqual(Self.userName) {
                guard let text = reader.string(), let valid = try? UserID(String(decoding: text, as: UTF8.self)) else {
                    return nil
                }
                user = valid
            } else if quantity == nil, name.elementsEqual(Self.quantityName) {
                guard let number = reader.digits(), (1...Int(Self.maximumQuantity)).contains(number) else { return nil }
                quantity = number
            } else {
                return nil
            }
        } while reader.take(",")
        guard reader.take("}"), reader.isAtEnd, let user else { return nil }
        self.user = user
        self.quantity = quantity ?? 1
    }

    private static let userName = Array("user_id".utf8)
    private static let quantityName = Array("quantity".utf8)

    private static func user(_ value: StrictJSON.Value) throws(InvalidValue) -> UserID {
        guard case .string(let text) = value else { throw invalidUser("is \(value.kind)") }
        return try UserID(text)
    }

    private static func quantity(_ value: StrictJSON.Value) throws(InvalidValue) -> Int {
        switch value {
        case .integer(let number) where (1...maximumQuantity).contains(number): return Int(number)
        case .integer(let number) where number < 1: throw invalidQuantity("is less than 1")
        case .integer, .hugeInteger: throw invalidQuantity("is larger than any product allows")
        case .string, .fraction, .boolean, .null, .array, .object: throw invalidQuantity("is \(value.kind)")
        }
    }

    private static func unknown(_ name: String) -> InvalidValue {
        InvalidValue(field: name.excerpt, problem: "is not a known field", remedy: "Send user_id and quantity only")
    }

    private static func invalidUser(_ problem: String) -> InvalidValue {
        InvalidValue(
            field: "user_id",
            problem: problem,
            remedy: "Send a string of 1 to \(UserID.maximumLength) characters of A-Z a-z 0-9 . _ @ + -"
        )
    }

    private static func invalidQuantity(_ problem: String) -> InvalidValue {
        InvalidValue(
            field: "quantity",
            problem: problem,
            remedy: "Send a whole number from 1 to the product's max_per_user, without quotes, point or exponent"
        )
    }
}
