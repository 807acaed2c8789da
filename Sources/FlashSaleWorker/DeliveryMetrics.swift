import Metrics

/// What became of messages to the shop.
struct DeliveryMetrics: Sendable {
    let delivered: Counter
    let failed: Counter
    let dead: Counter

    init(factory: any MetricsFactory) {
        delivered = Counter(label: "flashsale_messages_delivered_total", factory: factory)
        failed = Counter(label: "flashsale_messages_failed_total", factory: factory)
        dead = Counter(label: "flashsale_messages_dead_total", factory: factory)
    }
}
