public import FlashSale
public import FlashSaleAPI

/// The configuration of `flashsale-api`.
public struct APIConfiguration: ProgramConfiguration, Equatable {
    /// `flashsale-api`.
    public static let program = Program.api

    /// Where and how to listen.
    public struct HTTP: Sendable, Equatable {
        /// The address to listen on.
        public var host: String
        /// The TCP port to listen on; 0 takes any free one.
        public var port: Int
        /// How many clients may be connected at once.
        public var maxConnections: Int
        /// How many requests may be worked on at once.
        public var maxInFlight: Int

        /// Whether only this machine can connect.
        public var isLoopback: Bool { APIConfiguration.isLoopback(host) }
    }

    /// The rules of the line that the API applies.
    public struct Line: Sendable, Equatable {
        /// How often a minute a user may call for a place they already have; nil for no limit.
        public var rateLimit: Int?
        /// What keeps a waiting user's cart alive.
        public var cartRenewal: PurchaseAPI.CartRenewal
        /// The least time after which clients are told to ask again.
        public var pollAfter: Duration
        /// The most time after which clients are told to ask again.
        public var pollAfterMost: Duration
    }

    /// What the stores have to be like.
    public var profile: Profile
    /// Where and how to listen.
    public var http: HTTP
    /// The rules of the line that the API applies.
    public var line: Line
    /// How many event streams may be open at once.
    public var maxStreams: Int
    /// How to reach Redis.
    public var redis: RedisSettings
    /// How to reach MariaDB.
    public var mariadb: MariaDBSettings
    /// When a store that keeps failing is not asked any more.
    public var breaker: BreakerSettings
    /// How payment events are signed.
    public var payments: PaymentSettings
    /// The shopper's pages.
    public var pages: PageSettings
    /// What draw documents are signed with; nil: they are not.
    public var drawSigningKey: DrawSigningKey?
    /// The operator's listener.
    public var admin: AdminSettings
    /// What is logged, and how it looks.
    public var log: LogSettings

    /// Whether an address to listen on can be reached from this machine only.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.wholeMatch(of: #/127(\.[0-9]{1,3}){3}/#) != nil
    }

    /// Reads the settings.
    public init(reading reader: inout SettingReader) {
        profile = reader.read(Settings.profile)
        http = HTTP(
            host: reader.read(Settings.httpHost),
            port: reader.read(Settings.httpPort),
            maxConnections: reader.read(Settings.httpMaxConnections),
            maxInFlight: reader.read(Settings.httpMaxInFlight)
        )
        redis = RedisSettings(reading: &reader)
        mariadb = MariaDBSettings(reading: &reader)
        breaker = BreakerSettings(reading: &reader)
        let rateLimit = reader.read(Settings.lineRateLimit)
        line = Line(
            rateLimit: rateLimit == 0 ? nil : rateLimit,
            cartRenewal: reader.read(Settings.lineCartRenewal),
            pollAfter: reader.read(Settings.linePollAfter),
            pollAfterMost: reader.read(Settings.linePollAfterMax)
        )
        maxStreams = reader.read(Settings.eventsMaxStreams)
        // Whoever joins or buys needs a connection as well.
        let mostStreams = max(1, http.maxConnections * 9 / 10)
        if maxStreams > mostStreams {
            let message =
                "\(maxStreams) streams would leave too few of the \(http.maxConnections) connections for requests."
                + " Set it to \(mostStreams) or less, or raise http.max-connections."
            reader.report("events.max-streams", message)
        }
        if line.pollAfterMost < line.pollAfter {
            reader.report(
                "line.poll-after-max",
                "Nobody could be told when to ask again. Set line.poll-after-max to line.poll-after or more."
            )
        }
        payments = PaymentSettings(reading: &reader)
        pages = PageSettings(reading: &reader, isLoopback: http.isLoopback)
        drawSigningKey = reader.read(Settings.drawSigningKey)
        admin = AdminSettings(reading: &reader)
        log = LogSettings(reading: &reader)
        if payments.signature == .none, !http.isLoopback {
            let message =
                "Whoever reaches the API could say that an order is paid."
                + " Set payments.signature to standard and payments.secret, or http.host to 127.0.0.1."
            reader.report("payments.signature", message)
        }
    }
}
