/* What every page shares: the papers, the address that remembers the state, and the card of a paper, which opens where
   the reader is. Whatever a paper says reaches the page through textContent only, and only https addresses open. */
window.PaperAtlas = (function () {
  "use strict";
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const number = (n) => n.toLocaleString("en");
  const percent = (share) => (100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0) + " %";
  const papersOf = (n) => number(n) + (n === 1 ? " paper" : " papers");
  const month = (date) => date && (date[4] === "-" ? MONTHS[+date.slice(5, 7) - 1] + " " : "") + date.slice(0, 4);
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const shorten = (text, width) => (text.length <= width ? text : text.slice(0, width - 1).replace(/\s+\S*$/, "") + "…");
  const visible = (text) => text.replace(/(?![\n\t])[\p{C}\u2028\u2029]/gu, (sign) => "⟨" + sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "⟩");
  const isDark = () => matchMedia("screen and (prefers-color-scheme: dark)").matches;
  const home = () => document.body.dataset.home || "";

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "class") node.className = value;
      else if (name === "colour") node.style.setProperty("--colour", value);
      else if (value !== null) node.setAttribute(name, value);
    }
    node.append(...children); // strings become text
    return node;
  }

  /* Entries by their value, numbers by size and texts by letters and the numbers in them; what has none comes last. */
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  function sorted(entries, value, sign) {
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)));
    return entries.map((entry) => [entry, value(entry)]).sort(([, a], [, b]) => (a === null) - (b === null) || (a === null ? 0 : sign * compare(a, b))).map(([entry]) => entry);
  }

  function outside(address, ...children) {
    if (!/^https:\/\//.test(address)) return make("span", {}, ...children);
    return make("a", { href: address, target: "_blank", rel: "noopener" }, ...children);
  }

  /* Where a paper can be read: at arXiv, by its DOI, at its own address, or behind a search for its title. */
  const WAYS = [["arxiv_id", /^((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})(?:v\d+)?)$/, "https://arxiv.org/abs/"],
    ["doi", /^(10\.\d{1,9}(?:\.\d+)*\/[^\s"<>{}|\\^`]{1,300})$/, "https://doi.org/"], ["url", /^https?:\/\/([^\s"'<>\\@]+\.[^\s"'<>\\]+)$/, "https://"]];
  const address = (texts, i) => WAYS.map(([name, form, site]) => (form.test(texts[name][i] || "") ? site + form.exec(texts[name][i])[1] : "")).find(Boolean);

  /* The papers: beside the page as a script, because a page opened from a folder may not fetch, or within it. */
  const loading = {};
  function load(name) {
    loading[name] = loading[name] || find(name);
    return loading[name];
  }

  async function find(name) {
    const inside = document.getElementById("pa-" + name);
    if (inside) {
      const bytes = Uint8Array.from(atob(inside.textContent), (sign) => sign.charCodeAt(0));
      return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
    }
    if (window["paperAtlas_" + name]) return window["paperAtlas_" + name];
    const script = make("script", { src: home() + "_static/" + name + ".js" });
    await new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return window["paperAtlas_" + name];
  }

  /* The address: everything after "#" is the state, as a query; what is as it was at first is left out. */
  const listeners = [];
  const guest = () => document.querySelector("[data-embedded]"); // in a notebook, whose address is not ours
  const own = new URLSearchParams();
  const read = () => new URLSearchParams(guest() ? own : location.hash.includes("=") ? location.hash.slice(1) : "");
  let written = location.hash;

  /* A change becomes a step that "back" takes back; with `quiet` it replaces the step before. */
  function write(changes, quiet) {
    const state = read();
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") state.delete(name);
      else state.set(name, value);
    }
    if (guest()) {
      for (const name of [...own.keys()]) own.delete(name);
      for (const [name, value] of state) own.set(name, value);
      return;
    }
    const hash = "#" + state.toString();
    if (hash === (location.hash || "#")) return;
    written = hash;
    if (quiet) location.replace(hash);
    else location.hash = hash;
  }

  addEventListener("hashchange", () => {
    if (location.hash !== written) listeners.forEach((tell) => tell(read()));
    written = location.hash;
  });

  let card = null, opener = null;

  async function show(id, from) {
    const data = await load("papers");
    const i = data.papers.id.indexOf(id);
    if (i < 0) return hide();
    opener = from || (card && opener) || null;
    if (!card) {
      card = make("div", { class: "pa-card", role: "dialog", "aria-labelledby": "pa-card-title", tabindex: "-1" });
      card.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
      document.body.append(card);
    }
    card.hidden = false;
    card.dataset.paper = id;
    document.body.classList.add("pa-with-card");
    fill(data, null, i);
    card.scrollTop = 0;
    if (from) card.focus({ preventScroll: true });
    fill(data, await load("texts"), i);
  }

  function hide() {
    if (!card || card.hidden) return;
    card.hidden = true;
    document.body.classList.remove("pa-with-card");
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
  }

  function close() {
    write({ paper: null });
    listeners.forEach((tell) => tell(read()));
  }

  function fill(data, texts, i) {
    if (card.dataset.paper !== data.papers.id[i]) return;
    const papers = data.papers, dark = isDark() ? "dark" : "light";
    const topic = data.nodes.topic[papers.topic[i]], sub = papers.subtopic[i] === null ? null : data.nodes.subtopic[papers.subtopic[i]];
    const other = papers.runner_up[i] === null ? null : data.nodes.topic[papers.runner_up[i]];
    const shut = make("button", { type: "button", class: "pa-shut", "aria-label": "Close the card" }, "×");
    shut.addEventListener("click", close);
    const when = [month(papers.published[i]) || "no date", texts && texts.venue[i]].filter(Boolean).join(" · ");
    const parts = [shut, make("h2", { id: "pa-card-title", colour: topic[dark] }, papers.title[i])];
    if (texts && texts.authors[i]) parts.push(make("p", { class: "pa-quiet" }, texts.authors[i]));
    parts.push(make("p", { class: "pa-quiet" }, when));
    const place = `#paper=${papers.id[i]}&at=${papers.x[i]},${papers.y[i]},5`, inBrief = !document.body.dataset.site;
    const ways = [make("a", { href: (inBrief ? "" : home() + "index.html") + place }, "Show on the map")];
    if (!inBrief) ways.push(make("a", { href: home() + topic.page + "#p-" + papers.id[i] }, "Its topic"));
    if (texts) ways.push(address(texts, i) ? outside(address(texts, i), "Open the paper")
      : outside("https://huggingface.co/papers?" + new URLSearchParams({ q: papers.title[i] }), "Search for the paper"));
    parts.push(make("p", { class: "pa-ways" }, ...ways));
    if (texts) parts.push(...abstract(texts, i));
    parts.push(make("h3", {}, "Why it is here"), make("p", {}, ...why(papers, texts, i, topic, sub, other)));
    if (texts) parts.push(...more(data, texts, i));
    card.replaceChildren(...parts);
    card.dataset.ready = texts ? "true" : "";
  }

  function why(papers, texts, i, topic, sub, other) {
    const words = texts ? texts.shared[i] : [];
    const sure = Math.round(100 * papers.confidence[i]);
    return [
      make("b", {}, topic.name), sub ? ` ▸ ${sub.name}. ` : ". ",
      words.length ? `It says what the topic says: ${words.join(", ")}. ` : "",
      `Confidence ${papers.confidence[i].toFixed(2)}: drawn anew, it stays in ${sure} of 100 cases`,
      other && other !== topic ? `; the runner-up is “${other.name}”.` : ".",
    ];
  }

  function abstract(texts, i) {
    const signs = Array.from(texts.abstract[i]), pieces = [];
    let at = 0;
    for (const [start, end, kind] of texts.marks[i]) {
      if (end <= at) continue;
      pieces.push(visible(signs.slice(at, Math.max(start, at)).join("")), make("mark", { title: kind }, visible(signs.slice(Math.max(start, at), end).join(""))));
      at = end;
    }
    pieces.push(visible(signs.slice(at).join("")));
    return [make("p", { class: "pa-abstract" }, ...(signs.length ? pieces : ["No abstract here."]))];
  }

  function more(data, texts, i) {
    const section = (name, entries) => (entries.length ? [make("h3", {}, name), make("ul", {}, ...entries.map((entry) => make("li", {}, entry)))] : []);
    const near = texts.nearest[i].map(([j, cosine]) => make("span", {}, link(data, j), " ", make("small", {}, cosine.toFixed(2))));
    const found = data.papers.sources[i].map((s) => data.sources[s].name);
    return [
      ...section("Introduces", texts.systems[i]), ...section("Claims", texts.claims[i].map((quote) => `“${quote}”`)),
      ...section("Links", texts.links[i].map((url) => outside(url, url))), ...section("Nearest papers", near), ...section("Found in", found),
      data.papers.kept[i] === null ? "" : make("p", { class: "pa-quiet" }, `On the map ${Math.round(data.papers.kept[i] * data.neighbours)} of its ${data.neighbours} nearest papers are near` +
        (data.papers.kept[i] < data.misplaced ? ": read its place with care." : ".")),
    ];
  }

  /* The name of a paper, which opens its card. */
  function link(data, i, ...children) {
    const id = data.papers.id[i], page = data.nodes.topic[data.papers.topic[i]].page;
    const address = document.body.dataset.site ? home() + page + "#p-" + id : "#paper=" + id;
    return make("a", { href: address, "data-paper": id }, ...(children.length ? children : [data.papers.title[i]]));
  }

  /* A click on whatever carries a paper's id opens its card here. */
  document.addEventListener("click", (event) => {
    const named = event.target.closest && event.target.closest("a[data-paper]");
    if (!named || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    write({ paper: named.dataset.paper });
    show(named.dataset.paper, named);
    listeners.forEach((tell) => tell(read()));
  });

  function follow(state) {
    const id = state.get("paper") || (location.hash.startsWith("#p-") ? location.hash.slice(3) : "");
    if (id) show(id);
    else hide();
  }

  function start() {
    listeners.push(follow);
    follow(read());
    const field = document.querySelector(".pa-find input");
    if (!field) return;
    field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      location.href = home() + "index.html#q=" + encodeURIComponent(field.value);
    });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();

  return { close, home, isDark, link, listeners, load, make, month, number, papersOf, percent, plain, read, shorten, show, sorted, visible, wordsOf, write };
})();
