import Testing

@testable import MariaDB

struct MariaDBDateTimeTests {
    static let knownMoments: [(moment: MariaDBDateTime?, microseconds: Int64, text: String)] = [
        (.init(year: 1_970, month: 1, day: 1), 0, "1970-01-01T00:00:00.000000Z"),
        (
            .init(year: 1_969, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999),
            -1, "1969-12-31T23:59:59.999999Z"
        ),
        (
            .init(year: 2_000, month: 2, day: 29, hour: 12, minute: 34, second: 56, microsecond: 789_012),
            951_827_696_789_012, "2000-02-29T12:34:56.789012Z"
        ),
        (
            .init(year: 9_999, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999),
            253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"
        ),
        (.init(year: 1, month: 1, day: 1), -62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
        (.init(year: 0, month: 1, day: 1), -62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
    ]

    @Test("Known moments convert both ways", arguments: knownMoments.indices)
    func conversion(index: Int) throws {
        let (moment, microseconds, text) = Self.knownMoments[index]
        #expect(try #require(moment).microsecondsSinceEpoch == microseconds)
        #expect(MariaDBDateTime(microsecondsSinceEpoch: microseconds) == moment)
        #expect(moment?.description == text)
    }

    @Test("The days of four centuries follow one another without a gap")
    func everyDay() throws {
        // The calendar repeats after 400 years, so these are all the years there are.
        var expected = try #require(MariaDBDateTime(year: 1_600, month: 1, day: 1)).microsecondsSinceEpoch
        for year in 1_600..<2_000 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let moment = MariaDBDateTime(year: year, month: month, day: day) else { continue }
                    #expect(moment.microsecondsSinceEpoch == expected)
                    let parts = moment.components
                    #expect(parts.year == year && parts.month == month && parts.day == day)
                    expected += 86_400_000_000
                }
            }
        }
        #expect(expected == MariaDBDateTime(year: 2_000, month: 1, day: 1)?.microsecondsSinceEpoch)
    }

    @Test("Fields of a random moment rebuild it")
    func randomMoments() {
        let years0To9999 = Int64(-62_167_219_200_000_000)...253_402_300_799_999_999
        for _ in 0..<10_000 {
            let moment = MariaDBDateTime(microsecondsSinceEpoch: .random(in: years0To9999))
            let parts = moment.components
            let rebuilt = MariaDBDateTime(
                year: parts.year,
                month: parts.month,
                day: parts.day,
                hour: parts.hour,
                minute: parts.minute,
                second: parts.second,
                microsecond: parts.microsecond
            )
            #expect(rebuilt == moment)
        }
    }

    @Test(
        "Leap days exist in leap years only",
        arguments: [(1_900, false), (2_000, true), (2_023, false), (2_024, true), (2_100, false)]
    )
    func leapDays(year: Int, isLeap: Bool) {
        #expect((MariaDBDateTime(year: year, month: 2, day: 29) != nil) == isLeap)
    }

    @Test("Dates and times that do not exist are refused")
    func impossibleDates() {
        #expect(MariaDBDateTime(year: -1, month: 1, day: 1) == nil)
        #expect(MariaDBDateTime(year: 10_000, month: 1, day: 1) == nil)
        #expect(MariaDBDateTime(year: 2_026, month: 0, day: 1) == nil)
        #expect(MariaDBDateTime(year: 2_026, month: 13, day: 1) == nil)
        #expect(MariaDBDateTime(year: 2_026, month: 4, day: 31) == nil)
        #expect(MariaDBDateTime(year: 2_026, month: 1, day: 0) == nil)
        #expect(MariaDBDateTime(year: 2_026, month: 1, day: 1, hour: 24) == nil)
        #expect(MariaDBDateTime(year: 2_026, month: 1, day: 1, minute: 60) == nil)
        #expect(MariaDBDateTime(year: 2_026, month: 1, day: 1, second: 60) == nil)
        #expect(MariaDBDateTime(year: 2_026, month: 1, day: 1, microsecond: 1_000_000) == nil)
    }

    @Test("Moments are ordered by time")
    func order() throws {
        let early = try #require(MariaDBDateTime(year: 1_969, month: 12, day: 31))
        let late = try #require(MariaDBDateTime(year: 1_970, month: 1, day: 1, microsecond: 1))
        #expect(early < late)
        #expect(!(late < early))
    }

    @Test("The largest distances have fields and a description", arguments: [Int64.min, .max])
    func extremes(microseconds: Int64) {
        let moment = MariaDBDateTime(microsecondsSinceEpoch: microseconds)
        #expect(moment.description.hasSuffix("Z"))
        #expect(moment.components.year == (microseconds < 0 ? -290_308 : 294_247))
    }
}
