import FlashSale
import FlashSaleWorker

/// What one world is like.
struct Rules {
    let users: Int
    let workers: Int
    let actions: Int
    /// How often a call to a store goes wrong, in a thousand.
    let callFaults: Int
    /// How often a worker is paused in a call to a store, in a thousand.
    let pauses: Int
    /// Whether Redis may lose data or come back with an older copy.
    let losesData: Bool
    let hasUnstorableUser: Bool
    let hasKillerUser: Bool
    let batchSize: Int
    let step: Int
    let maximumAttempts: Int
    /// Whether places are drawn.
    let isDrawn: Bool

    static let leaseMilliseconds: Int64 = 2_000
    /// Within two quiet rounds, so that the end shows what a comparison mends.
    static let compareMilliseconds: Int64 = 1_000
    static let holdSeconds = 20
    static let paymentSeconds = 60
    static let cartSeconds = 40

    init(_ random: inout SplitMix64, isDrawn: Bool) {
        self.isDrawn = isDrawn
        users = random.within(3...12)
        workers = random.within(1...3)
        actions = random.within(20...60)
        callFaults = [0, 10, 30, 80][random.below(4)]
        pauses = [0, 20, 60][random.below(3)]
        losesData = random.below(3) == 0 && !isDrawn
        hasUnstorableUser = random.below(8) == 0
        hasKillerUser = random.below(12) == 0
        batchSize = random.within(1...5)
        step = random.within(1...3)
        maximumAttempts = random.within(1...3)
    }

    /// One or two products.
    func products(_ random: inout SplitMix64) -> [Product] {
        (1...(random.below(4) == 0 ? 2 : 1)).compactMap { number -> Product? in
            guard let id = ProductID(Int64(number)), let price = Cast.prices.first else { return nil }
            let stock = random.within(1...6)
            return Product(
                id: id,
                name: "",
                price: price,
                totalStock: stock,
                availableStock: stock,
                checkout: Checkout.allCases[random.below(Checkout.allCases.count)],
                isPaused: false,
                opensAt: nil,
                closesAt: nil,
                limits: Product.Limits(
                    maxPerUser: random.within(1...3),
                    maxQueue: random.within(4...20),
                    cartSeconds: Self.cartSeconds,
                    holdSeconds: Self.holdSeconds,
                    paymentSeconds: Self.paymentSeconds
                ),
                soldOutAfter: nil,
                version: 1,
                nonce: nil
            )
        }
    }

    /// A worker's settings; its name changes with each process.
    func settings(worker: String) -> LineSettings {
        LineSettings(
            worker: worker,
            batchSize: batchSize,
            leaseDuration: .milliseconds(Self.leaseMilliseconds),
            dropStep: step,
            maximumAttempts: maximumAttempts,
            sweepStep: step,
            rebuildStep: step
        )
    }
}
