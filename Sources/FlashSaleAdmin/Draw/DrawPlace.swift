import FlashSale
import Foundation
import NIOCore

/// Where the document, roster and decisions of a draw are read from.
enum DrawPlace: CustomStringConvertible, Equatable {
    /// A product's address, without a slash at its end: `http://127.0.0.1:8080/api/products/7`.
    case address(APIAddress)
    /// A folder with the three as they were saved.
    case folder(URL)

    /// One of the three things that are public of a draw.
    enum Part: String, CaseIterable {
        case document = "draw.json"
        case roster = "roster.txt"
        case decisions = "decisions.txt"

        /// Its path below a product's address.
        var path: String {
            switch self {
            case .document: "/draw"
            case .roster: "/draw/roster"
            case .decisions: "/draw/decisions"
            }
        }
    }

    /// Reads what was typed: an address, a product's number, a folder, or the document in one.
    ///
    /// - Parameters:
    ///   - text: What was typed.
    ///   - api: The address of the API that a number belongs to.
    /// - Throws: `InvalidValue`; what `api` throws.
    init(_ text: String, api: () throws -> String) throws {
        if let product = ProductID(text: text) {
            self = .address(try APIAddress("\(try api())/api/products/\(product)"))
        } else if text.contains("://") {
            let address = try APIAddress(text)
            let path = Part.document.path
            self = .address(
                address.description.hasSuffix(path)
                    ? try APIAddress(String(address.description.dropLast(path.count))) : address
            )
        } else {
            let url = URL(fileURLWithPath: text)
            self = .folder(url.lastPathComponent == Part.document.rawValue ? url.deletingLastPathComponent() : url)
        }
    }

    var description: String {
        switch self {
        case .address(let address): address.description
        case .folder(let url): url.path
        }
    }

    /// Reads the three, and verifies them as they come.
    ///
    /// - Throws: ``CommandFailure`` when one of them cannot be had.
    func verdict(publicKey: DrawDigest?) async throws -> DrawVerdict {
        switch self {
        case .folder: return try await verdict(publicKey) { part, piece in try read(part, piece) }
        case .address(let address):
            // A roster of a million takes 75 MB.
            return try await APIConnection.with(address, limit: .minutes(10)) { api in
                try await verdict(publicKey) { part, piece in try await read(part, from: api, piece) }
            }
        }
    }

    private typealias Pieces = (UnsafeRawBufferPointer) -> Void

    private func verdict(
        _ publicKey: DrawDigest?,
        _ read: (Part, Pieces) async throws -> Void
    ) async throws -> DrawVerdict {
        var bytes: [UInt8] = []
        // A document is one of a few hundred bytes: what else is there is not read.
        try await read(.document) { bytes.append(contentsOf: $0.prefix(max(0, 65_536 - bytes.count))) }
        let document: DrawDocument
        do { document = try DrawDocument(json: bytes) } catch {
            return DrawVerdict(unreadable: error)
        }
        var verification = DrawVerification(document, publicKey: publicKey)
        if document.roster != nil {
            try await read(.roster) { verification.readRoster($0) }
        }
        verification.endRoster()
        if document.result != nil {
            try await read(.decisions) { verification.readDecisions($0) }
        }
        return verification.end()
    }

    /// Reads a part from a file, in pieces.
    private func read(_ part: Part, _ body: Pieces) throws {
        guard case .folder(let folder) = self else { return }
        let url = folder.appendingPathComponent(part.rawValue)
        do {
            let file = try FileHandle(forReadingFrom: url)
            defer { try? file.close() }
            while let piece = try file.read(upToCount: 1_048_576), !piece.isEmpty {
                piece.withUnsafeBytes { body($0) }
            }
        } catch {
            throw CommandFailure.refused(
                """
                \(url.path) cannot be read: \(error.localizedDescription)
                Save the three from the API: curl -so \(part.rawValue) http://…/api/products/7\(part.path)
                """
            )
        }
    }

    /// Reads a part from the API, as it comes.
    private func read(_ part: Part, from api: APIConnection, _ body: Pieces) async throws {
        let status: Int
        do throws(APIConnection.Silence) {
            status = try await api.get(part.path) { piece in piece.withUnsafeReadableBytes { body($0) } }
        } catch {
            throw CommandFailure.outOfReach("\(self)\(part.path) does not answer: \(error.reason)")
        }
        guard (200..<300).contains(status) else {
            throw CommandFailure.refused(
                status == 404
                    ? "There is no draw at \(self)\(part.path). List the products with: flashsale product list"
                    : "\(self)\(part.path) was not shown: the answer was \(status)."
            )
        }
    }
}
