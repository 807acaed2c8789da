extension HostileRequest {
    /// Everything that is wrong with holds and orders.
    static func orders(product: Int64) -> [HostileRequest] {
        orderPaths(product: product) + checkouts(product: product) + orderQueries() + orderMethods()
    }

    /// Paths that name no hold and no order.
    private static func orderPaths(product: Int64) -> [HostileRequest] {
        let ids = [
            "1", "0-1", "\(product)-0", "\(product)-01", "\(product)-", "-1", "\(product)--1", "\(product)-1-1",
            "\(product)%2D1", "%31-1", "\(product)-1%00", "\(product)-1'", "\(product)-9007199254740992", "..", "*",
            "{order_id}", "\(product)-\(String(repeating: "9", count: 2_000))", "\(product)-9007199254740991",
        ]
        return ids.flatMap { id in
            [
                HostileRequest(
                    "read of hold \(id.prefix(24))",
                    "GET",
                    "/api/holds/\(id)",
                    expecting: 404,
                    "hold_not_found"
                ),
                HostileRequest(
                    "giving back of hold \(id.prefix(24))",
                    "DELETE",
                    "/api/holds/\(id)",
                    expecting: 404,
                    "hold_not_found"
                ),
                HostileRequest("order \(id.prefix(24))", "GET", "/api/orders/\(id)", expecting: 404, "order_not_found"),
            ]
        }
            + [
                "/api/orders/", "/api/orders//1-1", "/api/orders/1-1/", "/api/orders/1-1/x", "/api/Orders",
                "/api/holds/",
                "/api/holds/1-1/orders", "/api/payments", "/api/payments/webhook/", "/api/payments/webhook/1",
            ].map { HostileRequest("path \($0)", "GET", $0, expecting: 404, "not_found") }
    }

    /// Bodies that name no hold.
    private static func checkouts(product: Int64) -> [HostileRequest] {
        let noJSON = [
            "", "null", "[]", "\"\(product)-1\"", "{", #"{"hold_id":"1-1""#, "{\"hold_id\":\"1-1\"}x", "hold_id=1-1",
            #"{"hold_id":"1-1","hold_id":"1-2"}"#, #"{"hold_id":"1-1","hold\u005fid":"1-2"}"#, "{'hold_id':'1-1'}",
        ]
        let noHold = [
            "{}", #"{"hold_id":1}"#, #"{"hold_id":null}"#, #"{"hold_id":["1-1"]}"#, #"{"hold_id":{}}"#,
            #"{"hold_id":""}"#, #"{"hold_id":"1"}"#, #"{"hold_id":"1-1 "}"#, #"{"hold_id":"1-1\u0000"}"#,
            #"{"hold_id":"1-1","user_id":"a"}"#, #"{"hold_id":"1-1","amount":0}"#, #"{"order_id":"1-1"}"#,
            #"{"hold_id":"1-1' OR '1'='1"}"#, #"{"hold_id":"\#(String(repeating: "1", count: 8_000))"}"#,
        ]
        let checkout = { (name: String, body: String, status: Int, code: String) in
            HostileRequest(
                "checkout \(name.prefix(40))",
                "POST",
                "/api/orders",
                body: Array(body.utf8),
                expecting: status,
                code
            )
        }
        return noJSON.map { checkout($0, $0, 400, "invalid_json") }
            + noHold.map { checkout($0, $0, 422, "invalid_field") }
            + [
                checkout("of no hold", "{\"hold_id\":\"\(product)-9007199254740991\"}", 404, "hold_not_found"),
                checkout("too large", String(repeating: " ", count: 16 * 1_024 + 1), 413, "body_too_large"),
            ]
            + ["/api/orders", "/api/payments/webhook"].map { path in
                HostileRequest(
                    "form at \(path)",
                    "POST",
                    path,
                    headers: ["Content-Type: application/x-www-form-urlencoded"],
                    body: Array("hold_id=1-1".utf8),
                    expecting: 415,
                    "unsupported_media_type"
                )
            }
    }

    private static func orderQueries() -> [HostileRequest] {
        let bad = [
            "limit=0", "limit=501", "limit=-1", "limit=01", "limit=1e2", "limit=", "limit", "limit=1&limit=2",
            "limit=%",
            "limit=99999999999999999999", "product_id=0", "product_id=a", "product_id=1&product_id=1", "user_id=",
            "user_id=%00", "user_id=a%0d%0aX", "user_id=%F0%9F%98%80", "user_id='%20OR%201=1--", "after=1", "after=0-1",
            "after=1-1%3b", "after=%ff",
        ]
        let badStatus = ["", "paid", "HELD", "held,", "held%00", "*", String(repeating: "held,", count: 40) + "held"]
        let unknown = ["offset=1", "Limit=1", "limit[]=1", "&limit=1", "limit=1&", "order_by=amount", "=1"]
        return ["orders", "holds"].flatMap { list in
            bad.map { HostileRequest("\(list)?\($0)", "GET", "/api/\(list)?\($0)", expecting: 422, "invalid_field") }
                + unknown.map {
                    HostileRequest("\(list)?\($0)", "GET", "/api/\(list)?\($0)", expecting: 400, "unknown_parameter")
                }
        }
            + badStatus.map { status in
                HostileRequest(
                    "orders in state '\(status.prefix(24))'",
                    "GET",
                    "/api/orders?status=\(status)",
                    expecting: 422,
                    "invalid_field"
                )
            }
    }

    private static func orderMethods() -> [HostileRequest] {
        let pairs = [
            ("POST", "/api/holds"), ("DELETE", "/api/holds"), ("PUT", "/api/holds/1-1"), ("POST", "/api/holds/1-1"),
            ("PUT", "/api/orders"), ("DELETE", "/api/orders"), ("DELETE", "/api/orders/1-1"),
            ("PATCH", "/api/orders/1-1"),
            ("POST", "/api/orders/1-1"), ("GET", "/api/payments/webhook"), ("PUT", "/api/payments/webhook"),
        ]
        return pairs.map { method, path in
            HostileRequest("\(method) \(path)", method, path, expecting: 405, "method_not_allowed")
        }
    }
}
