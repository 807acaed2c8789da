import FlashSale

extension OpenAPISchemas {
    static let draw = object(required: [
        "algorithm": text("The scheme's name and version."),
        "product_id": productID,
        "state": choice(DrawDocument.State.allCases.map(\.rawValue), "How far the draw has come."),
        "draw_at": time("When entering ends."),
        "commitment": text("What the seed is committed to with, in hexadecimal digits."),
        "beacon_chain": textOrNull("The chain of the public randomness that is mixed in; null: none."),
        "beacon_round": countOrNull("The round of that chain."),
        "entrants": countOrNull("How many entrants the roster has; null before it is fixed."),
        "root": textOrNull("The root of the roster's entries; null before it is fixed."),
        "first_ticket": countOrNull("The ticket of the first in the drawn order; null before the draw."),
        "seed": textOrNull("The seed; null before the draw."),
        "beacon_signature": textOrNull("What the round brought; null before the draw, and without a beacon."),
        "beacon_randomness": textOrNull("The SHA-256 of that."),
        "public_key": textOrNull("The shop's Ed25519 key; null for a document that nobody has signed."),
        "signature": textOrNull("The signature over a line NAME=VALUE for each member before these two."),
    ])

    static let drawProof = object(
        required: [
            "product_id": productID,
            "user_id": userID,
            "entry": count("The number of the entry."),
            "quantity": count("The units asked for."),
            "user_hash": text("The user as the roster names them, in hexadecimal digits."),
            "line": text("The entry's line in the roster."),
            "index": count("The place of that line in the roster, from 0."),
            "entrants": count("How many lines the roster has."),
            "siblings": [
                "type": "array", "items": ["type": "string"],
                "description": "The nodes beside the way from the entry's leaf to the root, from the leaf up.",
            ],
            "root": text("The roster's root."),
        ],
        optional: [
            "rank": count("The place in the drawn order, from 0; once the draw is made."),
            "ticket": count("The ticket of that rank; once the draw is made."),
        ]
    )
}
