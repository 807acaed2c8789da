/// A point in time: whole microseconds since 1970-01-01T00:00:00Z, as precise as the database keeps it.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since the epoch, UTC.
    public let microseconds: Int64

    /// A time from microseconds since the epoch.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// A time from milliseconds since the epoch.
    public init(milliseconds: Int64) { self.microseconds = milliseconds * 1_000 }

    /// Milliseconds since the epoch, rounded down.
    public var milliseconds: Int64 { microseconds >= 0 ? microseconds / 1_000 : (microseconds - 999) / 1_000 }

    /// Earlier times first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

// RFC 3339, UTC only. Calendar arithmetic after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
extension Timestamp {
    /// RFC 3339 in UTC with milliseconds, such as `2026-12-01T10:00:00.000Z`.
    public var description: String {
        let (day, timeOfDay) = milliseconds.quotientAndRemainder(dividingByFloor: 86_400_000)
        let (year, month, dayOfMonth) = Self.civil(fromDay: day)
        guard (0...9_999).contains(year) else {
            let sameDay = Timestamp(
                milliseconds: Self.day(fromCivil: 2_000, month, dayOfMonth) * 86_400_000 + timeOfDay
            )
            return Self.padded(year, 4) + sameDay.description.dropFirst(4)
        }
        let seconds = timeOfDay / 1_000
        // Each answer to somebody who waits has a time in it: written in one piece, a digit at a time.
        return String(unsafeUninitializedCapacity: 24) { text in
            var writer = DigitWriter(text: text)
            writer.write(year, digits: 4, then: "-")
            writer.write(month, digits: 2, then: "-")
            writer.write(dayOfMonth, digits: 2, then: "T")
            writer.write(seconds / 3_600, digits: 2, then: ":")
            writer.write(seconds / 60 % 60, digits: 2, then: ":")
            writer.write(seconds % 60, digits: 2, then: ".")
            writer.write(timeOfDay % 1_000, digits: 3, then: "Z")
            return writer.count
        }
    }

    private struct DigitWriter {
        let text: UnsafeMutableBufferPointer<UInt8>
        var count = 0

        mutating func write(_ value: Int64, digits: Int, then sign: Unicode.Scalar) {
            var rest = value
            for index in stride(from: count + digits - 1, through: count, by: -1) {
                text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            text[count + digits] = UInt8(ascii: sign)
            count += digits + 1
        }
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`; nil for anything else, an impossible date among it.
    public init?(rfc3339 text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        guard let year = Self.digits(4, from: &rest), Self.take("-", from: &rest),
            let month = Self.digits(2, from: &rest), Self.take("-", from: &rest),
            let day = Self.digits(2, from: &rest), Self.take("T", from: &rest) || Self.take("t", from: &rest),
            let hour = Self.digits(2, from: &rest), Self.take(":", from: &rest),
            let minute = Self.digits(2, from: &rest), Self.take(":", from: &rest),
            let second = Self.digits(2, from: &rest),
            let fraction = Self.fraction(from: &rest), let offset = Self.offsetMinutes(from: &rest), rest.isEmpty,
            hour < 24, minute < 60, second < 60
        else { return nil }
        let dayNumber = Self.day(fromCivil: year, month, day)
        guard Self.civil(fromDay: dayNumber) == (year, month, day) else { return nil }
        let seconds = dayNumber * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func civil(fromDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(dividingByFloor: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func day(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.quotientAndRemainder(dividingByFloor: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func digits(_ count: Int, from rest: inout ArraySlice<UInt8>) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    private static func take(_ character: Unicode.Scalar, from rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Microseconds of `.123456`; 0 when there is no fraction, nil when it has no digits or more than nine.
    private static func fraction(from rest: inout ArraySlice<UInt8>) -> Int64? {
        guard take(".", from: &rest) else { return 0 }
        let digits = Array(rest.prefix(while: isDigit))
        guard (1...9).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return (0..<6).reduce(0) { sum, index in
            sum * 10 + (index < digits.count ? Int64(digits[index] - UInt8(ascii: "0")) : 0)
        }
    }

    private static func offsetMinutes(from rest: inout ArraySlice<UInt8>) -> Int64? {
        if take("Z", from: &rest) || take("z", from: &rest) { return 0 }
        let isNegative = rest.first == UInt8(ascii: "-")
        guard isNegative || rest.first == UInt8(ascii: "+") else { return nil }
        rest = rest.dropFirst()
        guard let hours = digits(2, from: &rest), take(":", from: &rest), let minutes = digits(2, from: &rest),
            hours < 24, minutes < 60
        else { return nil }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension Int64 {
    fileprivate func quotientAndRemainder(dividingByFloor divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
