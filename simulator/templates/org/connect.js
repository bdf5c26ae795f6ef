// "I Can't Scan the QR Code" reveals the key in place.
"use strict";

// By its id in the contract: a page may give it another one (`org.pages`).
const byId = (id) => document.querySelector(`[data-contract-id="${id}"]`) ?? document.getElementById(id);

byId("cantScan").addEventListener("click", (event) => {
  event.preventDefault();
  byId("keyBox").style.display = "";
});
