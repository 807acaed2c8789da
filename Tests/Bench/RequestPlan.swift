import NIOCore

/// Which requests are sent on which connection, and when each is due.
struct RequestPlan {
    private let head: String
    private let prefix: String
    private let start: NIODeadline
    private let rate: Double
    private let count: Int
    private let connections: Int

    init(target: Target, prefix: String, start: NIODeadline, rate: Double, count: Int, of connections: Int) {
        head =
            "POST \(target.path) HTTP/1.1\r\nHost: \(target.host):\(target.port)\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
        self.prefix = prefix
        self.start = start
        self.rate = rate
        self.count = count
        self.connections = connections
    }

    /// When the last request is due.
    ///
    /// Without a rate, no server should need longer than 1 ms a request.
    var end: NIODeadline {
        start + .nanoseconds(Int64(Double(count) / (rate > 0 ? rate : 1_000) * 1e9))
    }

    /// How many requests connection `index` sends.
    func count(of index: Int) -> Int { (count - index + connections - 1) / connections }

    /// When request `number` of connection `index` is due; nil: at once.
    func due(_ number: Int, of index: Int) -> NIODeadline? {
        guard rate > 0 else { return nil }
        let position = Double(number * connections + index)
        return start + .nanoseconds(Int64(position / rate * 1e9))
    }

    /// The bytes of request `number` of connection `index`.
    func request(_ number: Int, of index: Int) -> ByteBuffer {
        let body = #"{"user_id":"\#(prefix)-\#(index)-\#(number)"}"#
        return ByteBuffer(string: "\(head)\(body.utf8.count)\r\n\r\n\(body)")
    }
}
