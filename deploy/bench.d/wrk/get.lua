-- GET of the URL, again and again.
dofile(os.getenv('BENCH_FOLDER') .. '/wrk/report.lua')
