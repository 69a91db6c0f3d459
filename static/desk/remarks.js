// While a sheet is typed, its remarks stand under its fields. Without this file they come with the answer to the form.
"use strict";

const PAUSE = 400; // ms after the last change

function lay(form, answer) {
  for (const old of form.querySelectorAll(".remark")) {
    old.remove();
  }
  for (const remark of answer.querySelectorAll(".remark")) {
    const field = document.getElementById(remark.dataset.under);
    const place = field ? field.closest(".field") : form.querySelector(".said");
    place.append(remark);
    if (field && remark.classList.contains("remark-good")) {
      place.querySelector(".error")?.remove();
    }
    fill(document.getElementById(remark.dataset.fills), remark.dataset.value);
  }
  form.querySelector(".said").replaceChildren(...form.querySelectorAll(".said > .remark"), ...answer.querySelectorAll(".follows"));
}

function fill(field, value) {
  if (field && !field.dataset.chosen) {
    field.value = value;
  }
}

async function ask(form) {
  const turn = String(Number(form.dataset.turn || 0) + 1);
  form.dataset.turn = turn;
  const asked = await fetch(form.dataset.remarks, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  if (!asked.ok || form.dataset.turn !== turn) {
    return; // somebody who typed on asks again; whoever may not ask is told by the form itself
  }
  lay(form, new DOMParser().parseFromString(await asked.text(), "text/html"));
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-remarks]");
  if (!form) {
    return;
  }
  let waiting;
  form.addEventListener("change", (event) => {
    event.target.dataset.chosen = "yes";
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(form).catch(() => {}), PAUSE);
  });
});
