/* Gives the tables marked pa-searchable a filter, heads that sort, and a count of the rows shown. Without it they
   are plain tables with all their rows. Cells are only ever read as text and moved, never written. */
(function () {
  "use strict";
  const COLLATOR = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const PAUSE = 150; // ms without typing before a screen reader is told the count
  const MISSING = "–";
  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
  let made = 0;

  function element(name, attributes, text) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    if (text) node.textContent = text;
    return node;
  }

  /* Lower case without accents, so that "cafe" finds "Café". */
  function folded(text) {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }

  /* The words of a query, with what stands in quotes kept together. */
  function wanted(query) {
    return (folded(query).match(/"[^"]+"|[^\s"]+/g) || []).map((word) => word.replace(/"/g, ""));
  }

  /* Value to sort by: a number, a text, or null where the cell is empty. */
  function keyOf(cell) {
    if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
    const text = cell.textContent.trim();
    return text === "" || text === MISSING ? null : text;
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return COLLATOR.compare(String(a), String(b));
  }

  /* Empty cells come last in either direction; equal ones keep the order of the page. */
  function sorted(rows, column, direction) {
    const sign = direction === "descending" ? -1 : 1;
    return rows
      .map((row) => ({ row, key: keyOf(row.node.cells[column]) }))
      .sort((a, b) => {
        if (a.key === null || b.key === null) {
          return (a.key === null) - (b.key === null) || a.row.place - b.row.place;
        }
        return sign * compare(a.key, b.key) || a.row.place - b.row.place;
      })
      .map((entry) => entry.row);
  }

  function enhance(box) {
    const table = box.querySelector("table");
    const body = table && table.tBodies[0];
    if (!body || box.dataset.ready) return;
    box.dataset.ready = "true";
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...body.rows].map((node, place) => (
      { node, place, text: folded([...node.cells].map((cell) => cell.textContent).join("  ")) }));
    const number = ++made;
    const caption = table.caption ? table.caption.textContent : "the table";

    const bar = element("div", { class: "pa-filter" });
    const label = element("label", { for: `pa-filter-${number}` }, "Filter");
    const field = element("input", {
      type: "search", id: `pa-filter-${number}`, autocomplete: "off", spellcheck: "false",
      "aria-controls": `pa-rows-${number}`, "aria-label": `Filter: ${caption}`, placeholder: "words, or \"a phrase\"",
    });
    const shown = element("span", { class: "pa-shown" });
    const spoken = element("span", { class: "pa-spoken", role: "status", "aria-live": "polite" });
    body.id = `pa-rows-${number}`;
    bar.append(label, field, shown, spoken);
    box.before(bar);

    let later;
    function filter() {
      const words = wanted(field.value);
      let n = 0;
      for (const row of rows) {
        const hit = words.every((word) => row.text.includes(word));
        row.node.hidden = !hit;
        n += hit;
      }
      const count = `${n.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
      shown.textContent = count;
      clearTimeout(later);
      later = setTimeout(() => { spoken.textContent = words.length ? `${count} shown` : ""; }, PAUSE);
    }

    function sortBy(column) {
      const direction = NEXT[heads[column].getAttribute("aria-sort") || "none"];
      heads.forEach((head, i) => head.setAttribute("aria-sort", i === column ? direction : "none"));
      body.append(...(direction === "none" ? rows : sorted(rows, column, direction)).map((row) => row.node));
    }

    heads.forEach((head, column) => {
      const button = element("button", { type: "button", class: "pa-sort" }, head.textContent);
      button.addEventListener("click", () => sortBy(column));
      head.replaceChildren(button);
      head.setAttribute("aria-sort", "none");
    });
    field.addEventListener("input", filter);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && field.value) { field.value = ""; filter(); event.preventDefault(); }
    });
    filter();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".pa-searchable").forEach(enhance));
})();
