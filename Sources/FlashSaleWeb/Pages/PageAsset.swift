/// A file that pages refer to; its path names its content, so that a browser may keep it for ever.
public struct PageAsset: Sendable {
    /// Where all of them are.
    public static let folder = "/assets/"

    /// The last part of its path: `shop-4f1c….css`.
    public let file: String
    /// What it is.
    public let mediaType: String
    /// What is in it.
    public let bytes: [UInt8]

    /// Its address.
    public var path: String { Self.folder + file }

    static let style = PageAsset("shop", "css", "text/css; charset=utf-8", PackageResources.shop_css)
    static let script = PageAsset("shop", "js", "text/javascript; charset=utf-8", PackageResources.shop_js)
    static let icon = PageAsset("icon", "svg", "image/svg+xml", PackageResources.icon_svg)

    /// All of them.
    public static let all = [style, script, icon]

    private init(_ name: String, _ ending: String, _ mediaType: String, _ source: [UInt8]) {
        bytes = Self.withoutMargins(source)
        let hash = String(Self.hash(of: bytes), radix: 16)
        file = "\(name)-\(hash).\(ending)"
        self.mediaType = mediaType
    }

    /// The file without indentation, empty lines and comments that have a line of their own: people wait for every packet.
    private static func withoutMargins(_ source: [UInt8]) -> [UInt8] {
        let lines = String(decoding: source, as: UTF8.self).split(separator: "\n").map { $0.drop { $0 == " " } }
        return Array(lines.filter { !$0.isEmpty && !$0.hasPrefix("//") }.joined(separator: "\n").utf8)
    }

    /// FNV-1a with 64 bits: it tells one release's file from the next, and protects nothing.
    ///
    /// Source: http://www.isthe.com/chongo/tech/comp/fnv.
    private static func hash(of bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
