const field = document.getElementById("filter");
field.hidden = false;
field.addEventListener("input", () => {
  const wanted = field.value.toLowerCase();
  for (const article of document.querySelectorAll("article.control")) {
    article.hidden = !article.textContent.toLowerCase().includes(wanted);
  }
});
