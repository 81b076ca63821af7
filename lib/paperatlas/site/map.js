/* The interactive map of papers. Plotly draws the points; names, cards, legend, list and table are plain HTML.
   Whatever a paper says reaches the page through textContent only, and only https addresses open. */
(function () {
  "use strict";
  const LARGEST_SVG = 2000; // beyond, points are drawn by WebGL
  const TOPIC_ZOOM = 1.5; // from here on topics are named, below it themes
  const TITLE_ZOOM = 3; // from here on single papers are named, if few are in view
  const FEW = 30;
  const PAGE = 100; // entries of the list and of the table that are added at a time
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  // Cividis (Nuñez, Anderton and Renslow 2018) without the end that would vanish in the background.
  const SCALES = {
    light: ["#C3B369", "#A59C74", "#8A8678", "#707173", "#575D6D", "#3B496C", "#123570", "#00224E"],
    dark: ["#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838"],
  };
  const SHADES = {
    light: { ink: "#1F2A33", quiet: "#5C6B77", muted: "#AEB8C0", page: "#FFFFFF", mark: "#C2185B" },
    dark: { ink: "#E6EBEF", quiet: "#A9B5BE", muted: "#4C565E", page: "#121212", mark: "#FF7AB0" },
  };
  const SEVERAL = -1, NONE = -2; // legend keys: in several dumps, without a value

  const number = (n) => n.toLocaleString("en");
  const percent = (share) => (100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0) + " %";
  const papersOf = (n) => number(n) + (n === 1 ? " paper" : " papers");
  const month = (date) => date && (date[4] === "-" ? MONTHS[+date.slice(5, 7) - 1] + " " : "") + date.slice(0, 4);
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const shorten = (text, width) => (text.length <= width ? text : text.slice(0, width - 1).replace(/\s+\S*$/, "") + "…");
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "class") node.className = value;
      else if (name === "colour") node.style.setProperty("--colour", value);
      else node.setAttribute(name, value);
    }
    node.append(...children); // strings become text
    return node;
  }

  function link(address, ...children) {
    if (!address.startsWith("https://")) return make("span", {}, ...children);
    return make("a", { href: address, target: "_blank", rel: "noopener" }, ...children);
  }

  /* The name of a paper leads to its card where there is one, else to the paper itself. */
  function nameLink(papers, i, ...children) {
    if (!papers.card) return link(papers.url[i], ...children);
    return make("a", { href: papers.card[i] }, ...children);
  }

  function mixed(stops, share) {
    const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1), low = Math.floor(place);
    const [a, b] = [stops[low], stops[Math.min(low + 1, stops.length - 1)]];
    const channel = (i) => {
      const [from, to] = [a, b].map((c) => parseInt(c.slice(i, i + 2), 16));
      return Math.round(from + (to - from) * (place - low)).toString(16).padStart(2, "0");
    };
    return "#" + channel(1) + channel(3) + channel(5);
  }

  function hasWebGL() {
    try {
      return Boolean(document.createElement("canvas").getContext("webgl"));
    } catch {
      return false;
    }
  }

  function start(root) {
    const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    const papers = data.papers, all = papers.id.map((_, i) => i);
    const byTitle = all.slice().sort((a, b) => (plain(papers.title[a]) < plain(papers.title[b]) ? -1 : 1));
    const year = papers.published.map((date) => (date ? +date.slice(0, 4) : null));
    const years = [...new Set(year.filter((y) => y !== null))].sort((a, b) => a - b);
    const inTitle = all.map((i) => " " + wordsOf(papers.title[i]).join(" ")), inAbstract = papers.words.map((words) => " " + words);
    const plot = part("plot"), stage = part("stage"), card = part("card");
    const scatter = all.length > LARGEST_SVG && hasWebGL() ? "scattergl" : "scatter";
    const coarse = matchMedia("(pointer: coarse)").matches;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches || all.length > LARGEST_SVG;

    const state = {
      query: "", part: "", dump: "", from: years[0], to: years[years.length - 1], // what is looked for
      colour: "topic", only: null, // colouring, and the legend entry that was picked
      layout: 0, misplaced: false, table: false, print: false,
      view: { x: 0, y: 0, zoom: 1 }, // middle of the picture in its own units, and magnification
      active: null, pinned: false, // the paper whose card is open, and whether it stays
      listed: PAGE, tabled: PAGE,
    };
    const now = { shown: all, hits: all, x: data.layouts[0].x.slice(), y: data.layouts[0].y.slice(), width: 0, height: 0 };
    const layout = () => data.layouts[state.layout];
    const look = () => (!state.print && isDark() ? "dark" : "light");

    function isDark() {
      const chosen = document.documentElement.dataset.theme;
      return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    }

    /* What is shown ------------------------------------------------------------------------------------- */

    function passes(i) {
      const [kind, which] = state.part.split(":");
      if (kind === "topic" && papers.topic[i] !== +which) return false;
      if (kind === "theme" && data.topics[papers.topic[i]].theme !== +which) return false;
      if (state.dump !== "" && !papers.dumps[i].includes(+state.dump)) return false;
      const everyYear = state.from === years[0] && state.to === years[years.length - 1];
      return everyYear || (year[i] !== null && year[i] >= state.from && year[i] <= state.to);
    }

    function choose() {
      const wanted = wordsOf(state.query).map((word) => " " + word);
      const picked = modes[state.colour].key;
      now.shown = byTitle.filter(passes);
      const says = (i) => wanted.every((word) => inTitle[i].includes(word) || inAbstract[i].includes(word));
      const found = now.shown.filter((i) => says(i) && (state.only === null || picked(i) === state.only));
      const first = (i) => wanted.every((word) => inTitle[i].includes(word)); // the title says it all
      now.hits = [...found.filter(first), ...found.filter((i) => !first(i))];
    }

    /* Colours ------------------------------------------------------------------------------------------- */

    const modes = {
      topic: { name: "Topic", note: "Hue is the theme, shade the topic.", key: (i) => papers.topic[i], groups: () => data.topics },
      theme: {
        name: "Theme", note: "Topics that lie close together share a theme.",
        key: (i) => data.topics[papers.topic[i]].theme, groups: () => data.themes,
      },
      year: { name: "Year", note: "Year of publication.", key: (i) => year[i] ?? NONE, value: (i) => year[i] },
      dump: {
        name: "Dump", note: "Which saved page a paper comes from. To see all papers of one dump, filter by it.",
        key: (i) => (papers.dumps[i].length > 1 ? SEVERAL : papers.dumps[i][0]), groups: () => data.dumps,
      },
      confidence: {
        name: "Confidence", value: (i) => papers.confidence[i],
        note: "How reliably a paper stays in its topic when the papers are drawn again; 1 is always.",
      },
      kept: {
        name: "Neighbours kept", value: (i) => layout().kept[i],
        note: `Share of a paper’s ${data.neighbours} nearest neighbours that are still nearest in this picture.`,
      },
    };
    if (!years.length) delete modes.year;
    if (data.dumps.length < 2) delete modes.dump;
    if (data.themes.length < 2) delete modes.theme;

    const range = () => (state.colour === "year" ? [years[0], years[years.length - 1]] : [0, 1]);

    function colourOf(i) {
      const mode = modes[state.colour];
      if (mode.groups) {
        const key = mode.key(i);
        return key === SEVERAL ? SHADES[look()].ink : mode.groups()[key][look()];
      }
      const value = mode.value(i), [low, high] = range();
      return value === null ? SHADES[look()].muted : mixed(SCALES[look()], high > low ? (value - low) / (high - low) : 1);
    }

    function legendEntry(key, name, colour, count) {
      const button = make("button", { type: "button", "aria-pressed": String(state.only === key), colour, "data-key": key },
        make("i", { "aria-hidden": "true" }), make("span", {}, name), make("b", {}, number(count)));
      button.addEventListener("click", () => change({ only: state.only === key ? null : key }, `[data-key="${key}"]`));
      return make("li", {}, button);
    }

    function drawLegend() {
      const mode = modes[state.colour], counts = new Map(), list = make("ul", { "aria-label": mode.name });
      for (const i of now.shown) if (mode.key) counts.set(mode.key(i), (counts.get(mode.key(i)) || 0) + 1);
      const add = (key, name, colour, to = list) => to.append(legendEntry(key, name, colour, counts.get(key) || 0));
      if (state.colour === "topic") {
        data.themes.forEach((theme, t) => {
          const inside = data.topics.map((_, k) => k).filter((k) => data.topics[k].theme === t), under = make("ul");
          inside.forEach((k) => add(k, data.topics[k].name, data.topics[k][look()], under));
          // A theme of one topic has its name; a heading would say it twice.
          list.append(make("li", {}, ...(inside.length > 1 && data.themes.length > 1 ? [make("span", {}, theme.name)] : []), under));
        });
      } else if (mode.groups) {
        mode.groups().forEach((group, k) => add(k, group.name, group[look()]));
        if (counts.has(SEVERAL) || state.only === SEVERAL) add(SEVERAL, "in several dumps", SHADES[look()].ink);
      }
      part("legend").replaceChildren(
        make("strong", {}, mode.name), mode.groups ? list : histogram(mode), make("p", {}, mode.note)
      );
    }

    function histogram(mode) {
      const [low, high] = range(), whole = state.colour === "year";
      const bins = whole ? Math.min(high - low + 1, 24) : 10, counts = new Array(bins).fill(0);
      let without = 0;
      for (const i of now.hits) {
        const value = mode.value(i);
        if (value === null) without += 1;
        else counts[Math.min(Math.floor(((value - low) / (high - low + (whole ? 1 : 0))) * bins), bins - 1)] += 1;
      }
      const most = Math.max(...counts, 1);
      const bars = counts.map((n, bin) => {
        const share = bins > 1 ? bin / (bins - 1) : 1;
        const bar = make("i", { colour: mixed(SCALES[look()], share), title: papersOf(n) });
        bar.style.height = (n ? Math.max((100 * n) / most, 4) : 0) + "%";
        return bar;
      });
      const words = `${mode.name} from ${low} to ${high}: ${counts.join(", ")} papers`;
      const box = make("div", { class: "pa-map-bars", role: "img", "aria-label": words }, ...bars);
      const ends = make("div", { class: "pa-map-ends", "aria-hidden": "true" }, ...[low, high].map((end) => make("span", {}, String(end))));
      return make("div", {}, box, ends, ...(without ? [make("p", {}, `${papersOf(without)} without a date, in grey`)] : []));
    }

    /* The picture --------------------------------------------------------------------------------------- */

    // One box for all layouts, so that switching between them moves papers and not the frame.
    const box = (() => {
      const span = (axis) => {
        const values = data.layouts.flatMap((each) => each[axis]);
        const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
        return [(low + high) / 2, Math.max(high - low, 1e-6)];
      };
      const [[x, width], [y, height]] = [span("x"), span("y")];
      return { x, y, width, height };
    })();
    const unit = () => Math.max((1.1 * box.width) / now.width, (1.14 * box.height) / now.height) / state.view.zoom;
    const place = (x, y) => [(x - state.view.x) / unit() + now.width / 2, now.height / 2 - (y - state.view.y) / unit()];
    const ranges = () => {
      const [w, h] = [(now.width * unit()) / 2, (now.height * unit()) / 2], { x, y } = state.view;
      return [[x - w, x + w], [y - h, y + h]];
    };

    function points(chosen, marker) {
      const [x, y] = [chosen.map((i) => now.x[i]), chosen.map((i) => now.y[i])];
      return { type: scatter, mode: "markers", hoverinfo: "none", showlegend: false, customdata: chosen, x, y, marker };
    }

    function drawPoints() {
      const shade = SHADES[look()], hit = new Set(now.hits);
      const room = 0.36 * Math.sqrt((now.width * now.height) / all.length); // of a paper, were all spread evenly
      const size = Math.min(Math.max(room, 4), 8) + Math.min(2 * Math.log2(state.view.zoom), 5);
      const rest = now.shown.filter((i) => !hit.has(i));
      const marked = state.misplaced ? now.hits.filter((i) => layout().kept[i] < data.misplaced) : [];
      const edge = { width: 0.8, color: shade.page };
      const traces = [
        points(rest, { size: Math.max(size - 2, 3), color: shade.muted, opacity: 0.55, line: { width: 0 } }),
        points(now.hits, { size, color: now.hits.map(colourOf), opacity: 0.92, line: edge }),
        Object.assign(points(marked, { size: size + 6, symbol: "circle-open", color: shade.mark, line: { width: 1.6 } }), { hoverinfo: "skip" }),
      ];
      const [x, y] = ranges();
      return Plotly.react(plot, traces, {
        width: now.width, height: now.height, margin: { l: 0, r: 0, t: 0, b: 0 }, hovermode: "closest", hoverdistance: 14,
        dragmode: coarse ? false : "pan", paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
        xaxis: { range: x, visible: false }, yaxis: { range: y, visible: false },
      }, { displayModeBar: false, doubleClick: false, responsive: false });
    }

    const nodes = (groups, kind) => groups.map((group) => make("span", { class: "pa-map-name-" + kind }, shorten(group.name, 60)));
    const names = { theme: nodes(data.themes, "theme"), topic: nodes(data.topics, "topic") };
    const ring = make("span", { class: "pa-map-active" });
    part("labels").append(...names.theme, ...names.topic, ring);
    let titles = [];

    /* What is to be named, the most important first: [node, x, y, beside its point or on its place]. */
    function wishes() {
      const kind = state.view.zoom < TOPIC_ZOOM && data.themes.length > 1 ? "theme" : "topic";
      const anchors = layout()[kind + "_anchors"], inView = new Map(), near = [], hit = new Set(now.hits);
      for (const i of now.shown) {
        const [x, y] = place(now.x[i], now.y[i]);
        if (x < 0 || y < 0 || x > now.width || y > now.height) continue;
        const group = kind === "topic" ? papers.topic[i] : data.topics[papers.topic[i]].theme;
        if (!inView.has(group)) inView.set(group, { xs: [], ys: [], hit: false });
        const seen = inView.get(group);
        seen.hit ||= hit.has(i);
        seen.xs.push(x);
        seen.ys.push(y);
        if (near.length <= FEW) near.push([i, x, y]);
      }
      const wanted = [];
      for (const [group, seen] of [...inView].sort((a, b) => b[1].xs.length - a[1].xs.length || a[0] - b[0])) {
        let [x, y] = place(...anchors[group]);
        if (x < 20 || y < 10 || x > now.width - 20 || y > now.height - 10) {
          if (seen.xs.length < 3) continue; // strays do not speak for their group
          [x, y] = [median(seen.xs), median(seen.ys)]; // the part of the group that is in view
        }
        const colours = (kind === "topic" ? data.topics : data.themes)[group];
        names[kind][group].style.color = seen.hit ? colours[look() + "_text"] : SHADES[look()].quiet;
        wanted.push([names[kind][group], x, y, false]);
      }
      if (state.view.zoom < TITLE_ZOOM || near.length > FEW) return wanted;
      titles = near.map(([i]) => make("span", { class: "pa-map-name-paper" }, shorten(papers.title[i], 44)));
      part("labels").append(...titles);
      return [...wanted, ...near.map(([, x, y], n) => [titles[n], x, y, true])];
    }

    /* Each name goes to the first of a few places that is free; a name that finds none is left out until
       the reader comes closer. */
    function drawNames() {
      titles.forEach((node) => node.remove());
      titles = [];
      const wanted = wishes(), { width, height } = now, zoom = part("zoom");
      for (const node of [...names.theme, ...names.topic]) node.hidden = !wanted.some(([each]) => each === node);
      // All are measured before any is moved: alternating would make the browser lay out the page each time.
      const sizes = wanted.map(([node]) => [node.offsetWidth, node.offsetHeight]);
      const taken = [[zoom.offsetLeft, zoom.offsetTop, zoom.offsetWidth, zoom.offsetHeight]];
      const inside = ([left, top], [w, h]) => left >= 0 && top >= 0 && left + w <= width && top + h <= height;
      const apart = ([left, top], [w, h]) =>
        taken.every(([l, t, a, b]) => left + w + 4 < l || l + a + 4 < left || top + h + 2 < t || t + b + 2 < top);
      wanted.forEach(([node, x, y, beside], n) => {
        const [w, h] = sizes[n];
        const tries = beside
          ? [[x + 10, y - h / 2], [x - w - 10, y - h / 2], [x - w / 2, y + 8], [x - w / 2, y - h - 8]]
          : [[0, 0], [0, -1.1 * h], [0, 1.1 * h], [-w / 2 - 12, 0], [w / 2 + 12, 0], [0, -2.1 * h], [0, 2.1 * h]].map(([dx, dy]) => [
              Math.min(Math.max(x - w / 2 + dx, 2), width - w - 2), Math.min(Math.max(y - h / 2 + dy, 2), height - h - 2),
            ]);
        const free = tries.find((at) => inside(at, sizes[n]) && apart(at, sizes[n]));
        node.hidden = !free;
        if (!free) return;
        node.style.transform = `translate(${Math.round(free[0])}px, ${Math.round(free[1])}px)`;
        taken.push([...free, w, h]);
      });
      drawCard();
    }

    /* Moving -------------------------------------------------------------------------------------------- */

    let moving = 0, settling = 0;
    function moved() {
      clearTimeout(settling);
      settling = setTimeout(drawPoints, 200); // closer up, points are larger; while moving they need not be
      if (moving) return;
      moving = requestAnimationFrame(() => {
        moving = 0;
        const [x, y] = ranges();
        Plotly.relayout(plot, { "xaxis.range": x, "yaxis.range": y });
        drawNames();
      });
    }

    function zoomBy(factor, px = now.width / 2, py = now.height / 2) {
      const view = state.view, before = unit(), zoom = Math.min(Math.max(view.zoom * factor, 1), 60);
      const [x, y] = [view.x + (px - now.width / 2) * before, view.y - (py - now.height / 2) * before];
      view.zoom = zoom;
      view.x = x - (px - now.width / 2) * unit();
      view.y = y + (py - now.height / 2) * unit();
      moved();
    }

    function panBy(dx, dy) {
      state.view.x -= dx * unit();
      state.view.y += dy * unit();
      moved();
    }

    function whole() {
      Object.assign(state.view, { x: box.x, y: box.y, zoom: 1 });
      moved();
    }

    function listenToPlot() {
      plot.on("plotly_hover", (event) => show(event.points[0].customdata, false));
      plot.on("plotly_unhover", () => state.pinned || show(null));
      plot.on("plotly_click", (event) => {
        const i = event.points[0].customdata;
        if (pinched) return;
        if (touched) show(i, true); // a finger cannot hover: the first tap opens the card, its title the paper
        else if (papers.url[i].startsWith("https://")) window.open(papers.url[i], "_blank", "noopener");
      });
      plot.on("plotly_doubleclick", () => touched || whole()); // lifting two fingers counts as one, too
      plot.on("plotly_relayouting", follow);
      plot.on("plotly_relayout", follow);
      function follow(event) {
        const x = [event["xaxis.range[0]"], event["xaxis.range[1]"]], y = [event["yaxis.range[0]"], event["yaxis.range[1]"]];
        if (x[0] === undefined || y[0] === undefined) return;
        Object.assign(state.view, { x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2 });
        drawNames();
      }
    }

    /* One finger scrolls the page, two move and zoom the map. A wheel scrolls the page, with Ctrl it zooms;
       pinching a trackpad arrives as that, too. */
    let touched = false, pinched = false;
    const fingers = new Map();
    stage.addEventListener("pointerdown", (event) => {
      touched = event.pointerType === "touch";
      if (touched) fingers.set(event.pointerId, [event.clientX, event.clientY]);
      pinched = fingers.size > 1;
      if (state.pinned && !card.contains(event.target)) show(null);
    }, true);
    stage.addEventListener("pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      const spread = () => {
        const [[ax, ay], [bx, by]] = [...fingers.values()];
        return [Math.hypot(ax - bx, ay - by), (ax + bx) / 2, (ay + by) / 2];
      };
      const before = fingers.size === 2 && spread();
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (!before) return;
      const after = spread(), frame = stage.getBoundingClientRect();
      panBy(after[1] - before[1], after[2] - before[2]);
      zoomBy(after[0] / before[0], after[1] - frame.left, after[2] - frame.top);
    }, true);
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
      stage.addEventListener(name, (event) => fingers.delete(event.pointerId), true);
    }
    stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      const frame = stage.getBoundingClientRect();
      zoomBy(Math.exp(-event.deltaY / 200), event.clientX - frame.left, event.clientY - frame.top);
    }, { passive: false, capture: true });
    plot.addEventListener("keydown", (event) => {
      const step = 60, keys = {
        ArrowLeft: () => panBy(step, 0), ArrowRight: () => panBy(-step, 0), ArrowUp: () => panBy(0, step), ArrowDown: () => panBy(0, -step),
        "+": () => zoomBy(1.6), "=": () => zoomBy(1.6), "-": () => zoomBy(1 / 1.6), 0: whole,
      };
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation(); // the page around turns its leaves with the arrow keys
      keys[event.key]();
    });

    /* Switching layouts: the papers walk to their new places, so that the eye can follow. */
    function morph() {
      const from = { x: now.x.slice(), y: now.y.slice() }, to = layout(), begun = performance.now();
      const wanted = state.layout;
      (function step(time) {
        if (wanted !== state.layout) return;
        const t = calm ? 1 : Math.min((time - begun) / 500, 1), share = t * t * (3 - 2 * t);
        for (const i of all) {
          now.x[i] = from.x[i] + (to.x[i] - from.x[i]) * share;
          now.y[i] = from.y[i] + (to.y[i] - from.y[i]) * share;
        }
        drawPoints();
        drawNames();
        if (t < 1) requestAnimationFrame(step);
        else root.dataset.layout = to.name;
      })(begun);
    }

    /* Card, list, table --------------------------------------------------------------------------------- */

    function show(i, pinned) {
      state.active = i;
      state.pinned = i !== null && Boolean(pinned);
      drawCard();
    }

    function drawCard() {
      const i = state.active;
      card.hidden = ring.hidden = i === null || !now.shown.includes(i);
      if (card.hidden) return;
      const filled = [i, state.pinned, layout().name].join();
      if (card.dataset.filled !== filled) fillCard(i);
      card.dataset.filled = filled;
      card.classList.toggle("pa-map-pinned", state.pinned);
      const [x, y] = place(now.x[i], now.y[i]), [w, h] = [card.offsetWidth, card.offsetHeight];
      ring.style.transform = `translate(${x}px, ${y}px)`;
      ring.hidden = x < 0 || y < 0 || x > now.width || y > now.height;
      const left = x + w + 24 < now.width ? x + 16 : x - w - 16 >= 0 ? x - w - 16 : Math.max(Math.min(x - w / 2, now.width - w), 0);
      const beside = left > x || left + w < x; // else along the edge that is farther from the paper
      const top = beside ? Math.max(Math.min(y - h / 2, now.height - h), 0) : y < now.height / 2 ? now.height - h : 0;
      card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    }

    function fillCard(i) {
      const topic = data.topics[papers.topic[i]], other = data.topics[papers.runner_up[i]];
      const when = [month(papers.published[i]), papers.venue[i]].filter(Boolean).join(" · ");
      const keptBy = (each) => `${each.name} ${Math.round(each.kept[i] * data.neighbours)}`;
      const rows = [
        ["Topic", topic.name], ["Confidence", papers.confidence[i].toFixed(2)],
        ["Runner-up", other && other !== topic ? other.name : "none"],
        ["Neighbours kept", data.layouts.map(keptBy).join(", ") + ` of ${data.neighbours}`],
        [papers.dumps[i].length > 1 ? "Dumps" : "Dump", dumpNames(i)],
      ];
      card.replaceChildren(
        make("p", { class: "pa-map-title", colour: topic[look()] }, nameLink(papers, i, papers.title[i])), make("p", {}, when || "no date"),
        make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
        ...(papers.card && state.pinned ? [make("p", {}, link(papers.url[i], "Open the paper"))] : [])
      );
    }

    /* The title with the words that were searched for marked. */
    function marked(title) {
      const wanted = wordsOf(state.query);
      return title.split(/([\p{L}\p{N}\p{M}]+)/u).map((piece, n) => {
        const found = n % 2 && wanted.some((word) => plain(piece).startsWith(word));
        return found ? make("mark", {}, piece) : piece;
      });
    }

    const topicName = (i) => data.topics[papers.topic[i]].name;
    const dumpNames = (i) => papers.dumps[i].map((d) => data.dumps[d].name).join("; ");

    /* A button that shows another page of a list or table, and hands the keyboard to its first entry. */
    function more(drawn, limit, redraw, where) {
      const hidden = now.hits.length - drawn;
      if (hidden <= 0) return [];
      const offer = `Show ${number(Math.min(hidden, PAGE))} more of ${number(hidden)}`;
      const button = make("button", { type: "button", class: "pa-map-more" }, offer);
      button.addEventListener("click", () => {
        state[limit] += PAGE;
        redraw();
        part(where).querySelectorAll("a")[drawn]?.focus();
      });
      return [button];
    }

    function drawList() {
      const items = now.hits.slice(0, state.listed).map((i, n) => {
        const anchor = nameLink(papers, i, ...marked(papers.title[i]));
        anchor.tabIndex = n ? -1 : 0; // one stop for the Tab key; the arrow keys walk
        anchor.dataset.paper = i;
        anchor.setAttribute("aria-describedby", card.id);
        return make("li", {}, anchor, make("small", {}, [month(papers.published[i]), topicName(i)].filter(Boolean).join(" · ")));
      });
      const rest = more(items.length, "listed", drawList, "list").map((button) => make("li", {}, button));
      part("list").replaceChildren(...items, ...rest);
      part("found-title").textContent = `List of ${now.hits.length === all.length ? "all " : ""}${papersOf(now.hits.length)}`;
    }

    function walk(from, step) {
      const anchors = [...part("list").querySelectorAll("[data-paper]")], at = anchors.indexOf(from) + step;
      if (at < 0) part("query").focus();
      else if (at >= anchors.length && state.listed < now.hits.length) {
        state.listed += PAGE;
        drawList();
        walk(part("list").querySelectorAll("[data-paper]")[at - 1], 1);
      } else if (anchors[at]) {
        anchors.forEach((anchor) => (anchor.tabIndex = -1));
        anchors[at].tabIndex = 0;
        anchors[at].focus();
      }
    }

    function reveal(i) {
      show(i, false);
      const [x, y] = place(now.x[i], now.y[i]);
      if (x < 10 || y < 10 || x > now.width - 10 || y > now.height - 10) panBy(now.width / 2 - x, now.height / 2 - y);
    }

    function drawTable() {
      const heads = ["Title", "Date", "Venue", "Topic", "Confidence", "Neighbours kept", "Dumps"];
      const kept = (i) => percent(layout().kept[i]) + (state.misplaced && layout().kept[i] < data.misplaced ? " · misplaced" : "");
      const rows = now.hits.slice(0, state.tabled).map((i) => {
        const when = [month(papers.published[i]) || "–", papers.venue[i] || "–"];
        const cells = [...when, topicName(i), papers.confidence[i].toFixed(2), kept(i), dumpNames(i)];
        const title = make("th", { scope: "row" }, nameLink(papers, i, ...marked(papers.title[i])));
        return make("tr", {}, title, ...cells.map((text) => make("td", {}, text)));
      });
      const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
      const caption = make("caption", {}, `${papersOf(now.hits.length)}; neighbours kept by ${layout().name}`);
      part("table").replaceChildren(
        make("table", {}, caption, make("thead", {}, head), make("tbody", {}, ...rows)),
        ...more(rows.length, "tabled", drawTable, "table")
      );
    }

    /* Controls ------------------------------------------------------------------------------------------ */

    function drawControls() {
      const start = nothing();
      part("count").textContent = (now.hits.length < all.length ? number(now.hits.length) + " of " : "") + papersOf(all.length);
      part("clear").hidden = Object.keys(start).every((name) => state[name] === start[name]);
      part("as-map").setAttribute("aria-pressed", String(!state.table));
      part("as-table").setAttribute("aria-pressed", String(state.table));
      part("body").hidden = state.table;
      part("table").hidden = !state.table;
      const shares = data.layouts.map((each) => `${each.name.replace("-", "\u2011")} keeps ${percent(each.kept_overall)}`);
      part("error").textContent = "A flat picture cannot keep every distance. " +
        `Of each paper’s ${data.neighbours} nearest neighbours, ${shares.join(", ")}; chance would keep ${percent(layout().kept_by_chance)}.` + (data.note ? " " + data.note : "");
      const lost = layout().kept.filter((share) => share < data.misplaced).length;
      part("misplaced-label").textContent =
        `Mark the ${papersOf(lost)} that ${layout().name} misplaces (fewer than one neighbour in five kept)`;
      part("layouts").querySelectorAll("button").forEach((button, n) => button.setAttribute("aria-pressed", String(n === state.layout)));
      for (const name of ["query", "part", "dump", "colour", "from", "to"]) part(name).value = String(state[name] ?? "");
      part("misplaced").checked = state.misplaced;
    }

    const nothing = () => ({ query: "", part: "", dump: "", from: years[0], to: years[years.length - 1], only: null });
    const option = (value, text) => make("option", { value }, shorten(text, 48));
    const on = (name, event, act) => part(name).addEventListener(event, act);

    function setUp() {
      part("colour").append(...Object.entries(modes).map(([key, mode]) => option(key, mode.name)));
      part("part").append(option("", "All"), ...data.themes.map((theme, t) => {
        const topics = data.topics.map((topic, k) => [topic, k]).filter(([topic]) => topic.theme === t);
        return make("optgroup", { label: shorten(theme.name, 48) }, option("theme:" + t, "All of " + theme.name),
          ...(topics.length > 1 ? topics.map(([topic, k]) => option("topic:" + k, topic.name)) : []));
      }));
      part("dump").append(option("", "All"), ...data.dumps.map((dump, d) => option(d, dump.name)));
      for (const end of ["from", "to"]) part(end).append(...years.map((y) => option(y, String(y))));
      part("dump-label").hidden = data.dumps.length < 2;
      part("years").hidden = years.length < 2;
      part("layouts").hidden = data.layouts.length < 2;
      part("layouts").append(...data.layouts.map((each, n) => {
        const button = make("button", { type: "button", "aria-pressed": "false" }, each.name);
        button.addEventListener("click", () => { if (n !== state.layout) { state.layout = n; render(); morph(); } });
        return button;
      }));
      on("query", "input", (event) => change({ query: event.target.value }));
      for (const name of ["part", "dump"]) on(name, "change", (event) => change({ [name]: event.target.value }));
      on("colour", "change", (event) => change({ colour: event.target.value, only: null }));
      on("from", "change", ({ target }) => change({ from: +target.value, to: Math.max(state.to, +target.value) }));
      on("to", "change", ({ target }) => change({ to: +target.value, from: Math.min(state.from, +target.value) }));
      on("misplaced", "change", (event) => change({ misplaced: event.target.checked }));
      on("clear", "click", () => { change(nothing()); part("query").focus(); });
      on("as-map", "click", () => change({ table: false }));
      on("as-table", "click", () => change({ table: true }));
      on("in", "click", () => zoomBy(1.6));
      on("out", "click", () => zoomBy(1 / 1.6));
      on("whole", "click", whole);
      on("query", "keydown", (event) => {
        if (event.key !== "ArrowDown" && event.key !== "Enter") return;
        event.preventDefault();
        part("found").open = true;
        walk(null, 1);
      });
      on("list", "focusin", (event) => { if (event.target.dataset.paper) reveal(+event.target.dataset.paper); });
      on("list", "pointerover", (event) => { if (event.target.dataset.paper) show(+event.target.dataset.paper); });
      on("list", "keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step || !event.target.dataset.paper) return;
        event.preventDefault();
        event.stopPropagation();
        walk(event.target, step);
      });
      root.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.active !== null) show(null); });
      new MutationObserver(render).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
      on("found", "toggle", resized);
      new ResizeObserver(resized).observe(root);
      addEventListener("beforeprint", () => { state.print = true; render(); });
      addEventListener("afterprint", () => { state.print = false; render(); });
    }

    function change(values, focus) {
      Object.assign(state, values, { listed: PAGE, tabled: PAGE });
      if (values.query !== undefined) part("found").open = Boolean(values.query);
      render();
      if (focus) part("legend").querySelector(focus).focus(); // the legend was drawn anew
    }

    function measure() {
      root.toggleAttribute("data-wide", root.clientWidth >= 920);
      root.toggleAttribute("data-listed", root.clientWidth >= 700 && part("found").open);
      part("options").toggleAttribute("data-fixed", root.clientWidth >= 560);
      // On paper the width is that of the page, which the browser does not tell: the style sheet fixes it.
      [now.width, now.height] = state.print ? [640, 480] : [stage.clientWidth, stage.clientHeight];
    }

    function resized() {
      const before = [now.width, now.height];
      measure();
      if (root.clientWidth >= 560) part("options").open = true;
      if (before[0] !== now.width || before[1] !== now.height) draw();
    }

    function draw() {
      if (!now.width) return; // out of sight: it is drawn once it has a size
      const drawing = drawPoints();
      drawNames(); // at once: a printer does not wait
      if (root.dataset.drawn) return;
      drawing.then(() => {
        if (!root.dataset.drawn) listenToPlot();
        root.dataset.drawn = "true";
      });
    }

    function render() {
      root.toggleAttribute("data-dark", look() === "dark");
      choose();
      drawControls();
      drawLegend();
      drawList();
      if (state.table) drawTable();
      measure();
      card.dataset.filled = ""; // its colours may have changed
      draw();
    }

    setUp();
    part("options").open = root.clientWidth >= 560;
    Object.assign(state.view, { x: box.x, y: box.y });
    render();
  }

  function startAll() {
    document.querySelectorAll(".pa-map").forEach(start);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
})();
