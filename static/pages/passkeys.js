// Makes and uses passkeys. Where the browser has none, or this file does not come, the offer stays hidden.
"use strict";

(() => {
    if (!window.isSecureContext || !window.PublicKeyCredential || !navigator.credentials) return;

    const shown = (selector, is) => document.querySelectorAll(selector).forEach((each) => { each.hidden = !is; });
    shown("[data-with-passkeys]", true);
    shown("[data-without-passkeys]", false);

    // Older browsers do not know the JSON forms (WebAuthn, 5.1.8 to 5.1.10).
    const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
    const text = (buffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const credentials = (listed) => (listed ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
    const options = {
        create: (json) => PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? {
            ...json,
            challenge: bytes(json.challenge),
            user: { ...json.user, id: bytes(json.user.id) },
            excludeCredentials: credentials(json.excludeCredentials),
        },
        get: (json) => PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ?? {
            ...json,
            challenge: bytes(json.challenge),
            allowCredentials: credentials(json.allowCredentials),
        },
    };
    const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const json = (made) => {
        const parts = PARTS.filter((part) => made.response[part]).map((part) => [part, text(made.response[part])]);
        return {
            id: made.id,
            rawId: text(made.rawId),
            type: made.type,
            authenticatorAttachment: made.authenticatorAttachment ?? undefined,
            clientExtensionResults: {},
            response: Object.fromEntries(parts),
        };
    };

    // In the page, or fetched from where the form says: the options alone, or in a library's envelope.
    const begun = async (form) => {
        const inPage = document.getElementById("passkey-options");
        if (inPage) return JSON.parse(inPage.textContent).publicKey;
        const headers = { "Accept": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
        const answer = await fetch(form.dataset.begin, { method: form.dataset.method ?? "POST", headers });
        if (!answer.ok || answer.redirected) throw new Error("not begun");
        const found = await answer.json();
        return found.request_options?.publicKey ?? found;
    };
    // One that the device finds by itself and gives up only to who it belongs to.
    const discoverable = (json) => ({
        ...json,
        authenticatorSelection: { ...json.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" },
    });
    const act = async (form) => {
        const kind = form.dataset.passkey;
        shown("[data-problem]", false);
        const answer = form.elements.answer ?? form.elements.credential;
        answer.value = "";
        try {
            const asked = await begun(form);
            const publicKey = options[kind](kind === "create" ? discoverable(asked) : asked);
            answer.value = JSON.stringify(json(await navigator.credentials[kind]({ publicKey })));
        } catch (error) {
            const said = document.querySelector(`[data-problem="${error.name}"]`);
            if (said) {
                said.hidden = false;
                return;
            }
        }
        form.submit(); // without an answer, too: the page then says what is refused
    };

    for (const form of document.querySelectorAll("form[data-passkey]")) {
        let acting = false;
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            if (acting) return;
            acting = true;
            await act(form).finally(() => { acting = false; });
        });
    }
})();
