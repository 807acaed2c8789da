import ArgumentParser
import FlashSale
import FlashSaleStorage

/// The dead letters that a command is about: some by their numbers, or all of them.
struct DeadLetterSelection: ParsableArguments {
    @Argument(help: ArgumentHelp("The letters' numbers; see flashsale failed list.", valueName: "letter"))
    var letters: [String] = []
    @Flag(help: "Every dead letter.")
    var all = false
    @Option(help: ArgumentHelp("With --all: only this product's.", valueName: "id"))
    var product: String?

    func validate() throws {
        guard letters.isEmpty == all else {
            throw ValidationError("Name the dead letters, as flashsale failed list shows them, or all of them: --all")
        }
        guard all || product == nil else {
            throw ValidationError("--product goes with --all: a letter's number says whose it is.")
        }
    }

    /// Letters that somebody chose.
    enum Chosen: Sendable, Equatable {
        /// These, each once.
        case numbers([Int64])
        /// All there are, of one product if it is given.
        case all(of: ProductID?)

        /// Their numbers, rising.
        func numbers(_ administration: SaleAdministration) async throws -> [Int64] {
            switch self {
            case .numbers(let numbers): numbers
            case .all(let product): try await administration.deadLetterNumbers(of: product)
            }
        }
    }

    /// What was typed, checked.
    ///
    /// - Throws: `InvalidValue` that names `letter` or `product`.
    func checked() throws(InvalidValue) -> Chosen {
        guard !all else {
            let product = try product.map { text throws(InvalidValue) in try ProductID(typed: text, field: "product") }
            return .all(of: product)
        }
        var numbers: Set<Int64> = []
        for text in letters { numbers.insert(try DeadLetterNumber(typed: text, field: "letter").value) }
        return .numbers(numbers.sorted())
    }
}

/// The number of a dead letter, as somebody typed it.
struct DeadLetterNumber {
    let value: Int64

    /// - Throws: `InvalidValue` that names the field.
    init(typed text: String, field: String) throws(InvalidValue) {
        guard let value = Int64(text), value > 0, !text.hasPrefix("+") else {
            throw InvalidValue(
                field: field,
                problem: "'\(text)' is not a dead letter's number",
                remedy: "Give a whole number from 1; list the letters with: flashsale failed list"
            )
        }
        self.value = value
    }
}
