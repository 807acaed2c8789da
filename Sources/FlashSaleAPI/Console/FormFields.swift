import FlashSale
import HTTPTypes
import Hummingbird
import NIOCore

/// The fields of a form that a page has sent (`application/x-www-form-urlencoded`).
struct FormFields {
    private static let mediaType = "application/x-www-form-urlencoded"
    /// More fields than any form of ours has.
    private static let maximumFields = 256

    private let fields: [(name: String, value: String)]

    /// Reads the form of a request.
    ///
    /// - Throws: `unsupported_media_type`, `body_too_large`, `invalid_request`.
    init(_ request: Request, upTo limit: Int) async throws {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
        guard type.hasPrefix(Self.mediaType) else {
            throw Problem(.unsupportedMediaType, "Send the body as \(Self.mediaType).")
        }
        do {
            self = try FormFields(String(buffer: try await request.body.collect(upTo: limit)))
        } catch is NIOTooManyBytesError {
            throw Problem(.bodyTooLarge, "The body has more than \(limit) bytes.")
        }
    }

    init(_ text: String) throws(Problem) {
        var fields: [(name: String, value: String)] = []
        for part in text.split(separator: "&").prefix(Self.maximumFields) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(pair[0]), let value = Self.decode(pair.count == 2 ? pair[1] : "") else {
                throw Problem(.invalidRequest, "The form is not valid percent-encoding of UTF-8.")
            }
            fields.append((name, value))
        }
        self.fields = fields
    }

    /// The first value of a field; empty when it is not there.
    subscript(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }

    /// Every value of a field.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    private static func decode(_ text: Substring) -> String? {
        PercentEncoding.decode(Substring(text.replacing("+", with: " ")))
    }
}
