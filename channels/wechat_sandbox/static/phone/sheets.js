// What slides over the phone: profile, voice, scan, subscription, place, link.
import { el } from "./dom.js";
import { words } from "./words.js";

const say = words.sheet;

// Show a card; Escape and a tap beside it close it, and the focus goes back to where it was.
function open(phone, label, ...inside) {
  const sheet = phone.part(".sheet");
  const before = document.activeElement;
  const card = el("form", { class: "sheet__card", autocomplete: "off" }, el("h2", { class: "sheet__title" }, label), ...inside);
  const close = () => {
    sheet.hidden = true;
    sheet.replaceChildren();
    sheet.onkeydown = sheet.onclick = null;
    if (before && before.isConnected) {
      before.focus();
    }
  };
  card.addEventListener("submit", (event) => event.preventDefault());
  sheet.replaceChildren(card);
  sheet.setAttribute("aria-label", label);
  sheet.hidden = false;
  sheet.onclick = (event) => {
    if (event.target === sheet) {
      close();
    }
  };
  sheet.onkeydown = (event) => {
    if (event.key === "Escape") {
      close();
    } else if (event.key === "Tab") {
      stay(event, card);
    }
  };
  const first = card.querySelector("input, textarea, button");
  first.focus();
  return close;
}

function stay(event, card) {
  const all = [...card.querySelectorAll("input, textarea, button")];
  const [first, last] = [all[0], all[all.length - 1]];
  if (event.shiftKey ? document.activeElement === first : document.activeElement === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}

const button = (label, kind, act) => el("button", { type: "button", class: "go" + kind, onclick: act }, label);
const field = (label, tag, attributes = {}) => el("label", { class: "sheet__field" }, label, el(tag, attributes));
const tick = (label, attributes) => el("label", { class: "sheet__tick" }, el("input", attributes), el("span", {}, label));

export function profile(phone, state) {
  const me = phone.owner();
  const titles = Object.fromEntries(state.templates.map((one) => [one.id, one.title]));
  const opted = Object.entries(me.opted).filter(([, count]) => count).map(([id, count]) => `${titles[id] || id} ${count < 0 ? say.always : say.times(count)}`);
  const left = Object.values(me.windows).reduce((sum, count) => sum + count, 0);
  const rows = [
    [say.rows.account, state.account],
    [say.rows.following, me.following ? say.yes : say.no],
    [say.rows.windows, left ? say.sends(left) : say.none],
    [say.rows.opted, opted.join("、") || say.none],
    [say.rows.openid, me.openid],
  ];
  const list = el("dl", {}, ...rows.map(([name, value]) => el("div", { class: "sheet__row" }, el("dt", {}, name), el("dd", {}, value))));
  const close = open(phone, say.profile, list,
    button(say.manage, " go--light", () => { close(); subscription(phone, state); }),
    me.following ? button(say.unfollow, " go--danger", () => { close(); phone.say({ event: "unsubscribe" }); }) : null,
    button(say.close, " go--light", () => close()));
}

export function voice(phone) {
  const radio = { type: "checkbox" };
  const text = field(say.said, "textarea", { rows: 2, maxlength: 500 });
  const unheard = tick(say.unheard, radio);
  const off = tick(say.noRecognition, radio);
  const close = open(phone, say.voice, el("p", { class: "sheet__note" }, say.voiceNote), text, unheard, off,
    button(say.send, "", () => {
      const said = text.lastChild.value.trim();
      const lost = unheard.firstChild.checked;
      const none = off.firstChild.checked;
      if (said || lost || none) {
        close();
        phone.say({ voice: none ? null : lost ? "" : said, spoken: said });
      }
    }),
    button(say.cancel, " go--light", () => close()));
}

export function scan(phone, state) {
  const code = field(say.code, "input", { type: "text", maxlength: 400 });
  const done = (key) => {
    if (key) {
      close();
      phone.say({ event: "scan", key });
    }
  };
  const made = state.scenes.map((one) =>
    el("button", { type: "button", title: one.scene, onclick: () => done(one.ticket) },
      el("img", { src: "/cgi-bin/showqrcode?ticket=" + encodeURIComponent(one.ticket), alt: "" }), one.scene));
  const close = open(phone, say.scan, el("p", { class: "sheet__note" }, say.scanNote), code,
    made.length ? el("div", { class: "sheet__codes" }, ...made) : el("p", { class: "sheet__note" }, say.noCodes),
    button(say.scanIt, "", () => done(code.lastChild.value.trim())),
    button(say.cancel, " go--light", () => close()));
  code.lastChild.addEventListener("keydown", (event) => event.key === "Enter" && done(code.lastChild.value.trim()));
}

export function subscription(phone, state) {
  if (!state.templates.length) {
    phone.toast(say.noTemplates);
    return;
  }
  const ticks = state.templates.map((one) => [one.id, tick(`${one.title}（${one.long_term ? say.optAlways : say.optOnce}）`, { type: "checkbox", checked: true })]);
  const send = (event, choice) => {
    close();
    phone.say({ event, templates: Object.fromEntries(ticks.map(([id, label]) => [id, choice(label.firstChild.checked)])) });
  };
  const close = open(phone, say.opt, el("p", { class: "sheet__note" }, say.optNote(state.account)), ...ticks.map(([, label]) => label),
    button(say.allow, "", () => send("popup", (is) => (is ? "accept" : "reject"))),
    button(say.reject, " go--light", () => send("popup", () => "reject")),
    button(say.back, " go--danger", () => send("change", () => "reject")),
    button(say.cancel, " go--light", () => close()));
}

function ask(phone, title, fields, act) {
  const inputs = fields.map(([label, value]) => field(label, "input", { type: "text", value, maxlength: 300 }));
  const close = open(phone, title, ...inputs,
    button(say.send, "", () => { close(); act(...inputs.map((input) => input.lastChild.value.trim())); }),
    button(say.cancel, " go--light", () => close()));
}

export const place = (phone) =>
  ask(phone, say.location, [[say.place, "重庆市铜梁区巴川街道"]], (label) => phone.say({ location: { lat: 29.8447, lng: 106.0565, label } }));
export const link = (phone) =>
  ask(phone, say.link, [[say.linkTitle, "助学金政策问答"], [say.linkUrl, "https://example.com/"]], (title, url) => phone.say({ link: { title, url, description: "" } }));
