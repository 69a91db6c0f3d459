// The QR code leads here with the code after "#", which browsers send to nobody. Without this file it is typed.
const code = decodeURIComponent(location.hash.slice(1));
const field = document.getElementById("id_code");

if (field && field.value === "" && /^[0-9A-Za-z-]{20,32}$/.test(code)) {
  field.value = code;
  history.replaceState(null, "", location.pathname);
}
