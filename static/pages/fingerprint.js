// The signed form's SHA-256, computed here: the file itself is not sent. Where the browser cannot, it is sent as before.
"use strict";

(() => {
    const [file, kept] = ["id_form_file", "id_fingerprint"].map((id) => document.getElementById(id));
    const [said, sent] = ["fingerprint-said", "fingerprint-sent"].map((id) => document.getElementById(id));
    const most = Number(said.dataset.most);
    if (!window.crypto?.subtle) return;

    const name = file.name;
    let computing = null;
    file.removeAttribute("name");
    sent.hidden = true;
    said.hidden = false;

    const hex = (digest) => [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const compute = async (chosen) => {
        // What is empty or too large is sent as it is, so that the page says what is wrong with it.
        if (chosen.size === 0 || chosen.size > most) {
            file.name = name;
            return;
        }
        said.textContent = said.dataset.computing;
        try {
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
