const round = (value) => String(Math.round(value * 1000) / 1000);

const scoreTable = (scores) => {
  const head = make("tr", "", ...["score", "value", "detail"].map((name) => make("th", "", name)));
  const rows = scores.map(([name, value, detail]) =>
    make("tr", "", make("th", "", name), make("td", "number", round(value)), make("td", "", detail)));
  for (const cell of head.children) cell.scope = "col";
  head.children[1].className = "number";
  for (const row of rows) row.firstChild.scope = "row";
  return make("div", "scroll", make("table", "", make("thead", "", head), make("tbody", "", ...rows)));
};

const step = ({ title, facts: known, passages }) =>
  make(
    "li",
    "",
    make("h5", "", title),
    known.length ? facts(known) : null,
    ...passages.flatMap(([name, pieces, before, after]) =>
      [make("h6", "", name), textBox(pieces, before, after)]),
  );

const inside = (example) =>
  make(
    "div",
    "inside",
    make("h4", "", "Messages"),
    ...example.messages.map(([role, text, after]) =>
      make("div", "turn", make("h5", "", role), textBox([[text, ""]], 0, after))),
    make("h4", "", "Scores"),
    example.scores.length ? scoreTable(example.scores) : make("p", "nothing", "No score."),
    make("h4", "", "Where it came from"),
    facts([
      ["id", example.id, false],
      ["method", example.method, false],
      ["subject", example.subject, false],
      ["page", ...example.url],
      ["licence", example.licence, false],
      ["about", example.labels.join(" · "), false],
    ]),
    example.steps.length
      ? make("ol", "steps", ...example.steps.map(step))
      : make("p", "nothing", "No lineage was recorded."),
  );

const firstLine = (example) => {
  const asked = example.messages.find(([role]) => role === "user") ?? ["", "(no question)"];
  const line = asked[1].trim().replace(/\s+/g, " ");
  return line.length > 220 ? `${line.slice(0, 219)}…` : line || "(empty question)";
};

const card = (example) => {
  const said = [example.source, example.split, example.subject, example.domain].filter(Boolean);
  const question = make("span", "", firstLine(example));
  question.dir = "auto";
  const details = make("details", "example",
    make("summary", "", question, make("span", "meta", said.join(" · "))));
  details.dataset.id = example.id;
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(inside(example));
  });
  return details;
};

const strings = (value) =>
  typeof value === "string" ? [value]
    : value && typeof value === "object" ? Object.values(value).flatMap(strings) : [];

const startBrowser = () => {
  const data = document.getElementById("data");
  if (!data) return;
  const examples = JSON.parse(data.textContent);
  const [list, found, more, controls] =
    ["examples", "found", "more", "controls"].map((id) => document.getElementById(id));
  const [search, source, split, order] =
    ["search", "source", "split", "order"].map((id) => document.getElementById(id));
  const haystacks = new Map(
    examples.map((example) => [example, strings(example).join("\n").toLowerCase()]));
  let matching = examples;
  let shown = 0;

  // The first option of a list stands for all; the others stand for `values`, in their order.
  const fill = (select, values, label = (value) => value || "none") => {
    select.append(...values.map((value) => make("option", "", label(value))));
    return () => (select.selectedIndex > 0 ? values[select.selectedIndex - 1] : null);
  };
  const valuesOf = (read) => [...new Set(examples.flatMap(read))].sort();
  const wantedSource = fill(source, valuesOf((example) => [example.source]));
  const wantedSplit = fill(split, valuesOf((example) => [example.split]));
  const names = valuesOf((example) => example.scores.map(([name]) => name));
  const orders = names.flatMap((name) => [[name, "lowest", 1], [name, "highest", -1]]);
  const wantedOrder = fill(order, orders, ([name, which]) => `${name}, ${which} first`);

  const scoreOf = (example, name) => (example.scores.find(([one]) => one === name) ?? [])[1];
  const ordered = (rows) => {
    const wanted = wantedOrder();
    if (!wanted) return rows;
    const [name, , sign] = wanted;
    const scored = rows.filter((row) => scoreOf(row, name) !== undefined);
    return scored.sort((a, b) => sign * (scoreOf(a, name) - scoreOf(b, name)));
  };
  const showMore = () => {
    list.append(...matching.slice(shown, shown + PAGE).map(card));
    shown = Math.min(matching.length, shown + PAGE);
    more.hidden = shown >= matching.length;
    more.textContent = `Show more (${matching.length - shown} left)`;
  };
  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [fromSource, inSplit] = [wantedSource(), wantedSplit()];
    matching = ordered(
      examples.filter((example) =>
        (fromSource === null || example.source === fromSource) &&
        (inSplit === null || example.split === inSplit) &&
        words.every((word) => haystacks.get(example).includes(word))),
    );
    list.replaceChildren();
    shown = 0;
    found.textContent = matching.length
      ? `${matching.length} of ${examples.length} examples${wantedOrder() ? " that have this score" : ""}`
      : "No example matches.";
    showMore();
  };
  controls.hidden = false;
  controls.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", update);
  for (const select of [source, split, order]) select.addEventListener("change", update);
  more.addEventListener("click", showMore);
  update();
};
