# Reads records.tsv, goals.tsv and notes.txt (names in that order) and prints the report: form=table or form=json.
# MACHINE, in the environment, holds lines "name: value".

function sorted(list, count,    i, j, value) {
    for (i = 2; i <= count; i++) {
        value = list[i]
        for (j = i - 1; j > 0 && list[j] > value; j--) list[j + 1] = list[j]
        list[j + 1] = value
    }
}

# The median of a case's field over the rounds; its least and greatest are left in low and high.
function median(key, field,    i, n, values) {
    n = 0
    for (i = 1; i <= rounds[key]; i++) if (figure[key, i, field] != "") values[++n] = figure[key, i, field] + 0
    if (n == 0) { low = high = ""; return "" }
    sorted(values, n)
    low = values[1]; high = values[n]
    return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}

# The median of the ratios of the rounds: each pair was measured one right after the other.
function ratio(key, peer, field,    i, n, count, values) {
    count = rounds[key] < rounds[peer] ? rounds[key] : rounds[peer]
    n = 0
    for (i = 1; i <= count; i++) if (figure[peer, i, field] > 0) values[++n] = figure[key, i, field] / figure[peer, i, field]
    if (n == 0) return ""
    sorted(values, n)
    return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}

function short(value) { return value == "" ? "-" : value >= 100 ? sprintf("%.0f", value) : sprintf("%.3g", value) }
function milliseconds(value) { return value == "" ? "" : value / 1000 }
function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); gsub(/\t/, " ", text); return "\"" text "\"" }
function number(value) { return value == "" ? "null" : sprintf("%.6g", value) }
function holds(value, op, bound) { return op == ">=" ? value >= bound : value <= bound }

BEGIN { FS = "\t"; machine = ENVIRON["MACHINE"] }

FILENAME ~ /records\.tsv$/ {
    key = $1 SUBSEP $2
    if (!(key in rounds)) { order[++cases] = key; part[key] = $1; label[key] = $2; unit[key] = $3 }
    i = ++rounds[key]
    figure[key, i, "value"] = $5; figure[key, i, "p50"] = $6; figure[key, i, "p99"] = $7; figure[key, i, "p999"] = $8
    errors[key] += $9
}
FILENAME ~ /goals\.tsv$/ {
    if (!(($2 SUBSEP $3) in rounds) || ($4 != "-" && !(($2 SUBSEP $4) in rounds))) next
    goals++
    text[goals] = $1; op[goals] = $6; bound[goals] = $7; least[goals] = $8
    key = $2 SUBSEP $3
    ours[goals] = median(key, $5)
    peers[goals] = $4 == "-" ? "" : median($2 SUBSEP $4, $5)
    reached[goals] = $4 == "-" ? ours[goals] : ratio(key, $2 SUBSEP $4, $5)
    if (errors[key] > 0) verdict[goals] = "no: errors"
    else if (reached[goals] == "") verdict[goals] = "no"
    else if (holds(reached[goals], $6, $7)) verdict[goals] = "yes"
    else verdict[goals] = ($8 != "-" && holds(reached[goals], $6, $8)) ? "the least" : "no"
}
FILENAME ~ /notes\.txt$/ { notes[++noted] = $0 }

END { if (form == "json") print_json(); else print_table() }

function print_table(    i, key, middle, last) {
    print machine
    print ""
    printf "%-10s %-34s %-14s %12s %19s %8s %8s %8s %7s\n", "part", "case", "unit", "median", "least to most", "p50 ms",
        "p99 ms", "p99.9 ms", "errors"
    for (i = 1; i <= cases; i++) {
        key = order[i]
        middle = median(key, "value")
        printf "%-10s %-34s %-14s %12s %19s %8s %8s %8s %7d\n", part[key] == last ? "" : part[key], label[key], unit[key],
            short(middle), short(low) " - " short(high), short(milliseconds(median(key, "p50"))),
            short(milliseconds(median(key, "p99"))), short(milliseconds(median(key, "p999"))), errors[key]
        last = part[key]
    }
    if (goals) {
        print ""
        printf "%-62s %10s %10s %10s %12s %s\n", "goal", "ours", "peer", "reached", "goal", "met"
        for (i = 1; i <= goals; i++)
            printf "%-62s %10s %10s %10s %12s %s\n", text[i], short(ours[i]), short(peers[i]), short(reached[i]),
                op[i] " " bound[i], verdict[i]
    }
    if (noted) print ""
    for (i = 1; i <= noted; i++) print notes[i]
}

function print_json(    i, j, key, middle, line) {
    print "{"
    print "  \"machine\": {"
    j = split(machine, line, "\n")
    for (i = 1; i <= j; i++)
        printf "    %s: %s%s\n", quoted(substr(line[i], 1, index(line[i], ": ") - 1)),
            quoted(substr(line[i], index(line[i], ": ") + 2)), i < j ? "," : ""
    print "  },\n  \"results\": ["
    for (i = 1; i <= cases; i++) {
        key = order[i]
        middle = median(key, "value")
        printf "    {\"part\": %s, \"case\": %s, \"unit\": %s, \"median\": %s, \"least\": %s, \"most\": %s, ",
            quoted(part[key]), quoted(label[key]), quoted(unit[key]), number(middle), number(low), number(high)
        printf "\"p50_us\": %s, \"p99_us\": %s, \"p999_us\": %s, \"errors\": %d, \"rounds\": [", number(median(key, "p50")),
            number(median(key, "p99")), number(median(key, "p999")), errors[key]
        for (j = 1; j <= rounds[key]; j++) printf "%s%s", number(figure[key, j, "value"]), j < rounds[key] ? ", " : ""
        print "]}" (i < cases ? "," : "")
    }
    print "  ],\n  \"goals\": ["
    for (i = 1; i <= goals; i++)
        printf "    {\"goal\": %s, \"ours\": %s, \"peer\": %s, \"reached\": %s, \"operator\": %s, \"bound\": %s, \"met\": %s}%s\n",
            quoted(text[i]), number(ours[i]), number(peers[i]), number(reached[i]), quoted(op[i]), bound[i],
            verdict[i] == "yes" ? "true" : "false", i < goals ? "," : ""
    print "  ],\n  \"notes\": ["
    for (i = 1; i <= noted; i++) printf "    %s%s\n", quoted(notes[i]), i < noted ? "," : ""
    print "  ]\n}"
}
