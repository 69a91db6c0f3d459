// Fields that the chosen kind of decision does not have step aside, unless something was put into them or stands against them.
// Without this file all of them are shown.
"use strict";

function isPutInto(field) {
  return field.tagName === "SELECT" ? !field.selectedOptions[0].defaultSelected : field.value !== "";
}

document.addEventListener("DOMContentLoaded", () => {
  const kind = document.querySelector("form[data-remarks] select[name=kind]");
  const fields = document.querySelectorAll("[data-only-of]");
  if (!kind || !fields.length) {
    return;
  }
  const layOut = () => {
    for (const field of fields) {
      const place = field.closest(".field");
      place.hidden = field.dataset.onlyOf !== kind.value && !isPutInto(field) && !place.classList.contains("wrong");
    }
  };
  kind.addEventListener("change", layOut);
  layOut();
});
