import ArgumentParser
import Assembly
import FlashSaleStorage

/// `flashsale payment list`.
struct PaymentListCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "list",
        abstract: "Lists payments that have to go back, or that a person has to look at.",
        usage: "flashsale payment list (--refund-due | --review) [<options>]",
        discussion: """
            The oldest come first.

            Examples:
              flashsale payment list --refund-due
              flashsale payment list --review --json | jq '.payments[].raw'
            """
    )

    /// What a person has to do about them.
    enum Concern: EnumerableFlag {
        case refundDue
        case review

        static func help(for value: Concern) -> ArgumentHelp? {
            switch value {
            case .refundDue: "Payments that came when the units were gone: the money has to go back."
            case .review: "Payment events that contradict their order or its amount; they had no effect."
            }
        }
    }

    @Flag var concern: Concern
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    func run() async throws {
        let limit = try limit.count()
        let concern = concern
        let payments = try await CommandStores(globals).withAdministration(redis: .none) { administration in
            switch concern {
            case .refundDue: try await administration.refundsDue(limit: limit)
            case .review: try await administration.paymentsToReview(limit: limit)
            }
        }
        output.print(json: Self.json(payments), text: Self.text(payments, concern, limit: limit))
    }

    static func json(_ payments: [PaymentRecord]) -> JSONOutput { ["payments": .array(payments.map(\.json))] }

    static func text(_ payments: [PaymentRecord], _ concern: Concern, limit: Int) -> String {
        guard !payments.isEmpty else {
            switch concern {
            case .refundDue: return "No payment has to go back."
            case .review: return "There is no payment event to look at."
            }
        }
        let table = payments.table.rendered()
        return payments.count < limit ? table : table + "\n\nThere may be more: raise --limit."
    }
}
