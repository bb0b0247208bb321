// One message as a bubble: what was asked, and what was answered.
import { choices, withoutNumbers } from "./choices.js";
import { el } from "./dom.js";
import { rating } from "./rating.js";
import { basisOf } from "./sources.js";
import { words } from "./words.js";

// 打12345, 打010-66097980: what stands after 打 is a number to call.
const CALL = /打(\d[\d-]{1,14}\d)/g;

export function mine(text) {
  const bubble = el("div", { class: "bubble bubble--mine" }, el("span", { class: "hush" }, words.asked), text);
  return el("div", { class: "turn turn--mine" }, bubble);
}

// `acts` is {choose, send}: see choices.js and rating.js.
export function theirs(message, acts) {
  const { lines, numbered } = withoutNumbers(message);
  const { visible, basis } = basisOf(lines, message.sources);
  const bubble = el("div", { class: "bubble" }, el("span", { class: "hush" }, words.answered));
  if (message.kind === "safety") {
    bubble.appendChild(el("p", { class: "bubble__warning" }, message.intent === "crisis" ? words.care : words.warning));
  }
  const text = el("div", { class: "bubble__text" });
  visible.forEach((line) => text.appendChild(lineOf(line, message.kind)));
  bubble.appendChild(text);
  if (message.link && /^\/(?!\/)/.test(message.link.url)) {
    bubble.appendChild(el("a", { class: "bubble__link", href: message.link.url }, message.link.title));
  }
  if (basis.length) {
    bubble.appendChild(folded(basis));
  }
  if (message.feedback) {
    bubble.appendChild(rating(message, acts.send));
  }
  const turn = el("div", { class: `turn turn--theirs turn--${message.kind}` }, bubble);
  if (message.buttons.length) {
    turn.appendChild(choices(message, numbered, acts.choose));
  }
  return turn;
}

function lineOf(line, kind) {
  let style = "bubble__line";
  if (/^(依据|参考)：/.test(line)) {
    style += " bubble__line--basis";
  } else if (kind === "result" && /^\d+\. /.test(line)) {
    style += " bubble__line--item";
  } else if (/^\s{2}/.test(line)) {
    style += " bubble__line--detail";
  }
  return el("p", { class: style }, ...withCalls(line.trim()));
}

function withCalls(line) {
  const pieces = [];
  let from = 0;
  line.replace(CALL, (whole, number, at) => {
    pieces.push(line.slice(from, at + 1), el("a", { class: "call", href: `tel:${number}` }, number));
    from = at + whole.length;
    return whole;
  });
  return pieces.concat(line.slice(from));
}

function folded(basis) {
  const list = el("ul", {}, ...basis.map((each) => el("li", {}, each)));
  return el("details", { class: "sources-of" }, el("summary", {}, words.sources), list);
}
