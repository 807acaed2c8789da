import Redis

/// The scripts that change a line, each one atomic.
///
/// Their headers state KEYS, ARGV and result.
enum LineScripts {
    static let enqueue = script(
        "enqueue",
        PackageResources.enqueue_lua,
        after: PackageResources.pace_lua + PackageResources.sale_lua
    )
    static let standing = script(
        "standing",
        PackageResources.standing_lua,
        after: PackageResources.sale_lua,
        runsWhenFull: true
    )
    static let look = script("look", PackageResources.look_lua, after: PackageResources.sale_lua, runsWhenFull: true)
    static let leave = script("leave", PackageResources.leave_lua, after: PackageResources.sale_lua, runsWhenFull: true)
    static let claim = script("claim", PackageResources.claim_lua, after: PackageResources.pace_lua, runsWhenFull: true)
    static let acknowledge = script(
        "acknowledge",
        PackageResources.acknowledge_lua,
        after: PackageResources.pace_lua + PackageResources.worker_lua,
        runsWhenFull: true
    )
    static let show = script("show", PackageResources.show_lua, after: PackageResources.worker_lua, runsWhenFull: true)
    static let publish = script(
        "publish",
        PackageResources.publish_lua,
        after: PackageResources.worker_lua,
        runsWhenFull: true
    )
    static let prepare = script("prepare", PackageResources.prepare_lua)
    static let open = script("open", PackageResources.open_lua, after: PackageResources.worker_lua)
    static let rebuild = script(
        "rebuild",
        PackageResources.rebuild_lua,
        after: PackageResources.worker_lua,
        runsWhenFull: true
    )
    static let reopen = script("reopen", PackageResources.reopen_lua, runsWhenFull: true)
    static let cache = script("cache", PackageResources.cache_lua)

    // What the same calls are for a product that is drawn: their texts see entries too.

    private static let drawText = PackageResources.sale_lua + PackageResources.draw_lua

    /// For whoever enters; who comes later is answered by `late`.
    static let enter = script("enter", PackageResources.enter_lua, after: drawText)
    static let late = script("late", PackageResources.enqueue_lua, after: PackageResources.pace_lua + drawText)
    static let drawStanding = script(
        "draw_standing",
        PackageResources.standing_lua,
        after: drawText,
        runsWhenFull: true
    )
    static let drawLook = script("draw_look", PackageResources.look_lua, after: drawText, runsWhenFull: true)
    static let withdraw = script(
        "withdraw",
        PackageResources.leave_lua,
        after: drawText + PackageResources.withdraw_lua,
        runsWhenFull: true
    )

    // The worker's steps of a draw.

    static let closeEntries = script("close_entries", PackageResources.close_entries_lua, runsWhenFull: true)
    static let entries = script("entries", PackageResources.entries_lua, runsWhenFull: true)
    static let place = script("place", PackageResources.place_lua, runsWhenFull: true)

    /// - Parameters:
    ///   - shared: The text of functions that the script calls.
    ///   - runsWhenFull: Whether the script may write when Redis is at its memory limit: a full Redis takes nobody in, but
    ///     everybody who is in line gets served.
    private static func script(
        _ name: String,
        _ body: [UInt8],
        after shared: [UInt8] = [],
        runsWhenFull: Bool = false
    ) -> RedisScript {
        let shebang = runsWhenFull ? "#!lua flags=allow-oom\n" : "#!lua\n"
        return RedisScript(name: name, source: shebang + String(decoding: shared + body, as: UTF8.self))
    }
}
