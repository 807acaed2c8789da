import Testing

@testable import FlashSaleAdmin

@Suite("Running a command line")
struct ExecuteTests {
    @Test("The exit code is the ending's: help, a refusal, wrong usage, a folder on which nothing runs")
    func exitCodes() async {
        #expect(await FlashSaleCommand.execute(["queue", "--help"]) == 0)
        #expect(await FlashSaleCommand.execute(["product", "show", "01"]) == 1)
        #expect(await FlashSaleCommand.execute(["product", "show"]) == 2)
        #expect(await FlashSaleCommand.execute(["product", "list", "--data", "/nowhere"]) == 2)
    }
}
