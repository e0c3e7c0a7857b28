"use strict";
// The plan as columns, and questions to them. Nothing here touches the page.
const Plan = (() => {
  const data = JSON.parse(document.getElementById("plan-data").textContent);
  const runs = data.runs.columns, segments = data.segments, racks = data.racks;
  const single = data.runs.by === "run";
  const lines = runs.count.length;
  const places = data.runs.by === "row" ? data.rows.map((row) => row[0]) : racks.address;
  const number = new Intl.NumberFormat("en-US");
  const cents = new Intl.NumberFormat("en-US", {minimumFractionDigits: 2, maximumFractionDigits: 2});

  const meters = (mm) => `${+(mm / 1000).toFixed(3)} m`;
  const money = (value) => `${cents.format(value / 100)} ${data.currency}`;
  const count = (n, noun) => `${number.format(n)} ${noun}${n === 1 ? "" : "s"}`;

  // A route is stored as first and last of runs of neighboring segments.
  function* segmentsOf(line) {
    const spans = data.routes[runs.route[line]];
    for (let i = 0; i < spans.length; i += 2) {
      const step = spans[i] <= spans[i + 1] ? 1 : -1;
      for (let at = spans[i]; at !== spans[i + 1] + step; at += step) yield at;
    }
  }

  function socket(line, end) {
    const rack = places[runs[end][line]];
    if (!single) return rack;
    const two = (n) => String(n).padStart(2, "0");
    const port = runs[`p_${end}`][line];
    return `${rack}-U${two(runs[`u_${end}`][line])}-C${two(runs[`c_${end}`][line])}${port ? `P${port}` : ""}`;
  }

  function lengths(line) {
    const [low, high] = [runs.stock[line], runs.longest[line]];
    return low === high ? meters(low) : `${meters(low)} to ${meters(high)}`;
  }

  const rackLines = new Map();
  function linesOfRack(rack) {
    if (!rackLines.size) {
      const add = (key, line) => {
        if (!rackLines.has(key)) rackLines.set(key, []);
        rackLines.get(key).push(line);
      };
      for (let line = 0; line < lines; line++) {
        add(runs.a[line], line);
        if (runs.b[line] !== runs.a[line]) add(runs.b[line], line);
      }
    }
    return rackLines.get(data.runs.by === "row" ? racks.row[rack] : rack) || [];
  }

  function linesThrough(chosen) {
    const wanted = new Set(chosen), routes = new Set();
    data.routes.forEach((spans, route) => {
      for (let i = 0; i < spans.length && !routes.has(route); i += 2) {
        const low = Math.min(spans[i], spans[i + 1]), high = Math.max(spans[i], spans[i + 1]);
        for (const segment of wanted) {
          if (low <= segment && segment <= high) { routes.add(route); break; }
        }
      }
    });
    const found = [];
    for (let line = 0; line < lines; line++) if (routes.has(runs.route[line])) found.push(line);
    return found;
  }

  function fillColor(percent) {
    const step = data.fill_colors.find(([limit]) => percent <= limit);
    return step ? step[1] : data.overfull_color;
  }

  const total = (chosen, column) => chosen.reduce((sum, line) => sum + column[line], 0);
  return {data, runs, segments, racks, single, lines, number, meters, money, count, segmentsOf, socket, lengths,
    linesOfRack, linesThrough, fillColor, total};
})();
