import FlashSale
import TestSupport
import Testing

/// Everything that can happen to a purchase, in every order.
@Suite("Orders: every sequence")
struct OrderWalkTests {
    @Test(
        "Every sequence of up to six steps ends in one paid unit, one refund due, or no charge",
        arguments: Checkout.allCases,
        [true, false]
    )
    func everySequence(checkout: Checkout, hasRival: Bool) {
        var walk = Walk()
        walk.go(PurchaseModel(checkout: checkout, hasRival: hasRival), [], stepsLeft: 6)
        // 8 steps: 1 + 8 + 64 + … + 8^6 sequences.
        #expect(walk.sequences == 299_593)
        #expect(walk.complaints.isEmpty)
    }

    private struct Walk {
        var sequences = 0
        var complaints: [String] = []

        mutating func go(_ model: PurchaseModel, _ steps: [PurchaseStep], stepsLeft: Int) {
            sequences += 1
            var ended = model
            ended.end()
            if !ended.complaints.isEmpty, complaints.count < 10 {
                complaints.append("\(steps.map(\.rawValue)): \(ended.complaints)")
            }
            guard stepsLeft > 0 else { return }
            for step in PurchaseStep.allCases {
                var next = model
                next.take(step)
                go(next, steps + [step], stepsLeft: stepsLeft - 1)
            }
        }
    }
}
