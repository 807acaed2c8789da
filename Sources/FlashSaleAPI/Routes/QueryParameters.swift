import FlashSale

/// The query parameters of a request, read one by one; all bad ones are reported together.
struct QueryParameters {
    private var values: [String: [String]] = [:]
    private var errors: [InvalidValue] = []

    /// Splits a query at `&` and `=`, and decodes each value once.
    init(_ target: RequestTarget) {
        guard !target.query.isEmpty else { return }
        for part in target.query.split(separator: "&", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(pair[0])
            if let value = PercentEncoding.decode(pair.count == 2 ? pair[1] : "") {
                values[name, default: []].append(value)
            } else if !errors.contains(where: { $0.field == name }) {
                errors.append(Self.badEncoding(of: name))
            }
        }
    }

    /// The value of a parameter that may be given once; nil when it is not there, or bad.
    ///
    /// - Parameters:
    ///   - name: The parameter.
    ///   - remedy: What would be right, as a sentence.
    ///   - read: Nil for a value that is not right.
    mutating func value<Value>(_ name: String, _ remedy: String, read: (String) -> Value?) -> Value? {
        guard let given = values[name], let text = given.first else { return nil }
        guard given.count == 1 else {
            errors.append(InvalidValue(field: name, problem: "is given \(given.count) times", remedy: remedy))
            return nil
        }
        return self.read(name, text, remedy, read)
    }

    /// The values of a parameter that may be given several times, or with commas in between, or both.
    mutating func list<Value>(_ name: String, _ remedy: String, read: (String) -> Value?) -> [Value] {
        let texts = (values[name] ?? []).flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard texts.count <= Self.longestList else {
            errors.append(InvalidValue(field: name, problem: "has \(texts.count) values", remedy: remedy))
            return []
        }
        return texts.compactMap { self.read(name, String($0), remedy, read) }
    }

    /// Throws `invalid_field` when anything was bad.
    func check() throws(Problem) {
        guard errors.isEmpty else { throw .invalidFields(errors) }
    }

    /// More values than this no list has a use for.
    private static let longestList = 32

    private static func badEncoding(of name: String) -> InvalidValue {
        InvalidValue(
            field: name,
            problem: "is not valid percent-encoding of UTF-8",
            remedy: "Write each byte outside of A-Z a-z 0-9 . _ @ - as % and two hexadecimal digits"
        )
    }

    private mutating func read<Value>(
        _ name: String,
        _ text: String,
        _ remedy: String,
        _ read: (String) -> Value?
    ) -> Value? {
        if let value = read(text) { return value }
        let problem = text.isEmpty ? "is empty" : "is '\(text.excerpt)'"
        errors.append(InvalidValue(field: name, problem: problem, remedy: remedy))
        return nil
    }
}
