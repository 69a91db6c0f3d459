// Figures that follow by themselves: they rest when asked to or when nobody looks, and say when they are not fresh.
"use strict";

(() => {
    const part = (name) => document.getElementById(`live-${name}`);
    const [pause, stale] = [part("pause"), part("stale")];
    let paused = false;

    part("refresh").hidden = true;
    pause.hidden = part("pace").hidden = false;

    pause.addEventListener("click", () => {
        paused = !paused;
        pause.textContent = paused ? pause.dataset.resume : pause.dataset.pause;
        part("pace").hidden = paused;
    });
    document.body.addEventListener("htmx:beforeRequest", (event) => {
        if (paused || document.hidden) event.preventDefault();
    });
    document.body.addEventListener("htmx:beforeSwap", (event) => {
        // Led elsewhere: whoever looked is signed out by now, and the whole page must say so.
        const [asked, answered] = [event.detail.pathInfo.requestPath, event.detail.xhr.responseURL];
        if (new URL(answered).pathname === new URL(asked, answered).pathname) return;
        event.detail.shouldSwap = false;
        location.reload();
    });
    document.body.addEventListener("htmx:afterRequest", (event) => {
        stale.hidden = event.detail.successful;
    });
})();
