import FlashSale
import Hummingbird

/// The fields of a form, `application/x-www-form-urlencoded`: each at most once, and none that is not known.
struct FormBody {
    private var values: [String: String] = [:]

    /// Reads a form.
    ///
    /// - Parameters:
    ///   - request: The request; its body is waited for.
    ///   - limit: The most bytes it may have.
    ///   - known: The fields that the form has.
    /// - Throws: ``Problem``: `unsupported_media_type`, `body_too_large`, `invalid_field`.
    init(_ request: Request, upTo limit: Int, known: Set<String> = []) async throws {
        let bytes = try await request.body(of: MediaType.form, upTo: limit)
        try self.init(bytes, known: known)
    }

    init(_ bytes: [UInt8], known: Set<String>) throws(Problem) {
        // A blank is a plus sign in forms; a plus sign is escaped.
        let text = String(decoding: bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
        for part in text.split(separator: "&", maxSplits: known.count + 1) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let name = PercentEncoding.decode(pair[0]),
                let value = PercentEncoding.decode(pair[1])
            else { throw Self.invalid("form", "is not a form") }
            guard known.contains(name) else { throw Self.invalid(name.excerpt, "is not a known field") }
            guard values.updateValue(value, forKey: name) == nil else { throw Self.invalid(name, "is there twice") }
        }
    }

    /// A field's value; nil when the form does not have it.
    subscript(_ name: String) -> String? { values[name] }

    private static func invalid(_ field: String, _ problem: String) -> Problem {
        .invalidFields([InvalidValue(field: field, problem: problem, remedy: "Send the form of the page as it is")])
    }
}
