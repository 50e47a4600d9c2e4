"use strict";
const field = document.getElementById("filter");
const said = document.querySelector("output");
field.closest("p").hidden = false;
const rows = [...document.querySelectorAll("main tbody tr:not(.at)")];
const heads = [...document.querySelectorAll("tr.at")];
const articles = [...document.querySelectorAll("article.control")];
field.addEventListener("input", () => {
  const wanted = field.value.trim().toLowerCase();
  let found = 0;
  for (const row of rows) {
    const fits = row.textContent.toLowerCase().includes(wanted);
    row.hidden = !fits;
    found += fits;
  }
  for (const article of articles) {
    const named = article.querySelector("header").textContent.toLowerCase().includes(wanted);
    const own = [...article.querySelectorAll("tbody tr:not(.at)")];
    if (named) own.forEach((row) => { row.hidden = false; });
    article.hidden = !named && own.every((row) => row.hidden);
    found += named;
  }
  for (const head of heads) {
    head.hidden = [...head.parentElement.rows].every((row) => row === head || row.hidden);
  }
  said.textContent = wanted && !found ? said.dataset.none : "";
});
