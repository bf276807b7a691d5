// SPDX-License-Identifier: MIT
//
// What a person can do with the page.  Texts of the program are only ever set as text, and painted.

const byId = (id) => document.getElementById(id);
const tip = byId("tip"), root = document.documentElement;
const REACH = 8; // pixels
let isAsked = false;

// ---- drawing, at most once a frame ----

function draw() {
    const begin = performance.now();
    isAsked = false;
    drawLanes();
    drawMap();
    const last = markAt(RUN, positionAt(width)) - 1;
    byId("where").textContent = "step " + stepAt(markAt(RUN, view.start)) + " to " + stepAt(last) +
        " of " + (RUN.count > 0 ? RUN.step[RUN.count - 1] : 0).toLocaleString("en");
    root.dataset.draw = (performance.now() - begin).toFixed(1);
    if (root.dataset.painted === undefined)
        root.dataset.painted = performance.now().toFixed(1);
}

function ask() {
    if (!isAsked)
        requestAnimationFrame(draw);
    isAsked = true;
}

function stepAt(mark) {
    const at = Math.min(RUN.count - 1, Math.max(0, Math.floor(mark)));
    return RUN.count > 0 ? RUN.step[at].toLocaleString("en") : "0";
}

function resize() {
    ({context: pen, width, height} = size(canvas));
    gutter = Math.max(70, Math.min(170, width * 0.2));
    view.top = Math.max(0, Math.min(view.top, rowsHeight - height));
}

function setTheme(theme) {
    view.theme = theme;
    root.dataset.theme = theme;
    colors = PALETTES[theme];
    ask();
}

// ---- the view ----

function clamp() {
    const least = Math.min((width - gutter) / view.total, 120);
    view.scale = Math.max(least, Math.min(400, view.scale));
    const shown = (width - gutter) / view.scale;
    view.start = Math.max(-0.1 * shown, Math.min(view.start, view.total - 0.9 * shown));
    if (view.scale === least)
        view.start = 0;
}

function zoom(factor, x) {
    const at = positionAt(x);
    view.scale *= factor;
    clamp();
    view.start = at - (x - gutter) / view.scale;
    clamp();
    ask();
}

function showAll() {
    view.scale = 0;
    view.start = 0;
    clamp();
    ask();
}

function showAround(mark, count) {
    view.scale = (width - gutter) / count;
    clamp();
    view.start = RUN.position[mark] - 0.62 * (width - gutter) / view.scale;
    clamp();
    ask();
}

function reveal(mark) {
    const x = markX(view.run, mark), row = rowOfMark(view.run, mark);
    if (x < gutter + 20 || x > width - 40)
        view.start = view.run.position[mark] - 0.5 * (width - gutter) / view.scale;
    if (row.y - view.top < AXIS)
        view.top = row.y - AXIS;
    else if (row.y + row.h - view.top > height)
        view.top = row.y + row.h - height;
    clamp();
}

// ---- one mark ----

function addLine(list, name, text, isCode) {
    if (text === "")
        return;
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = text;
    dd.className = isCode ? "code" : "";
    list.append(dt, dd);
}

function flagsText(flags) {
    const names = [[ON_PATH, "on the way to the failure"], [IN_PAIR, "of the critical pair"],
        [DEVIATES, "not the default decision"], [IN_LIBRARY, "not in the program itself"],
        [MATTERS, "explains the failure"], [ALONE, "of no concern to other threads"]];
    return names.filter(([bit]) => flags & bit).map(([, text]) => text).join(", ");
}

// As a shell wants it, since the command is there to be pasted.
function shellWord(text) {
    return /^[\w./,:=@%+-]+$/.test(text) ? text : "'" + text.replace(/'/g, "'\\''") + "'";
}

// Once so many decisions are taken; of the last place before, at which it was measured.
function oddsText(run, step) {
    const after = firstIndex(run.odds.length, (i) => run.odds[i][0] > step);
    if (after === 0)
        return "";
    const [at, low, likely, high] = run.odds[after - 1];
    return likely.toFixed(2) + " (" + low.toFixed(2) + " to " + high.toFixed(2) + ") behind " +
        at + " decisions";
}

function showDetail(run, mark) {
    const list = document.createElement("dl"), place = run.texts[run.place[mark]];
    addLine(list, "step", run.step[mark].toLocaleString("en"));
    addLine(list, "who", whoName(run, mark));
    addLine(list, "what", KINDS[run.kind[mark]][0] +
        (run.texts[run.text[mark]] !== "" ? ": " + run.texts[run.text[mark]] : ""));
    addLine(list, "at", run.object[mark] === 0 ? ""
        : HEAD.laneKinds[run.lanes[run.object[mark] - 1].kind] + " " +
            laneName(run, run.object[mark] - 1));
    addLine(list, "where", place);
    addLine(list, "line", run.texts[run.source[mark]], true);
    addLine(list, "before", run.texts[run.before[mark]], true);
    addLine(list, "after", run.texts[run.after[mark]], true);
    addLine(list, "P(failure)", oddsText(run, run.step[mark]));
    addLine(list, "marked", flagsText(run.flags[mark]));
    if (run.partner[mark] !== 0)
        addLine(list, "follows", "step " + run.step[run.partner[mark] - 1] + ": " +
            whoName(run, run.partner[mark] - 1) + ": " + markTitle(run, run.partner[mark] - 1));
    addLine(list, "stack", run.texts[run.stack[mark]], true);
    addLine(list, "look", run.file === "" ? "" : "spillway debug " + shellWord(run.file) +
        " --at " + run.step[mark], true);
    byId("detail").replaceChildren(list);
}

function select(mark, run) {
    run = run || view.run;
    if (mark < 0 || mark >= run.count)
        return;
    view.run = run;
    view.selected = mark;
    reveal(mark);
    showDetail(run, mark);
    document.querySelectorAll("#story li").forEach((item) => {
        const isHere = run === RUN && Number(item.dataset.mark) === mark;
        item.classList.toggle("here", isHere);
        if (isHere)
            item.scrollIntoView({block: "nearest"});
    });
    ask();
}

// The most important mark near a point, on the row that is there.
function markNear(x, y) {
    const row = rows.find((r) => y + view.top >= r.y && y + view.top < r.y + r.h);
    if (row === undefined || row.lane < 0 || x < gutter || y < AXIS)
        return null;
    const list = row.run.of[row.lane], run = row.run;
    const away = (mark) => Math.abs(markX(run, mark) - x);
    let best = -1;
    for (let i = firstIndex(list.length, (k) => markX(run, list[k]) >= x - REACH);
        i < list.length && markX(run, list[i]) <= x + REACH; i++) {
        const mark = list[i], more = best < 0 ? 1 : run.rank[mark] - run.rank[best];
        if (more > 0 || (more === 0 && away(mark) < away(best)))
            best = mark;
    }
    return best < 0 ? null : {run, mark: best};
}

function tipPart(text, name) {
    const part = document.createElement("div");
    part.textContent = text;
    part.className = name;
    if (text !== "")
        tip.append(part);
}

function showTip(hit, x, y) {
    if (hit === null) {
        tip.style.display = "none";
        return;
    }
    const {run, mark} = hit;
    tip.replaceChildren();
    tipPart("step " + run.step[mark].toLocaleString("en") + "  " + whoName(run, mark), "soft");
    tipPart(markTitle(run, mark), "head");
    tipPart(valuesText(run, mark), "code");
    tipPart(run.texts[run.place[mark]], "soft");
    tipPart(run.texts[run.source[mark]], "code");
    tipPart(flagsText(run.flags[mark]), "soft");
    tipPart(run.texts[run.stack[mark]].split("\n").slice(0, 8).join("\n"), "code soft");
    tip.style.display = "block";
    tip.style.left = Math.max(0, Math.min(x + 14, width - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(0, y + 16 + tip.offsetHeight > height ? y - tip.offsetHeight - 10
        : y + 16) + "px";
}

// ---- going from one to the next ----

function goAmong(list, direction) {
    const from = view.selected;
    const after = firstIndex(list.length, (i) => list[i] > from);
    const at = direction > 0 ? after : firstIndex(list.length, (i) => list[i] >= from) - 1;
    if (at >= 0 && at < list.length)
        select(list[at]);
}

function goLane(direction) {
    if (view.selected < 0)
        return;
    const here = rows.indexOf(rowOfMark(view.run, view.selected));
    for (let i = here + direction; i >= 0 && i < rows.length; i += direction) {
        const row = rows[i], isThread = row.lane >= 0 && row.run.lanes[row.lane].kind <= TASKLET;
        const list = isThread ? row.run.of[row.lane] : [];
        if (list.length === 0)
            continue;
        const next = firstIndex(list.length, (k) => list[k] >= view.selected);
        select(list[Math.min(next, list.length - 1)], row.run);
        return;
    }
}

function goPartner() {
    const {run, selected} = view;
    if (selected >= 0 && run.partner[selected] !== 0)
        select(run.partner[selected] - 1);
    else if (selected >= 0 && run.follow[selected] !== 0)
        select(run.follow[selected] - 1);
}

function goFailure() {
    if (RUN.failure !== 0)
        select(RUN.failure - 1, RUN);
}

function search(text) {
    view.found = null;
    byId("found").textContent = "";
    if (text.trim() !== "") {
        const all = RUNS_READ.map((run) => findMarks(run, text.trim()));
        view.found = all.map((one) => one.found);
        byId("found").textContent = all[0].count.toLocaleString("en") + " found";
    }
    ask();
}

function goFound(direction) {
    if (view.found === null)
        return;
    const found = view.found[0];
    let at = view.run === RUN ? view.selected : -1;
    for (let i = 0; i < RUN.count; i++) {
        at = (at + direction + RUN.count) % RUN.count;
        if (found[at]) {
            select(at, RUN);
            return;
        }
    }
}

// ---- what a person does ----

function toggleDull() {
    view.dull = !view.dull;
    byId("dull").textContent = view.dull ? "fewer objects" : "all objects";
    layRows();
    resize();
    ask();
}

// What was in the middle stays there.
function toggleFolds() {
    const at = markAt(view.run, positionAt(center())), x = center();
    view.folds = !view.folds;
    byId("folds").textContent = view.folds ? "unfold" : "fold";
    layPositions();
    const mark = Math.min(Math.floor(at), Math.max(0, view.run.count - 1));
    view.start = view.run.position[mark] - (x - gutter) / view.scale;
    clamp();
    ask();
}

// Below the keys: what the glyphs are.
function fillLegend() {
    KINDS.forEach(([name, glyph], i) => {
        const item = document.createElement("span"), sign = document.createElement("b");
        sign.textContent = glyph;
        sign.style.color = colors[GROUP_OF[i]];
        item.append(sign, " " + name);
        byId("legend").append(item);
    });
}

function toggleKeys() {
    byId("legend").replaceChildren();
    fillLegend();
    byId("keys").style.display = byId("keys").style.display === "block" ? "none" : "block";
}

const center = () => view.selected < 0 ? (gutter + width) / 2
    : Math.max(gutter, Math.min(width, markX(view.run, view.selected)));
const goBy = (direction, event) => event.shiftKey && view.selected >= 0
    ? goAmong(view.run.of[view.run.lane[view.selected]], direction)
    : select(view.selected < 0 ? 0 : view.selected + direction);
const KEYS = {
    "+": () => zoom(1.6, center()), "=": () => zoom(1.6, center()),
    "-": () => zoom(1 / 1.6, center()), "0": showAll, f: goFailure,
    n: () => goAmong(view.run.important, 1), p: () => goAmong(view.run.important, -1),
    o: toggleDull, d: toggleFolds, "?": toggleKeys,
    t: () => setTheme(view.theme === "dark" ? "light" : "dark"),
    "/": () => byId("search").focus(), Enter: goPartner, Home: () => select(0),
    End: () => select(view.run.count - 1), ArrowLeft: (event) => goBy(-1, event),
    ArrowRight: (event) => goBy(1, event), ArrowUp: () => goLane(-1), ArrowDown: () => goLane(1),
    Escape: () => { tip.style.display = byId("keys").style.display = "none"; },
};

function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey)
        return;
    if (event.target === byId("search")) {
        if (event.key === "Enter")
            goFound(event.shiftKey ? -1 : 1);
        else if (event.key === "Escape")
            canvas.focus();
        return;
    }
    if (event.target.tagName === "BUTTON" && event.key === "Enter")
        return;
    const action = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
    if (action !== null) {
        event.preventDefault();
        action(event);
    }
}

function onWheel(event) {
    event.preventDefault();
    const box = canvas.getBoundingClientRect(), x = event.clientX - box.left;
    if (x < gutter)
        view.top = Math.max(0, Math.min(view.top + event.deltaY, rowsHeight - height));
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
        view.start += (event.deltaX || event.deltaY) / view.scale;
    else
        zoom(Math.exp(-event.deltaY * 0.002), x);
    clamp();
    ask();
}

function listenToCanvas() {
    let drag = null;
    canvas.addEventListener("wheel", onWheel, {passive: false});
    canvas.addEventListener("pointerdown", (event) => {
        drag = {x: event.clientX, y: event.clientY, start: view.start, top: view.top, moved: false};
        canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
        const box = canvas.getBoundingClientRect();
        if (drag === null) {
            showTip(markNear(event.clientX - box.left, event.clientY - box.top),
                event.clientX - box.left, event.clientY - box.top);
            return;
        }
        drag.moved = drag.moved || Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 4;
        view.start = drag.start - (event.clientX - drag.x) / view.scale;
        view.top = Math.max(0, Math.min(drag.top - event.clientY + drag.y, rowsHeight - height));
        canvas.classList.toggle("drags", drag.moved);
        clamp();
        ask();
    });
    canvas.addEventListener("pointerup", (event) => {
        const box = canvas.getBoundingClientRect();
        const hit = markNear(event.clientX - box.left, event.clientY - box.top);
        if (drag !== null && !drag.moved && hit !== null)
            select(hit.mark, hit.run);
        drag = null;
        canvas.classList.remove("drags");
    });
    canvas.addEventListener("pointerleave", () => showTip(null));
}

function listenToMap() {
    const go = (event) => {
        if (event.buttons === 0)
            return;
        const box = map.getBoundingClientRect(), shown = (width - gutter) / view.scale;
        view.start = (event.clientX - box.left) / box.width * view.total - shown / 2;
        clamp();
        ask();
    };
    map.addEventListener("pointerdown", go);
    map.addEventListener("pointermove", go);
}

function listen() {
    listenToCanvas();
    listenToMap();
    document.addEventListener("keydown", onKey);
    const actions = {in: KEYS["+"], out: KEYS["-"], all: showAll, fail: goFailure, before: KEYS.p,
        after: KEYS.n, dull: toggleDull, folds: toggleFolds, theme: KEYS.t, help: toggleKeys};
    Object.keys(actions).forEach((id) => byId(id).addEventListener("click", actions[id]));
    byId("search").addEventListener("input", (event) => search(event.target.value));
    byId("story").addEventListener("click", (event) => {
        const item = event.target.closest("li[data-mark]");
        if (item !== null)
            select(Number(item.dataset.mark), RUN);
    });
    window.addEventListener("resize", () => { resize(); clamp(); ask(); });
}

// On paper all lanes are there, in light colours, and the part of the run that is looked at.
function listenToPrint() {
    let theme = view.theme;
    window.addEventListener("beforeprint", () => {
        theme = view.theme;
        setTheme("light");
        const shown = (width - gutter) / view.scale;
        byId("stage").style.cssText = "flex: none; width: 1000px; height: " + rowsHeight + "px";
        view.top = 0;
        resize();
        view.scale = (width - gutter) / shown;
        clamp();
        draw();
    });
    window.addEventListener("afterprint", () => {
        byId("stage").removeAttribute("style");
        setTheme(theme);
        resize();
        ask();
    });
}

function begin() {
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    layRows();
    layPositions();
    setTheme(dark.matches ? "dark" : "light");
    dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
    byId("fail").hidden = RUN.failure === 0;
    byId("folds").hidden = !RUNS_READ.some((run) => run.rank.includes(0));
    byId("dull").hidden = !RUNS_READ.some((run) => run.lanes.some((lane) => lane.dull));
    resize();
    showAll();
    if (view.total > 150)
        showAround(RUN.failure !== 0 ? RUN.failure - 1 : 0, 110);
    if (RUN.failure !== 0)
        select(RUN.failure - 1);
    listen();
    listenToPrint();
    draw();
    canvas.focus();
}

begin();
