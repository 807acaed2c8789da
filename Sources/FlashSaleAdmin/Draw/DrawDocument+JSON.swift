import FlashSale
import Foundation

extension DrawDocument {
    /// Reads a document from JSON; members that are not the document's are ignored.
    ///
    /// - Throws: `InvalidValue` that names the first member that cannot be read, or `document`.
    init(json bytes: [UInt8]) throws(InvalidValue) {
        let members: Members
        do { members = try JSONDecoder().decode(Members.self, from: Data(bytes)) } catch {
            throw InvalidValue(
                field: "document",
                problem: "is not a JSON object with the members of a draw",
                remedy: "Take the draw document as the API gives it"
            )
        }
        try self.init(members: members.values)
    }

    /// The members that a document has, as they stand.
    private struct Members: Decodable {
        var values: [String: DrawDocument.Value] = [:]

        private struct Name: CodingKey {
            let stringValue: String
            let intValue: Int? = nil
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            for name in DrawDocument.memberNames {
                let key = Name(stringValue: name)
                guard container.contains(key), try !container.decodeNil(forKey: key) else { continue }
                if let text = try? container.decode(String.self, forKey: key) {
                    values[name] = .text(text)
                } else {
                    values[name] = .number(try container.decode(Int64.self, forKey: key))
                }
            }
        }
    }
}

extension DrawVerdict {
    /// The verdict on a document of which a member cannot be read.
    init(unreadable error: InvalidValue) {
        let kind: DrawFinding.Kind =
            switch error.field {
            case "commitment", "seed": .seed
            case "beacon_chain", "beacon_round", "beacon_signature", "beacon_randomness": .beacon
            case "root": .root
            case "public_key", "signature": .signature
            default: .unreadable
            }
        self.init(findings: [DrawFinding(kind, "\(error)")])
    }
}
