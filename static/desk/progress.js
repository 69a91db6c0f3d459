// The progress of what goes on by itself, looked at every two seconds; the link does the same without this file.
"use strict";

(() => {
  const PAUSE = 2000;

  const look = async () => {
    if (document.hidden) return true;
    const answer = await fetch(location.href, { credentials: "same-origin" });
    // Led elsewhere: whoever looked is signed out by now, and the whole page must say so.
    if (!answer.ok || answer.redirected) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = fresh.getElementById("progress");
    // Another stage says more than its bar.
    if (!now || now.dataset.state !== document.getElementById("progress").dataset.state) return false;
    const bar = document.querySelector("#progress progress");
    bar.max = now.querySelector("progress").max;
    bar.value = now.querySelector("progress").value;
    document.getElementById("progress-words").textContent = fresh.getElementById("progress-words").textContent;
    return true;
  };

  const again = () => {
    setTimeout(async () => {
      const goesOn = await look().catch(() => true);
      if (goesOn) again();
      else location.reload();
    }, PAUSE);
  };

  again();
})();
