// The live board announces a new last event; that it rests and says when it is not fresh, live.js sees to.
"use strict";

(() => {
    const part = (name) => document.getElementById(name);
    let last = part("board").dataset.last;

    document.body.addEventListener("htmx:afterSettle", () => {
        const now = part("board").dataset.last;
        if (now !== last) part("board-said").textContent = last = now;
    });
})();
