// Keeps a page true while it is open. Without it, the page asks again by itself every few seconds.
(() => {
  const lang = document.documentElement.lang
  const find = (id) => document.getElementById(id)
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all)
  const write = (node, text) => { if (node && node.textContent !== text) node.textContent = text }
  const number = (value) => value.toLocaleString(lang)
  let main, source, timer, seen, skew = 0, said = 0, generation = 0
  // When the next request may leave, whether the page is about to be read again, and how often that has not helped.
  let free = 0, isDue = false, vain = 0

  // Every request of the page goes through here: one waits at a time, and at most one a second leaves, whatever the answers say.
  const soon = (task, wait) => {
    clearTimeout(timer)
    const asked = Number.isFinite(wait) ? Math.min(wait, 60000) : 3000
    timer = setTimeout(() => { free = performance.now() + 1100; task() }, Math.max(asked, free - performance.now()))
  }
  const later = (wait) => wait * (0.5 + Math.random() / 2)

  // An answer and the page disagree. Clocks may differ, or a cache be stale: it is read again later each time that this does not help.
  const doubt = (wait = 0) => {
    if (isDue) return
    isDue = true
    soon(renew, Math.max(wait, vain && later(Math.min(8000, 1000 * 2 ** vain))))
    vain++
  }
  const load = (url, options) => fetch(url, { ...options, signal: AbortSignal.timeout?.(15000) })

  // Several seconds at most: people don't count them.
  const range = ({ p50, p90 }) => {
    const [unit, size, step] = p90 < 90 ? ['second', 1, 10] : p90 < 5400 ? ['minute', 60, 1] : ['hour', 3600, 1]
    const up = (seconds) => Math.max(1, Math.ceil(seconds / size / step)) * step
    const format = new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' })
    const [low, high] = [up(p50), up(p90)]
    return low < high && format.formatRange ? format.formatRange(low, high) : format.format(high)
  }

  // Takes the page as the server has it now; what was typed stays.
  const renew = async () => {
    const mine = ++generation
    isDue = false
    source?.close()
    clearTimeout(timer)
    try {
      const answer = await load(location.href, { headers: { accept: 'text/html' } })
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page.querySelector('main')
      // Another one has begun meanwhile: two would open two streams.
      if (mine !== generation) return
      if (answer.status >= 500 || !fresh) throw new Error('no page')
      document.title = page.title
      const outlook = fresh.querySelector('#outlook')
      if (outlook && find('outlook')) {
        // Who still waits keeps the buttons: a click or the focus on one must not be lost.
        find('outlook').replaceWith(document.adoptNode(outlook))
        return start()
      }
      const typed = find('name')?.value
      main.replaceWith(document.adoptNode(fresh))
      if (typed && find('name')) find('name').value = typed
      const heading = fresh.querySelector('h1')
      write(find('say'), heading.textContent)
      if (document.activeElement === document.body) heading.focus({ preventScroll: true })
      start()
    } catch { if (mine === generation) doubt(later(6000)) }
  }

  const showPlace = (standing) => {
    const outlook = find('outlook'), position = find('position'), entrants = find('entrants')
    if (entrants && standing.entrants) write(entrants, number(standing.entrants))
    // Only a change from one answer to the next: a page that says less than the answers must not be asked for again and again.
    const changed = outlook && seen && standing.outlook !== seen
    seen = standing.outlook
    if (standing.status !== main.dataset.status || changed) return doubt()
    if (!isDue) vain = 0
    if (!position || !standing.position) return
    const old = position.textContent, text = number(standing.position)
    write(position, text)
    const bar = find('bar'), from = +bar.dataset.from, ticket = +position.dataset.ticket
    bar.value = Math.min(99, 100 * (standing.served_ticket - from) / Math.max(1, ticket - from))
    if (standing.eta_seconds && standing.outlook !== 'beyond_stock')
      write(outlook, fill(outlook.dataset.eta, { range: range(standing.eta_seconds) }))
    if (old === text || (Date.now() - said < 20000 && standing.position > 1)) return
    said = Date.now()
    write(find('say'), standing.position > 1 ? fill(position.dataset.say, { position: text }) : position.dataset.next)
  }

  const poll = async () => {
    const mine = generation
    let wait = 3000
    try {
      const answer = await load(main.dataset.url + '/standing')
      if (mine !== generation) return
      if (answer.status === 404 || answer.status === 403) return doubt()
      if (answer.ok) { const standing = await answer.json(); wait = standing.poll_after_ms; showPlace(standing) }
    } catch {}
    if (mine === generation && !isDue) soon(poll, wait)
  }

  const listen = (wait, failures = 0) => soon(self.EventSource ? () => {
    const stream = source = new EventSource(main.dataset.url + '/events')
    let retry = 2000
    stream.addEventListener('standing', (event) => { failures = 0; showPlace(JSON.parse(event.data)) })
    stream.addEventListener('reconnect', (event) => { retry = JSON.parse(event.data).retry_ms })
    // The browser would open it again by itself, past what counts the requests.
    stream.onerror = () => {
      const isRefused = stream.readyState === 2
      stream.close()
      if (isDue || stream !== source) return
      if (isRefused || ++failures > 3) return soon(poll, later(2000))
      listen(later(2 * retry), failures)
    }
  } : poll, wait)

  const watch = async () => {
    const mine = generation
    let wait = 2000
    try {
      const answer = document.hidden ? null : await load(main.dataset.url + '/progress')
      if (answer?.ok && mine === generation) {
        const product = await answer.json(), stock = find('stock')
        wait = product.poll_after_ms
        if (product.sale_state !== main.dataset.status) return doubt()
        if (!isDue) vain = 0
        const values = { available: number(product.available_stock), total: stock?.dataset.total }
        const entrants = find('entrants')
        if (entrants && product.entrants !== undefined) write(entrants, number(product.entrants))
        if (stock) write(stock, product.stock_state === 'all_held' ? stock.dataset.held : fill(stock.dataset.text, values))
      }
    } catch {}
    if (mine === generation && !isDue) soon(watch, wait)
  }

  const pad = (value) => String(value).padStart(2, '0')
  const tick = () => {
    for (const clock of document.querySelectorAll('[data-until]')) {
      const left = Math.ceil((clock.dataset.until - Date.now() - skew) / 1000), s = Math.max(0, left)
      const minutes = s >= 3600 ? Math.floor(s / 3600) + ':' + pad(Math.floor(s / 60) % 60) : Math.floor(s / 60)
      write(clock, minutes + ':' + pad(s % 60))
      if (left === 0 && !clock.over) { clock.over = true; doubt(1000) }
    }
  }

  const start = () => {
    main = document.querySelector('main')
    if (main.dataset.now) skew = main.dataset.now - Date.now()
    for (const time of document.querySelectorAll('time')) {
      const at = new Date(time.dateTime), isToday = at.toDateString() === new Date().toDateString()
      write(time, at.toLocaleString(lang, { dateStyle: isToday ? undefined : 'medium', timeStyle: 'short' }))
    }
    tick()
    if (main.dataset.live === 'place') listen(0)
    if (main.dataset.live === 'product') soon(watch, 0)
  }

  start()
  setInterval(tick, 500)
  // A page that comes back from the browser's memory is old.
  addEventListener('pageshow', (event) => { if (event.persisted) doubt() })
})()
