public import Foundation

/// The key that `flashsale dev` signs draw documents with: a file in the data folder that only its owner may read.
public enum DrawKeyFile {
    /// The file's name in the data folder.
    public static let name = "draw.key"

    /// The key in the folder, 64 hexadecimal digits; made if there is none.
    ///
    /// - Throws: `LocalServerError` with `.badFile`.
    public static func key(in folder: URL) throws -> String {
        let path = folder.appendingPathComponent(name).path
        if FileManager.default.fileExists(atPath: path) {
            return try PrivateFiles.read(path).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef")
        let key = String((0..<64).map { _ in digits[Int.random(in: 0..<16, using: &generator)] })
        try PrivateFiles.write(key + "\n", to: path)
        return key
    }
}
