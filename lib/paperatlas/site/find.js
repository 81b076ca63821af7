/* Search over all papers and topics, on the search page of the site. Loads its index as a script, because a page
   that is opened from a folder may not fetch. Names reach the page through textContent only. */
(function () {
  "use strict";
  const PAGE = 30;
  const home = document.currentScript.src.replace(/_static\/[^/]*$/, "");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const padded = (text) => " " + wordsOf(text).join(" ");

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children); // strings become text
    return node;
  }

  function start(place, input) {
    const { papers, topics } = window.paperAtlas;
    const entries = [
      ...topics.map(([name, address, size, words]) => ({
        name, address, note: "topic · " + size + " papers", fields: [padded(name), padded(words.replaceAll(";", " "))], topic: true,
      })),
      ...papers.map(([name, address, when, topic, systems, words]) => ({
        name, address, note: [when, topics[topic][0], systems.length ? "introduces " + systems.join(", ") : ""].filter(Boolean).join(" · "),
        fields: [padded(name), padded(systems.join(" ")), padded(topics[topic][0]), " " + words],
      })),
    ];
    const told = make("p", { role: "status" }), list = make("ol", { class: "pb-found" }), more = make("button", { type: "button" });
    place.replaceChildren(make("h2", {}, "Papers and topics"), told, list, more);
    let found = [], shown = PAGE;

    /* Lower is better: the sum over the words of the first field that holds each; Infinity if one is nowhere. */
    function rank(entry, wanted) {
      let sum = entry.topic ? -0.5 : 0;
      for (const word of wanted) {
        const field = entry.fields.findIndex((text) => text.includes(word));
        if (field < 0) return Infinity;
        sum += field;
      }
      return sum;
    }

    function draw() {
      list.replaceChildren(...found.slice(0, shown).map(([, entry]) =>
        make("li", {}, make("a", { href: home + entry.address }, entry.name), make("small", {}, entry.note))));
      more.hidden = found.length <= shown;
      more.textContent = "Show " + Math.min(PAGE, found.length - shown) + " more of " + (found.length - shown);
    }

    function search() {
      const wanted = wordsOf(input.value).map((word) => " " + word);
      found = wanted.length ? entries.map((entry, n) => [rank(entry, wanted), entry, n]) : [];
      found = found.filter(([score]) => score < Infinity).sort((a, b) => a[0] - b[0] || a[2] - b[2]);
      shown = PAGE;
      const topicsFound = found.filter(([, entry]) => entry.topic).length, papersFound = found.length - topicsFound;
      told.textContent = wanted.length
        ? papersFound + (papersFound === 1 ? " paper and " : " papers and ") + topicsFound + (topicsFound === 1 ? " topic" : " topics")
        : "Words of titles and abstracts, names of systems and of topics.";
      draw();
    }

    more.addEventListener("click", () => {
      const first = shown;
      shown += PAGE;
      draw();
      list.querySelectorAll("a")[first].focus();
    });
    input.addEventListener("input", search);
    const step = (event, from) => {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!move) return;
      const anchors = [...list.querySelectorAll("a")], to = anchors[anchors.indexOf(from) + move];
      if (!to && move > 0) return;
      event.preventDefault();
      (to || input).focus();
    };
    input.addEventListener("keydown", (event) => step(event, null));
    list.addEventListener("keydown", (event) => step(event, event.target));
    search();
    place.dataset.ready = "true";
  }

  document.addEventListener("DOMContentLoaded", function () {
    // The abstract of the card that a link leads to is of interest.
    const unfold = () => {
      const card = location.hash.startsWith("#p-") && document.getElementById(location.hash.slice(1));
      if (card && card.querySelector("details")) card.querySelector("details").open = true;
    };
    unfold();
    addEventListener("hashchange", unfold);

    // The theme's arrows that open a part of the contents have no name.
    for (const arrow of document.querySelectorAll(".bd-sidebar-primary summary")) {
      if (!arrow.textContent.trim()) arrow.setAttribute("aria-label", "Pages of this part");
    }

    const results = document.getElementById("search-results");
    if (!results) return;
    const input = results.parentNode.querySelector("form.bd-search input");
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) input.value = asked;
    const place = make("section", { class: "pb pb-finder", "aria-label": "Papers and topics" });
    results.before(place);
    const script = make("script", { src: home + "_static/papers.js" });
    script.addEventListener("load", () => start(place, input));
    document.head.append(script);
  });
})();
