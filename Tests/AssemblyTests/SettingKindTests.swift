import Testing

@testable import Assembly

@Suite("Values of settings")
struct SettingKindTests {
    @Test(
        "Durations need a whole number and a unit",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("1s", .seconds(1)), ("300s", .seconds(300)), ("5m", .seconds(300)),
            ("2h", .seconds(7_200)), ("0ms", .zero), ("", nil), ("5", nil), ("s", nil), ("-1s", nil), ("+1s", nil),
            ("1.5s", nil), ("1 s", nil), ("1S", nil), ("1sec", nil), ("٣s", nil), ("9223372036854775807h", nil),
            ("99999999999999999999s", nil),
        ]
    )
    func durations(text: String, expected: Duration?) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test("A duration is written in the largest unit that needs no fraction")
    func formattedDurations() {
        let texts = [0, 250, 1_000, 1_500, 90_000, 3_600_000].map { DurationText.format(.milliseconds($0)) }
        #expect(texts == ["0s", "250ms", "1s", "1500ms", "90s", "1h"])
    }

    @Test(
        "Addresses name a host with a port, or a socket",
        arguments: [
            ("redis://cache:6380", ServerAddress(.tcp(host: "cache", port: 6380))),
            ("redis://cache", ServerAddress(.tcp(host: "cache", port: 6379))),
            ("redis://127.0.0.1:6379/", ServerAddress(.tcp(host: "127.0.0.1", port: 6379))),
            ("redis://[::1]:7000", ServerAddress(.tcp(host: "::1", port: 7000))),
            ("redis://[::1]", ServerAddress(.tcp(host: "::1", port: 6379))),
            ("rediss://cache.example:6379", ServerAddress(.tcp(host: "cache.example", port: 6379), isEncrypted: true)),
            ("unix:/run/redis.sock", ServerAddress(.unixSocket(path: "/run/redis.sock"))),
            ("cache:6379", nil), ("redis:cache", nil), ("redis://", nil), ("redis://:6379", nil), ("redis://a:0", nil),
            ("redis://a:65536", nil), ("redis://a:+1", nil), ("redis://a:b", nil), ("redis://a:1:2", nil),
            ("redis://user:secret@cache:1", nil), ("redis://cache/3", nil), ("redis://[::1", nil), ("redis://::1", nil),
            ("redis://[cache]:1", nil), ("redis://[::1]x", nil), ("unix:relative", nil), ("REDIS://a", nil),
            ("mariadb://a", nil), ("redis://a b", nil), ("", nil),
        ]
    )
    func addresses(text: String, expected: ServerAddress?) {
        #expect(SettingKind<ServerAddress>.redisAddress.parse(text) == expected)
    }

    @Test(
        "An address is written as it is read",
        arguments: ["redis://a:1", "rediss://a:1", "redis://[::1]:1", "unix:/s"]
    )
    func writtenAddresses(text: String) throws {
        let kind = SettingKind<ServerAddress>.redisAddress
        #expect(kind.format(try #require(kind.parse(text))) == text)
    }

    @Test("Whole numbers of the range, and nothing that only looks like one")
    func integers() {
        let kind = SettingKind<Int>.integer(in: 1...500)
        #expect(["1", "500", "050"].map(kind.parse) == [1, 500, 50])
        #expect(["0", "501", "", "+5", "5.0", "0x5", "five", "5 ", "٥"].allSatisfy { kind.parse($0) == nil })
    }

    @Test("Texts, names, hosts and secrets refuse what would do harm where they are used")
    func texts() {
        #expect(SettingKind<String>.text.parse("worker 1") == "worker 1")
        #expect(
            ["", "a\nb", "\u{1b}[2J", String(repeating: "x", count: 256)].allSatisfy {
                SettingKind<String>.text.parse($0) == nil
            }
        )
        #expect(SettingKind<String>.name.parse("flash_sale-2") == "flash_sale-2")
        #expect(["", "a b", "a`b", "a;b", "ä"].allSatisfy { SettingKind<String>.name.parse($0) == nil })
        #expect(["::1", "0.0.0.0", "shop.example"].allSatisfy { SettingKind<String>.host.parse($0) == $0 })
        #expect(["", "a/b", "a b"].allSatisfy { SettingKind<String>.host.parse($0) == nil })
        #expect(SettingKind<Secret>.secret.parse("pass word") == Secret("pass word"))
        #expect(["", "two\nlines"].allSatisfy { SettingKind<Secret>.secret.parse($0) == nil })
    }

    @Test("A secret shows itself nowhere")
    func secrets() {
        var dumped = ""
        dump(Secret("hunter2"), to: &dumped)
        for text in ["\(Secret("hunter2"))", String(reflecting: [Secret("hunter2")]), dumped] {
            #expect(text.contains("***"))
            #expect(!text.contains("hunter2"))
        }
    }

    @Test("The nearest name is the one a typing error away, and none for a stranger")
    func nearest() {
        let keys = Settings.definitions.map(\.key)
        #expect(NearestKey.suggestion(for: "http.prot", among: keys) == "http.port")
        #expect(NearestKey.suggestion(for: "redis.adress", among: keys) == "redis.address")
        #expect(NearestKey.suggestion(for: "something.else.entirely", among: keys) == nil)
        #expect(NearestKey.distance("kitten", "sitting") == 3)
        #expect(NearestKey.distance("", "abc") == 3)
        #expect(NearestKey.distance("abc", "") == 3)
    }
}
