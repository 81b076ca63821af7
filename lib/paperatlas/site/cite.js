/* Papers to take away: BibTeX, RIS, CSL-JSON, CSV or a list of ids. What is not known is left out; a key that came in
   goes out unchanged. A button with `data-cite` (the format) and `data-papers` (ids) downloads these papers. */
(function (atlas) {
  "use strict";
  // The rules of `paperatlas.cite`: formulas and commands of LaTeX stay, signs that mean something to it are escaped.
  const ESCAPES = { "&": "\\&", "%": "\\%", $: "\\$", "#": "\\#", _: "\\_", "{": "{\\textbraceleft}", "}": "{\\textbraceright}", "~": "{\\textasciitilde}", "^": "{\\textasciicircum}", "\\": "{\\textbackslash}" };
  const isLatex = (text) => /\$[^$]+\$|\\[A-Za-z]+/.test(text) && text.split("$").length % 2 === 1 && text.split("{").length === text.split("}").length;
  const latex = (text) => text.replace(/\s+/g, " ").replace(isLatex(text) ? /\$[^$]+\$|\\[A-Za-z]+|\\.|[&%#_^]/g : /[&%$#_{}~^\\]/g, (found) => ESCAPES[found] ?? found);
  const MEETING = /\b(?:proceedings|proc|conference|conf|workshop|symposium|congress|meeting|NeurIPS|NIPS|ICML|ICLR|CVPR|ICCV|ECCV|ACL|EMNLP|NAACL|AAAI|IJCAI)\b/i;
  const KINDS = { meeting: ["inproceedings", "booktitle", "CPAPER", "paper-conference"], journal: ["article", "journal", "JOUR", "article-journal"], other: ["misc", "note", "GEN", "article"] };
  const line = (text) => text.replace(/\s+/g, " ").trim();
  const people = (text) => (text.includes(";") ? text.split(";") : text.split(/\s+and\s+/)).map((name) => name.trim()).filter(Boolean);
  const family = (name) => (name.includes(",") ? name.split(",")[0] : name.split(" ").pop());

  /* What is known of a paper, nothing else. */
  function record(data, texts, i, keys) {
    const date = data.papers.published[i] || "", known = {
      id: data.papers.id[i], title: line(data.papers.title[i]), authors: texts.authors[i] ? people(texts.authors[i]) : [],
      year: date.slice(0, 4), month: date.slice(5, 7), day: date.slice(8, 10), venue: texts.venue[i], doi: texts.doi[i], arxiv: texts.arxiv_id[i],
      url: texts.url[i] || (texts.arxiv_id[i] ? "https://arxiv.org/abs/" + texts.arxiv_id[i] : null),
      keywords: texts.keywords[i], abstract: texts.abstract[i],
    };
    known.kind = KINDS[!known.venue ? "other" : MEETING.test(known.venue) ? "meeting" : "journal"];
    known.key = texts.key[i] || madeKey(known, keys);
    keys.add(known.key);
    return known;
  }

  function madeKey(known, keys) {
    const first = known.authors.length ? family(known.authors[0]) : "", word = atlas.wordsOf(known.title).find((w) => w.length > 3) || "paper";
    const stem = (atlas.plain(first).replace(/[^a-z0-9]/g, "") + known.year + word.replace(/[^a-z0-9]/g, "")) || known.id;
    let key = stem;
    for (let n = 0; keys.has(key); n++) key = stem + String.fromCharCode(97 + (n % 26)) + (n > 25 ? Math.floor(n / 26) : "");
    return key;
  }

  const formats = {
    bibtex: { name: "BibTeX", file: "bib", type: "application/x-bibtex", write: (known) => known.map(bibtex).join("\n") },
    ris: { name: "RIS", file: "ris", type: "application/x-research-info-systems", write: (known) => known.map(ris).join("\r\n") },
    csl: { name: "CSL-JSON", file: "json", type: "application/json", write: (known) => JSON.stringify(known.map(csl), null, 1) + "\n" },
    csv: { name: "CSV", file: "csv", type: "text/csv", write: csv },
    ids: { name: "Ids", file: "txt", type: "text/plain", write: (known) => known.map((one) => one.id).join("\n") + "\n" },
  };

  function bibtex(one) {
    const fields = [
      ["title", latex(one.title)], ["author", one.authors.map(latex).join(" and ")], ["year", one.year], ["month", one.month && String(+one.month)],
      [one.kind[1], one.venue && latex(one.venue)], ["doi", one.doi], ["eprint", one.arxiv], ["archiveprefix", one.arxiv && "arXiv"],
      ["url", one.url], ["keywords", one.keywords && latex(one.keywords)], ["abstract", one.abstract && latex(one.abstract)],
    ].filter(([, value]) => value);
    return `@${one.kind[0]}{${one.key},\n${fields.map(([name, value]) => `  ${name} = {${value}}`).join(",\n")}\n}\n`;
  }

  function ris(one) {
    const date = [one.year, one.month, one.day].filter(Boolean).join("/");
    const fields = [
      ["TY", one.kind[2]], ["ID", one.key], ["TI", one.title], ...one.authors.map((name) => ["AU", name]), ["PY", one.year], ["DA", date],
      ["T2", one.venue], ["DO", one.doi], ["UR", one.url], ...(one.keywords ? one.keywords.split(";").map((word) => ["KW", word]) : []), ["AB", one.abstract],
    ].filter(([, value]) => value);
    return fields.map(([tag, value]) => `${tag}  - ${line(value)}\r\n`).join("") + "ER  - \r\n";
  }

  function csl(one) {
    const entry = { id: one.key, type: one.kind[3], title: one.title };
    const author = one.authors.map((name) => (name.includes(",") ? { family: name.split(",")[0].trim(), given: name.split(",").slice(1).join(",").trim() } : { literal: name }));
    const parts = [one.year, one.month, one.day].filter(Boolean).map(Number);
    Object.assign(entry, author.length && { author }, parts.length && { issued: { "date-parts": [parts] } }, one.venue && { "container-title": one.venue },
      one.doi && { DOI: one.doi }, one.url && { URL: one.url }, one.keywords && { keyword: one.keywords }, one.abstract && { abstract: one.abstract });
    return entry;
  }

  /* A text that a spreadsheet would take for a formula gets an apostrophe in front, as in the exported tables. */
  function csv(known) {
    const cell = (value) => `"${String(value ?? "").replace(/^(?='*[=+\-@\t\r\n＝＋－＠])/, "'").replace(/"/g, '""')}"`;
    const columns = { paper_id: "id", key: "key", title: "title", authors: "authors", year: "year", venue: "venue", doi: "doi", arxiv_id: "arxiv", url: "url", keywords: "keywords", abstract: "abstract" };
    const rows = known.map((one) => Object.values(columns).map((name) => cell(name === "authors" ? one.authors.join("; ") : one[name])).join(","));
    return [Object.keys(columns).join(","), ...rows].join("\n") + "\n";
  }

  /* The papers at these places as one text. */
  function cite(data, texts, chosen, format) {
    const keys = new Set(chosen.map((i) => texts.key[i]).filter(Boolean));
    return formats[format].write(chosen.map((i) => record(data, texts, i, keys)));
  }

  async function download(ids, format, name) {
    const [data, texts] = await Promise.all([atlas.load("papers"), atlas.load("texts")]);
    const place = new Map(data.papers.id.map((id, i) => [id, i]));
    const text = cite(data, texts, ids.map((id) => place.get(id)).filter((i) => i !== undefined), format);
    const address = URL.createObjectURL(new Blob([text], { type: formats[format].type + ";charset=utf-8" }));
    const way = atlas.make("a", { href: address, download: `${name}.${formats[format].file}` });
    way.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button[data-cite]");
    if (button) download(button.dataset.papers.split(" "), button.dataset.cite, button.dataset.name || "papers");
  });
  Object.assign(atlas, { cite, download, formats });
})(window.PaperAtlas);
