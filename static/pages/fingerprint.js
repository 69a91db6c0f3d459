// The signed form's SHA-256, computed here: the file itself is not sent. Where the browser cannot, it is sent as before.
"use strict";

(() => {
    const [file, kept] = ["id_form_file", "id_fingerprint"].map((id) => document.getElementById(id));
    const [said, sent] = ["fingerprint-said", "fingerprint-sent"].map((id) => document.getElementById(id));
    const [most, kinds] = [Number(said.dataset.most), said.dataset.kinds.split(" ")];
    if (!window.crypto?.subtle) return;

    const name = file.name;
    let computing = null;
    file.removeAttribute("name");
    sent.hidden = true;
    said.hidden = false;

    const hex = (digest) => [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const begins = async (chosen) => hex(await chosen.slice(0, Math.max(...kinds.map((kind) => kind.length)) / 2).arrayBuffer());
    // What could not be shown later is refused by the page, which says what is wrong with it: of such a file goes no more
    // there than tells so, its beginning, or of one that is too large one byte more than may be, all of them null.
    const refused = async (chosen) => {
        if (chosen.size > most) return new Blob([new Uint8Array(most + 1)]);
        const first = await begins(chosen);
        return kinds.some((kind) => first.startsWith(kind)) ? null : chosen.slice(0, 1);
    };
    const send = (what) => {
        const instead = new DataTransfer();
        instead.items.add(new File([what], "form"));
        file.files = instead.files;
        file.name = name;
    };
    const compute = async (chosen) => {
        said.textContent = said.dataset.computing;
        try {
            const what = await refused(chosen);
            if (what) {
                send(what);
                return;
            }
            kept.value = hex(await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer()));
            said.textContent = said.dataset.computed.replace("#", kept.value);
        } catch {
            file.name = name;
        }
    };

    const read = () => {
        file.removeAttribute("name");
        computing = file.files.length ? compute(file.files[0]).finally(() => { computing = null; }) : null;
    };
    file.addEventListener("change", read);
    if (file.files.length) read(); // a page that was gone back to

    file.form.addEventListener("submit", async (event) => {
        if (!computing) return;
        event.preventDefault();
        await computing;
        file.form.requestSubmit(event.submitter);
    });
})();
