const lists = () => [...document.querySelectorAll(".list[data-kind]")];

// A link from the table leads to a list, a link from a prompt to what prompts begin with.
const openTarget = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target || target.tagName !== "DETAILS") return;
  target.open = true;
  target.scrollIntoView();
};

const fillPrompt = (whole) => {
  if (whole.querySelector(".text")) return;
  const before = document.querySelector(`#${whole.dataset.before} .text`).textContent;
  const question = whole.parentElement.querySelector(".text").textContent;
  whole.append(textBox([[before + question, ""]], 0, 0));
};

const startBrowser = () => {
  addEventListener("hashchange", openTarget);
  openTarget();
  for (const whole of document.querySelectorAll(".whole")) {
    whole.addEventListener("toggle", () => whole.open && fillPrompt(whole));
  }
  const controls = document.getElementById("controls");
  if (!controls) return;
  const [search, benchmark, kind, flag, found] =
    ["search", "benchmark", "kind", "flag", "found"].map((id) => document.getElementById(id));
  const haystacks = new Map();
  const haystack = (item) => {
    if (!haystacks.has(item)) haystacks.set(item, item.textContent.toLowerCase());
    return haystacks.get(item);
  };
  const fits = (item, words) =>
    (!flag.value || (item.dataset.flags ?? "").split(" ").includes(flag.value)) &&
    words.every((word) => haystack(item).includes(word));
  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = words.length > 0 || flag.value !== "";
    let matching = 0;
    let all = 0;
    for (const list of lists()) {
      const section = list.parentElement;
      const wanted = (!benchmark.value || section.dataset.benchmark === benchmark.value) &&
        (!kind.value || list.dataset.kind === kind.value);
      let inList = 0;
      for (const item of list.querySelectorAll(":scope > .example")) {
        const shown = wanted && fits(item, words);
        item.hidden = !shown;
        inList += shown;
        all += 1;
      }
      list.hidden = !wanted || (narrowed && !inList);
      if (narrowed) list.open = inList > 0;
      matching += inList;
    }
    for (const section of document.querySelectorAll("section[data-benchmark]")) {
      section.hidden = [...section.querySelectorAll(".list")].every((list) => list.hidden);
    }
    found.textContent = matching ? `${matching} of ${all} shown items` : "No shown item matches.";
  };
  controls.hidden = false;
  controls.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", update);
  for (const select of [benchmark, kind, flag]) select.addEventListener("change", update);
  update();
};
