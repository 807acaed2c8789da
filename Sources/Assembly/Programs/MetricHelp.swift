/// What the metrics say, by their label.
enum MetricHelp {
    static let texts = [
        "flashsale_joins_total": "Wishes to join a line, by what became of them.",
        "flashsale_polls_total": "Status requests, by the status that was answered.",
        "flashsale_http_requests_total": "HTTP requests, by route and status code.",
        "flashsale_http_request_seconds": "Time from a request's head to the end of its answer, by route.",
        "flashsale_outcomes": "Decided tickets, by the status that the user was told.",
        "flashsale_batches": "Batches that were settled and acknowledged.",
        "flashsale_batch_seconds": "Time from a claim to the end of its acknowledgement.",
        "flashsale_dead_letters": "Entries that could not be read and wait for a person.",
        "flashsale_line_length": "Entries that wait in a product's line.",
        "flashsale_served_ticket": "The ticket that was decided last.",
        "flashsale_orders_expired": "Holds and orders that ran out.",
        "flashsale_checkouts_total": "Wishes to check a hold out, by what became of them.",
        "flashsale_payment_events_total": "Payment events, by what became of them.",
        "flashsale_messages_delivered_total": "Messages that have arrived at the shop.",
        "flashsale_messages_failed_total": "Deliveries that failed, each try counted.",
        "flashsale_messages_dead_total": "Messages that were given up until an operator retries them.",
        "flashsale_breaker_state": "What becomes of calls to a store: 0 all go through, 1 one at a time, 2 none.",
        "flashsale_breaker_opened_total": "How often calls to a store were stopped because it kept failing.",
        "flashsale_event_streams": "Event streams that are open.",
        "flashsale_event_streams_dropped_total": "Event streams that were ended because nobody read them.",
        "flashsale_event_looks_failed_total": "Looks at a line for its event streams that failed.",
        "flashsale_available_stock": "Units that nobody has bought or holds.",
    ]
}
