import Redis

/// The scripts that change a line, each one atomic.
///
/// Their headers state KEYS, ARGV and result.
enum LineScripts {
    static let enqueue = script("enqueue", PackageResources.enqueue_lua, includesSale: true)
    static let standing = script("standing", PackageResources.standing_lua, includesSale: true, runsWhenFull: true)
    static let leave = script("leave", PackageResources.leave_lua, includesSale: true, runsWhenFull: true)
    static let claim = script("claim", PackageResources.claim_lua, runsWhenFull: true)
    static let acknowledge = script("acknowledge", PackageResources.acknowledge_lua, runsWhenFull: true)
    static let publish = script("publish", PackageResources.publish_lua, runsWhenFull: true)
    static let open = script("open", PackageResources.open_lua)
    static let reopen = script("reopen", PackageResources.reopen_lua, runsWhenFull: true)
    static let cache = script("cache", PackageResources.cache_lua)

    /// - Parameter runsWhenFull: Whether the script may write when Redis is at its memory limit: a full Redis takes nobody
    ///   in, but everybody who is in line gets served.
    private static func script(
        _ name: String,
        _ body: [UInt8],
        includesSale: Bool = false,
        runsWhenFull: Bool = false
    ) -> RedisScript {
        let shebang = runsWhenFull ? "#!lua flags=allow-oom\n" : "#!lua\n"
        let shared = includesSale ? String(decoding: PackageResources.sale_lua, as: UTF8.self) : ""
        return RedisScript(name: name, source: shebang + shared + String(decoding: body, as: UTF8.self))
    }
}
