// A form is sent once; and the summary of problems gets the focus. Everything works without this file too.
"use strict";

const AGAIN_MS = 1000; // longer than a double click

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  if ("givesFile" in form.dataset) {
    // The page stays, and the next file is asked for on it.
    setTimeout(() => delete form.dataset.sent, AGAIN_MS);
  }
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
  }
});

document.addEventListener("DOMContentLoaded", () => {
  const problems = document.getElementById("problems");
  if (problems) {
    problems.focus();
  }
});
