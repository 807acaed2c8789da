extension String {
    /// The text as an answer may quote it: what a client sent must not make the answer long.
    var excerpt: String { utf8.count <= 64 ? self : String(decoding: utf8.prefix(64), as: UTF8.self) + "…" }
}
