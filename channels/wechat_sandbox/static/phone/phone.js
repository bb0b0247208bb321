// One phone: whose it is, its chat, its menu, the page open in it.
import { chatOf, Failure, post } from "./api.js";
import { shown, typing, when } from "./bubbles.js";
import { el } from "./dom.js";
import { createMenu } from "./menu.js";
import * as sheets from "./sheets.js";
import { words } from "./words.js";

const GAP_S = 300;

export function createPhone(root, desk) {
  const part = (selector) => root.querySelector(selector);
  const chat = part(".chat");
  const text = part(".typing__text");
  let key = "";
  let lastAt = 0;
  let dots = null;
  let toasting = 0;

  const owner = () => desk.state().followers.find((one) => one.key === key) || { name: "", opted: {}, windows: {} };
  const atEnd = () => chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  const toEnd = () => {
    chat.scrollTop = chat.scrollHeight;
    part(".newer").hidden = true;
  };

  const phone = {
    part,
    owner,
    key: () => key,
    account: () => desk.state().account,
    accountFace: () => desk.state().account.slice(0, 1),
    ownerFace: () => owner().name.slice(-1),
    toast(message) {
      const toast = part(".toast");
      toast.textContent = message;
      toast.hidden = false;
      clearTimeout(toasting);
      toasting = setTimeout(() => (toast.hidden = true), 2500);
    },
    async say(act) {
      try {
        await post("/sandbox/say", { follower: key, ...act });
      } catch (failure) {
        if (!(failure instanceof Failure)) {
          throw failure;
        }
        phone.toast(words.errors[failure.code] || words.errors.other(failure.code));
        return false;
      }
      return true;
    },
    open(url) {
      const inside = insideOf(url);
      if (!inside) {
        window.open(url, "_blank", "noopener");
        phone.toast(words.outside);
        return;
      }
      part(".web__from").textContent = new URL(url).host;
      part(".web__out").href = inside;
      part(".web__page").src = inside;
      part(".web").hidden = false;
      part("[data-act=web-close]").focus();
    },
    async take(follower) {
      key = follower;
      closeWeb();
      root.dataset.follower = key;
      await phone.reload();
      phone.refresh();
    },
    async reload() {
      const wanted = key;
      const items = await chatOf(key);
      if (wanted !== key) {
        return;
      }
      lastAt = 0;
      dots = null;
      chat.replaceChildren();
      if (!items.length) {
        chat.append(el("p", { class: "chat__empty" }, words.empty));
      }
      items.forEach(append);
      toEnd();
    },
    add(item) {
      const follow = atEnd() || item.side === "me";
      append(item);
      if (follow) {
        toEnd();
      } else {
        part(".newer").hidden = false;
      }
      phone.refresh();
    },
    waiting(count) {
      if (dots) {
        dots.remove();
        dots = null;
      }
      if (count > 0) {
        const follow = atEnd();
        dots = typing(phone);
        chat.append(dots);
        if (follow) {
          toEnd();
        }
      }
    },
    // what depends on the state of the sandbox: name, menu, whether the owner follows
    refresh() {
      const state = desk.state();
      part(".bar__name").textContent = state.account;
      part(".stranger__name").textContent = state.account;
      part(".face--big").textContent = phone.accountFace();
      part(".stranger").hidden = owner().following !== false;
      part(".foot").inert = owner().following === false;
      menu.draw(state.menu);
    },
  };

  const menu = createMenu(phone);

  // Address of a page of the account in this phone's own browser; null for anything else.
  function insideOf(url) {
    let target;
    try {
      target = new URL(url);
    } catch {
      return null;
    }
    const ours = [location.origin, ...desk.state().origins, `http://localhost:${location.port}`];
    return ours.includes(target.origin) ? `http://${key}.localhost:${location.port}${target.pathname}${target.search}${target.hash}` : null;
  }

  function append(item) {
    const empty = part(".chat__empty");
    if (empty) {
      empty.remove();
    }
    const parts = item.at - lastAt > GAP_S ? [when(item.at), shown(item, phone)] : [shown(item, phone)];
    lastAt = item.at;
    if (dots) {
      dots.before(...parts);
    } else {
      chat.append(...parts);
    }
  }

  function closeWeb() {
    part(".web").hidden = true;
    part(".web__page").src = "about:blank";
  }

  function grow() {
    text.style.height = "";
    text.style.height = Math.min(text.scrollHeight, 112) + "px";
    part("[data-act=send]").hidden = !text.value.trim();
    part("[data-act=more]").hidden = Boolean(text.value.trim());
  }

  async function send() {
    const said = text.value.trim();
    if (said) {
      text.value = "";
      grow();
      if (!(await phone.say({ text: said })) && !text.value) {
        text.value = said; // what was written is not lost
        grow();
      }
    }
  }

  const acts = {
    profile: () => sheets.profile(phone, desk.state()),
    voice: () => sheets.voice(phone),
    scan: () => sheets.scan(phone, desk.state()),
    opt: () => sheets.subscription(phone, desk.state()),
    location: () => sheets.place(phone),
    link: () => sheets.link(phone),
    image: () => phone.say({ image: location.origin + "/static/photo.svg" }),
    video: () => phone.say({ video: true }),
    follow: () => phone.say({ event: "subscribe" }),
    menu: () => menu.show(true),
    keyboard: () => {
      menu.show(false);
      text.focus();
    },
    more: () => {
      const more = part(".more");
      more.hidden = !more.hidden;
      part("[data-act=more]").setAttribute("aria-expanded", String(!more.hidden));
      toEnd();
    },
    send,
    "web-close": closeWeb,
    "web-again": () => (part(".web__page").src = part(".web__out").href),
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) {
      acts[button.dataset.act]();
    } else if (!event.target.closest(".menu__one")) {
      menu.close();
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && part(".sheet").hidden) {
      menu.close();
      if (!part(".web").hidden) {
        closeWeb();
      }
    }
  });
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
  part(".newer").addEventListener("click", toEnd);
  chat.addEventListener("scroll", () => atEnd() && (part(".newer").hidden = true));
  return phone;
}
