/* Draws the figures of a page from the data beside them, follows light and dark and paper; a click on a paper opens its
   card. The bar above a figure saves it as SVG or PNG, at the size of print. */
(function (atlas) {
  "use strict";
  const PRINTED = { width: 660, height: 960 }; // pixels: a page of paper, whose size the browser does not tell
  const TITLE = { title: 48, line: 16 }; // pixels that a figure's title, and each line below it, take
  const TITLED = 600; // pixels that a title on one line may take
  const DOTS = 3; // PNG: a width of 660 pixels becomes 300 dots per inch on 168 mm
  let printing = false;

  const saved = (format, title) => ({
    name: "Save as " + title, title: "Save as " + title, icon: Plotly.Icons.camera,
    click: (plot) => Plotly.downloadImage(plot, { format, filename: "figure", width: plot._fullLayout.width, height: plot._fullLayout.height, scale: format === "png" ? DOTS : 1 }),
  });
  const config = () => ({ responsive: true, displaylogo: false, modeBarButtonsToRemove: ["lasso2d", "select2d", "toImage"], modeBarButtonsToAdd: [saved("svg", "SVG"), saved("png", "PNG")] });
  const dark = () => !printing && atlas.isDark();
  const shades = () => (dark() ? { ink: "#E6EBEF", quiet: "#A9B5BE", paper: "#121212", grid: "#343B41" } : { ink: "#1F2A33", quiet: "#5C6B77", paper: "#FFFFFF", grid: "#E4E9ED" });

  /* On a narrow page a title is cut off, or scrolls away with its figure; the caption says it instead. */
  function isNarrow(figure) {
    return !printing && figure.clientWidth < Math.max(parseInt(figure.querySelector(".pa-drawn").style.minWidth, 10), TITLED);
  }

  function withoutTitle(layout) {
    const told = ((layout.title || {}).subtitle || {}).text;
    const top = (layout.margin || {}).t || layout.template.layout.margin.t;
    const spared = Math.max(0, Math.min(TITLE.title + (told ? told.split("<br>").length * TITLE.line : 0), top - 16));
    layout.margin = { ...layout.margin, t: top - spared };
    if (layout.height) layout.height -= spared;
    delete layout.title;
  }

  function dressed(layout, untitled) {
    const colour = shades(), result = structuredClone(layout);
    if (untitled) withoutTitle(result);
    result.autosize = !printing;
    if (printing) Object.assign(result, { width: PRINTED.width, height: Math.min(result.height || 420, PRINTED.height) });
    else delete result.width;
    result.paper_bgcolor = result.plot_bgcolor = colour.paper;
    result.font = { ...result.font, color: colour.ink };
    result.hoverlabel = { ...result.hoverlabel, bgcolor: colour.paper, bordercolor: colour.grid, font: { ...(result.hoverlabel || {}).font, color: colour.ink } };
    const template = (result.template || {}).layout || {};
    for (const axis of [template.xaxis, template.yaxis].filter(Boolean)) {
      axis.gridcolor = axis.linecolor = colour.grid;
      axis.tickfont = { ...axis.tickfont, color: colour.quiet };
      if (axis.title) axis.title.font = { ...axis.title.font, color: colour.quiet };
    }
    for (const note of result.annotations || []) if (note.bgcolor) note.bgcolor = dark() ? "rgba(18,18,18,0.8)" : "rgba(255,255,255,0.8)";
    return result;
  }

  /* A point of a figure carries its paper's address, which leads to the card of the paper. */
  async function opened(event) {
    const address = event.points[0] && event.points[0].customdata;
    if (typeof address !== "string" || !address.startsWith("https://")) return;
    const [{ papers }, texts] = await Promise.all([atlas.load("papers"), atlas.load("texts")]), title = new URL(address).searchParams.get("q");
    const i = papers.id.findIndex((_, n) => (title ? papers.title[n] === title : address.endsWith("/" + texts.arxiv_id[n])));
    if (i >= 0) atlas.show(papers.id[i]);
    else window.open(address, "_blank", "noopener");
  }

  function draw(figure) {
    const plot = figure.querySelector(".pa-drawn"), caption = figure.querySelector("figcaption"), untitled = isNarrow(figure);
    const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    caption.hidden = !untitled;
    const layout = dressed(spec.layout, untitled);
    plot.style.minHeight = layout.height + "px";
    Plotly.react(plot, spec.data, layout, config()).then(() => {
      if (!figure.dataset.drawn) plot.on("plotly_click", opened);
      figure.dataset.drawn = "true";
    });
  }

  const drawAll = () => document.querySelectorAll(".pa-figure").forEach(draw);
  document.addEventListener("DOMContentLoaded", () => {
    drawAll();
    // Within the event: a printer does not wait.
    for (const [moment, now] of [["beforeprint", true], ["afterprint", false]]) addEventListener(moment, () => { printing = now; drawAll(); });
    addEventListener("resize", () => document.querySelectorAll(".pa-figure").forEach((figure) => { if (isNarrow(figure) === figure.querySelector("figcaption").hidden) draw(figure); }));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  });
})(window.PaperAtlas);
