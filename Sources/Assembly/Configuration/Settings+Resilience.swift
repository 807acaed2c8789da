extension Settings {
    // MARK: Resilience

    static let profile = Setting(
        "profile",
        SettingKind<Profile>.choice,
        default: .development,
        for: [.api, .worker],
        "What the stores have to be like: production, so that nothing answered is lost, or no start; development, any."
    )
    static let breakerFailures = Setting(
        "breaker.failures",
        .integer(in: 1...1_000, unit: "failures"),
        default: 5,
        for: [.api, .worker],
        "After how many failures in a row a store is not asked any more. A store that says no has not failed."
    )
    static let breakerOpen = Setting(
        "breaker.open",
        .duration(in: .milliseconds(100) ... .seconds(600)),
        default: .seconds(30),
        for: [.api, .worker],
        "How long such a store is left alone, unless it answers a ping before; then one call at a time tries it."
    )
    static let eventsMaxStreams = Setting(
        "events.max-streams",
        .integer(in: 1...1_000_000, unit: "streams"),
        default: 20_000,
        for: [.api],
        "How many event streams may be open at once, each on a connection; at most nine tenths of http.max-connections."
            + " Further ones are answered 503."
    )
    static let linePollAfterMax = Setting(
        "line.poll-after-max",
        .duration(in: .milliseconds(100) ... .seconds(60)),
        default: .seconds(10),
        for: [.api],
        "The most time after which clients are told to ask for their status again."
    )
    static let httpMaxInFlight = Setting(
        "http.max-in-flight",
        .integer(in: 1...1_000_000, unit: "requests"),
        default: 2_048,
        for: [.api],
        "How many requests may be worked on at once. Further ones are answered 503 at once."
    )
}
