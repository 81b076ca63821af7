/* Draws the figures of a page from the data beside them, follows light and dark, opens a paper on click. */
(function () {
  "use strict";
  const CONFIG = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["lasso2d", "select2d"] };

  const PRINTED = { width: 660, height: 960 }; // pixels: a page of paper, whose size the browser does not tell
  const TITLE = { title: 48, line: 16 }; // pixels that a figure's title, and each line below it, take
  const TITLED = 600; // pixels that a title on one line may take
  let printing = false;

  function isDark() {
    return !printing && document.documentElement.dataset.theme === "dark";
  }

  function shades() {
    return isDark()
      ? { ink: "#E6EBEF", quiet: "#A9B5BE", paper: "#121212", grid: "#343B41" }
      : { ink: "#1F2A33", quiet: "#5C6B77", paper: "#FFFFFF", grid: "#E4E9ED" };
  }

  /* On a narrow page a title is cut off, or scrolls away with its figure; the caption says it instead. */
  function isNarrow(figure) {
    const least = parseInt(figure.querySelector(".pa-plot").style.minWidth, 10);
    return !printing && figure.clientWidth < Math.max(least, TITLED);
  }

  function withoutTitle(layout) {
    const told = ((layout.title || {}).subtitle || {}).text;
    const drop = TITLE.title + (told ? told.split("<br>").length * TITLE.line : 0);
    const top = (layout.margin || {}).t || layout.template.layout.margin.t;
    const spared = Math.max(0, Math.min(drop, top - 16));
    layout.margin = Object.assign({}, layout.margin, { t: top - spared });
    if (layout.height) layout.height -= spared;
    delete layout.title;
  }

  function dressed(layout, untitled) {
    const colour = shades();
    const result = JSON.parse(JSON.stringify(layout));
    if (untitled) withoutTitle(result);
    result.autosize = !printing;
    if (printing) Object.assign(result, { width: PRINTED.width, height: Math.min(result.height || 420, PRINTED.height) });
    else delete result.width;
    result.paper_bgcolor = colour.paper;
    result.plot_bgcolor = colour.paper;
    result.font = Object.assign({}, result.font, { color: colour.ink });
    result.hoverlabel = Object.assign({}, result.hoverlabel, {
      bgcolor: colour.paper, bordercolor: colour.grid,
      font: Object.assign({}, (result.hoverlabel || {}).font, { color: colour.ink }),
    });
    const template = (result.template || {}).layout || {};
    for (const axis of [template.xaxis, template.yaxis]) {
      if (axis) {
        axis.gridcolor = axis.linecolor = colour.grid;
        axis.tickfont = Object.assign({}, axis.tickfont, { color: colour.quiet });
        if (axis.title) axis.title.font = Object.assign({}, axis.title.font, { color: colour.quiet });
      }
    }
    for (const note of result.annotations || []) {
      if (note.bgcolor) note.bgcolor = isDark() ? "rgba(18,18,18,0.8)" : "rgba(255,255,255,0.8)";
    }
    return result;
  }

  function draw(figure) {
    const plot = figure.querySelector(".pa-plot");
    const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    const caption = figure.querySelector("figcaption");
    const untitled = isNarrow(figure);
    caption.hidden = !untitled;
    const layout = dressed(spec.layout, untitled);
    plot.style.minHeight = layout.height + "px";
    Plotly.react(plot, spec.data, layout, CONFIG).then(function () {
      figure.dataset.drawn = "true";
      if (figure.dataset.listening) return;
      figure.dataset.listening = "true";
      plot.on("plotly_click", function (event) {
        const address = event.points[0] && event.points[0].customdata;
        if (typeof address === "string" && address.startsWith("https://")) window.open(address, "_blank", "noopener");
      });
    });
  }

  function drawAll() {
    document.querySelectorAll(".pa-figure").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", function () {
    drawAll();
    for (const [moment, now] of [["beforeprint", true], ["afterprint", false]]) {
      addEventListener(moment, function () {
        printing = now;
        drawAll(); // within the event: a printer does not wait
      });
    }
    addEventListener("resize", function () {
      for (const figure of document.querySelectorAll(".pa-figure")) {
        if (isNarrow(figure) === figure.querySelector("figcaption").hidden) draw(figure);
      }
    });
    new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  });
})();
