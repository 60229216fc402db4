"use strict";
// Every second: fetch the parts of the page, and replace those that changed. Without this the page loads itself anew.
(function () {
  var failed = 0;
  function show(sections) {
    Object.keys(sections).forEach(function (id) {
      var place = document.getElementById(id), told = sections[id];
      if (!place || place.dataset.of === told.of) return;
      place.dataset.of = told.of;
      place.innerHTML = told.html;
    });
  }
  function look() {
    fetch("/demo/live", {cache: "no-store"}).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then(function (told) {
      failed = 0;
      document.body.classList.remove("gone");
      show(told.sections);
      var button = document.querySelector("#kill button");
      button.disabled = told.figures.away;
      setTimeout(look, 1000);
    }).catch(function () {
      failed += 1;
      if (failed > 2) document.body.classList.add("gone");
      setTimeout(look, 2000);
    });
  }
  document.getElementById("kill").addEventListener("submit", function (event) {
    event.preventDefault();
    var form = event.target;
    form.querySelector("button").disabled = true;
    fetch("/demo/kill", {method: "POST", body: new URLSearchParams(new FormData(form))});
  });
  look();
})();
