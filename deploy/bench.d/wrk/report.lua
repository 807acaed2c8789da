-- Loaded by the others: prints what deploy/bench reads, in the form of `flashsale-bench rate`:
-- BENCH, answers of 2xx, seconds, errors, then p50, p99, p99.9 and the largest latency in microseconds.
function done(summary, latency)
    local errors = summary.errors
    local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format(
        'BENCH %d %.6f %d %d %d %d %d\n', summary.requests - errors.status, summary.duration / 1000000, bad,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max
    ))
end
