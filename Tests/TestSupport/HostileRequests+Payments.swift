extension HostileRequest {
    private static let webhook = "/api/payments/webhook"

    private static func payment(
        _ name: String,
        _ body: String,
        headers: [String] = [],
        expecting status: Int,
        _ code: String
    ) -> HostileRequest {
        HostileRequest(
            name,
            "POST",
            webhook,
            headers: ["Content-Type: application/json"] + headers,
            body: Array(body.utf8),
            expecting: status,
            code
        )
    }

    private static func body(product: Int64) -> String {
        "{\"event_id\":\"e\",\"order_id\":\"\(product)-1\",\"status\":\"paid\",\"amount\":1,\"currency\":\"USD\"}"
    }

    /// Payment events that say nothing we could take in, for a server that takes unsigned ones.
    public static func unsignedPayments(product: Int64 = 1) -> [HostileRequest] {
        let good = body(product: product)
        let changes: [(old: String, new: [String])] = [
            (#""e""#, [#""""#, "1", "null", "{}", #""a b""#, #""é""#, #""a\u0000""#, longText(256)]),
            ("\"\(product)-1\"", [#""""#, "1", "null", #""1""#, #""1-0""#, #""01-1""#, #""1-1;""#, "[]"]),
            (#""paid""#, [#""""#, "true", "null", #""Paid""#, #""paid ""#, #""succeeded""#, #""refunded""#, "{}"]),
            (":1,", [":-1,", ":1.0,", ":1e0,", ":\"1\",", ":null,", ":9223372036854775808,", ":1000000000000000001,"]),
            (#""USD""#, [#""""#, "840", "null", #""usd""#, #""XXX""#, #""USD ""#, #""BTC""#]),
        ]
        let fields = changes.flatMap { old, new in new.map { good.replacing(old, with: $0, maxReplacements: 1) } }
        let noJSON = [
            "", "[]", "null", String(good.dropLast()), good + good, good.dropLast() + #","status":"failed"}"#,
            good.dropLast() + #","data":{"a":[1,]}}"#, "event_id=e&status=paid",
        ]
        return (fields + ["{}"]).map { payment("payment \($0.prefix(160))", $0, expecting: 422, "invalid_field") }
            + noJSON.map { payment("payment \($0.prefix(160))", $0, expecting: 400, "invalid_json") }
            + [payment("payment too large", longText(16 * 1_024), expecting: 413, "body_too_large")]
    }

    /// Payment events without a signature that could be right, for a server that needs one.
    public static func badSignatures(product: Int64 = 1) -> [HostileRequest] {
        let id = "webhook-id: m"
        let time = "webhook-timestamp: 1614265330"
        let code = "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        let timed = "t=1614265330,v1=\(String(repeating: "0", count: 64))"
        let headers = [
            [], [id], [time], [code], [id, time], [id, code], [time, code], [id, time, code], [id, id, time, code],
            [id, time, time, code], [id, time, code, code], [id, time, "webhook-signature: "],
            [id, time, "webhook-signature: \(String(repeating: "v1,A ", count: 500))"],
            [id, "webhook-timestamp: 99999999999999999999", code], [id, "webhook-timestamp: -1", code],
            ["webhook-id: a.b", time, code], ["webhook-signature: \(timed)"], ["stripe-signature: \(timed)"],
            ["x-signature: \(timed)"], ["x-signature: \(timed)", "stripe-signature: \(timed)"],
            ["webhook-signature: t=,v1="], ["Authorization: Bearer x"],
        ]
        return headers.enumerated().flatMap { index, headers in
            [body(product: product), "{", ""].map { body in
                payment(
                    "signature \(index) of '\(body.prefix(3))'",
                    body,
                    headers: headers,
                    expecting: 401,
                    "bad_signature"
                )
            }
        }
    }

    private static func longText(_ count: Int) -> String { "\"\(String(repeating: "e", count: count))\"" }
}
