/* The search: ranked, over titles, systems, authors, keywords and abstracts, and tolerant of spelling. */
(function (atlas) {
  "use strict";
  const { plain, wordsOf } = atlas;
  const WEIGHTS = [8, 5, 4, 1]; // title, systems, authors and keywords, abstract

  /* A search over the papers: `find(query)` gives their places, the best first, and what was done to the query. */
  atlas.searcher = function (data, texts) {
    const papers = data.papers, frequency = new Map();
    const fields = papers.id.map((_, i) => [
      papers.title[i], texts ? texts.systems[i].join(" ") : "",
      texts ? [texts.authors[i], texts.keywords[i], texts.venue[i]].filter(Boolean).join(" ") : "",
      texts ? texts.abstract[i] : "",
    ].map((text) => " " + wordsOf(text).join(" ") + " "));
    const everything = fields.map((of) => of.join(""));
    const said = (word) => everything.some((text) => text.includes(" " + word));

    function vocabulary() {
      if (!frequency.size) {
        for (const text of everything) for (const word of new Set(text.split(" "))) if (word) frequency.set(word, (frequency.get(word) || 0) + 1);
      }
      return frequency;
    }

    /* A word that the papers say, for one that they do not: an abbreviation's long form, another spelling, its stem. */
    function instead(word) {
      const long = data.abbreviations[word];
      if (long && said(long.split(" ")[0])) return long.split(" ");
      const most = word.length > 7 ? 2 : word.length > 3 ? 1 : 0;
      let best = null;
      for (const [known, n] of vocabulary()) {
        if (Math.abs(known.length - word.length) > most) continue;
        const far = distance(word, known, most);
        if (far <= most && (!best || far < best.far || (far === best.far && n > best.n))) best = { known, far, n };
      }
      if (best) return [best.known];
      for (let cut = word.length - 1; cut >= 5; cut--) if (said(word.slice(0, cut))) return [word.slice(0, cut)];
      return null;
    }

    /* The sum over the words of the weight of the best field that holds each, as a whole word or as a beginning. */
    function score(i, words) {
      let sum = 0, found = 0;
      for (const word of words) {
        const field = fields[i].findIndex((text) => text.includes(" " + word));
        if (field < 0) continue;
        found += 1;
        sum += WEIGHTS[field] * (fields[i][field].includes(" " + word + " ") ? 1 : 0.7);
      }
      if (words.length > 1 && fields[i][0].includes(" " + words.join(" "))) sum += 6;
      else if (words.length > 1 && fields[i][3].includes(" " + words.join(" "))) sum += 2;
      return [found, sum];
    }

    function find(query) {
      const notes = [], words = [];
      for (const word of wordsOf(query)) {
        const known = said(word) ? [word] : instead(word);
        if (!known) notes.push(`No paper says “${word}”.`);
        else if (known[0] !== word || known.length > 1) notes.push(`No paper says “${word}”; showing “${known.join(" ")}”.`);
        words.push(...(known || [word]));
      }
      const scored = papers.id.map((_, i) => [i, ...score(i, words)]).filter(([, found]) => found > 0 || !words.length);
      const most = scored.reduce((least, [, found]) => Math.max(least, found), 0);
      if (words.length && most && most < words.length) notes.push("No paper has all of these words; showing those with most of them.");
      const hits = scored.filter(([, found]) => found === most);
      if (words.length) hits.sort((a, b) => b[2] - a[2] || (papers.published[b[0]] || "").localeCompare(papers.published[a[0]] || "") || a[0] - b[0]);
      return { hits: hits.map(([i]) => i), words, notes };
    }

    /* Words that a set of papers uses more than the rest: log odds ratio of the shares of papers, its error heeded. */
    function typical(chosen, most) {
      const inside = new Map();
      for (const i of chosen) for (const word of new Set((fields[i][0] + fields[i][3]).split(" "))) if (word.length > 2) inside.set(word, (inside.get(word) || 0) + 1);
      const n = chosen.length, rest = papers.id.length - n, all = vocabulary();
      return [...inside].map(([word, a]) => {
        const b = Math.max(all.get(word) - a, 0);
        const [p, q, r, s] = [a + 0.5, n - a + 0.5, b + 0.5, rest - b + 0.5];
        return [word, Math.log((p * s) / (q * r)) / Math.sqrt(1 / p + 1 / q + 1 / r + 1 / s), a];
      }).filter(([, z, a]) => z > 1.5 && (a > 1 || n < 3)).sort((x, y) => y[1] - x[1]).slice(0, most);
    }

    return { find, typical };
  };

  /* Letters to insert, drop, replace or swap (Damerau 1964), given up beyond `most`. */
  function distance(a, b, most) {
    let [before, last, row] = [[], [], Array.from({ length: b.length + 1 }, (_, j) => j)];
    for (let i = 1; i <= a.length; i++) {
      [before, last, row] = [last, row, [i]];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      if (Math.min(...row) > most) return most + 1;
    }
    return row[b.length];
  }

  /* A text with the words that were searched for marked. */
  atlas.marked = (text, words) => text.split(/([\p{L}\p{N}\p{M}]+)/u).map((piece, n) =>
    n % 2 && words.some((word) => plain(piece).startsWith(word)) ? atlas.make("mark", {}, piece) : piece);
})(window.PaperAtlas);
