"use strict";
// Texts reach the page as text nodes only: nothing here parses markup.
(() => {
  const PAGE = 25;
  const root = document.documentElement;

  const remembered = (value) => {
    try {
      if (value) localStorage.setItem("gleanery-theme", value);
      return localStorage.getItem("gleanery-theme");
    } catch {
      return null; // storage may be closed to files
    }
  };
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = remembered();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  const make = (name, className, ...children) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children.filter((child) => child !== null)); // strings become text nodes
    return element;
  };

  const link = (text, safe) => {
    let url = null;
    try {
      url = safe ? new URL(text) : null;
    } catch {
      url = null;
    }
    if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return text;
    const anchor = make("a", "", text);
    anchor.href = url.href;
    anchor.rel = "noopener noreferrer nofollow";
    anchor.target = "_blank";
    return anchor;
  };

  const leftOut = (count) =>
    count ? make("span", "left-out", `[… ${count.toLocaleString("en")} characters]`) : null;

  const piece = ([text, mark]) => {
    if (mark === "gap") return make("span", "left-out", " … ");
    if (!mark) return text;
    const marked = make("mark", "", text);
    marked.dataset.mark = mark;
    return marked;
  };

  const textBox = (pieces, before, after) => {
    const box = make("div", "text", leftOut(before), ...pieces.map(piece), leftOut(after));
    box.dir = "auto";
    box.tabIndex = 0;
    return box;
  };

  const facts = (rows) =>
    make(
      "dl",
      "facts",
      ...rows
        .filter(([, value]) => value !== "")
        .map(([name, value, safe]) =>
          make("div", "", make("dt", "", name), make("dd", "", link(value, safe)))),
    );

  // What this report shows: its own script defines startBrowser.

  const startTheme = () => {
    const button = document.getElementById("theme");
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
    const show = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", isDark() ? "Switch to light colours" : "Switch to dark colours");
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remembered(root.dataset.theme);
      show();
    });
    prefersDark.addEventListener("change", show);
    show();
  };

  addEventListener("DOMContentLoaded", () => {
    startTheme();
    startBrowser();
  });
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not(.example)")) details.open = true;
  });
})();
