// One chat item as the phone shows it.
import { el, svg } from "./dom.js";
import { words } from "./words.js";

const LINK = /<a\s[^>]*?href\s*=\s*["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>|(https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+)/gi;
const VOICE = "M6 9v6M10 6v12M14 9v6M18 11v2";

// Text with the account's links; a "bizmsgmenu" link says its words, any other opens in the phone.
export function rich(text, phone) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(last, match.index));
    const href = match[1] || match[3];
    parts.push(linked(href, (match[2] || match[3]).replace(/<[^>]*>/g, ""), phone));
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  return parts;
}

function linked(href, label, phone) {
  if (href.startsWith("weixin://bizmsgmenu")) {
    const query = new URLSearchParams(href.slice(href.indexOf("?") + 1));
    const tap = () => phone.say({ text: query.get("msgmenucontent") || label, menu_id: query.get("msgmenuid") });
    return el("button", { type: "button", class: "link", onclick: tap }, label);
  }
  return el("a", { href, onclick: (event) => { event.preventDefault(); phone.open(href); } }, label);
}

function face(item, phone) {
  return item.side === "me"
    ? el("span", { class: "face", "aria-hidden": "true" }, phone.ownerFace())
    : el("span", { class: "face face--account", "aria-hidden": "true" }, phone.accountFace());
}

function line(item, phone, ...inside) {
  return el("div", { class: "line" + (item.side === "me" ? " line--me" : "") }, face(item, phone), ...inside);
}

const bubble = (...inside) => el("div", { class: "bubble" }, ...inside);

function voice(item, phone) {
  const seconds = Math.max(1, Math.round((item.text || "").length / 4));
  const made = el("div", { class: "bubble bubble--voice" }, svg(VOICE), item.text !== undefined ? words.voice(seconds) : words.media(item.media));
  const parts = [line(item, phone, made)];
  if (item.side === "me") {
    parts.push(el("p", { class: "heard" }, item.heard ? words.heard(item.text) : words.notHeard));
  }
  return el("div", {}, ...parts);
}

function card(item, phone) {
  const lines = item.lines.map(([label, value]) =>
    el("span", { class: "card__line" }, el("span", { class: "card__label" }, label), el("span", { class: "card__value" }, value)));
  const head = [
    el("span", { class: "card__from" }, el("span", {}, words.card[item.source]), el("span", {}, phone.account())),
    el("span", { class: "card__title" }, item.title),
  ];
  return item.url
    ? el("button", { type: "button", class: "card", onclick: () => phone.open(item.url) }, ...head, ...lines, el("span", { class: "card__open" }, words.card.open))
    : el("div", { class: "card" }, ...head, ...lines);
}

function news(item, phone) {
  const one = item.articles[0];
  return el("button", { type: "button", class: "card", onclick: () => phone.open(one.url) },
    el("span", { class: "card__title" }, one.title || ""), el("span", { class: "card__line" }, one.text || ""), el("span", { class: "card__open" }, words.card.open));
}

function choices(item, phone) {
  const buttons = item.choices.map((one) =>
    el("button", { type: "button", class: "choice", onclick: () => phone.say({ text: one.text, menu_id: one.id }) }, one.text));
  return line(item, phone, bubble(...rich(item.head, phone), ...buttons, item.tail ? el("div", {}, ...rich(item.tail, phone)) : null));
}

function between(item) {
  if (item.kind === "unavailable") {
    const [code, rest] = item.why.startsWith("status ") ? ["status", item.why.slice(7)] : item.why.startsWith("malformed") ? ["malformed", item.why.slice(11)] : [item.why];
    const reason = words.why[code];
    return el("p", { class: "between between--bad" }, words.unavailable, el("span", { class: "between__why" }, typeof reason === "function" ? reason(rest) : reason || item.why));
  }
  const said = words.between[item.kind];
  return el("p", { class: "between" }, typeof said === "function" ? said(item) : said || item.kind);
}

export function shown(item, phone) {
  if (item.side === "between") {
    return between(item);
  }
  const simple = {
    text: () => rich(item.text, phone),
    image: () => [item.media ? words.media(item.media) : words.image],
    video: () => [words.video],
    music: () => [words.music],
    location: () => [words.location(item.text)],
    link: () => [words.link(item.text)],
  }[item.kind];
  if (simple) {
    return line(item, phone, bubble(...simple()));
  }
  return { voice, card, news, menu: choices }[item.kind](item, phone);
}

export function typing(phone) {
  const dots = bubble(el("span", { class: "dots", role: "img", "aria-label": "…" }, el("span"), el("span"), el("span")));
  return line({ side: "them" }, phone, dots);
}

export function when(seconds) {
  const at = new Date(seconds * 1000);
  const time = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
  const days = Math.floor((new Date().setHours(24, 0, 0, 0) - at) / 86400000);
  const text = days === 0 ? words.today(time) : days === 1 ? words.yesterday(time) : words.day(at.getMonth() + 1, at.getDate(), time);
  return el("p", { class: "when" }, text);
}
