// Keeps the live pictures and the numbers fresh. Without it the page is whole, as old as its last loading.
"use strict";

for (const picture of document.querySelectorAll("img[data-live]")) {
  const address = picture.getAttribute("src");
  const again = (wait) => setTimeout(() => {
    if (document.hidden) again(wait);
    else picture.src = address + "?" + Date.now();
  }, wait);
  picture.addEventListener("load", () => { picture.classList.remove("away"); again(500); });
  picture.addEventListener("error", () => { picture.classList.add("away"); again(5000); });
  if (picture.complete) again(500);
}

setInterval(() => {
  if (!document.hidden && !document.querySelector("details[open]")) location.reload();
}, 60000);
