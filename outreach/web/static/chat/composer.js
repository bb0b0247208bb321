// The input: grows with the text, counts near the end, sends with Enter.
import { words } from "./words.js";

// From how many characters left the counter shows.
const NEAR = 100;

// `say(text)` takes what was written; the input is emptied at once, so that a second tap finds nothing to send.
export function createComposer(say) {
  const form = document.getElementById("composer");
  const input = document.getElementById("text");
  const send = document.getElementById("send");
  const left = document.getElementById("left");
  const status = document.getElementById("status");

  function refresh() {
    const remaining = input.maxLength - input.value.length;
    left.textContent = remaining <= NEAR ? words.left(remaining) : "";
    if (remaining === NEAR || remaining === 0) {
      status.textContent = left.textContent;
    }
    send.setAttribute("aria-disabled", String(!input.value.trim()));
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`;
  }

  function submit() {
    const text = input.value.trim();
    if (!text) {
      input.focus();
      return;
    }
    input.value = "";
    refresh();
    say(text);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  input.addEventListener("input", refresh);
  input.addEventListener("keydown", (event) => {
    // 229: the key belongs to the input method, which is still choosing characters
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      submit();
    }
  });
  refresh();

  return {
    // Put `text` into the input, before what is being written there.
    put(text) {
      input.value = [text, input.value].filter(Boolean).join("\n").slice(0, input.maxLength);
      refresh();
      input.focus();
    },
    greetPrefilled() {
      if (!input.value) {
        return;
      }
      left.textContent = words.prefilled;
      input.focus();
      input.setSelectionRange(input.value.length, input.value.length);
    },
  };
}
