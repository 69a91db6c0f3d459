// Says at once whether a credit code can be one (GB 32100): weights 3ⁱ mod 31. The page judges it again when it is sent.
"use strict";

(() => {
    const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const field = document.getElementById("id_uscc");
    const said = document.getElementById("credit-code-said");
    if (!field || !said) return;

    const fits = (code) => {
        const places = [...code].map((each) => ALPHABET.indexOf(each));
        if (places.includes(-1)) return false;
        let [sum, weight] = [0, 1];
        for (const place of places.slice(0, 17)) {
            sum += place * weight;
            weight = (weight * 3) % 31;
        }
        return places[17] === (31 - (sum % 31)) % 31;
    };

    field.addEventListener("input", () => {
        const code = field.value.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
        said.hidden = code === "";
        said.textContent = code.length !== 18 ? said.dataset.short : fits(code) ? said.dataset.right : said.dataset.wrong;
    });
})();
