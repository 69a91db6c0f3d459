// The live board: it rests when asked to or when nobody looks, says when it is not fresh, and announces a new last event.
"use strict";

(() => {
    const part = (name) => document.getElementById(name);
    const [pause, stale, said] = [part("board-pause"), part("board-stale"), part("board-said")];
    let last = part("board").dataset.last;
    let paused = false;

    part("board-refresh").hidden = true;
    pause.hidden = part("board-pace").hidden = false;

    pause.addEventListener("click", () => {
        paused = !paused;
        pause.textContent = paused ? pause.dataset.resume : pause.dataset.pause;
        part("board-pace").hidden = paused;
    });
    document.body.addEventListener("htmx:beforeRequest", (event) => {
        if (paused || document.hidden) event.preventDefault();
    });
    document.body.addEventListener("htmx:afterRequest", (event) => {
        stale.hidden = event.detail.successful;
    });
    document.body.addEventListener("htmx:afterSettle", () => {
        const now = part("board").dataset.last;
        if (now !== last) said.textContent = last = now;
    });
})();
