#!/usr/bin/env python3
"""Verifies a draw with Python's standard library alone: verify.py FOLDER

FOLDER has draw.json, roster.txt and decisions.txt, as the API gives them. Everything is checked but the Ed25519 signature.
What is wrong is told with the exit code that `flashsale draw verify` has for it; README's "The draw" explains the scheme.
"""
import array, concurrent.futures, datetime, gc, hashlib, hmac, itertools, json, pathlib, re, struct, sys

DRAND = {"8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": (1595431050, 30),  # first round's time, period
         "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": (1692803367, 3)}

def H(kind, *parts, mark=b""): return hashlib.sha256(mark + b"flashsale-draw-v1/" + kind + b"\0" + b"".join(parts)).digest()
def check(holds, code, problem): holds or (print(problem, file=sys.stderr), sys.exit(code))

def merkle_root(level, sha=hashlib.sha256):
    while len(level) > 1:
        odd = level[len(level) & ~1:]
        level = [sha(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2])] + odd
    return level[0] if level else H(b"empty", mark=b"\2")

def drawn_order(key, n):
    blocks = (hmac.digest(key, struct.pack(">Q", counter), "sha256") for counter in itertools.count())
    words, order, i = itertools.chain.from_iterable(map(struct.Struct(">8I").unpack, blocks)), array.array("I", range(n)), n - 1
    while i > 0:
        word = next(words)
        if word < 2**32 - 2**32 % (i + 1):
            j = word % (i + 1)
            order[i], order[j], i = order[j], order[i], i - 1
    return order

def check_document(draw):
    check(draw["algorithm"] == "flashsale-draw-v1" and draw["state"] == "drawn", 23, "The draw was not made yet")
    names = "commitment", "seed", "root", "beacon_signature", "beacon_randomness"
    commitment, seed, root, signature, randomness = (bytes.fromhex(draw[name] or "") for name in names)
    product, chain, number = struct.pack(">Q", draw["product_id"]), draw["beacon_chain"], draw["beacon_round"]
    beacon = b"\1" + bytes.fromhex(chain) + struct.pack(">Q", number) if chain else b"\0"
    check(H(b"commitment", product, seed, beacon) == commitment, 11, "The seed is not the one that was committed to")
    if chain:
        out, draw_at = DRAND[chain][0] + (number - 1) * DRAND[chain][1], datetime.datetime.fromisoformat(draw["draw_at"])
        check(out > draw_at.timestamp(), 12, "The beacon was out before entering ended")
    check(randomness == (hashlib.sha256(signature).digest() if chain else b""), 12, "The beacon's value breaks its rule")
    return root, H(b"key", product, seed, root, b"\1" + randomness if chain else b"\0")

def is_of_form(path, line, end):
    return bool(re.fullmatch(rb"(?:[1-9]\d* [0-9a-f]{64} %b\n)*end \d+%b\n" % (line, end), path.read_bytes()))

def check_roster(text, form, n, root):
    sha, prefix, (*entries, end) = hashlib.sha256, b"\0flashsale-draw-v1/entry\0", text.rstrip(b"\n").split(b"\n")
    computed = merkle_root([sha(prefix + entry).digest() for entry in entries])
    check(form.result(), 13, "A line of the roster is none")
    check(len(entries) == n or computed != root, 18, f"There are {len(entries)} entrants, not {n}")
    check(len(entries) <= n, 15, "An entry slipped in after the root was published")
    check(len(entries) >= n, 16, "An entrant was left out of the roster")
    check(computed == root or not end.endswith(computed.hex().encode()), 17, "The published root is not the roster's")
    check(computed == root and end == b"end %d %b" % (n, root.hex().encode()), 13, "The roster is damaged")
    fields = text.split()
    numbers, users = list(map(int, fields[:-3:3])), fields[1:-3:3]
    check(numbers == sorted(set(numbers)) and len(set(users)) == n, 14, "Somebody entered twice, or in another order")
    return users

def check_decisions(text, form, first, drawn):
    check(form.result(), 19, "A line of the decisions is none")
    fields = text.split()
    tickets, users, count = list(map(int, fields[:-2:3])), fields[1:-2:3], int(fields[-1])
    if tickets != list(range(first, first + len(tickets))) or users != drawn[:len(users)]:
        rank_of = {user: rank for rank, user in enumerate(drawn)}
        ranks = [rank_of.get(user, -1) for user in users]
        skips = ranks == sorted(set(ranks) - {-1}) and len(ranks) <= ranks[-1]
        check(not skips, 21, "Somebody was passed over")
        wrong = {ticket - first: rank for ticket, rank in zip(tickets, ranks) if ticket - first != rank}
        swaps = len(set(tickets)) == len(tickets) and all(wrong.get(rank) == place for place, rank in wrong.items())
        check(not swaps, 20, "Decisions have changed places")
        check(False, 19, "A ticket was decided for somebody who was not drawn for it")
    check(count == len(users), 19, "The decisions are not as many as they say")

def main(folder):
    gc.disable()  # nothing here is cyclic, and a million small objects would be looked through again and again
    draw = json.loads((folder / "draw.json").read_text())
    root, key = check_document(draw)
    roster, decisions = folder / "roster.txt", folder / "decisions.txt"
    with concurrent.futures.ProcessPoolExecutor(1) as other_core:
        order = other_core.submit(drawn_order, key, draw["entrants"])
        roster_form = other_core.submit(is_of_form, roster, rb"[1-9]\d*", rb" [0-9a-f]{64}")
        decisions_form = other_core.submit(is_of_form, decisions, rb"[a-z_]+", b"")
        users = check_roster(roster.read_bytes(), roster_form, draw["entrants"], root)
        drawn = [users[place] for place in order.result()]
        check_decisions(decisions.read_bytes(), decisions_form, draw["first_ticket"], drawn)
    print(f"Verified: {len(users)} entrants, and the order of decisions. The signature was not checked.")

if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
