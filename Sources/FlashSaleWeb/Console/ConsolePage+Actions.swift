public import FlashSale

extension ConsolePage {
    /// Asks whether an action is meant.
    ///
    /// - Parameters:
    ///   - units: What was typed for a restock.
    ///   - problem: What was wrong with the form before.
    public static func confirmation(
        _ action: OperatorAction,
        _ product: Product,
        units: String = "",
        problem: String? = nil,
        token: String
    ) -> String {
        let message: ConsoleHTML =
            problem.map { #"<p class="problem" id="problem" role="alert">\#($0)</p>"# } ?? .nothing
        let described: ConsoleHTML = problem == nil ? .nothing : #" aria-describedby="problem""#
        let words = action.confirmation
        let inputs: ConsoleHTML =
            switch action {
            case .restock:
                """
                <label for="units">Units to add</label><input id="units" name="units" inputmode="numeric" \
                pattern="[0-9]*" required autofocus value="\(units)"\(described)>
                <input type="hidden" name="confirm" value="\(product.id)">
                """
            case .close:
                """
                <label for="confirm">Type the product’s number, \(product.id)</label>
                <input id="confirm" name="confirm" inputmode="numeric" autocomplete="off" required autofocus\(described)>
                """
            default: #"<input type="hidden" name="confirm" value="\#(product.id)">"#
            }
        let kind = if case .close = action { "danger" } else { "primary" }
        return frame(
            words.title,
            token: token,
            refreshes: false,
            content: """
                <h1>\(words.title): \(product.name) <small>product \(product.id)</small></h1>\(message)
                <form method="post" action="/sales/\(product.id)/\(action.name)" class="card stack">\(field(token))
                <p>\(words.meaning)</p>\(inputs)
                <p class="row"><button class="\(kind)">\(words.button)</button><a href="/sales/\(product.id)">Don’t</a></p>
                </form>
                """
        )
    }

    /// Asks whether failed entries shall be removed.
    public static func flushConfirmation(_ ids: [Int64], token: String) -> String {
        let inputs = ids.map { #"<input type="hidden" name="entry" value="\#($0)">"# as ConsoleHTML }
        return frame(
            "Remove failed entries",
            token: token,
            refreshes: false,
            content: """
                <h1>Remove \(ids.count) failed entries</h1>
                <form method="post" action="/failed" class="card stack">\(field(token))\(inputs)
                <input type="hidden" name="action" value="flush"><input type="hidden" name="confirm" value="flush">
                <p>Nothing but the decision that these places failed is left of them.</p>
                <p class="row"><button class="danger">Remove them</button><a href="/failed">Don’t</a></p></form>
                """
        )
    }
}

extension OperatorAction {
    fileprivate var confirmation: (title: String, meaning: String, button: String) {
        switch self {
        case .pause:
            ("Pause", "Nobody joins and nobody is served until it is resumed. Nobody loses a place.", "Pause the line")
        case .resume: ("Resume", "People join and are served again, in the same order.", "Resume the line")
        case .restock:
            (
                "Restock", "Puts more units on sale. A sold-out line opens again; whoever was told so may join anew.",
                "Add"
            )
        case .close:
            (
                "Close", "Nobody joins any more; whoever waits is served. This cannot be taken back here.",
                "Close the sale"
            )
        case .retryFailed: ("Retry", "Gives each user a new place at the back.", "Retry")
        case .flushFailed: ("Remove", "Removes the entries for good.", "Remove")
        }
    }
}
