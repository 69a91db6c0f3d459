function shown(cell, name) {
  // ruleid: html-made-by-script
  cell.innerHTML = name;
  // ruleid: html-made-by-script
  cell.insertAdjacentHTML("beforeend", name);
  // ruleid: html-made-by-script
  eval(name);
  // ok: html-made-by-script
  cell.textContent = name;
}
