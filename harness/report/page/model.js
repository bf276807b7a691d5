// SPDX-License-Identifier: MIT
//
// What the page was given, unpacked: for each run columns of numbers, and indices for drawing.
// Numbers have 7 bits in each byte, the lowest first, as contract/bytes.h writes them.
"use strict";

const START = performance.now();
const HEAD = JSON.parse(document.getElementById("head").textContent);
const KINDS = HEAD.kinds;
const [THREAD, TASKLET, LOCK, CHANNEL, OBJECT] = [0, 1, 2, 3, 4];
const [RUNS, HELD, WAITS] = [0, 1, 2];
const [ON_PATH, IN_PAIR, DEVIATES, IN_LIBRARY, ALONE, MATTERS, DULL] =
    [1, 2, 4, 8, 16, 32, 24];

function unpack(id) {
    const text = atob(document.getElementById(id).textContent.trim());
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++)
        bytes[i] = text.charCodeAt(i);
    let at = 0;
    return function () {
        let value = 0, unit = 1, byte;
        do {
            byte = bytes[at++];
            value += (byte & 127) * unit;
            unit *= 128;
        } while (byte > 127);
        return value;
    };
}

// As sw_picture_rank() has it.
function rankOf(rank, flags) {
    if ((flags & ~DULL) !== 0 && rank < 2)
        return 2;
    return flags & DULL && rank < 2 ? 0 : rank;
}

function readMarks(run, next, count) {
    const names = ["lane", "object", "partner", "text", "place", "source", "before", "after",
        "stack"];
    names.forEach((name) => { run[name] = new Uint32Array(count); });
    run.step = new Float64Array(count);
    run.kind = new Uint8Array(count);
    run.flags = new Uint8Array(count);
    run.rank = new Uint8Array(count);
    let step = 0, texts = 1;
    const text = function () { // 1: the next one that was not used yet; else how far back
        const code = next();
        return code === 0 ? 0 : code === 1 ? texts++ : texts + 1 - code;
    };
    for (let i = 0; i < count; i++) {
        run.step[i] = step += next();
        run.lane[i] = next();
        run.object[i] = next();
        run.kind[i] = next();
        run.flags[i] = next();
        const back = next();
        run.partner[i] = back === 0 ? 0 : i - back + 1; // 1 + the mark
        for (const name of ["text", "place", "source", "before", "after", "stack"])
            run[name][i] = text();
        run.rank[i] = rankOf(KINDS[run.kind[i]][2], run.flags[i]);
    }
}

// Spans of a lane and kind do not overlap, so that each list is in the order of its ends, too.
function readSpans(run, next, count) {
    let from = 0;
    run.spans = run.lanes.map(() => [[], [], []]);
    for (let i = 0; i < count; i++) {
        const kind = next(), lane = next(), by = next();
        from += next();
        const span = {kind, lane, by, from, to: from + next()};
        run.spans[lane][kind].push(span);
        if (kind === RUNS && by !== 0 && by - 1 !== lane)
            run.spans[by - 1][RUNS].push(span);
    }
}

// The marks of each lane, by who did it or to what; and who is whose consequence.
function indexMarks(run) {
    run.of = run.lanes.map(() => []);
    run.follow = new Uint32Array(run.count); // 1 + the first mark that follows from it
    run.important = [];
    for (let i = 0; i < run.count; i++) {
        run.of[run.lane[i]].push(i);
        if (run.object[i] !== 0)
            run.of[run.object[i] - 1].push(i);
        if (run.partner[i] !== 0 && run.follow[run.partner[i] - 1] === 0)
            run.follow[run.partner[i] - 1] = i + 1;
        if (run.rank[i] > 1)
            run.important.push(i);
    }
}

function readRun(head, index) {
    const run = Object.assign({}, head);
    run.index = index;
    run.texts = JSON.parse(document.getElementById("texts" + index).textContent);
    readMarks(run, unpack("marks" + index), head.count);
    readSpans(run, unpack("spans" + index), head.spans);
    indexMarks(run);
    return run;
}

const RUNS_READ = HEAD.runs.map(readRun);
const RUN = RUNS_READ[0];

// The first index of an ascending list at which test() holds.
function firstIndex(length, test) {
    let low = 0, high = length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (test(middle))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

function threadOf(run, lane) {
    const parent = run.lanes[lane].parent;
    return parent === 0 ? lane : parent - 1;
}

function laneName(run, lane) {
    const {kind, name} = run.lanes[lane];
    return name === "" ? HEAD.laneKinds[kind] : name;
}

// "T1 worker" of a tasklet, whose own name says less.
function whoName(run, mark) {
    const lane = run.lane[mark], thread = threadOf(run, lane);
    const own = laneName(run, lane);
    return lane === thread ? own : laneName(run, thread) + " " + own;
}

function markTitle(run, mark) {
    const words = run.texts[run.text[mark]];
    const object = run.object[mark] !== 0 ? " " + laneName(run, run.object[mark] - 1) : "";
    return words !== "" ? words : KINDS[run.kind[mark]][0] + object;
}

function valuesText(run, mark) {
    const before = run.texts[run.before[mark]], after = run.texts[run.after[mark]];
    if (before !== "" && after !== "" && before !== after)
        return before + " → " + after;
    return after !== "" ? after : before;
}

// The marks, as 1 in a list of bytes, in which a text has what is looked for; capitals are all one.
function findMarks(run, wanted) {
    const found = new Uint8Array(run.count), needle = wanted.toLowerCase();
    const has = run.texts.map((text) => text.toLowerCase().includes(needle));
    const lanes = run.lanes.map((lane, i) => laneName(run, i).toLowerCase().includes(needle));
    const kinds = KINDS.map((row) => row[0].includes(needle));
    let count = 0;
    for (let i = 0; i < run.count; i++) {
        found[i] = has[run.text[i]] || has[run.place[i]] || has[run.source[i]] ||
            has[run.before[i]] || has[run.after[i]] || lanes[run.lane[i]] || kinds[run.kind[i]] ||
            (run.object[i] !== 0 && lanes[run.object[i] - 1]) || String(run.step[i]) === needle
            ? 1 : 0;
        count += found[i];
    }
    return {found, count};
}
