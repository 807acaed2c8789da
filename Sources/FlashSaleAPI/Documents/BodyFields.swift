import FlashSale

/// The fields of a request's body, read one by one; all bad ones are reported together.
struct BodyFields {
    private let members: [StrictJSON.Member]
    private var errors: [InvalidValue] = []

    /// Reads a body.
    ///
    /// - Throws: ``Problem``: `invalid_json`.
    init(_ bytes: [UInt8]) throws(Problem) {
        do { members = try StrictJSON.members(of: bytes) } catch { throw Problem(.invalidJSON, error.description) }
    }

    /// A field that has to be there and to hold a string.
    ///
    /// - Parameters:
    ///   - name: The field.
    ///   - remedy: What would be right, as a sentence.
    ///   - read: Nil for a string that is not right.
    mutating func text<Value>(_ name: String, _ remedy: String, read: (String) -> Value?) -> Value? {
        guard let given = given(name, remedy) else { return nil }
        guard case .string(let text) = given else { return refuse(name, "is \(given.kind)", remedy) }
        return read(text) ?? refuse(name, text.isEmpty ? "is empty" : "is '\(text.excerpt)'", remedy)
    }

    /// A field that has to be there and to hold a whole number.
    mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        let remedy =
            "Send a whole number from \(range.lowerBound) to \(range.upperBound), without quotes, point or exponent"
        guard let given = given(name, remedy) else { return nil }
        guard case .integer(let number) = given else { return refuse(name, "is \(given.kind)", remedy) }
        return range.contains(number) ? number : refuse(name, "is \(number)", remedy)
    }

    /// Refuses every field that is not one of those named.
    mutating func refuseOthers(than names: String...) {
        for member in members where !names.contains(member.name) {
            let remedy = "Send \(names.joined(separator: " and ")) only"
            errors.append(InvalidValue(field: member.name.excerpt, problem: "is not a known field", remedy: remedy))
        }
    }

    /// What is to be thrown when a field was bad: `invalid_field`.
    var problem: Problem { .invalidFields(errors) }

    /// Whether no field was bad so far.
    var isGood: Bool { errors.isEmpty }

    private mutating func given(_ name: String, _ remedy: String) -> StrictJSON.Value? {
        members.first { $0.name == name }?.value ?? refuse(name, "is missing", remedy)
    }

    private mutating func refuse<Value>(_ name: String, _ problem: String, _ remedy: String) -> Value? {
        errors.append(InvalidValue(field: name, problem: problem, remedy: remedy))
        return nil
    }
}
