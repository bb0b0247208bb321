// The chat page: puts the parts together. Browsers since about Chrome 70; no library, nothing from elsewhere.
import { history, post } from "./chat/api.js";
import { createComposer } from "./chat/composer.js";
import { el, isLocked, lock, reveal } from "./chat/dom.js";
import { createOutbox } from "./chat/outbox.js";
import { createTalk } from "./chat/talk.js";
import { words } from "./chat/words.js";

const log = document.getElementById("log");
const earlier = document.getElementById("earlier");
const offline = document.getElementById("offline");

const talk = createTalk(log, { choose, send: post });
const outbox = createOutbox(post, {
  waiting: (item) => talk.waiting(item.exchange),
  sending: (item) => talk.sending(item.exchange),
  answered(item, messages) {
    talk.answered(item.exchange, messages, () => say(item.title, item.body));
    item.settle(true);
  },
  failed(item, failure) {
    talk.failed(item.exchange, failure.message, [[words.again, outbox.retry]].concat(item.body.text ? [editing(item)] : []));
  },
  refused(item, failure) {
    const asWords = [words.asWords, () => once(item, () => say(item.title))];
    talk.failed(item.exchange, failure.message, [item.body.text ? editing(item) : asWords]);
    item.settle(false);
  },
});
const composer = createComposer((text) => {
  const stuck = outbox.stuck();
  if (stuck && stuck.title === text) {
    outbox.retry(); // the same question again after a failure is a retry, not a second question
  } else {
    say(text);
  }
});

function say(title, body = { text: title }, settle = () => {}) {
  outbox.push({ title, body, settle, exchange: talk.ask(title) });
}

function choose(one, settle) {
  say(one.title, { payload: one.payload }, settle);
}

function editing(item) {
  return [
    words.edit,
    () => {
      outbox.take(item);
      item.settle(false);
      once(item, () => composer.put(item.title));
    },
  ];
}

// The failed question goes; what replaces it comes.
function once(item, act) {
  talk.remove(item.exchange);
  act();
}

// 有用 / 没用 are turns of their own on the server; on the page they are marks under the answer.
function isRating(turn) {
  const rated = turn.messages.every((message) => message.intent.indexOf("feedback_") === 0);
  return rated && (turn.text === words.useful || turn.text === words.useless);
}

async function showEarlier() {
  try {
    const turns = (await history()).filter((turn) => !isRating(turn));
    turns.forEach((turn) => talk.earlier(turn, earlier));
    if (turns.length) {
      reveal(earlier.lastElementChild, false);
    }
  } catch (failure) {
    earlier.appendChild(el("p", { class: "away" }, words.historyLost));
  }
}

document.querySelectorAll("[data-ask]").forEach((chip) => {
  chip.addEventListener("click", () => {
    if (!isLocked(chip)) {
      lock([chip], true);
      say(chip.getAttribute("data-ask"), undefined, () => lock([chip], false));
    }
  });
});

function showNetwork() {
  offline.hidden = navigator.onLine !== false;
  const last = log.lastElementChild;
  if (!offline.hidden && last !== earlier) {
    reveal(last, true); // the notice must not cover what it is about
  }
}
window.addEventListener("offline", showNetwork);
window.addEventListener("online", () => {
  showNetwork();
  outbox.retry();
});
showNetwork();

document.getElementById("not-ready").hidden = true;
if (window.location.search) {
  window.history.replaceState(null, "", window.location.pathname); // a reload must not fill the question in again
}
showEarlier().then(() => {
  composer.greetPrefilled();
  outbox.start();
});
