/// A moment in UTC, exact to the microsecond, as `DATETIME(6)` holds it.
public struct MariaDBDateTime: Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00Z, negative before it.
    public let microsecondsSinceEpoch: Int64

    /// A moment by its distance from 1970-01-01T00:00:00Z, in microseconds.
    ///
    /// The server stores the years 0 to 9999; a statement with a moment outside of them is refused.
    public init(microsecondsSinceEpoch: Int64) {
        self.microsecondsSinceEpoch = microsecondsSinceEpoch
    }

    /// A moment by its date and time in UTC, in the proleptic Gregorian calendar, years 0 to 9999.
    ///
    /// `nil` if there is no such date or time. There are no leap seconds.
    public init?(
        year: Int,
        month: Int,
        day: Int,
        hour: Int = 0,
        minute: Int = 0,
        second: Int = 0,
        microsecond: Int = 0
    ) {
        guard (0...9_999).contains(year), (1...12).contains(month),
            (1...Self.daysInMonth(month, of: year)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
            (0...999_999).contains(microsecond)
        else { return nil }
        let seconds = Self.daysSinceEpoch(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60
        microsecondsSinceEpoch = Int64((seconds + second) * 1_000_000 + microsecond)
    }
}

extension MariaDBDateTime: Comparable {
    /// Whether the left moment is the earlier one.
    public static func < (left: MariaDBDateTime, right: MariaDBDateTime) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }
}

extension MariaDBDateTime: CustomStringConvertible {
    /// RFC 3339 in UTC with six decimals: `2026-03-01T12:00:00.000000Z`.
    public var description: String {
        let parts = components
        let date = "\(Self.padded(parts.year, 4))-\(Self.padded(parts.month, 2))-\(Self.padded(parts.day, 2))"
        let time = "\(Self.padded(parts.hour, 2)):\(Self.padded(parts.minute, 2)):\(Self.padded(parts.second, 2))"
        return "\(date)T\(time).\(Self.padded(parts.microsecond, 6))Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension MariaDBDateTime {
    /// The fields of a date and a time in UTC.
    struct Components: Equatable {
        var year: Int
        var month: Int
        var day: Int
        var hour: Int
        var minute: Int
        var second: Int
        var microsecond: Int
    }

    /// The moment's date and time in UTC.
    ///
    /// Days to a date as in Howard Hinnant's `civil_from_days`: years start in March, so the leap day comes last.
    var components: Components {
        let (seconds, microsecond) = Self.floorDivide(Int(microsecondsSinceEpoch), by: 1_000_000)
        let (days, secondOfDay) = Self.floorDivide(seconds, by: 86_400)
        let (era, dayOfEra) = Self.floorDivide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return Components(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1,
            hour: secondOfDay / 3_600,
            minute: secondOfDay / 60 % 60,
            second: secondOfDay % 60,
            microsecond: microsecond
        )
    }

    /// Hinnant's `days_from_civil`.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let (era, yearOfEra) = floorDivide(month <= 2 ? year - 1 : year, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Division that rounds down, so that moments before 1970 have fields that are not negative.
    private static func floorDivide(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
