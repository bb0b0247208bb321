// 有用 / 没用 under an answer. The verdict is kept on this phone, so that it still shows after a reload.
import { button, el, isLocked, lock } from "./dom.js";
import { words } from "./words.js";

const KEY = "rated";
const KEPT = 60;

function kept() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) || "[]");
    return Array.isArray(stored) ? stored : [];
  } catch (error) {
    return [];
  }
}

function keep(id, verdict) {
  try {
    const others = kept().filter((pair) => pair[0] !== id);
    localStorage.setItem(KEY, JSON.stringify(others.concat([[id, verdict]]).slice(-KEPT)));
  } catch (error) {
    // it shows until the page is closed
  }
}

// `send(body)` stores the verdict and returns the messages of thanks.
export function rating(message, send) {
  const thanks = el("p", { class: "rate__thanks", role: "status" });
  const before = kept().filter((pair) => pair[0] === message.id)[0];
  const buttons = ["useful", "useless"].map((verdict) => {
    const one = button({ class: "rate__one", "aria-pressed": String(Boolean(before && before[1] === verdict)) }, words[verdict]);
    one.addEventListener("click", () => give(one, verdict));
    return one;
  });

  async function give(one, verdict) {
    if (isLocked(one) || one.getAttribute("aria-pressed") === "true") {
      return;
    }
    lock(buttons, true);
    try {
      const messages = await send({ payload: message.feedback[verdict] });
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === one)));
      thanks.textContent = messages.map((each) => each.text).join("\n");
      keep(message.id, verdict);
    } catch (failure) {
      thanks.textContent = failure.again ? words.rateLost : failure.message;
    }
    lock(buttons, false);
  }

  return el("div", { class: "rate", role: "group", "aria-label": words.rate }, el("span", { class: "rate__ask" }, words.rate), ...buttons, thanks);
}
