// Larger type, kept on this phone. A classic script in the head, so that the page never jumps and old browsers run it.
(function () {
  var KEY = "larger-type";
  var root = document.documentElement;

  function kept() {
    try {
      return localStorage.getItem(KEY) === "yes";
    } catch (error) {
      return false; // storage is closed in private windows
    }
  }

  function keep(larger) {
    try {
      localStorage.setItem(KEY, larger ? "yes" : "no");
    } catch (error) {
      // it holds for this page
    }
  }

  root.classList.toggle("larger", kept());

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("type");
    button.hidden = false;
    button.setAttribute("aria-pressed", String(root.classList.contains("larger")));
    button.addEventListener("click", function () {
      var larger = root.classList.toggle("larger");
      button.setAttribute("aria-pressed", String(larger));
      keep(larger);
    });
  });
})();
