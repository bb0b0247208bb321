// Elements. Words go in as text only, never as markup.

// el("p", { class: "x", hidden: true }, "words", child) – false and null attributes are left out.
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  Object.keys(attributes).forEach((key) => {
    const value = attributes[key];
    if (value !== false && value !== null) {
      node.setAttribute(key, value === true ? "" : value);
    }
  });
  children.forEach((child) => node.appendChild(typeof child === "string" ? document.createTextNode(child) : child));
  return node;
}

export function button(attributes, ...children) {
  return el("button", Object.assign({ type: "button" }, attributes), ...children);
}

// aria-disabled keeps the focus where it is; `disabled` would lose it.
export function lock(buttons, locked) {
  buttons.forEach((one) => one.setAttribute("aria-disabled", String(locked)));
}

export function isLocked(one) {
  return one.getAttribute("aria-disabled") === "true";
}

// Bring `node` to the top of the window, or the end of the page if that shows everything below it.
export function reveal(node, smoothly) {
  const page = document.documentElement;
  const header = document.querySelector(".top").offsetHeight;
  const top = node.getBoundingClientRect().top + window.pageYOffset - header - 4;
  const end = page.scrollHeight - window.innerHeight;
  const moves = smoothly && !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  window.scrollTo({ top: Math.max(0, Math.min(top, end)), behavior: moves ? "smooth" : "auto" });
}

export function isInView(node) {
  const box = node.getBoundingClientRect();
  return box.bottom > 0 && box.top < window.innerHeight;
}
