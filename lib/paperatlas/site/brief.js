/* The brief's map: a card for the paper under the pointer, a click that opens it, and a search. The text of the
   cards is that of the list of papers; nothing here is read as markup. */
(function () {
  "use strict";
  const REACH = 18; // pixels from the pointer to a point
  const map = document.querySelector(".pb-map"), stage = document.querySelector(".pb-stage"), card = document.querySelector(".pb-card");
  const query = document.getElementById("pb-query"), count = document.getElementById("pb-count");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const papers = [...map.querySelectorAll("circle")].map((point) => {
    const entry = document.getElementById("p-" + point.dataset.paper);
    const words = " " + plain(entry.textContent + " " + entry.parentNode.dataset.topic).split(/[^\p{L}\p{N}]+/u).join(" ");
    return { point, entry, words, x: +point.getAttribute("cx"), y: +point.getAttribute("cy"), on: true };
  });

  let here = null;
  function nearest(event) {
    const matrix = map.getScreenCTM();
    const x = (event.clientX - matrix.e) / matrix.a, y = (event.clientY - matrix.f) / matrix.d;
    let best = null, least = (REACH / matrix.a) ** 2;
    for (const paper of papers) {
      const far = (paper.x - x) ** 2 + (paper.y - y) ** 2;
      if (paper.on && far < least) [best, least] = [paper, far];
    }
    return best;
  }

  function show(paper) {
    if (here) here.point.classList.remove("pb-here");
    here = paper;
    card.hidden = !paper;
    map.style.cursor = paper ? "pointer" : "";
    if (!paper) return;
    paper.point.classList.add("pb-here");
    const title = document.createElement("b"), facts = document.createElement("small");
    title.textContent = paper.entry.querySelector("a").textContent;
    facts.textContent = paper.entry.parentNode.dataset.topic + " · " + paper.entry.querySelector("small").textContent;
    card.replaceChildren(title, facts);
    const frame = stage.getBoundingClientRect(), at = paper.point.getBoundingClientRect();
    const left = at.left - frame.left, top = at.top - frame.top;
    const beside = left + card.offsetWidth + 24 < frame.width ? left + 20 : left - card.offsetWidth - 12;
    card.style.left = Math.max(0, beside) + "px";
    card.style.top = Math.max(0, top - card.offsetHeight - 10) + "px";
  }

  map.addEventListener("pointermove", (event) => {
    const paper = nearest(event);
    if (paper !== here) show(paper);
  });
  map.addEventListener("pointerleave", () => show(null));
  map.addEventListener("click", (event) => {
    const paper = nearest(event);
    if (!paper) return;
    if (event.pointerType === "touch") return show(paper); // a finger cannot hover: the list has the link
    const address = paper.entry.querySelector("a").href;
    if (address.startsWith("https://")) window.open(address, "_blank", "noopener");
  });

  query.addEventListener("input", () => {
    const wanted = plain(query.value).split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((word) => " " + word);
    let found = 0;
    for (const paper of papers) {
      paper.on = wanted.every((word) => paper.words.includes(word));
      found += paper.on;
      paper.point.classList.toggle("pb-off", !paper.on);
      paper.entry.hidden = !paper.on;
    }
    for (const group of document.querySelectorAll(".pb-papers details")) {
      const any = group.querySelector("li:not([hidden])");
      group.hidden = !any;
      group.open = Boolean(wanted.length && any && found <= 200);
    }
    count.textContent = wanted.length ? found + " of " + papers.length + " papers, listed below" : "";
  });

  // A link to a paper leads into a folded list.
  function unfold() {
    const entry = location.hash.startsWith("#p-") && document.getElementById(location.hash.slice(1));
    if (!entry) return;
    entry.closest("details").open = true;
    entry.scrollIntoView({ block: "center" });
  }
  addEventListener("hashchange", unfold);
  unfold();
})();
