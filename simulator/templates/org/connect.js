// "I Can't Scan the QR Code" reveals the key in place.
"use strict";

document.getElementById("cantScan").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("keyBox").style.display = "";
});
