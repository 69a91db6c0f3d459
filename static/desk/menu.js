// Folds the navigation where it would fill the window. Without this file it stays open.
"use strict";

{
  const menu = document.getElementById("menu");
  const narrow = window.matchMedia("(max-width: 40rem)");
  const fold = () => {
    menu.open = !narrow.matches;
  };
  fold();
  narrow.addEventListener("change", fold);
}
