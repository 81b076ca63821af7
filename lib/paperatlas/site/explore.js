/* The map with its search, filters, legend, list and selection. Its state is the address: every change is written there,
   and whatever stands there is shown. */
(function (atlas) {
  "use strict";
  const { make, month, number, papersOf, percent, shorten } = atlas;
  const PAGE = 50; // rows of the list that are added at a time
  const OTHERS = "\u0000others", NONE = "\u0000none";
  // Cividis (Nuñez, Anderton and Renslow 2018) without the end that would vanish in the background.
  const SCALES = {
    light: ["#C3B369", "#A59C74", "#8A8678", "#707173", "#575D6D", "#3B496C", "#123570", "#00224E"],
    dark: ["#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838"],
  };
  const GREY = { light: "#8A949C", dark: "#7C8790" };

  const mixed = (stops, share) => stops[Math.round(Math.min(Math.max(share, 0), 1) * (stops.length - 1))];

  async function start(root) {
    const data = await atlas.load("papers"), papers = data.papers, all = papers.id.map((_, i) => i);
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    const on = (name, event, act) => part(name).addEventListener(event, act);
    const places = new Map(papers.id.map((id, i) => [id, i]));
    const year = papers.published.map((date) => (date ? +date.slice(0, 4) : null));
    const years = [...new Set(year.filter((y) => y !== null))].sort((a, b) => a - b);
    const length = [...Array(41).keys()].find((n) => n > 3 && (n === 40 || new Set(papers.id.map((id) => id.slice(0, n))).size === all.length)); // signs that tell ids apart
    let texts = null, search = atlas.searcher(data, null), printing = false, limit = PAGE, state = null, now = {};
    const look = () => (!printing && atlas.isDark() ? "dark" : "light");

    /* What papers are coloured by: groups have a colour and filter, numbers have a scale --------------------- */

    const modes = { topic: { name: "Topic", level: "topic" } };
    if (data.nodes.theme.length > 1) modes.theme = { name: "Theme", level: "theme" };
    if (years.length > 1) modes.year = { name: "Year", value: (i) => year[i] };
    if (data.sources.length > 1) modes.source = { name: part("source-label").firstChild.textContent.trim(), groups: data.sources, key: (i) => (papers.sources[i].length > 1 ? OTHERS : papers.sources[i][0]), others: "in several" };
    for (const column of data.columns) {
      if (column.kind === "number") modes[column.key] = { name: column.name, value: (i) => column.values[i] };
      else {
        const known = new Map(column.groups.map((group, g) => [group.name, g]));
        modes[column.key] = { name: column.name, groups: column.groups, key: (i) => (column.values[i] === null ? NONE : known.get(column.values[i]) ?? OTHERS), others: "others" };
      }
    }
    modes.confidence = { name: "Confidence", value: (i) => papers.confidence[i] };
    modes.kept = { name: "Neighbours kept", value: (i) => papers.kept[i] };
    for (const mode of Object.values(modes)) {
      if (mode.level) Object.assign(mode, { groups: data.nodes[mode.level], key: (i) => papers[mode.level][i] });
      if (mode.value) mode.range = all.reduce(([a, b], i) => (mode.value(i) === null ? [a, b] : [Math.min(a, mode.value(i)), Math.max(b, mode.value(i))]), [Infinity, -Infinity]);
    }

    function colourOf(i) {
      const mode = modes[state.colour];
      if (mode.groups) return (mode.groups[mode.key(i)] || GREY)[look()];
      const value = mode.value(i), [low, high] = mode.range;
      return value === null ? GREY[look()] : mixed(SCALES[look()], high > low ? (value - low) / (high - low) : 1);
    }

    function parse(address) {
      const get = (name) => address.get(name) || "", [from, to] = get("years").split("-").map(Number);
      const [kind, n] = get("node").split("."), chosen = new Set(), [size, ids] = get("sel").split(":");
      if (ids) {
        const starts = new Map(papers.id.map((id, i) => [id.slice(0, +size), i]));
        for (let k = 0; k < ids.length; k += +size) if (starts.has(ids.slice(k, k + +size))) chosen.add(starts.get(ids.slice(k, k + +size)));
      }
      return {
        q: get("q"), node: Object.hasOwn(data.nodes, kind) && data.nodes[kind][n] ? { kind, n: +n } : null, source: data.sources[get("source")] && get("source") !== "" ? +get("source") : null,
        from: from || years[0], to: to || years[years.length - 1], only: [...address].map(([name, value]) => [name.replace(/^only\./, ""), value]).filter(([name, value]) => Object.hasOwn(modes, name) && address.has("only." + name) && known(modes[name], value)),
        colour: Object.hasOwn(modes, get("colour")) ? get("colour") : "topic", sort: get("sort"), at: /^-?[\d.]+,-?[\d.]+,[\d.]+$/.test(get("at")) ? get("at") : "", chosen, active: places.get(get("paper")) ?? null,
      };
    }

    const known = (mode, value) => mode.groups && (value === OTHERS || value === NONE || Object.hasOwn(mode.groups, value));

    function change(changes, quiet) {
      atlas.write(changes, quiet);
      show(atlas.read());
    }

    const select = (chosen) => change({ sel: chosen.size ? length + ":" + [...chosen].sort((a, b) => a - b).map((i) => papers.id[i].slice(0, length)).join("") : null });
    const nothing = () => ({ q: null, node: null, source: null, years: null, at: null, ...Object.fromEntries(state.only.map(([name]) => ["only." + name, null])) });

    function passes(i, but) {
      if (but !== "node" && state.node && papers[state.node.kind][i] !== state.node.n) return false;
      if (but !== "source" && state.source !== null && !papers.sources[i].includes(state.source)) return false;
      if ((state.from > years[0] || state.to < years[years.length - 1]) && (year[i] === null || year[i] < state.from || year[i] > state.to)) return false;
      return state.only.every(([name, value]) => name === but || String(modes[name].key(i)) === value);
    }

    function show(address) {
      const before = state, last = now.hits;
      state = parse(address);
      now = search.find(state.q);
      const found = now.hits;
      now.hits = found.filter((i) => passes(i));
      now.counted = found.filter((i) => passes(i, modes[state.colour].level ? "node" : state.colour));
      if (!last || last.length !== now.hits.length || last.some((i, n) => i !== now.hits[n])) limit = PAGE;
      drawControls();
      drawLegend();
      drawList();
      drawSelection();
      if (state.at && (!before || before.at !== state.at)) Object.assign(picture.view, Object.fromEntries(state.at.split(",").map((v, n) => [["x", "y", "zoom"][n], +v])));
      else if (!state.at && (!before || before.at || key(before.node) !== key(state.node))) picture.fit(state.node ? all.filter((i) => passes(i)) : []);
      drawPicture();
    }
    const key = (node) => (node ? node.kind + "." + node.n : "");

    function drawPicture() {
      picture.draw({ hits: now.hits, hit: new Set(now.hits), colour: colourOf, chosen: state.chosen, active: state.active, dark: look() === "dark", within: state.node && state.node.kind });
      const far = data.far.length, drawn = picture.sampled();
      part("trust").textContent = "A flat picture cannot keep every distance: " +
        `of each paper’s ${data.neighbours} nearest, ${percent(data.kept)} are still near (by chance ${percent(data.by_chance)}).` +
        (far ? ` ${papersOf(far)} lie${far === 1 ? "s" : ""} farther away than drawn: the empty space before ${far === 1 ? "it" : "them"} is shortened.` : "") +
        (drawn ? ` ${number(drawn)} of ${papersOf(all.length)} are drawn; a search draws what it finds.` : "") + (data.note ? " " + data.note : "");
    }

    const option = (value, text) => make("option", { value }, shorten(text, 56));
    part("colour").append(...Object.entries(modes).map(([name, mode]) => option(name, mode.name)));
    part("node").append(option("", "All"), ...data.nodes.theme.map((theme, t) => {
      const inside = (level, parent) => data.nodes[level].map((node, k) => [node, k]).filter(([node]) => node.parent === parent);
      return make("optgroup", { label: shorten(theme.name, 56) }, option("theme." + t, "All of " + theme.name),
        ...inside("topic", t).flatMap(([topic, k]) => [option("topic." + k, topic.name), ...(inside("subtopic", k).length > 1 ? inside("subtopic", k) : []).map(([sub, s]) => option("subtopic." + s, "\u2003" + sub.name))]));
    }));
    part("source").append(option("", "All"), ...data.sources.map((source, s) => option(s, source.name)));
    for (const end of ["from", "to"]) part(end).append(...years.map((y) => option(y, String(y))));
    part("source-label").hidden = data.sources.length < 2;
    part("years").hidden = years.length < 2;
    on("query", "input", (event) => change({ q: event.target.value, at: null }, Boolean(state.q)));
    on("colour", "change", (event) => change({ colour: event.target.value }));
    on("node", "change", (event) => change({ node: event.target.value, at: null }));
    on("source", "change", (event) => change({ source: event.target.value }));
    const span = (from, to) => change({ years: from > years[0] || to < years[years.length - 1] ? `${from}-${to}` : null });
    on("from", "change", ({ target }) => span(+target.value, Math.max(state.to, +target.value)));
    on("to", "change", ({ target }) => span(Math.min(state.from, +target.value), +target.value));

    function chip(text, changes) {
      const button = make("button", { type: "button", "aria-label": `No longer only: ${text}` }, shorten(text, 60), make("span", { "aria-hidden": "true" }, " ×"));
      button.addEventListener("click", () => change({ ...changes, at: null }));
      return make("li", {}, button);
    }

    function drawControls() {
      if (part("query").value !== state.q) part("query").value = state.q;
      Object.entries({ colour: state.colour, node: key(state.node), source: state.source ?? "", from: state.from, to: state.to }).forEach(([name, value]) => { part(name).value = String(value ?? ""); });
      part("count").textContent = now.hits.length < all.length ? `${number(now.hits.length)} of ${papersOf(all.length)}, listed below` : papersOf(all.length);
      part("said").textContent = now.notes.join(" ");
      part("said").hidden = !now.notes.length;
      const chips = [];
      if (state.q.trim()) chips.push(chip(`“${state.q.trim()}”`, { q: null }));
      if (state.node) chips.push(chip(data.nodes[state.node.kind][state.node.n].name, { node: null }));
      if (state.source !== null) chips.push(chip(data.sources[state.source].name, { source: null }));
      if (state.from > years[0] || state.to < years[years.length - 1]) chips.push(chip(state.from === state.to ? String(state.from) : `${state.from} to ${state.to}`, { years: null }));
      for (const [name, value] of state.only) chips.push(chip(`${modes[name].name}: ${groupName(modes[name], value)}`, { ["only." + name]: null }));
      if (chips.length > 1) chips.push(chip("everything", nothing()));
      part("chips").replaceChildren(...chips);
      part("chips").hidden = !chips.length;
    }

    const groupName = (mode, value) => (value === OTHERS ? mode.others : value === NONE ? "not known" : mode.groups[value].name);

    function drawLegend() {
      const mode = modes[state.colour];
      part("legend").replaceChildren(make("strong", {}, mode.name), mode.groups ? groupsLegend(mode) : bars(mode, now.hits));
    }

    function groupsLegend(mode) {
      const counts = new Map(), list = make("ul", { "aria-label": mode.name });
      for (const i of now.counted) counts.set(mode.key(i), (counts.get(mode.key(i)) || 0) + 1);
      const entry = (value, to) => {
        const on = mode.level ? key(state.node) === mode.level + "." + value : mode === modes.source ? state.source === value : state.only.some(([name, v]) => name === state.colour && v === String(value));
        const mark = `${state.colour}:${value}`;
        const button = make("button", { type: "button", "aria-pressed": String(on), colour: (mode.groups[value] || GREY)[look()], "data-key": mark },
          make("i", { "aria-hidden": "true" }), make("span", {}, groupName(mode, value)), make("b", {}, number(counts.get(value) || 0)));
        button.addEventListener("click", () => {
          if (mode.level) change({ node: on ? null : mode.level + "." + value, at: null });
          else if (mode === modes.source && value !== OTHERS) change({ source: on ? null : String(value) });
          else change({ ["only." + state.colour]: on ? null : String(value) });
          part("legend").querySelector(`[data-key="${CSS.escape(mark)}"]`)?.focus(); // the legend was drawn anew
        });
        to.append(make("li", {}, button));
      };
      if (mode.level === "topic" && data.nodes.theme.length > 1) {
        data.nodes.theme.forEach((theme, t) => {
          const inside = data.nodes.topic.map((_, k) => k).filter((k) => data.nodes.topic[k].parent === t), under = make("ul");
          inside.forEach((k) => entry(k, under));
          // A theme of one topic has its name; a heading would say it twice.
          list.append(make("li", {}, ...(inside.length > 1 ? [make("span", {}, theme.name)] : []), under));
        });
      } else mode.groups.forEach((_, value) => entry(value, list));
      for (const value of [OTHERS, NONE]) if (counts.has(value)) entry(value, list);
      return list;
    }

    /* How many papers have which value, as bars; beside others, if there are, as shares of each. */
    function bars(mode, chosen, others) {
      const [low, high] = mode.range, whole = Number.isInteger(low) && Number.isInteger(high) && high - low < 25, bins = whole ? high - low + 1 : 12;
      const binned = (list) => {
        const counts = new Array(bins).fill(0);
        for (const i of list) if (mode.value(i) !== null) counts[Math.min(Math.floor(((mode.value(i) - low) / (high - low + (whole ? 1 : 0))) * bins), bins - 1)] += 1;
        return counts;
      };
      const counts = binned(chosen), rest = others ? binned(others) : [], sum = (list) => Math.max(list.reduce((a, b) => a + b, 0), 1);
      const shares = counts.map((n) => n / sum(counts)), beside = rest.map((n) => n / sum(rest)), most = Math.max(...shares, ...beside, 1e-9);
      const columns = shares.map((share, bin) => {
        const bar = make("i", { colour: mixed(SCALES[look()], bins > 1 ? bin / (bins - 1) : 1), title: papersOf(counts[bin]) });
        bar.style.height = (share ? Math.max((100 * share) / most, 4) : 0) + "%";
        if (!others) return bar;
        const line = make("u", {});
        line.style.bottom = (100 * beside[bin]) / most + "%";
        return make("span", {}, bar, line);
      });
      const round = (value) => (Number.isInteger(value) ? value : value.toFixed(2)), missing = chosen.filter((i) => mode.value(i) === null).length;
      return make("div", {}, make("div", { class: "pa-bars", role: "img", "aria-label": `${mode.name} from ${round(low)} to ${round(high)}: ${counts.join(", ")} papers` }, ...columns),
        make("div", { class: "pa-ends", "aria-hidden": "true" }, make("span", {}, String(round(low))), make("span", {}, String(round(high)))),
        ...(missing ? [make("p", {}, `${papersOf(missing)} without, in grey`)] : []));
    }

    const column = (name) => data.columns.find((each) => each.key === name);
    const cited = column("citations"), venues = column("venue");
    const topicName = (i) => data.nodes.topic[papers.topic[i]].name;
    const heads = [
      ["title", "Title", (i) => papers.title[i]], ["date", "Date", (i) => papers.published[i]], ...(venues ? [["venue", "Venue", (i) => venues.values[i]]] : []),
      ...(cited ? [["citations", "Citations", (i) => cited.values[i]]] : []), ["topic", "Topic", topicName], ["confidence", "Confidence", (i) => papers.confidence[i]],
    ];

    function sorted() {
      const head = heads.find(([name]) => name === state.sort.replace("-", ""));
      return head ? atlas.sorted(now.hits, head[2], state.sort[0] === "-" ? -1 : 1) : now.hits;
    }

    function drawList() {
      const order = sorted();
      const head = make("tr", {}, ...heads.map(([name, text]) => {
        const sort = state.sort === name ? "ascending" : state.sort === "-" + name ? "descending" : "none";
        const button = make("button", { type: "button", class: "pa-sort", "data-key": name }, text);
        button.addEventListener("click", () => {
          change({ sort: { none: name, ascending: "-" + name, descending: null }[sort] });
          part("list").querySelector(`[data-key="${name}"]`).focus();
        });
        return make("th", { scope: "col", "aria-sort": sort }, button);
      }));
      const rows = order.slice(0, limit).map((i) => {
        const tick = make("input", { type: "checkbox", "aria-label": "Select " + papers.title[i] });
        tick.checked = state.chosen.has(i);
        tick.addEventListener("change", () => {
          const chosen = new Set(state.chosen);
          if (tick.checked) chosen.add(i); else chosen.delete(i);
          select(chosen);
          part("list").querySelector(`[data-row="${papers.id[i]}"] input`)?.focus();
        });
        const cells = heads.slice(1).map(([name, , value]) => make("td", { class: "pa-" + name }, name === "date" ? month(value(i)) || "–" : name === "confidence" ? value(i).toFixed(2) : String(value(i) ?? "–")));
        return make("tr", { "data-row": papers.id[i] }, make("th", { scope: "row" }, tick, atlas.link(data, i, ...atlas.marked(papers.title[i], now.words))), ...cells);
      });
      const order_by = state.sort ? "" : state.q.trim() ? "; the best match first" : "";
      const caption = make("caption", {}, order.length < all.length ? `The ${papersOf(order.length)} found${order_by}` : `All ${papersOf(order.length)}`);
      const more = make("button", { type: "button" }, `Show ${Math.min(PAGE, order.length - limit)} more of ${number(order.length - limit)}`);
      more.addEventListener("click", () => { const last = limit; limit += PAGE; drawList(); part("list").querySelectorAll("tbody a")[last]?.focus(); });
      const choose = make("button", { type: "button" }, order.length < all.length ? `Select these ${number(order.length)}` : "Select all");
      choose.addEventListener("click", () => select(new Set([...state.chosen, ...order])));
      part("list").replaceChildren(make("table", {}, caption, make("thead", {}, head), make("tbody", {}, ...rows)),
        make("p", { class: "pa-row" }, ...(order.length > limit ? [more] : []), ...(order.length ? [choose] : [])));
    }

    function drawSelection() {
      const box = part("selection"), chosen = [...state.chosen].sort((a, b) => a - b);
      box.hidden = !chosen.length;
      if (!chosen.length) return;
      const rest = all.filter((i) => !state.chosen.has(i)), words = search.typical(chosen, 8);
      const clear = make("button", { type: "button" }, "Clear");
      clear.addEventListener("click", () => select(new Set()));
      const ways = Object.entries(atlas.formats).map(([name, format]) => make("button", { type: "button", "data-cite": name, "data-name": "selection", "data-papers": chosen.map((i) => papers.id[i]).join(" ") }, format.name));
      box.replaceChildren(
        make("p", { class: "pa-heading" }, `${papersOf(chosen.length)} selected`),
        make("p", {}, words.length ? "They say, more than the rest: " : "No word sets them apart from the rest.", words.map(([word]) => word).join(", ")),
        ...(modes.year && rest.length ? [make("p", { class: "pa-quiet" }, "Their years; the lines are the rest"), bars(modes.year, chosen, rest)] : []),
        make("p", { class: "pa-row" }, make("span", {}, "Take them as"), ...ways, clear));
    }

    const tip = part("tip");
    const picture = atlas.map(root, data, {
      hover(i, here) {
        tip.hidden = i === null;
        part("stage").style.cursor = i === null ? "" : "pointer";
        if (i === null) return;
        tip.replaceChildren(make("b", {}, papers.title[i]), make("small", {}, [month(papers.published[i]), topicName(i)].filter(Boolean).join(" · ")));
        const wide = part("stage").clientWidth;
        tip.style.transform = `translate(${Math.max(Math.min(here[0] + 14, wide - tip.offsetWidth - 4), 4)}px, ${here[1] > tip.offsetHeight + 30 ? here[1] - tip.offsetHeight - 12 : here[1] + 18}px)`;
      },
      pick(i) { change({ paper: papers.id[i] }); atlas.show(papers.id[i], part("grip")); },
      choose(list, added) { select(new Set([...(added ? state.chosen : []), ...list])); },
      moved() { atlas.write({ at: [picture.view.x, picture.view.y, picture.view.zoom].map((v) => +v.toFixed(2)).join(",") }, true); state.at = atlas.read().get("at") || ""; },
      name(node) { change({ node, at: null }); },
    });
    atlas.listeners.push(show);
    show(atlas.read());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(atlas.read()));
    for (const [moment, value] of [["beforeprint", true], ["afterprint", false]]) addEventListener(moment, () => { printing = value; show(atlas.read()); });
    texts = await atlas.load("texts");
    search = atlas.searcher(data, texts);
    root.dataset.ready = "true";
    show(atlas.read());
  }

  const begin = () => document.querySelectorAll(".pa-atlas:not([data-started])").forEach((root) => { root.dataset.started = "true"; start(root); });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})(window.PaperAtlas);
