-- Joins as in join.lua; counts those that were taken in. The clients never wait, whatever Retry-After says.
dofile(os.getenv('BENCH_FOLDER') .. '/wrk/join.lua')

local threads = {}
accepted = 0

function setup(thread) threads[#threads + 1] = thread end

function response(status)
    if status == 202 then accepted = accepted + 1 end
end

function done(summary, latency)
    local sum = 0
    for _, thread in ipairs(threads) do sum = sum + thread:get('accepted') end
    print(string.format('BENCH %d %f %d %d %d %d %d', sum, summary.duration / 1e6, summary.errors.connect + summary.errors.read,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
