// The account's menu at the bottom of a phone, with what opens above a button.
import { el } from "./dom.js";
import { words } from "./words.js";

export function createMenu(phone) {
  const place = phone.part(".menu__buttons");

  function tapped(button) {
    close();
    if (button.type === "view") {
      phone.say({ event: "view", key: button.url });
      phone.open(button.url);
    } else {
      phone.say({ event: "click", key: button.key, name: button.name });
    }
  }

  function close() {
    place.querySelectorAll(".menu__sub").forEach((sub) => {
      sub.hidden = true;
      sub.previousSibling.setAttribute("aria-expanded", "false");
    });
  }

  const single = (one) => el("div", { class: "menu__one" }, el("button", { type: "button", onclick: () => tapped(one) }, one.name));

  function withSubs(one) {
    const sub = el("div", { class: "menu__sub", hidden: true }, ...one.sub_button.map((below) => el("button", { type: "button", onclick: () => tapped(below) }, below.name)));
    const head = el("button", { type: "button", "aria-expanded": "false" }, words.menuSign + one.name);
    head.addEventListener("click", () => {
      const opening = sub.hidden;
      close();
      sub.hidden = !opening;
      head.setAttribute("aria-expanded", String(opening));
    });
    return el("div", { class: "menu__one" }, head, sub);
  }

  // The menu and the line to write in take turns.
  function show(is) {
    phone.part(".menu").hidden = !is;
    phone.part(".typing").hidden = is;
    phone.part(".more").hidden = true;
    phone.part("[data-act=more]").setAttribute("aria-expanded", "false");
  }

  function draw(buttons) {
    const drawn = JSON.stringify(buttons);
    if (place.dataset.drawn === drawn) {
      return;
    }
    if (buttons.length && !place.querySelector(".menu__one")) {
      show(true); // an account with a menu is met by its menu
    }
    place.dataset.drawn = drawn;
    place.replaceChildren(...buttons.map((one) => (one.sub_button && one.sub_button.length ? withSubs(one) : single(one))));
    if (!buttons.length) {
      place.append(el("span", { class: "menu__none" }, words.noMenu));
    }
  }

  return { draw, show, close };
}
