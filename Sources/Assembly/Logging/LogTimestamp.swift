import Glibc

/// A moment as log lines have it: RFC 3339, in UTC, with milliseconds.
struct LogTimestamp {
    let secondsSinceEpoch: Int
    let milliseconds: Int

    static func now() -> LogTimestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTimestamp(secondsSinceEpoch: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    func append(to line: inout [UInt8]) {
        var seconds = secondsSinceEpoch
        var parts = tm()
        gmtime_r(&seconds, &parts)
        Self.append(Int(parts.tm_year) + 1900, digits: 4, to: &line)
        for (separator, value) in [("-", parts.tm_mon + 1), ("-", parts.tm_mday), ("T", parts.tm_hour)] {
            line.append(contentsOf: separator.utf8)
            Self.append(Int(value), digits: 2, to: &line)
        }
        for value in [parts.tm_min, parts.tm_sec] {
            line.append(UInt8(ascii: ":"))
            Self.append(Int(value), digits: 2, to: &line)
        }
        line.append(UInt8(ascii: "."))
        Self.append(milliseconds, digits: 3, to: &line)
        line.append(UInt8(ascii: "Z"))
    }

    private static func append(_ value: Int, digits: Int, to line: inout [UInt8]) {
        let text = String(value)
        for _ in 0..<max(0, digits - text.utf8.count) { line.append(UInt8(ascii: "0")) }
        line.append(contentsOf: text.utf8)
    }
}
