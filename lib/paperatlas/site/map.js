/* The picture of the papers: points in SVG, names beside them. It knows nothing of filters or of the page; it draws a
   scene that it is given and tells what the reader does. */
(function (atlas) {
  "use strict";
  const MOST = 8000; // points drawn at once; of larger piles every n-th, and all that a search finds
  const CLOSEST = 40, NEAR = 14; // magnification; pixels from the pointer to a point
  const CELL = 4; // pixels of the grid that says where no point lies
  const TURNS = 48, STEP = 9; // places that a name tries: directions, and pixels between the circles around its node
  const LONGEST = 170; // pixels of the line from a name to its papers
  const SVG = "http://www.w3.org/2000/svg";
  const svg = (tag, attributes) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };

  /* `tell`: hover(i or null), pick(i), choose(places, added), moved(), name(level, node). */
  atlas.map = function (root, data, tell) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    const stage = part("stage"), cloud = part("points"), over = part("over"), names = part("names");
    const { x, y, id } = data.papers, all = id.map((_, i) => i);
    const span = (values) => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const whole = { x: span(x), y: span(y) };
    const view = { x: 0, y: 0, zoom: 1 };
    const circles = new Map(), ring = svg("circle", { class: "pa-ring", r: 9 }), outline = svg("path", { class: "pa-outline" }), leaders = svg("g", {});
    over.append(leaders, outline, ring);
    let width = 0, height = 0, scene = null, drawn = [], mode = "pan", settling = 0;

    const narrow = () => width < 560;
    const room = () => (narrow() ? [0.06, 0.2] : [0.13, 0.11]); // kept free for names around the whole, of width and height
    const base = () => Math.min((width * (1 - 2 * room()[0])) / Math.max(whole.x[1] - whole.x[0], 1), (height * (1 - 2 * room()[1])) / Math.max(whole.y[1] - whole.y[0], 1));
    const scale = () => base() * view.zoom;
    const at = (i) => [(x[i] - view.x) * scale() + width / 2, (y[i] - view.y) * scale() + height / 2];
    const radius = () => Math.min(Math.max(0.17 * Math.sqrt((width * height) / Math.max(drawn.length, 1)), 2), 4.6) * Math.min(1 + 0.35 * Math.log2(view.zoom), 2);

    function draw(next) {
      scene = next;
      const every = Math.ceil(all.length / MOST), hits = new Set(scene.hits);
      const wanted = new Set(every > 1 && scene.hits.length === all.length ? [] : scene.hits.slice(0, MOST));
      drawn = all.filter((i) => i % every === 0 || wanted.has(i));
      const kept = new Set(drawn);
      for (const [i, circle] of circles) if (!kept.has(i)) { circle.remove(); circles.delete(i); }
      for (const i of drawn) {
        if (!circles.has(i)) {
          circles.set(i, svg("circle", { cx: x[i], cy: y[i], "data-paper": id[i] }));
          cloud.append(circles.get(i));
        }
        const circle = circles.get(i), hit = hits.has(i);
        circle.setAttribute("class", (hit ? "pa-hit" : "pa-off") + (scene.chosen.has(i) ? " pa-chosen" : ""));
        circle.setAttribute("fill", hit ? scene.colour(i) : "");
      }
      move(true);
    }

    function move(now) {
      if (!width || !scene) return;
      const s = scale();
      cloud.setAttribute("transform", `translate(${width / 2 - view.x * s} ${height / 2 - view.y * s}) scale(${s})`);
      cloud.style.setProperty("--r", radius() / s + "px");
      drawRing();
      names.classList.toggle("pa-moving", !now);
      leaders.setAttribute("class", now ? "" : "pa-moving");
      clearTimeout(settling);
      if (now) drawNames();
      else settling = setTimeout(() => { move(true); tell.moved(); }, 180);
    }

    function drawRing() {
      const on = scene.active !== null;
      ring.style.display = on ? "" : "none";
      if (on) [ring.cx.baseVal.value, ring.cy.baseVal.value] = at(scene.active);
    }

    /* What is named: themes from afar, topics from nearer, subtopics from close by; inside a filter one level deeper. */
    function level() {
      const levels = ["theme", "topic", "subtopic"];
      const place = scene.within ? levels.indexOf(scene.within) + 1 : view.zoom < 1.7 ? 0 : view.zoom < 3.6 ? 1 : 2;
      return levels[Math.min(place + (!scene.within && data.nodes.theme.length < 2 && place === 0 ? 1 : 0), 2)];
    }

    function nodeOf(i, of) {
      const sub = data.papers.subtopic[i];
      if (of === "subtopic") return sub === null ? "topic." + data.papers.topic[i] : "subtopic." + sub;
      return of + "." + data.papers[of][i];
    }

    /* How many points lie in a rectangle, from sums over a grid: what is free on it is free on the screen. */
    function coverage(points) {
      const cols = Math.ceil(width / CELL) + 1, rows = Math.ceil(height / CELL) + 1, sums = new Int32Array((cols + 1) * (rows + 1));
      for (const { px, py } of points) {
        if (px >= 0 && py >= 0 && px < width && py < height) sums[(Math.floor(py / CELL) + 1) * (cols + 1) + Math.floor(px / CELL) + 1] += 1;
      }
      for (let r = 1; r <= rows; r++) for (let c = 1; c <= cols; c++) sums[r * (cols + 1) + c] += sums[(r - 1) * (cols + 1) + c] + sums[r * (cols + 1) + c - 1] - sums[(r - 1) * (cols + 1) + c - 1];
      return ([l, t, r, b], spare) => {
        const c0 = Math.max(Math.floor((l - spare) / CELL), 0), c1 = Math.min(Math.floor((r + spare) / CELL) + 1, cols);
        const r0 = Math.max(Math.floor((t - spare) / CELL), 0), r1 = Math.min(Math.floor((b + spare) / CELL) + 1, rows);
        return sums[r1 * (cols + 1) + c1] - sums[r0 * (cols + 1) + c1] - sums[r1 * (cols + 1) + c0] + sums[r0 * (cols + 1) + c0];
      };
    }

    /* The densest half of a node's points: a name points there, and not at strays. */
    function core(points) {
      let half = points, cx = median(points.map((p) => p.px)), cy = median(points.map((p) => p.py));
      for (let n = 0; n < 4; n++) {
        half = points.slice().sort((a, b) => (a.px - cx) ** 2 + (a.py - cy) ** 2 - (b.px - cx) ** 2 - (b.py - cy) ** 2).slice(0, Math.ceil(points.length / 2));
        cx = half.reduce((sum, p) => sum + p.px, 0) / half.length;
        cy = half.reduce((sum, p) => sum + p.py, 0) / half.length;
      }
      return { half, cx, cy };
    }
    const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
    const beside = ([l, t, r, b], { px, py }) => [Math.min(Math.max(px, l), r), Math.min(Math.max(py, t), b)];
    const apart = (box, point) => Math.hypot(...beside(box, point).map((v, axis) => v - (axis ? point.py : point.px)));
    const nearest = (box, points) => points.reduce((best, p) => (apart(box, p) < apart(box, best) ? p : best));
    const meet = (a, b, spare) => a[0] < b[2] + spare && b[0] < a[2] + spare && a[1] < b[3] + spare && b[1] < a[3] + spare;
    const crosses = ([[ax, ay], [bx, by]], box) => {
      for (let t = 0; t <= 1; t += 1 / 16) {
        const [px, py] = [ax + (bx - ax) * t, ay + (by - ay) * t];
        if (meet([px, py, px, py], box, 1)) return true;
      }
      return false;
    };

    const side = ([ax, ay], [bx, by], [px, py]) => Math.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax));
    const cut = ([a, b], [c, d]) => side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);

    function wanted(points) {
      const groups = new Map(), of = level(), limit = narrow() ? 9 : 16;
      for (const point of points) {
        if (!scene.hit.has(point.i) || point.px < 0 || point.py < 0 || point.px > width || point.py > height) continue;
        const node = nodeOf(point.i, of);
        if (!groups.has(node)) groups.set(node, []);
        groups.get(node).push(point);
      }
      const enough = Math.min(3, points.length);
      return [...groups].filter(([, own]) => own.length >= enough).sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1)).slice(0, limit);
    }

    /* Each name goes to the best free place around its node, on no point and no other name, and a line leads from it to
       its own papers; a name that finds no place is left out until the reader comes closer. */
    function drawNames() {
      const points = drawn.map((i) => { const [px, py] = at(i); return { i, px, py }; });
      const inView = points.filter(({ px, py }) => px > -20 && py > -20 && px < width + 20 && py < height + 20);
      const of = level(), covered = coverage(inView), spare = radius() + 2;
      const groups = wanted(points);
      const nodes = groups.map(([node]) => {
        const [kind, n] = node.split("."), entry = data.nodes[kind][n];
        const made = atlas.make("span", { class: "pa-name pa-name-" + kind, "data-node": node, title: entry.name }, headed(entry.name, narrow() ? 26 : 44));
        made.style.color = entry[(scene.dark ? "dark" : "light") + "_text"];
        made.addEventListener("click", () => tell.name(node));
        return made;
      });
      names.replaceChildren(...nodes);
      const range = document.createRange();
      const sizes = nodes.map((node) => { // of the text: a box that wraps is wider than its lines
        range.selectNodeContents(node);
        return [Math.ceil(range.getBoundingClientRect().width) + 2, node.offsetHeight];
      });
      nodes.forEach((node, n) => { node.style.width = sizes[n][0] + "px"; });
      const tools = part("tools"), taken = [[tools.offsetLeft, tools.offsetTop, tools.offsetLeft + tools.offsetWidth, tools.offsetTop + tools.offsetHeight]];
      const lines = [];
      leaders.replaceChildren();
      groups.forEach(([node, own], n) => {
        const best = bestPlace(core(own), sizes[n], { covered, spare, taken, lines, inView, of, node });
        if (!best) return nodes[n].remove();
        nodes[n].style.transform = `translate(${best.box[0]}px, ${best.box[1]}px)`;
        taken.push(best.box);
        lines.push(best.line);
        const [[ax, ay], [bx, by]] = best.line, colour = scene.dark ? "dark" : "light", [kind, k] = node.split(".");
        const stroke = data.nodes[kind][k][colour + "_text"];
        leaders.append(svg("path", { d: `M${ax} ${ay}L${bx} ${by}`, stroke, "data-node": node }), svg("circle", { cx: bx, cy: by, r: radius() + 2.5, stroke }));
      });
      root.dataset.level = of;
      root.dataset.drawn = "true";
    }

    function bestPlace({ half, cx, cy }, [w, h], { covered, spare, taken, lines, inView, of, node }) {
      const reach = Math.max(width, height) * 0.55, found = [];
      for (let r = h / 2; r < reach && found.length < 30; r += STEP) {
        for (let turn = 0; turn < TURNS; turn++) {
          const angle = (2 * Math.PI * turn) / TURNS, mx = cx + (r + w / 3) * Math.cos(angle), my = cy + r * Math.sin(angle);
          const box = [Math.round(mx - w / 2), Math.round(my - h / 2), Math.round(mx - w / 2) + w, Math.round(my - h / 2) + h];
          if (box[0] < 3 || box[1] < 3 || box[2] > width - 3 || box[3] > height - 3) continue;
          if (covered(box, spare) || taken.some((other) => meet(box, other, 5)) || lines.some((line) => crosses(line, box))) continue;
          const end = nearest(box, half), line = [beside(box, end), [end.px, end.py]];
          if (apart(box, end) > LONGEST || taken.some((other) => crosses(line, other)) || lines.some((other) => cut(line, other))) continue;
          const stranger = nodeOf(nearest(box, inView).i, of) !== node;
          found.push({ box, line, cost: apart(box, end) + (stranger ? 90 : 0) });
        }
      }
      return found.sort((a, b) => a.cost - b.cost)[0];
    }

    /* A name's first phrase, with the next ones while there is room. */
    function headed(name, most) {
      const phrases = name.split(", ");
      let text = phrases[0];
      for (const phrase of phrases.slice(1)) {
        if ((text + ", " + phrase).length > most) break;
        text += ", " + phrase;
      }
      return atlas.shorten(text, most + 8);
    }

    function zoomBy(factor, px = width / 2, py = height / 2) {
      const before = scale(), zoom = Math.min(Math.max(view.zoom * factor, 0.8), CLOSEST);
      const [mx, my] = [view.x + (px - width / 2) / before, view.y + (py - height / 2) / before];
      view.zoom = zoom;
      Object.assign(view, { x: mx - (px - width / 2) / scale(), y: my - (py - height / 2) / scale() });
      move(false);
    }

    function panBy(dx, dy) {
      view.x -= dx / scale();
      view.y -= dy / scale();
      move(false);
    }

    function middle() {
      Object.assign(view, { x: (whole.x[0] + whole.x[1]) / 2, y: (whole.y[0] + whole.y[1]) / 2, zoom: 1 });
    }

    /* Shows these papers as large as fits, strays aside. */
    function fit(places) {
      middle();
      if (!places.length || places.length === all.length) return;
      const range = (values) => { const sorted = values.sort((a, b) => a - b), cut = Math.floor(sorted.length * 0.02); return [sorted[cut], sorted[sorted.length - 1 - cut]]; };
      const [xs, ys] = [range(places.map((i) => x[i])), range(places.map((i) => y[i]))];
      const zoom = Math.min((width * (1 - 2 * room()[0])) / Math.max(xs[1] - xs[0], 20), (height * (1 - 2 * room()[1])) / Math.max(ys[1] - ys[0], 20)) / base();
      Object.assign(view, { x: (xs[0] + xs[1]) / 2, y: (ys[0] + ys[1]) / 2, zoom: Math.min(Math.max(zoom, 1), 8) });
    }

    const local = (event) => { const frame = stage.getBoundingClientRect(); return [event.clientX - frame.left, event.clientY - frame.top]; };
    function under([px, py]) {
      let best = null, least = NEAR ** 2;
      for (const i of drawn) {
        if (!scene.hit.has(i)) continue;
        const [ax, ay] = at(i), far = (ax - px) ** 2 + (ay - py) ** 2;
        if (far < least) [best, least] = [i, far];
      }
      return best;
    }

    function enclosed(path) {
      const inside = ([px, py]) => path.reduce((odd, [ax, ay], n) => {
        const [bx, by] = path[(n + 1) % path.length];
        return ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax ? !odd : odd;
      }, false);
      return scene.hits.filter((i) => inside(at(i)));
    }

    let drag = null;
    const fingers = new Map();
    stage.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button, .pa-name") || event.button) return;
      fingers.set(event.pointerId, local(event));
      drag = { mode: event.shiftKey && mode === "pan" ? "box" : mode, path: [local(event)], added: event.shiftKey, touch: event.pointerType === "touch" };
      if (!(drag.touch && drag.mode === "pan")) stage.setPointerCapture(event.pointerId);
      tell.hover(null);
    });
    stage.addEventListener("pointermove", (event) => {
      const here = local(event), before = fingers.get(event.pointerId);
      if (!before) return tell.hover(event.target.closest("button, .pa-name") ? null : under(here), here);
      if (fingers.size === 2) {
        const [[, other]] = [...fingers].filter(([finger]) => finger !== event.pointerId);
        panBy((here[0] - before[0]) / 2, (here[1] - before[1]) / 2);
        zoomBy(Math.hypot(here[0] - other[0], here[1] - other[1]) / Math.max(Math.hypot(before[0] - other[0], before[1] - other[1]), 1), (here[0] + other[0]) / 2, (here[1] + other[1]) / 2);
        drag = null;
      } else if (drag) {
        drag.moved = drag.moved || Math.hypot(here[0] - drag.path[0][0], here[1] - drag.path[0][1]) > 4;
        if (drag.mode === "pan" && !drag.touch && drag.moved) panBy(here[0] - before[0], here[1] - before[1]);
        if (drag.mode === "lasso") drag.path.push(here);
        if (drag.mode === "box") drag.path = [drag.path[0], [here[0], drag.path[0][1]], here, [drag.path[0][0], here[1]]];
        if (drag.mode !== "pan") outline.setAttribute("d", "M" + drag.path.map((point) => point.join(" ")).join("L") + "Z");
      }
      fingers.set(event.pointerId, here);
    });
    for (const kind of ["pointerup", "pointercancel"]) {
      stage.addEventListener(kind, (event) => {
        fingers.delete(event.pointerId);
        outline.setAttribute("d", "");
        const done = drag;
        drag = null;
        if (!done || kind === "pointercancel") return;
        if (!done.moved) { const i = under(local(event)); if (i !== null) tell.pick(i); }
        else if (done.mode !== "pan") tell.choose(enclosed(done.path), done.added);
      });
    }
    stage.addEventListener("pointerleave", () => tell.hover(null));
    stage.addEventListener("dblclick", (event) => { if (!event.target.closest("button")) zoomBy(2, ...local(event)); });
    stage.addEventListener("wheel", (event) => { // a wheel scrolls the page, with Ctrl it zooms; a pinched trackpad arrives as that
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY / 200), ...local(event));
    }, { passive: false });
    part("grip").addEventListener("keydown", (event) => {
      const keys = {
        ArrowLeft: () => panBy(60, 0), ArrowRight: () => panBy(-60, 0), ArrowUp: () => panBy(0, 60), ArrowDown: () => panBy(0, -60),
        "+": () => zoomBy(1.6), "=": () => zoomBy(1.6), "-": () => zoomBy(1 / 1.6), 0: () => { middle(); move(false); },
      };
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
    part("in").addEventListener("click", () => zoomBy(1.6));
    part("out").addEventListener("click", () => zoomBy(1 / 1.6));
    part("whole").addEventListener("click", () => { middle(); move(false); });
    const modes = ["pan", "box", "lasso"];
    modes.forEach((name) => part(name).addEventListener("click", () => {
      mode = name;
      stage.dataset.mode = name;
      modes.forEach((each) => part(each).setAttribute("aria-pressed", String(each === name)));
    }));

    function resize() {
      const before = [width, height];
      [width, height] = [stage.clientWidth, stage.clientHeight];
      over.setAttribute("viewBox", `0 0 ${width} ${height}`);
      cloud.parentNode.setAttribute("viewBox", `0 0 ${width} ${height}`);
      if (before[0] !== width || before[1] !== height) move(true);
    }
    middle();
    resize();
    new ResizeObserver(resize).observe(stage);
    return { at, draw, fit, middle, view, sampled: () => (drawn.length < all.length ? drawn.length : 0) };
  };
})(window.PaperAtlas);
