"use strict";
// Tables that are too long to stand in the page as they are: runs, racks, segments.
const Tables = (() => {
  const {data, runs, racks, segments} = Plan;
  const DELAY_MS = 120;

  function column(title, field, width, extra) {
    const label = {elementAttributes: {"aria-label": `filter by ${title}`, autocomplete: "off"}};
    return {title, field, width, headerFilter: "input", headerFilterParams: label, ...extra};
  }
  const right = {hozAlign: "right", headerHozAlign: "right"};
  const linked = (act) => ({formatter: (cell) => Details.button(cell.getValue(), () => act(cell.getData().n),
    `show ${cell.getValue()} on the plan`)});

  function build(id, rows, columns, label, placeholder) {
    const table = new Tabulator(`#${id}`, {data: rows, columns, index: "n", height: "26rem", layout: "fitDataFill",
      headerFilterLiveFilterDelay: DELAY_MS, placeholder, columnDefaults: {headerTooltip: true, minWidth: 60}});
    table.on("tableBuilt", () => document.getElementById(id).setAttribute("aria-label", label));
    return table;
  }

  function runRows() {
    const parts = data.runs.parts, rows = new Array(Plan.lines);
    for (let n = 0; n < Plan.lines; n++) {
      rows[n] = {n, order: n + 1, id: Plan.single ? runs.id[n] : Plan.socket(n, "a") + " – " + Plan.socket(n, "b"),
        fabric: data.fabrics[runs.fabric[n]], medium: data.media[runs.medium[n]], part: parts[runs.part[n]],
        stock: runs.stock[n] / 1000, routed: runs.routed[n] / 1000, a: Plan.socket(n, "a"), b: Plan.socket(n, "b"),
        cost: runs.cost[n] / 100, count: runs.count[n]};
      if (Plan.single) rows[n].plane = String(data.planes[runs.fabric[n]][runs.plane[n]]);
    }
    return rows;
  }

  function makeRuns(pick) {
    const rows = runRows();
    let within = null, found = "", texts = null;
    const money = {...right, formatter: (cell) => cell.getValue().toLocaleString("en-US", {minimumFractionDigits: 2})};
    const columns = [
      column("order", "order", 84, {...right, headerFilter: false}),
      column(Plan.single ? "cable" : "between", "id", 170, linked(pick)),
      column("end A", "a", 130), column("end B", "b", 130),
      column("medium", "medium", 104, {formatter: (cell) => Details.medium(runs.medium[cell.getData().n])}),
      column("stock, m", "stock", 108, right), column("routed, m", "routed", 112, right),
      column("part", "part", 190), column("fabric", "fabric", 110),
      ...(Plan.single ? [column("plane", "plane", 84)] : [column("runs", "count", 80, right)]),
      column(`cost, ${data.currency}`, "cost", 110, {...money, headerFilter: false})];
    const table = build("run-table", rows, columns, "cable runs", "no run is like that");
    const status = document.getElementById("run-count"), box = document.getElementById("run-search");

    function passes(row) {
      return (within === null || within.has(row.n)) && (!found || texts[row.n].includes(found));
    }
    function refresh() {
      if (found && !texts)
        texts = rows.map((row) => [row.id, row.a, row.b, row.medium, row.part, row.fabric, row.plane].join(" ").toLowerCase());
      if (within === null && !found) table.clearFilter(false); else table.setFilter(passes);
    }
    let waiting = 0;
    box.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { found = box.value.trim().toLowerCase(); refresh(); }, DELAY_MS);
    });
    document.getElementById("run-all").addEventListener("click", () => {
      box.value = found = "";
      within = null;
      table.clearFilter(true);
    });
    table.on("dataFiltered", (_, kept) => {
      const n = kept.reduce((sum, row) => sum + row.getData().count, 0);
      status.textContent = n === allRuns ? `all ${Plan.count(n, "run")}` : `${Plan.number.format(n)} of ${Plan.count(allRuns, "run")}`;
    });
    const allRuns = rows.reduce((sum, row) => sum + row.count, 0);
    return {table, only: (lines) => { within = lines && new Set(lines); refresh(); }};
  }

  function makeRacks(pick) {
    const rows = racks.address.map((address, n) => ({n, address, content: racks.content[n],
      state: data.kinds[racks.kind[n]].words, devices: racks.devices[n], runs: racks.runs[n],
      power: racks.power[n] / 1000}));
    return build("rack-table", rows, [column("rack", "address", 110, linked(pick)), column("stands there", "content", 230),
      column("state", "state", 270), column("devices", "devices", 100, right), column("run ends", "runs", 100, right),
      column("power, kW", "power", 110, right)], "racks", "no rack is like that");
  }

  function makeSegments(pick) {
    const rows = segments.id.map((id, n) => ({n, id, kind: Floor.kindOf(n), runs: segments.runs[n],
      fill: segments.usable[n] === null ? null : segments.fill[n],
      usable: segments.usable[n] === null ? null : segments.usable[n] / 10}));
    const least = {...right, headerFilterPlaceholder: "at least", headerFilterFunc: ">="};
    const fill = {...least, formatter: (cell) => {
      const chip = Details.make("span", cell.getValue() === null ? "no limit" : `${cell.getValue()} %`);
      if (cell.getValue() !== null) {
        chip.className = "fill";
        chip.style.borderColor = Plan.fillColor(cell.getValue());
      }
      return chip;
    }};
    rows.sort((one, other) => (other.fill || 0) - (one.fill || 0) || one.n - other.n);
    return build("segment-table", rows, [column("segment", "id", 260, linked(pick)), column("kind", "kind", 120),
      column("fill", "fill", 120, fill), column("runs", "runs", 110, least),
      column("may take, cm²", "usable", 150, right)], "pathway segments", "no segment is like that");
  }

  // Tables that stand in the page: lines without the words are hidden.
  function finders() {
    for (const box of document.querySelectorAll("input.finder")) {
      const lines = [...document.getElementById(box.dataset.table).tBodies[0].rows];
      const status = box.parentElement.querySelector("[role=status]");
      box.addEventListener("input", () => {
        const wanted = box.value.trim().toLowerCase();
        let kept = 0;
        for (const line of lines) {
          line.hidden = !line.textContent.toLowerCase().includes(wanted);
          kept += !line.hidden;
        }
        status.textContent = wanted ? `${kept} of ${lines.length} lines` : "";
      });
    }
  }
  return {makeRuns, makeRacks, makeSegments, finders};
})();
