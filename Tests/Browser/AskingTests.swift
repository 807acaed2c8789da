import Foundation
import NIOConcurrencyHelpers
import NIOCore
import ShopSupport
import TestSupport
import Testing

/// However much a page and the answers disagree, it asks at most once a second, and is right again once they agree.
extension BrowserTests {
    /// What a page is told while it is watched.
    enum Contradiction: String, CaseIterable, Sendable {
        /// The server that answers `progress` has a clock two minutes behind: the sale is not open there.
        case clocksApart
        /// The page is as late: it counts down to an opening that `progress` says was.
        case pageBehind
        /// A cache goes on giving out a copy of `progress` from before the sale was paused.
        case staleProgress
        /// `progress` names no time to ask again, and is no JSON.
        case brokenProgress
        /// A stream says a hundred times a second what the page does not.
        case contraryStream
        /// A stream ends behind each event, and wants to be asked again after a millisecond.
        case endingStream
        /// There are no streams, and the status says what the page does not, and to ask again at once.
        case contraryStatus

        var isOfPlace: Bool { [.contraryStream, .endingStream, .contraryStatus].contains(self) }
    }

    @Test("A page that is told something else asks at most once a second, whatever it is told")
    func atMostOnceASecond() async throws {
        try await RunningShop.withPages { shop, driver in
            try await withThrowingTaskGroup { group in
                for contradiction in Contradiction.allCases {
                    group.addTask { try await Self.watch(contradiction, shop, driver) }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Watches a page for ten seconds, and until it is right after that.
    private static func watch(_ contradiction: Contradiction, _ shop: RunningShop, _ driver: Driver) async throws {
        let opensAt = Date.now.addingTimeInterval(contradiction == .pageBehind ? 3_600 : -60).formatted(.iso8601)
        let checkout = contradiction.isOfPlace ? ["--checkout", "hold"] : []
        let product = try await shop.createProduct(stock: 1, ["--opens-at", opensAt] + checkout)
        let progress = try await shop.get("/products/\(product)/progress").text
        // Somebody is before ada, so that she waits.
        if contradiction.isOfPlace { try await shop.hold(product, "zoe") }
        if contradiction == .staleProgress {
            _ = try await shop.fleet.run("flashsale", ["product", "pause", "\(product)"])
            try await eventually("it is paused") {
                try await shop.get("/products/\(product)").text.contains(#"data-status="paused""#)
            }
        }
        let isContrary = NIOLockedValueBox(true)
        let change: @Sendable (String) async throws -> ContraryServer.Reply? = { path in
            guard isContrary.withLockedValue({ $0 }) else { return nil }
            return reply(contradiction, path, progress)
        }
        try await ContraryServer.with(shop, change) { server in
            try await driver.browse { browser in
                try await browser.open(server.url("/products/\(product)"))
                if contradiction.isOfPlace {
                    try await browser.type("ada", into: "#name")
                    try await browser.click("main button")
                    try await browser.waitForHeading("You are in line")
                }
                try await count(contradiction, server)
                isContrary.withLockedValue { $0 = false }
                let before = server.requests.count
                try await eventually("it asks, and believes the answers") {
                    let paths = server.requests.dropFirst(before).map(\.path)
                    return paths.contains { $0.hasSuffix(contradiction.isOfPlace ? "/events" : "/progress") }
                        || paths.contains { $0.hasSuffix("/standing") }
                }
                try await isRight(contradiction, product, shop, browser)
            }
        }
    }

    private static func count(_ contradiction: Contradiction, _ server: ContraryServer) async throws {
        let start = ContinuousClock.now
        let time = Duration.seconds(12)
        try await eventually("twelve seconds are over") { ContinuousClock.now - start >= time }
        let requests = server.requests.filter { $0.time >= start && $0.time < start + time }
        let most = server.most(in: requests)
        print("\(contradiction): \(requests.count) requests in 12 s, at most \(most) within a second")
        // One a second, and the one that was on its way when the counting began.
        #expect(requests.count <= 13, "\(contradiction) \(requests.map(\.path))")
        #expect(requests.count >= 1, "\(contradiction) was not asked for")
        #expect(most <= 2, "\(contradiction)")
    }

    /// Once nothing contradicts it, the page changes when the sale does.
    private static func isRight(
        _ contradiction: Contradiction,
        _ product: Int,
        _ shop: RunningShop,
        _ browser: Browser
    ) async throws {
        if contradiction.isOfPlace {
            try await shop.giveBack(product, "zoe")
            return try await browser.waitForHeading("It is your turn")
        }
        _ = try await shop.fleet.run("flashsale", ["product", "close", "\(product)"])
        try await eventually("the page says so") { try await browser.text(".pill") == "Closed" }
    }

    private static func reply(
        _ contradiction: Contradiction,
        _ path: String,
        _ progress: String
    ) -> ContraryServer.Reply? {
        let isProgress = path.hasSuffix("/progress")
        let isStream = path.hasSuffix("/events")
        let status = #"{"status":"held","poll_after_ms":0}"#
        switch contradiction {
        case .clocksApart where isProgress:
            return .document(progress.replacing(#""sale_state":"open""#, with: #""sale_state":"upcoming""#))
        case .pageBehind where isProgress:
            return .document(progress.replacing(#""sale_state":"upcoming""#, with: #""sale_state":"open""#))
        case .staleProgress where isProgress: return .document(progress)
        case .brokenProgress where isProgress: return .document("<p>no JSON</p>", type: "text/html")
        case .contraryStream where isStream:
            return .events("event: standing\ndata: \(status)\n\n", every: .milliseconds(10))
        case .endingStream where isStream:
            return .events("retry: 1\nevent: standing\ndata: {\"status\":\"queued\"}\n\n", every: nil)
        case .contraryStatus where isStream: return .document("", status: 404)
        case .contraryStatus where path.hasSuffix("/standing"): return .document(status)
        default: return nil
        }
    }
}
