// swift-tools-version: 6.2
import PackageDescription

/// Every target: warnings are errors, `any` is spelled out, a member's module is imported where it is used,
/// and an import is internal unless it says otherwise.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let nioConcurrencyHelpers = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "flashsale",
    products: [
        .executable(name: "flashsale-api", targets: ["flashsale-api"]),
        .executable(name: "flashsale-worker", targets: ["flashsale-worker"]),
        .executable(name: "flashsale", targets: ["flashsale"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.31.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // C libraries: a module map and a header, nothing else.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CMariaDB", providers: [.apt(["libmariadb-dev"])]),

        // The two database clients. They know nothing of the sale.
        .target(
            name: "Redis",
            dependencies: [
                "CHiredis", crypto, logging, nioConcurrencyHelpers, nioCore, nioPosix, nioSSL, serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "MariaDB",
            dependencies: ["CMariaDB", logging, serviceLifecycle],
            swiftSettings: strict
        ),

        // Circuit breakers, and the clients behind them: one breaker for each store of a process.
        .target(
            name: "Resilience",
            dependencies: ["MariaDB", "Redis", serviceLifecycle],
            swiftSettings: strict
        ),

        // The domain: values and rules, no I/O, no clock.
        .target(name: "FlashSale", dependencies: [crypto], swiftSettings: strict),

        // The only code that knows Redis keys, Lua and SQL.
        .target(
            name: "FlashSaleStorage",
            dependencies: ["FlashSale", "Redis", "MariaDB", "Resilience", crypto, logging, nioCore, nioPosix],
            resources: [.embedInCode("Scripts"), .embedInCode("Migrations")],
            swiftSettings: strict
        ),

        // The pages, as pure functions from values to bytes: no routes, no I/O.
        .target(
            name: "FlashSaleWeb",
            dependencies: ["FlashSale", mustache],
            resources: [
                .embedInCode("Templates"), .embedInCode("Assets"), .embedInCode("Text"), .embedInCode("ConsoleAssets"),
            ],
            swiftSettings: strict
        ),

        // The two servers and the operator's commands, against the domain's protocols.
        .target(
            name: "FlashSaleAPI",
            dependencies: [
                "FlashSale", "FlashSaleWeb", hummingbird, logging, metrics, nioCore, nioHTTP1, nioHTTPTypes,
                nioHTTPTypesHTTP1,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "FlashSaleWorker",
            dependencies: ["FlashSale", logging, metrics, serviceLifecycle],
            swiftSettings: strict
        ),

        // Private redis-server and mariadbd processes, for `flashsale dev` and for the tests.
        .target(name: "LocalServers", swiftSettings: strict),

        // Configuration, logging, metrics, and the wiring of everything above.
        .target(
            name: "Assembly",
            dependencies: [
                "FlashSale", "FlashSaleAPI", "FlashSaleStorage", "FlashSaleWorker", "MariaDB", "Redis", "Resilience",
                asyncHTTPClient, configuration, hummingbird, logging, metrics, nioConcurrencyHelpers, nioCore, nioHTTP1,
                nioPosix, serviceLifecycle,
                unixSignals,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "FlashSaleAdmin",
            dependencies: [
                "Assembly", "FlashSale", "FlashSaleStorage", "FlashSaleWeb", "LocalServers", "MariaDB", "Redis",
                "Resilience",
                argumentParser, asyncHTTPClient, logging, nioConcurrencyHelpers, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strict
        ),

        .executableTarget(name: "flashsale-api", dependencies: ["Assembly"], swiftSettings: strict),
        .executableTarget(name: "flashsale-worker", dependencies: ["Assembly"], swiftSettings: strict),
        .executableTarget(name: "flashsale", dependencies: ["FlashSaleAdmin"], swiftSettings: strict),

        // Load by hand, on a release build: an executable, not a test.
        .executableTarget(
            name: "flashsale-load",
            dependencies: [argumentParser, asyncHTTPClient, nioConcurrencyHelpers, nioCore, nioHTTP1, nioPosix],
            path: "Tests/Load",
            swiftSettings: strict
        ),

        // Tests. The unit targets need no network.
        .target(
            name: "TestSupport",
            dependencies: [
                "FlashSale", "LocalServers", "MariaDB", "Redis", logging, nioConcurrencyHelpers, nioCore, nioPosix,
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        // What deploy/bench needs beside wrk.
        .executableTarget(
            name: "flashsale-bench",
            dependencies: [argumentParser, hummingbird, logging, nioCore, nioPosix],
            path: "Tests/Bench",
            swiftSettings: strict
        ),
        .testTarget(name: "BenchTests", dependencies: ["flashsale-bench", nioCore], swiftSettings: strict),
        .testTarget(
            name: "RedisTests",
            dependencies: ["Redis", logging, nioCore, nioEmbedded],
            swiftSettings: strict
        ),
        .testTarget(name: "MariaDBTests", dependencies: ["MariaDB"], swiftSettings: strict),
        .testTarget(
            name: "ResilienceTests",
            dependencies: ["MariaDB", "Redis", "Resilience", logging, nioPosix],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FlashSaleTests",
            dependencies: ["FlashSale", "LocalServers", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FlashSaleWebTests",
            dependencies: ["FlashSale", "FlashSaleWeb", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FlashSaleStorageTests",
            dependencies: ["FlashSale", "FlashSaleStorage", "Redis", "Resilience"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FlashSaleWorkerTests",
            dependencies: ["FlashSale", "FlashSaleWorker", logging, metrics, serviceLifecycle],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["FlashSale", "FlashSaleWorker", logging],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FlashSaleAPITests",
            dependencies: [
                "FlashSale", "FlashSaleAPI", "FlashSaleWeb", "TestSupport", hummingbirdTesting, logging, metrics,
                metricsTestKit,
                nioConcurrencyHelpers, nioCore, nioEmbedded, nioHTTP1, nioHTTPTypes, nioPosix, serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FlashSaleAdminTests",
            dependencies: [
                "Assembly", "FlashSale", "FlashSaleAdmin", "FlashSaleStorage", "LocalServers", "MariaDB", "Redis",
                "Resilience",
                "TestSupport", argumentParser, nioConcurrencyHelpers, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AssemblyTests",
            dependencies: [
                "Assembly", "FlashSale", "FlashSaleAPI", "FlashSaleStorage", "MariaDB", "Redis", "Resilience",
                "TestSupport",
                hummingbird, logging, metrics, nioCore,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "FlashSale", "FlashSaleStorage", "FlashSaleWorker", "LocalServers", "MariaDB", "Redis", "Resilience",
                "TestSupport",
                logging, nioCore, nioPosix, serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ShopSupport",
            dependencies: [
                "FlashSaleStorage", "LocalServers", "MariaDB", "Redis", "Resilience", "TestSupport", asyncHTTPClient,
                logging,
                nioConcurrencyHelpers, nioCore, nioHTTP1,
            ],
            path: "Tests/ShopSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ChaosTests",
            dependencies: [
                "Assembly", "FlashSale", "FlashSaleStorage", "LocalServers", "MariaDB", "Redis", "Resilience",
                "ShopSupport",
                "TestSupport",
                asyncHTTPClient, nioConcurrencyHelpers,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BrowserTests",
            dependencies: [
                "FlashSale", "LocalServers", "ShopSupport", "TestSupport", asyncHTTPClient, nioConcurrencyHelpers,
                nioCore, nioHTTP1, nioPosix,
            ],
            path: "Tests/Browser",
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "FlashSaleStorage", "LocalServers", "MariaDB", "Redis", "Resilience", "ShopSupport", "TestSupport",
                asyncHTTPClient,
                logging,
                nioConcurrencyHelpers, nioCore, nioHTTP1,
            ],
            swiftSettings: strict
        ),
    ]
)
