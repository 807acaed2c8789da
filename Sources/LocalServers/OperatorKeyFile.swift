public import Foundation

/// The operator's key of `flashsale dev`: a file in the data folder that only its owner may read.
public enum OperatorKeyFile {
    /// The file's name in the data folder.
    public static let name = "admin.key"

    /// The key in the folder; made, of 160 random bits, if there is none.
    ///
    /// - Throws: `LocalServerError` with `.badFile`.
    public static func key(in folder: URL) throws -> String {
        let path = folder.appendingPathComponent(name).path
        if FileManager.default.fileExists(atPath: path) {
            return try PrivateFiles.read(path).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let key = MariaDBCredentials.randomPassword()
        try PrivateFiles.write(key + "\n", to: path)
        return key
    }
}
