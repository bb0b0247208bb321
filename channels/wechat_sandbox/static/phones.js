// The desk: two phones, live from the sandbox. No library, nothing from elsewhere.
import { createDrawers } from "./drawers.js";
import { get } from "./phone/api.js";
import { el } from "./phone/dom.js";
import { createPhone } from "./phone/phone.js";
import { words } from "./phone/words.js";

const KEPT = "sandbox-phones";
let state = { account: "", origins: [], followers: [], menu: [], templates: [], scenes: [], faults: {}, active: {}, finishes: [] };
const unread = new Map();
const phones = [];
let front = 0;
let loading = null;
let drawing = 0;

const desk = { state: () => state, phones: () => phones, reload };
const roots = words.phone.map((label, place) => {
  const root = document.getElementById("phone-template").content.firstElementChild.cloneNode(true);
  root.setAttribute("aria-label", label);
  root.dataset.shown = place === 0 ? "yes" : "no";
  root.querySelector(".owner__label").textContent = label;
  root.querySelector(".owner__who").addEventListener("change", (event) => choose(place, event.target.value));
  document.getElementById("desk").append(root);
  phones.push(createPhone(root, desk));
  return root;
});
const drawers = createDrawers(desk);

function groupOf(one) {
  return ["others", "staff", "added"].includes(one.note) ? one.note : "family";
}

function drawOwners() {
  roots.forEach((root, place) => {
    const select = root.querySelector(".owner__who");
    if (select === document.activeElement) {
      return; // an open list must not be exchanged under the hand
    }
    const groups = Object.entries(words.groups).map(([group, label]) => {
      const options = state.followers.filter((one) => groupOf(one) === group).slice(0, 60).map((one) => {
        const news = unread.get(one.key) ? words.unread(unread.get(one.key)) : "";
        const notes = [words.kinds[one.note], one.following ? "" : words.unfollowed, news].filter(Boolean).join("，");
        return el("option", { value: one.key, selected: one.key === phones[place].key() }, one.name + (notes ? `（${notes}）` : ""));
      });
      return options.length ? el("optgroup", { label }, ...options) : null;
    });
    select.replaceChildren(...groups.filter(Boolean));
  });
  document.getElementById("switch").replaceChildren(
    ...phones.map((phone, place) =>
      el("button", { type: "button", role: "tab", class: "tab", "aria-selected": String(place === front), onclick: () => show(place) },
        phone.owner().name || words.phone[place],
        place !== front && unread.get(phone.key()) ? el("span", { class: "tab__dot", role: "img", "aria-label": words.unread(unread.get(phone.key())) }) : null)));
}

// Under load, messages come by the hundred a second: the lists are drawn a few times a second at most.
function drawSoon() {
  drawing = drawing || setTimeout(() => {
    drawing = 0;
    drawOwners();
  }, 200);
}

function show(place) {
  front = place;
  roots.forEach((root, at) => (root.dataset.shown = at === place ? "yes" : "no"));
  unread.delete(phones[place].key());
  drawOwners();
}

async function choose(place, follower) {
  unread.delete(follower);
  await phones[place].take(follower);
  localStorage.setItem(KEPT, JSON.stringify(phones.map((phone) => phone.key())));
  document.activeElement.blur();
  drawOwners();
  drawers.refresh();
}

// One load at a time; whatever changes meanwhile is in the next.
function reload() {
  loading = loading || new Promise((done) => setTimeout(done, 60)).then(async () => {
    loading = null;
    state = await get("/sandbox/state");
    phones.forEach((phone) => phone.refresh());
    drawOwners();
    drawers.refresh();
  });
  return loading;
}

const isSeen = (place) => place >= 0 && (window.innerWidth >= 820 || place === front);

function happened(event) {
  const at = phones.findIndex((phone) => phone.key() === event.follower);
  if (event.type === "item") {
    phones.filter((phone) => phone.key() === event.follower).forEach((phone) => phone.add(event.item));
    if (!isSeen(at) && event.item.side === "them") {
      unread.set(event.follower, (unread.get(event.follower) || 0) + 1);
      drawSoon();
    }
  } else if (event.type === "waiting") {
    phones.filter((phone) => phone.key() === event.follower).forEach((phone) => phone.waiting(event.count));
  } else {
    if (event.type === "reload") {
      phones.forEach((phone) => phone.reload());
    }
    reload();
  }
}

function listen() {
  const lost = document.getElementById("lost");
  const source = new EventSource("/sandbox/events");
  source.onmessage = (message) => happened(JSON.parse(message.data));
  source.onerror = () => (lost.hidden = false);
  source.onopen = async () => {
    lost.hidden = true;
    await reload();
    phones.forEach((phone) => phone.reload()); // what came before the stream was open
    document.body.dataset.live = "yes";
  };
}

async function start() {
  state = await get("/sandbox/state");
  const known = state.followers.map((one) => one.key);
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(KEPT) || "[]");
  } catch {
    kept = [];
  }
  for (const place of [0, 1]) {
    const key = known.includes(kept[place]) ? kept[place] : known[place];
    if (key) {
      await phones[place].take(key);
    }
  }
  show(0);
  drawers.refresh();
  listen();
}

start();
