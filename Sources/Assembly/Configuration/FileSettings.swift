import Configuration
import Foundation
import NIOConcurrencyHelpers

/// The settings in the configuration file (YAML), as `http.port: 8080` or nested.
struct FileSettings {
    /// Nobody writes a configuration of more than this; a log file named by mistake is larger.
    static let maximumSize = 1_048_576

    private(set) var problems: [ConfigurationError.Problem] = []
    private(set) var layer: SettingLayer?

    /// Reads the file at `path`; only a file that somebody named `isRequired`.
    init(path: String, isRequired: Bool) {
        guard isRequired || FileManager.default.fileExists(atPath: path) else { return }
        do {
            let text = try SmallFile.read(path, maximumSize: Self.maximumSize)
            // A file of comments alone has no value at its root, which the parser takes for an error.
            guard text.split(separator: "\n").contains(where: { Self.isContent($0) }) else { return }
            try read(text, path: path)
        } catch {
            problems.append(.init("The configuration file \(path) cannot be used: \(error)"))
        }
    }

    private static func isContent(_ line: Substring) -> Bool {
        let line = line.drop(while: \.isWhitespace)
        return !line.isEmpty && !line.hasPrefix("#") && line != "---"
    }

    private mutating func read(_ text: String, path: String) throws {
        // The parser does not list the keys it finds, but asks about each whether it is a secret.
        let found = NIOLockedValueBox<[String]>([])
        let listening = SecretsSpecifier<String, Void>.dynamic { key, _ in
            found.withLockedValue { $0.append(key) }
            return SettingNames.keys[key]?.isSecret == true
        }
        let snapshot = try YAMLSnapshot(
            data: Data(text.utf8).bytes,
            providerName: path,
            parsingOptions: YAMLSnapshot.ParsingOptions(secretsSpecifier: listening)
        )
        let keys = found.withLockedValue { $0.sorted() }
        problems += Self.problems(of: keys, path: path)
        layer = SettingLayer(values: snapshot, allowsSecrets: false) { _ in .file(path: path) }
    }

    private static func problems(of keys: [String], path: String) -> [ConfigurationError.Problem] {
        let source = SettingSource.file(path: path)
        return keys.enumerated().compactMap { index, key in
            guard let definition = SettingNames.keys[key] else {
                let hint = NearestKey.hint(for: key, among: SettingNames.keys.keys)
                return .init(key: key, source: source, "There is no such setting.\(hint)")
            }
            if definition.isSecret, key == definition.key {
                let message =
                    "A secret cannot stand in the configuration file."
                    + " Name a file that holds it, \(definition.fileKey): FILE, or set \(definition.variable)."
                return .init(key: key, source: source, message)
            }
            // Possible since http.port and http: port: are the same key.
            let isRepeated = index > 0 && keys[index - 1] == key
            return isRepeated ? .init(key: key, source: source, "It is given twice.") : nil
        }
    }
}

/// Reading files that somebody named in a setting.
enum SmallFile {
    /// Why a file cannot be read, in words.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The text of a file of at most `maximumSize` bytes.
    static func read(_ path: String, maximumSize: Int) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw Failure(description: exists ? "it may not be read." : "there is no such file.")
        }
        defer { try? file.close() }
        let data: Data
        do {
            data = try file.read(upToCount: maximumSize + 1) ?? Data()
        } catch {
            throw Failure(description: "it cannot be read; is it a folder?")
        }
        guard data.count <= maximumSize else {
            throw Failure(description: "it is larger than \(maximumSize) bytes.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure(description: "it is not text in UTF-8.")
        }
        return text
    }
}
