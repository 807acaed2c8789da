// Refreshes what is marked data-live every two seconds by reading the page again; the page works without it.
"use strict";
(() => {
  const period = 2000, patience = 8000;
  const freshness = document.getElementById("freshness");
  let last = Date.now();

  const say = (text, isStale) => {
    if (freshness.textContent !== text) freshness.textContent = text;
    freshness.classList.toggle("stale", isStale);
  };

  const replace = (fresh) => {
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      // Whoever has the focus inside keeps it.
      if (!next || part.contains(document.activeElement) || part.innerHTML === next.innerHTML) continue;
      part.replaceChildren(...next.childNodes);
    }
  };

  const refresh = async () => {
    if (!document.hidden) {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), patience);
      try {
        const answer = await fetch(location.href, { signal: abort.signal, cache: "no-store" });
        if (answer.redirected) return location.reload();
        if (!answer.ok) throw new Error(String(answer.status));
        replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
        last = Date.now();
        say("Live", false);
      } catch {
        say(`No answer for ${Math.round((Date.now() - last) / 1000)} s`, true);
      } finally {
        clearTimeout(timer);
      }
    }
    setTimeout(refresh, period);
  };

  setTimeout(refresh, period);
})();
