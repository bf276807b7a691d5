// SPDX-License-Identifier: MIT
//
// Draws what the view shows of all lanes.  Where a mark is narrower than a glyph, each lane has one
// tick a column, of the most important mark in it: so the work is bounded by what is visible, and
// nothing that matters disappears between its neighbours.

const PALETTES = {
    light: {back: "#ffffff", row: "#f6f7f9", line: "#d8dce3", text: "#1c2330", soft: "#5d6878",
        dull: "#9aa5b4", access: "#1d7a46", lock: "#7346b8", value: "#0b63ce", switch: "#c25400",
        memory: "#a3237c", bad: "#c3161c", path: "#d98b00", found: "#ffd84d", select: "#0b63ce",
        run: ["#bcd7f5", "#f7d2ad", "#bfe5cb", "#e3cdf2", "#f6c9d3", "#c6e6ea", "#e8e0a8",
            "#d5d8de"],
        held: "#cdbcea", wait: "#e1a0a0"},
    dark: {back: "#14171c", row: "#1a1e25", line: "#333a46", text: "#e4e8ee", soft: "#98a3b3",
        dull: "#6d7888", access: "#58c98a", lock: "#b592f2", value: "#6cb2ff", switch: "#ff9d4d",
        memory: "#f07ac8", bad: "#ff6b6b", path: "#ffc24d", found: "#8a7400", select: "#6cb2ff",
        run: ["#24476e", "#6b441f", "#225538", "#4d3466", "#693040", "#1f535a", "#57501c",
            "#424953"],
        held: "#4b3a72", wait: "#7c3c3c"},
};
const GROUP_OF = KINDS.map((row) => row[3]);
const AXIS = 20, DIVIDER = 24, FOLDED = 0.12, GLYPHS_FROM = 9, LABELS_FROM = 70, ARROWS_MAX = 400;
const HEIGHTS = [26, 19, 18, 18, 17];
const FONT = "12px system-ui, 'DejaVu Sans', sans-serif";

const canvas = document.getElementById("lanes"), map = document.getElementById("map");
const view = {start: 0, scale: 1, top: 0, selected: -1, run: RUN, hover: -1, hoverRun: RUN,
    dull: false, folds: true, total: 1, found: null, theme: "light"};
const mapDrawn = {state: "", pixels: null};
let rows = [], rowsHeight = 0, pen, width = 0, height = 0, gutter = 150, colors = PALETTES.light;

function layRows() {
    rows = [];
    let y = AXIS;
    for (const run of RUNS_READ) {
        run.rowOf = new Int32Array(run.lanes.length).fill(-1);
        run.hueOf = new Uint32Array(run.lanes.length);
        run.order.filter((lane) => run.lanes[lane].kind === THREAD)
            .forEach((lane, i) => { run.hueOf[lane] = i; });
        if (run.index > 0) {
            rows.push({run, lane: -1, y, h: DIVIDER});
            y += DIVIDER;
        }
        for (const lane of run.order) {
            if (run.lanes[lane].dull && !view.dull)
                continue;
            run.rowOf[lane] = rows.length;
            rows.push({run, lane, y, h: HEIGHTS[run.lanes[lane].kind]});
            y += HEIGHTS[run.lanes[lane].kind];
        }
    }
    rowsHeight = y;
}

// Marks stand one behind the other; a dull one takes less room where they are folded.
function layPositions() {
    for (const run of RUNS_READ) {
        run.position = new Float64Array(run.count + 1);
        for (let i = 0; i < run.count; i++)
            run.position[i + 1] = run.position[i] + (view.folds && run.rank[i] === 0 ? FOLDED : 1);
    }
    view.total = Math.max(1, ...RUNS_READ.map((run) => run.position[run.count]));
}

function size(element) {
    const box = element.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    element.width = Math.max(1, Math.round(box.width * ratio));
    element.height = Math.max(1, Math.round(box.height * ratio));
    const context = element.getContext("2d", {alpha: false});
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return {context, width: box.width, height: box.height};
}

const positionAt = (x) => view.start + (x - gutter) / view.scale;
const xOf = (run, mark) => gutter + (run.position[mark] - view.start) * view.scale;
const markX = (run, mark) => (xOf(run, mark) + xOf(run, mark + 1)) / 2;
const isSeen = (row) => row.y + row.h - view.top > AXIS && row.y - view.top < height;
const middle = (row) => row.y - view.top + row.h / 2;

// The mark that is at that position, and how much of it lies before.
function markAt(run, position) {
    let low = 0, high = run.count;
    while (low < high) {
        const half = (low + high) >> 1;
        if (run.position[half + 1] > position)
            high = half;
        else
            low = half + 1;
    }
    if (low === run.count || position < 0)
        return low;
    const from = run.position[low];
    return low + (position - from) / (run.position[low + 1] - from);
}

function rowOfMark(run, mark) {
    const row = run.rowOf[run.lane[mark]];
    return row >= 0 ? rows[row] : rows[run.rowOf[threadOf(run, run.lane[mark])]];
}

const runColor = (run, lane) => colors.run[run.hueOf[threadOf(run, lane)] % colors.run.length];

function drawRows() {
    rows.forEach((row, i) => {
        if (!isSeen(row))
            return;
        pen.fillStyle = row.lane < 0 ? colors.line : i % 2 ? colors.row : colors.back;
        pen.fillRect(0, row.y - view.top, width, row.h);
    });
}

// Above the lanes of the run beside: what that is.
function drawDivider(row) {
    pen.fillStyle = colors.line;
    pen.fillRect(0, row.y - view.top, width, row.h);
    pen.fillStyle = colors.text;
    pen.font = "bold " + FONT;
    pen.fillText(fitText(row.run.title + ": " + row.run.outcome, width - 20), 10, middle(row));
}

function drawNames() {
    pen.fillStyle = colors.back;
    pen.fillRect(0, 0, gutter, height);
    for (const row of rows) {
        if (isSeen(row) && row.lane < 0)
            drawDivider(row);
        if (!isSeen(row) || row.lane < 0)
            continue;
        const {kind, parent} = row.run.lanes[row.lane];
        pen.fillStyle = kind === THREAD ? runColor(row.run, row.lane) : "transparent";
        pen.fillRect(0, row.y - view.top + 2, 4, row.h - 4);
        pen.fillStyle = kind <= TASKLET ? colors.text : colors.soft;
        pen.font = kind === THREAD ? "bold " + FONT : FONT;
        const name = (kind === CHANNEL ? "channel " : "") + laneName(row.run, row.lane);
        const indent = kind === TASKLET && parent !== 0 ? 22 : 10;
        pen.fillText(fitText(name, gutter - indent - 6), indent, middle(row));
    }
    pen.font = FONT;
    pen.fillStyle = colors.line;
    pen.fillRect(gutter - 1, 0, 1, height);
}

// Cut to that many pixels.
function fitText(text, most) {
    if (most < 12)
        return "";
    if (text.length * 4 < most && pen.measureText(text).width <= most)
        return text;
    const chars = Array.from(text.slice(0, 200));
    const length = firstIndex(chars.length + 1, (n) =>
        pen.measureText(chars.slice(0, n).join("") + "…").width > most) - 1;
    if (length >= chars.length && text.length <= 200)
        return text;
    return length > 0 ? chars.slice(0, length).join("") + "…" : "";
}

// Each span of a list that is seen; of those that share a column, the first.
function eachSpan(run, spans, draw) {
    const first = markAt(run, view.start), last = markAt(run, positionAt(width));
    let at = firstIndex(spans.length, (i) => spans[i].to > first);
    while (at < spans.length && spans[at].from < last) {
        const span = spans[at], left = Math.max(gutter, xOf(run, span.from));
        const right = Math.max(left + 1, Math.min(width, xOf(run, span.to)));
        draw(span, left, right);
        const next = markAt(run, positionAt(Math.floor(left) + 1));
        at = span.to >= next ? at + 1 : firstIndex(spans.length, (i) => spans[i].to >= next);
    }
}

function drawSpans() {
    const isSmall = view.scale < GLYPHS_FROM;
    if (isSmall)
        beginLayer();
    for (const row of rows) {
        if (!isSeen(row) || row.lane < 0)
            continue;
        const spans = row.run.spans[row.lane], y = row.y - view.top;
        const fill = (color, top, tall) => (span, left, right) => {
            if (isSmall)
                paint(left, y + top, right - left, tall, pixelOf(color, 1));
            else {
                pen.fillStyle = color;
                pen.fillRect(left, y + top, right - left, tall);
            }
        };
        eachSpan(row.run, spans[RUNS], fill(runColor(row.run, row.lane), 3, row.h - 6));
        eachSpan(row.run, spans[WAITS], fill(colors.wait, row.h / 2 - 1, 2));
        eachSpan(row.run, spans[HELD], (span, left, right) => {
            const color = span.by !== 0 ? runColor(row.run, span.by - 1) : colors.held;
            fill(color, 3, row.h - 6)(span, left, right);
        });
    }
    if (isSmall)
        endLayer();
}

// ---- pixels ----
//
// Zoomed out, a lane may have a rectangle in each column.  So many are painted into memory, and put
// on the canvas at once.

const layer = {canvas: document.createElement("canvas"), numbers: new Map()};

function beginLayer() {
    const w = Math.max(1, Math.ceil(width)), h = Math.max(1, Math.ceil(height));
    if (layer.w !== w || layer.h !== h) {
        Object.assign(layer, {w, h});
        layer.canvas.width = w;
        layer.canvas.height = h;
        layer.context = layer.canvas.getContext("2d");
        layer.image = layer.context.createImageData(w, h);
        layer.pixels = new Uint32Array(layer.image.data.buffer);
    }
    layer.pixels.fill(0);
}

// "#rrggbb" as a pixel, in the order of bytes of all machines that browsers run on.
function pixelOf(color, alpha) {
    const key = color + alpha;
    if (!layer.numbers.has(key)) {
        const n = parseInt(color.slice(1), 16);
        layer.numbers.set(key, ((Math.round(alpha * 255) << 24) | ((n & 255) << 16) |
            (n & 0xff00) | (n >> 16)) >>> 0);
    }
    return layer.numbers.get(key);
}

function paint(x, y, w, h, pixel) {
    const left = Math.max(0, Math.round(x)), top = Math.max(0, Math.round(y));
    const right = Math.min(layer.w, Math.max(left + 1, Math.round(x + w)));
    const bottom = Math.min(layer.h, Math.round(y + h));
    for (let line = top; line < bottom; line++)
        layer.pixels.fill(pixel, line * layer.w + left, line * layer.w + right);
}

function endLayer() {
    layer.context.putImageData(layer.image, 0, 0);
    pen.drawImage(layer.canvas, 0, 0);
}

// ---- marks ----

// Zoomed out: of each lane and column the most important mark, as a tick; the more there are in it,
// the stronger.
function drawTicks(run, first, last) {
    const columns = Math.ceil(width - gutter) + 1;
    const best = new Uint16Array(rows.length * columns); // 1 + kind + 64 * rank + 256 if found
    const counts = new Uint16Array(rows.length * columns);
    const hits = view.found !== null ? view.found[run.index] : null;
    // Once a mark and draw: no function is called, and each list is looked up once.
    const {position, kind, rank, lane, object, rowOf} = run, {start, scale} = view;
    for (let i = first; i < last; i++) {
        const middle = ((position[i] + position[i + 1]) / 2 - start) * scale;
        const column = middle > 0 ? Math.floor(middle) : 0;
        const value = 1 + kind[i] + rank[i] * 64 + (hits !== null && hits[i] ? 256 : 0);
        for (let j = object[i] === 0 ? 1 : 0; j < 2; j++) {
            const row = rowOf[j === 0 ? object[i] - 1 : lane[i]], at = row * columns + column;
            if (row < 0)
                continue;
            counts[at]++;
            if (value > best[at])
                best[at] = value;
        }
    }
    beginLayer();
    rows.forEach((row, r) => {
        if (row.run === run && row.lane >= 0 && isSeen(row))
            drawTicksOf(row, best.subarray(r * columns, (r + 1) * columns),
                counts.subarray(r * columns, (r + 1) * columns));
    });
    endLayer();
}

function drawTicksOf(row, best, counts) {
    const parts = [0.24, 0.4, 0.8, 1], most = counts.reduce((a, b) => Math.max(a, b), 1);
    const quarters = counts.map((count) => Math.ceil(count / most * 4)), pixels = [];
    for (let from = 0; from < best.length;) {
        let to = from + 1;
        while (to < best.length && best[to] === best[from] && quarters[to] === quarters[from])
            to++;
        if (best[from] !== 0) {
            const value = best[from] - 1, rank = (value >> 6) & 3, h = (row.h - 2) * parts[rank];
            if (value & 256)
                paint(gutter + from - 1, row.y - view.top, to - from + 2, row.h,
                    pixelOf(colors.found, 1));
            const quarter = rank > 1 ? 4 : quarters[from], key = (value & 63) * 8 + quarter;
            if (pixels[key] === undefined)
                pixels[key] = pixelOf(colors[GROUP_OF[value & 63]], 0.25 + 0.1875 * quarter);
            paint(gutter + from, middle(row) - h / 2, to - from + (rank > 1 ? 1 : 0), h,
                pixels[key]);
        }
        from = to;
    }
}

function drawGlyph(run, mark, row, isObject) {
    const x = markX(run, mark), y = middle(row), flags = run.flags[mark];
    const radius = Math.min(row.h / 2 - 2, 8);
    if (view.found !== null && view.found[run.index][mark]) {
        pen.fillStyle = colors.found;
        pen.fillRect(x - 8, row.y - view.top, 16, row.h);
    }
    if (!isObject && flags & (ON_PATH | IN_PAIR | MATTERS)) {
        pen.strokeStyle = flags & ON_PATH ? colors.path
            : flags & IN_PAIR ? colors.bad : colors.soft;
        pen.lineWidth = 2;
        pen.beginPath();
        pen.arc(x, y, radius, 0, 7);
        pen.stroke();
    }
    pen.fillStyle = colors[GROUP_OF[run.kind[mark]]];
    if (run.rank[mark] === 0)
        pen.fillRect(x - 1.5, y - 1.5, 3, 3);
    else
        pen.fillText(KINDS[run.kind[mark]][1], x, y);
}

// Behind the glyph, as far as there is room before the next mark of the lane.
function drawLabel(run, mark, row) {
    const list = run.of[row.lane];
    const next = firstIndex(list.length, (i) => list[i] > mark);
    const end = next < list.length ? Math.min(width, markX(run, list[next]) - 8) : width;
    const values = valuesText(run, mark), title = markTitle(run, mark);
    const label = values !== "" && !title.includes(values) ? title + "  " + values : title;
    const text = fitText(label, end - markX(run, mark) - 10);
    pen.textAlign = "left";
    pen.fillStyle = colors.text;
    pen.fillText(text, markX(run, mark) + 10, middle(row));
    pen.textAlign = "center";
}

function drawGlyphs(run, first, last) {
    pen.font = "14px system-ui, 'DejaVu Sans', sans-serif";
    pen.textAlign = "center";
    for (let i = first; i < last; i++) {
        const row = rowOfMark(run, i);
        if (run.object[i] !== 0 && run.rowOf[run.object[i] - 1] >= 0)
            drawGlyph(run, i, rows[run.rowOf[run.object[i] - 1]], true);
        drawGlyph(run, i, row, false);
    }
    pen.font = FONT;
    for (let i = first; i < last && view.scale >= GLYPHS_FROM; i++)
        if (run.rank[i] > 0 && (view.scale >= LABELS_FROM || run.rank[i] > 2))
            drawLabel(run, i, rowOfMark(run, i));
    pen.textAlign = "left";
}

// ---- what connects them ----

function drawArrow(run, from, to, color, thick) {
    const a = rowOfMark(run, from), b = rowOfMark(run, to);
    const x1 = markX(run, from), x2 = markX(run, to), y1 = middle(a), y2 = middle(b);
    if (x2 - x1 < 2 && a === b)
        return;
    const rise = a !== b ? 0 : y1 < AXIS + 2 * a.h ? a.h * 0.8 : -a.h * 0.8;
    const bend = Math.min(60, (x2 - x1) / 2);
    pen.strokeStyle = pen.fillStyle = color;
    pen.lineWidth = thick;
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.bezierCurveTo(x1 + bend, y1 + rise, x2 - bend, y2 + rise, x2 - 5, y2);
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x2 - 2, y2);
    pen.lineTo(x2 - 9, y2 - 4);
    pen.lineTo(x2 - 9, y2 + 4);
    pen.fill();
}

function drawArrows(run, first, last) {
    const arrows = [], end = Math.min(run.count, last + 2000);
    for (let i = first; i < end && arrows.length <= ARROWS_MAX; i++) {
        const from = run.partner[i] - 1;
        if (from < 0 || from >= last || (view.folds && run.rank[i] === 0))
            continue;
        if (xOf(run, i) - xOf(run, from) > 4)
            arrows.push(i);
    }
    if (arrows.length <= ARROWS_MAX && view.scale > 0.5)
        for (const to of arrows)
            drawArrow(run, run.partner[to] - 1, to, colors[GROUP_OF[run.kind[to]]], 1);
}

// The value's way through the run, at each zoom.
function drawPath(run) {
    const path = run.important.filter((mark) => run.flags[mark] & ON_PATH);
    pen.strokeStyle = colors.path;
    pen.lineWidth = 3;
    pen.globalAlpha = 0.55;
    pen.beginPath();
    path.forEach((mark, i) => {
        const y = middle(rowOfMark(run, mark));
        if (i === 0)
            pen.moveTo(markX(run, mark), y);
        else
            pen.lineTo(markX(run, mark), y);
    });
    pen.stroke();
    pen.globalAlpha = 1;
}

function drawLines(run) {
    const line = (x, color, dash) => {
        pen.strokeStyle = color;
        pen.lineWidth = 1;
        pen.setLineDash(dash);
        pen.beginPath();
        pen.moveTo(Math.round(x) + 0.5, AXIS);
        pen.lineTo(Math.round(x) + 0.5, Math.min(height, rowsHeight - view.top));
        pen.stroke();
        pen.setLineDash([]);
    };
    if (run.jump !== 0) // between the marks, where the decision itself has none
        line(xOf(run, firstIndex(run.count, (i) => run.step[i] >= run.jump - 1)), colors.switch,
            [2, 2]);
    if (run.failure !== 0)
        line(markX(run, run.failure - 1), colors.bad, [4, 3]);
    if (view.run !== run || view.selected < 0)
        return;
    line(markX(run, view.selected), colors.select, []);
    const row = rowOfMark(run, view.selected);
    pen.strokeStyle = colors.select;
    pen.lineWidth = 2;
    pen.strokeRect(markX(run, view.selected) - 8, row.y - view.top + 1, 16, row.h - 2);
    if (run.partner[view.selected] !== 0)
        drawArrow(run, run.partner[view.selected] - 1, view.selected, colors.select, 2);
    if (run.follow[view.selected] !== 0)
        drawArrow(run, view.selected, run.follow[view.selected] - 1, colors.select, 2);
}

// Steps, where the marks stand; they need not be even.
function drawAxis() {
    pen.fillStyle = colors.back;
    pen.fillRect(0, 0, width, AXIS);
    pen.fillStyle = colors.line;
    pen.fillRect(0, AXIS - 1, width, 1);
    pen.textAlign = "center";
    const every = Math.max(1, Math.ceil(76 / view.scale));
    const last = Math.min(positionAt(width), RUN.position[RUN.count] - 0.01);
    for (let at = Math.ceil(view.start / every) * every; at <= last; at += every) {
        const i = Math.floor(markAt(RUN, Math.max(0, at))), x = markX(RUN, i);
        if (x < gutter + 24)
            continue;
        pen.fillStyle = colors.line;
        pen.fillRect(x, AXIS - 5, 1, 4);
        pen.fillStyle = colors.soft;
        pen.fillText(RUN.step[i].toLocaleString("en"), x, AXIS / 2);
    }
    pen.textAlign = "left";
    pen.fillStyle = colors.back;
    pen.fillRect(0, 0, gutter, AXIS - 1);
    pen.fillStyle = colors.soft;
    pen.fillText("step", 10, AXIS / 2);
}

function drawLanes() {
    pen.fillStyle = colors.back;
    pen.fillRect(0, 0, width, height);
    pen.font = FONT;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    drawRows();
    pen.save();
    pen.beginPath();
    pen.rect(gutter, 0, width - gutter, height);
    pen.clip();
    drawSpans();
    for (const run of RUNS_READ) {
        const first = Math.max(0, Math.floor(markAt(run, view.start)) - 1);
        const last = Math.min(run.count, Math.ceil(markAt(run, positionAt(width))) + 1);
        drawPath(run);
        drawArrows(run, first, last);
        if (view.scale < GLYPHS_FROM)
            drawTicks(run, first, last);
        else
            drawGlyphs(run, first, last);
        drawLines(run);
    }
    pen.restore();
    drawNames();
    drawAxis();
}

// ---- the whole run, in a strip ----

// It is drawn anew only where something in it has changed; else the frame alone is.
function drawMap() {
    const ratio = window.devicePixelRatio || 1, box = map.getBoundingClientRect();
    const state = [box.width, ratio, view.theme, view.folds].join();
    if (state !== mapDrawn.state) {
        const {context, width: w, height: h} = size(map);
        drawMapOf(context, w, h);
        mapDrawn.state = state;
        mapDrawn.pixels = document.createElement("canvas");
        mapDrawn.pixels.width = map.width;
        mapDrawn.pixels.height = map.height;
        mapDrawn.pixels.getContext("2d").drawImage(map, 0, 0);
    }
    const context = map.getContext("2d"), scale = box.width / view.total;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(mapDrawn.pixels, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const left = Math.max(0, view.start * scale);
    const right = Math.min(box.width, positionAt(width) * scale);
    context.fillStyle = colors.select + "22";
    context.fillRect(left, 0, right - left, box.height);
    context.lineWidth = 1;
    context.strokeStyle = colors.select;
    context.strokeRect(left + 0.5, 0.5, Math.max(3, right - left - 1), box.height - 1);
}

function drawMapOf(context, w, h) {
    const scale = w / view.total;
    const bars = new Float64Array(Math.ceil(Math.min(view.total, w / 2)));
    const wide = w / bars.length, at = (mark) => RUN.position[mark] * scale;
    context.fillStyle = colors.row;
    context.fillRect(0, 0, w, h);
    for (let i = 0; i < RUN.count; i++)
        bars[Math.floor(at(i) / wide)] += RUN.rank[i] > 0 ? 1 : FOLDED;
    const most = bars.reduce((a, b) => Math.max(a, b), 1e-9);
    context.fillStyle = colors.dull;
    bars.forEach((bar, x) => {
        if (bar > 0)
            context.fillRect(x * wide, h - 3 - bar / most * (h - 18), Math.max(1, wide - 0.5),
                bar / most * (h - 18) + 1);
    });
    for (const i of RUN.important) {
        const isFailure = RUN.rank[i] > 2;
        context.fillStyle = RUN.flags[i] & ON_PATH ? colors.path : colors[GROUP_OF[RUN.kind[i]]];
        context.fillRect(Math.floor(at(i)), 0, isFailure ? 2 : 1, isFailure ? h : 7);
    }
    drawOdds(context, scale, h);
}

// P(failure | so many decisions taken): a line, and its interval as a band.
function drawOdds(context, scale, h) {
    if (RUN.odds.length === 0)
        return;
    const y = (p) => h - 3 - p * (h - 8);
    const at = (step) => RUN.position[firstIndex(RUN.count, (i) => RUN.step[i] >= step)] * scale;
    const points = RUN.odds.map(([step, low, likely, high]) => [at(step), low, likely, high]);
    context.fillStyle = colors.bad + "33";
    context.beginPath();
    points.forEach(([x, , , high]) => context.lineTo(x, y(high)));
    points.slice().reverse().forEach(([x, low]) => context.lineTo(x, y(low)));
    context.fill();
    context.strokeStyle = colors.bad;
    context.lineWidth = 1.5;
    context.beginPath();
    points.forEach(([x, , likely]) => context.lineTo(x, y(likely)));
    context.stroke();
    context.lineWidth = 1;
}
