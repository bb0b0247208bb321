// The record of the talk: each exchange is one question with what became of it and its answers.
import { mine, theirs } from "./bubbles.js";
import { button, el, isInView, reveal } from "./dom.js";
import { timeWords, words } from "./words.js";

// A time is shown when so much has passed since the last one.
const PAUSE_MS = 10 * 60 * 1000;
const LONG_WAIT_MS = 5000;

export function createTalk(log, acts) {
  let lastTime = 0;

  function open(place, text, moment) {
    const node = el("div", { class: "exchange" });
    if (moment.getTime() - lastTime > PAUSE_MS) {
      node.appendChild(el("time", { class: "log__time", datetime: moment.toISOString() }, timeWords(moment, new Date())));
      lastTime = moment.getTime();
    }
    const question = mine(text);
    const fate = el("div", { class: "fate", hidden: true });
    question.appendChild(fate);
    node.appendChild(question);
    place.appendChild(node);
    return { node, fate, typing: null, timer: 0 };
  }

  function settle(exchange) {
    clearTimeout(exchange.timer);
    exchange.fate.hidden = true;
    exchange.fate.className = "fate";
    exchange.fate.textContent = "";
    if (exchange.typing) {
      exchange.typing.remove();
      exchange.typing = null;
    }
  }

  function answer(exchange, messages, again) {
    messages.forEach((message) => {
      const node = theirs(message, acts);
      if (message.kind === "error" && again) {
        const retry = button({ class: "chip" }, words.askAgain);
        retry.addEventListener("click", () => {
          retry.remove();
          again();
        });
        node.appendChild(retry);
      }
      exchange.node.appendChild(node);
    });
  }

  return {
    earlier(turn, place) {
      const exchange = open(place, turn.text, new Date(turn.asked_at));
      answer(exchange, turn.messages, null);
    },
    ask(text) {
      return open(log, text, new Date());
    },
    waiting(exchange) {
      exchange.fate.hidden = false;
      exchange.fate.textContent = words.waiting;
      reveal(exchange.node, true);
    },
    sending(exchange) {
      settle(exchange);
      const said = el("span", { class: "typing__words" }, words.looking);
      const dots = [1, 2, 3].map(() => el("span", { class: "typing__dot", "aria-hidden": "true" }));
      exchange.typing = el("div", { class: "typing" }, said, ...dots);
      exchange.timer = setTimeout(() => {
        said.textContent = words.stillLooking;
      }, LONG_WAIT_MS);
      const last = !exchange.node.nextElementSibling;
      exchange.node.appendChild(exchange.typing);
      if (last) {
        reveal(exchange.node, true);
      }
    },
    answered(exchange, messages, again) {
      const watched = exchange.typing && isInView(exchange.typing);
      settle(exchange);
      answer(exchange, messages, again);
      if (watched) {
        reveal(exchange.node, true);
      }
    },
    // `offers` is [[words, act], …], the first stands out.
    failed(exchange, message, offers) {
      settle(exchange);
      const { fate } = exchange;
      fate.className = "fate fate--failed";
      fate.hidden = false;
      fate.appendChild(el("p", {}, message));
      const buttons = offers.map(([title, act], index) => {
        const one = button({ class: index ? "fate__act" : "fate__act fate__act--first" }, title);
        one.addEventListener("click", act);
        return one;
      });
      fate.appendChild(el("div", { class: "fate__acts" }, ...buttons));
      reveal(exchange.node, true);
    },
    remove(exchange) {
      exchange.node.remove();
    },
  };
}
