// The two drawers: faults to set, and the record of what was called.
import { get, post } from "./phone/api.js";
import { el } from "./phone/dom.js";
import { words } from "./phone/words.js";

const POLL_MS = 1500;
const SHOWN = 150;
const say = words.faults;
const FACTOR = { ms: 1000, "%": 100 };

export function createDrawers(desk) {
  const form = document.getElementById("fault-form");
  const list = document.getElementById("record-list");
  const kind = document.getElementById("record-kind");
  let polling = 0;
  let newest = -1;

  function toggle(id) {
    for (const drawer of document.querySelectorAll(".drawer")) {
      const button = document.querySelector(`[data-drawer=${drawer.id}]`);
      const opening = drawer.id === id && drawer.hidden;
      drawer.hidden = !opening;
      button.setAttribute("aria-expanded", String(opening));
      if (opening) {
        drawer.querySelector("[data-close]").focus();
      }
    }
    document.getElementById("desk").classList.toggle("desk--beside", Boolean(document.querySelector(".drawer:not([hidden])")));
    clearInterval(polling);
    if (!document.getElementById("record").hidden) {
      newest = -1;
      showRecord();
      polling = setInterval(showRecord, POLL_MS);
    }
  }

  const set = (change) => post("/sandbox/faults", change).then(desk.reload);

  function setting(faults, [name, label, unit]) {
    const value = faults[name];
    if (unit === "finish") {
      const options = desk.state().finishes.map((one) => el("option", { value: one, selected: one === value }, say.finishes[one] || one));
      return row(label, el("select", { onchange: (event) => set({ [name]: event.target.value }) }, ...options));
    }
    const change = (event) => set({ [name]: Math.max(0, Number(event.target.value) || 0) / FACTOR[unit] });
    const input = el("input", { type: "number", min: 0, max: unit === "%" ? 100 : 60000, step: unit === "%" ? 5 : 100, value: Math.round(value * FACTOR[unit]), onchange: change });
    return row(label, el("span", { class: "faults__unit" }, input, el("span", {}, unit)));
  }

  const row = (label, input) => el("label", {}, label, input);
  const group = (title, ...rows) => el("fieldset", {}, el("legend", {}, title), ...rows);

  function person(faults, phone) {
    const ticks = Object.entries(say.people).map(([name, label]) => {
      const change = (event) => {
        const others = faults[name].filter((key) => key !== phone.key());
        set({ [name]: event.target.checked ? [...others, phone.key()] : others });
      };
      return row(label, el("input", { type: "checkbox", checked: faults[name].includes(phone.key()), onchange: change }));
    });
    return group(say.of(phone.owner().name), ...ticks);
  }

  function account(faults) {
    const now = String(faults.refuse["*"] || 0);
    const options = Object.entries(say.states).map(([code, label]) => el("option", { value: code, selected: code === now }, label));
    const change = (event) => set({ refuse: event.target.value === "0" ? {} : { "*": Number(event.target.value) } });
    const end = (how) => () => set({ end_tokens: how }).then(() => desk.phones()[0].toast(say.ended));
    const buttons = el("div", { class: "faults__buttons" },
      el("button", { type: "button", onclick: end("expired") }, say.expire), el("button", { type: "button", onclick: end("ended") }, say.end));
    return group(say.account, row(say.state, el("select", { onchange: change }, ...options)), row(say.tokens, buttons));
  }

  function clear() {
    const none = { refuse: {}, quotas: {}, blacklisted: [], risky_words: [], held_s: 0.5 };
    Object.keys(say.people).forEach((name) => (none[name] = []));
    say.groups.forEach(([, rows]) => rows.forEach(([name]) => (none[name] = name.endsWith("_share") || name.endsWith("_s") ? 0 : "success")));
    return set({ ...none, finish_share: 1, finish_delay_s: 1 });
  }

  function refresh() {
    const { faults, active } = desk.state();
    const count = Object.keys(active).filter((name) => name !== "finish_delay_s" && name !== "held_s").length;
    const badge = document.getElementById("fault-count");
    badge.hidden = !count;
    badge.textContent = count;
    if (form.contains(document.activeElement) && document.activeElement.type === "number") {
      return; // do not take away what is being written
    }
    const at = form.contains(document.activeElement) ? [...form.querySelectorAll("input, select, button")].indexOf(document.activeElement) : -1;
    form.replaceChildren(
      ...desk.phones().map((phone) => person(faults, phone)), account(faults),
      ...say.groups.map(([title, rows]) => group(title, ...rows.map((one) => setting(faults, one)))),
      el("button", { type: "button", class: "faults__clear", onclick: clear }, say.clear));
    if (at >= 0) {
      form.querySelectorAll("input, select, button")[at].focus();
    }
  }

  function entry(one) {
    const name = (desk.state().followers.find((person) => person.key === one.follower) || {}).name;
    const api = one.kind === "api";
    const good = api ? one.outcome === "0" : ["replied", "silent", "code", "ok"].includes(one.outcome);
    const outcome = api ? (good ? words.record.good : one.outcome) : words.record.outcomes[one.outcome] || words.record.failed(one.outcome);
    const { seq, at, ...rest } = one;
    return el("li", {}, el("details", {},
      el("summary", {},
        el("span", { class: "record__time" }, new Date(at * 1000).toLocaleTimeString("zh-CN", { hour12: false })),
        el("span", { class: "record__what" }, `${words.record.kinds[one.kind] || one.kind} ${one.path.replace("/cgi-bin/", "")}`,
          el("span", { class: "record__who" }, [name, one.tried > 1 ? `第 ${one.tried} 次` : "", one.ms === undefined ? "" : `${one.ms} 毫秒`].filter(Boolean).join(" · "))),
        el("span", { class: good ? "record__good" : "record__bad" }, outcome)),
      el("pre", {}, JSON.stringify(rest, null, 2))));
  }

  async function showRecord() {
    const { entries } = await get(`/sandbox/record?limit=${SHOWN}${kind.value ? "&kind=" + kind.value : ""}`);
    const last = entries.length ? entries[entries.length - 1].seq : 0;
    if (last !== newest && !list.querySelector("details[open]")) {
      newest = last;
      list.replaceChildren(...entries.reverse().map(entry));
      if (!entries.length) {
        list.append(el("li", { class: "record__none" }, words.record.none));
      }
    }
  }

  document.querySelectorAll("[data-drawer]").forEach((button) => button.addEventListener("click", () => toggle(button.dataset.drawer)));
  document.querySelectorAll("[data-close]").forEach((button) => {
    const drawer = button.closest(".drawer");
    button.addEventListener("click", () => toggle(""));
    drawer.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        toggle("");
        document.querySelector(`[data-drawer=${drawer.id}]`).focus();
      }
    });
  });
  kind.addEventListener("change", () => {
    newest = -1;
    showRecord();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("reset").addEventListener("click", () => window.confirm(words.record.reset) && post("/sandbox/reset", {}).then(desk.reload));
  return { refresh };
}
