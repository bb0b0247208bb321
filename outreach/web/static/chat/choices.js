// The choices under a bubble, and what the text says twice because of them.
import { button, el, isLocked, lock } from "./dom.js";
import { words } from "./words.js";

// Kinds whose buttons are the question itself; under other bubbles they are suggestions.
const ASKING = ["clarify", "form", "fallback", "chitchat", "safety"];

// Returns {lines, numbered}: the text without the lines "N. title" when every button has its own, as channels without
// buttons need them; otherwise all lines.
export function withoutNumbers(message) {
  const lines = message.text.split("\n").filter((line) => line.trim());
  const repeated = message.buttons.map((one, index) => `${index + 1}. ${one.title}`);
  const numbered = repeated.length > 0 && repeated.every((line) => lines.indexOf(line) >= 0);
  return { lines: numbered ? lines.filter((line) => repeated.indexOf(line) < 0) : lines, numbered };
}

// `choose({title, payload}, settle)` is called once per tap; `settle(went)` opens the group again.
export function choices(message, numbered, choose) {
  const asking = ASKING.indexOf(message.kind) >= 0;
  const group = el("div", { class: asking ? "choices" : "choices choices--more" });
  if (!asking) {
    group.appendChild(el("p", { class: "choices__head" }, words.more));
  }
  const all = message.buttons.map((one, index) => {
    const chip = button({ class: "chip" });
    if (numbered) {
      chip.appendChild(el("span", { class: "chip__number" }, String(index + 1)));
    }
    chip.appendChild(el("span", { class: "chip__words" }, one.title));
    chip.addEventListener("click", () => tapped(chip, one));
    group.appendChild(chip);
    return chip;
  });

  function tapped(chip, one) {
    if (isLocked(chip)) {
      return;
    }
    lock(all, true);
    chip.classList.add("chip--chosen");
    const said = el("span", { class: "hush" }, words.chosen);
    chip.appendChild(said);
    choose(one, (went) => {
      lock(all, false);
      if (!went) {
        chip.classList.remove("chip--chosen");
        said.remove();
      }
    });
  }

  return group;
}
