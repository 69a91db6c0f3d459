// A folder of signed forms becomes a list of their SHA-256, computed here: the files themselves are not sent.
"use strict";

(() => {
    const [folder, list, said] = ["id_folder", "id_manifest", "folder-said"].map((id) => document.getElementById(id));
    if (!window.crypto?.subtle || !("webkitdirectory" in folder)) return;

    document.getElementById("by-folder").hidden = false;
    const [most, kinds] = [Number(said.dataset.most), said.dataset.kinds.split(" ")];
    let computing = null;

    const hex = (digest) => [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
    const key = (file) => file.name.replace(/\.[^.]*$/, "");

    // What a computer keeps for itself in a folder (Thumbs.db, .DS_Store) is no form, nor is what could not be shown later.
    const isForm = async (file) => {
        if (file.name.startsWith(".") || file.size > most) return false;
        const begins = hex(await file.slice(0, Math.max(...kinds.map((kind) => kind.length)) / 2).arrayBuffer());
        return kinds.some((kind) => begins.startsWith(kind));
    };

    const compute = async (files) => {
        const lines = ["row_key,consent_sha256"];
        const leftOut = [];
        for (const [count, file] of files.entries()) {
            said.textContent = said.dataset.computing.replace("##", files.length).replace("#", count);
            if (!(await isForm(file))) {
                leftOut.push(file.name);
                continue;
            }
            const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
            lines.push(`${quoted(key(file))},${hex(digest)}`);
        }
        const made = new DataTransfer();
        made.items.add(new File([lines.join("\r\n")], "forms.csv", { type: "text/csv" }));
        list.files = made.files;
        said.textContent = said.dataset.computed.replace("#", lines.length - 1);
        if (leftOut.length) said.textContent += ` ${said.dataset.leftOut.replace("#", leftOut.join(", "))}`;
    };

    folder.addEventListener("change", () => {
        const files = [...folder.files];
        computing = files.length ? compute(files).finally(() => { computing = null; }) : null;
    });
    folder.form.addEventListener("submit", async (event) => {
        if (!computing) return;
        event.preventDefault();
        await computing;
        folder.form.requestSubmit(event.submitter);
    });
})();
