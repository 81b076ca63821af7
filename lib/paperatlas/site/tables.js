/* Gives the tables marked pa-searchable a filter, heads that sort, and a count of the rows shown. Without it they
   are plain tables with all their rows. Cells are only ever read as text and moved, never written. */
(function (atlas) {
  "use strict";
  const { make, number, plain } = atlas;
  const MISSING = "–";
  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
  let made = 0;

  /* The words of a query, with what stands in quotes kept together. */
  const wanted = (query) => (plain(query).match(/"[^"]+"|[^\s"]+/g) || []).map((word) => word.replace(/"/g, ""));

  /* Value to sort by: a number, a text, or null where the cell is empty. */
  function keyOf(cell) {
    if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
    const text = cell.textContent.trim();
    return text === "" || text === MISSING ? null : text;
  }

  function enhance(box) {
    const table = box.querySelector("table"), body = table && table.tBodies[0];
    if (!body) return;
    const heads = [...table.tHead.rows[0].cells], n = ++made, caption = table.caption ? table.caption.textContent : "the table";
    const rows = [...body.rows].map((node) => ({ node, text: plain([...node.cells].map((cell) => cell.textContent).join("  ")) }));
    const field = make("input", { type: "search", id: "pa-filter-" + n, autocomplete: "off", spellcheck: "false", "aria-controls": "pa-rows-" + n, "aria-label": "Filter: " + caption, placeholder: 'words, or "a phrase"' });
    const shown = make("span", { class: "pa-shown", role: "status" });
    body.id = "pa-rows-" + n;
    box.before(make("div", { class: "pa-filter" }, make("label", { for: field.id }, "Filter"), field, shown));

    function filter() {
      const words = wanted(field.value);
      let left = 0;
      for (const row of rows) {
        row.node.hidden = !words.every((word) => row.text.includes(word));
        left += !row.node.hidden;
      }
      shown.textContent = `${number(left)} of ${number(rows.length)} rows`;
    }

    heads.forEach((head, column) => {
      const button = make("button", { type: "button", class: "pa-sort" }, head.textContent);
      button.addEventListener("click", () => {
        const direction = NEXT[head.getAttribute("aria-sort")];
        heads.forEach((each) => each.setAttribute("aria-sort", each === head ? direction : "none"));
        body.append(...(direction === "none" ? rows : atlas.sorted(rows, (row) => keyOf(row.node.cells[column]), direction === "descending" ? -1 : 1)).map((row) => row.node));
      });
      head.replaceChildren(button);
      head.setAttribute("aria-sort", "none");
    });
    field.addEventListener("input", filter);
    field.addEventListener("keydown", (event) => { if (event.key === "Escape" && field.value) { field.value = ""; filter(); event.preventDefault(); } });
    filter();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".pa-searchable").forEach(enhance));
})(window.PaperAtlas);
