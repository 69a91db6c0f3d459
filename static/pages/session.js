// Who types has not gone away: the session is told so. Two minutes before it is over, the page says it.
"use strict";

(() => {
    const { alive, idle } = document.currentScript.dataset;
    const SOON = 120, TOLD = 60; // seconds
    const lasts = Number(idle) * 1000;
    let told = Date.now(), typed = false;

    const show = (name) => {
        for (const each of ["soon", "over"]) {
            const notice = document.querySelector(`[data-idle-${each}]`);
            if (notice) notice.hidden = each !== name;
        }
    };
    const tell = async () => {
        typed = false;
        const answer = await fetch(alive, { cache: "no-store", redirect: "error" }).catch(() => null);
        if (answer?.status === 204) {
            told = Date.now();
            show("");
        } else if (answer?.status === 403) {
            show("over");
        }
    };

    for (const kind of ["keydown", "pointerdown", "input"]) {
        document.addEventListener(kind, () => { typed = true; }, { capture: true, passive: true });
    }
    document.addEventListener("click", (event) => { if (event.target.closest("[data-stay]")) tell(); });
    setInterval(() => {
        const since = Date.now() - told;
        if (since > lasts) show("over");
        else if (typed && since > TOLD * 1000) tell();
        else if (since > lasts - SOON * 1000) show("soon");
    }, 5000);
})();
