import ArgumentParser
import Assembly
import FlashSale

/// `flashsale payment simulate`.
struct PaymentSimulateCommand: AsyncParsableCommand {
    static let configuration = ArgumentParser.CommandConfiguration(
        commandName: "simulate",
        abstract: "Sends a payment event to the API, as a payment provider would.",
        usage: "flashsale payment simulate --order <order> (--paid | --failed) [<options>]",
        discussion: """
            Signs it by Standard Webhooks with the first of payments.secret, or not at all where payments.signature is \
            none. Amount and currency are the order's unless they are given; for an order that is not there yet, give \
            both. With --times, the same event goes out that many times at once.

            Examples:
              flashsale payment simulate --order 7-1042 --paid
              flashsale payment simulate --order 7-1042 --failed --data .flashsale
              flashsale payment simulate --order 7-1042 --paid --times 50
              flashsale payment simulate --order 7-2000 --paid --amount 99.99 \\
                --currency USD --event-id evt_1 --url http://127.0.0.1:9090

            Exit code 0 when the API took every event (2xx), else 1.
            """
    )

    /// What the event says.
    enum Outcome: EnumerableFlag {
        case paid
        case failed

        static func help(for value: Outcome) -> ArgumentHelp? {
            switch value {
            case .paid: "The event says that the money was taken."
            case .failed: "The event says that it was not."
            }
        }
    }

    @Option(help: ArgumentHelp("The order: product and ticket, as in 7-1042.", valueName: "order"))
    var order: String
    @Flag var outcome: Outcome
    @Option(
        help: ArgumentHelp("How many times to send it, 1 to \(SimulatedEventForm.maximumTimes).", valueName: "count")
    )
    var times = "1"
    @Option(help: ArgumentHelp("What was charged, such as 99.99. (default: the order's)", valueName: "amount"))
    var amount: String?
    @Option(help: ArgumentHelp("Its currency, by ISO 4217. (default: the order's)", valueName: "code"))
    var currency: String?
    @Option(help: ArgumentHelp("The event's id. (default: a new one)", valueName: "id"))
    var eventID: String?
    @Option(help: ArgumentHelp("The API's address. (default: of --data, else api.url)", valueName: "url"))
    var url: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var globals: GlobalOptions

    /// What was typed, not yet checked.
    var form: SimulatedEventForm {
        SimulatedEventForm(
            order: order,
            status: outcome == .paid ? .paid : .failed,
            amount: amount,
            currency: currency,
            eventID: eventID,
            times: times
        )
    }

    func run() async throws {
        let form = try form.checked()
        let address = try APIAddress(url ?? globals.apiURL())
        let secret = try Self.secret(globals.payments())
        let result = try await APIConnection.with(address) { api in
            let simulation = PaymentSimulation(api: api, secret: secret)
            let event = try await simulation.event(form)
            let counts = await simulation.send(event, times: form.times, at: .now())
            return SimulationOutput(event: event, isSigned: secret != nil, address: address, counts: counts)
        }
        output.print(json: result.json, text: result.text())
        if let failure = result.failure { throw failure }
    }

    /// What signs the events; nil where they are not signed.
    ///
    /// - Throws: ``CommandFailure`` when they have to be signed and there is no secret.
    static func secret(_ payments: PaymentSettings) throws(CommandFailure) -> WebhookSecret? {
        switch payments.signature {
        case .none: return nil
        case .standard:
            guard let secret = payments.secrets.first else {
                throw .usage(
                    """
                    There is no payments.secret to sign the event with.
                    Set \(DataFolderSettings.variable("payments.secret")) to the API's, or payments.signature to none \
                    if the API takes events without a signature.
                    """
                )
            }
            return secret
        }
    }
}
