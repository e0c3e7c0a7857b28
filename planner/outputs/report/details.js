"use strict";
// The panel beside the plan: what is chosen, in words and as a table that prints.
const Details = (() => {
  const panel = document.getElementById("details");
  const {data, runs, racks, segments} = Plan;
  const MOST_ROWS = 400;

  function make(tag, text, attributes) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    Object.assign(element, attributes || {});
    return element;
  }

  function table(caption, heads, rows) {
    const element = make("table");
    element.append(make("caption", caption));
    const head = make("tr");
    heads.forEach((text) => head.append(make("th", text, {scope: "col"})));
    element.append(make("thead"), make("tbody"));
    element.tHead.append(head);
    for (const row of rows) {
      const line = make("tr");
      row.forEach((value) => {
        const cell = make("td");
        if (value instanceof Node) cell.append(value); else cell.textContent = value;
        line.append(cell);
      });
      element.tBodies[0].append(line);
    }
    const frame = make("div", undefined, {className: "frame"});
    frame.append(element);
    return frame;
  }

  function medium(index) {
    const badge = make("span", data.media[index], {className: "medium"});
    badge.style.background = data.media_colors[index];
    badge.style.color = data.media_words[index];
    return badge;
  }

  function button(text, act, label) {
    const element = make("button", text, {type: "button", className: "link"});
    if (label) element.setAttribute("aria-label", label);
    element.addEventListener("click", act);
    return element;
  }

  function byMedium(lines) {
    const counts = data.media.map((_, index) => [index, 0, 0]);
    for (const line of lines) {
      counts[runs.medium[line]][1] += runs.count[line];
      counts[runs.medium[line]][2] += runs.cost[line];
    }
    return counts.filter((one) => one[1]).map(([index, n, cost]) => [medium(index), Plan.number.format(n), Plan.money(cost)]);
  }

  function runTable(lines, from) {
    const shown = lines.slice(0, MOST_ROWS).map((line) => {
      const [near, far] = from >= 0 && runs.a[line] !== from && Plan.single ? ["b", "a"] : ["a", "b"];
      return [Plan.socket(line, near), Plan.socket(line, far), medium(runs.medium[line]), Plan.lengths(line)];
    });
    const rest = lines.length - shown.length;
    const caption = Plan.single ? "Cable runs, in order of installation" : "Cable runs, gathered as in the table of runs";
    return table(caption + (rest ? `; the first ${MOST_ROWS} of ${lines.length}` : ""),
      ["this end", "other end", "medium", "stock length"], shown);
  }

  function sums(lines) {
    return table("By medium", ["medium", "runs", "cables and transceivers"], byMedium(lines));
  }

  function showRack(rack) {
    const lines = Plan.linesOfRack(rack);
    const facts = [racks.content[rack] || data.kinds[racks.kind[rack]].words,
      data.kinds[racks.kind[rack]].words, Plan.count(racks.devices[rack], "device"),
      Plan.count(racks.runs[rack], "end")];
    if (racks.power[rack]) facts.push(`${(racks.power[rack] / 1000).toFixed(1)} kW with all plugs`);
    panel.replaceChildren(make("h3", `Rack ${racks.address[rack]}`), make("p", [...new Set(facts)].join(" · ")));
    if (lines.length) panel.append(sums(lines), runTable(lines, rack));
    else panel.append(make("p", "No cable run of this plan ends here."));
    return lines;
  }

  function fillLine(segment) {
    const usable = segments.usable[segment];
    return usable === null ? "no limit" : `${segments.fill[segment]} % of ${(usable / 10).toFixed(1)} cm²`;
  }

  function showSegments(chosen, pickOne) {
    const fullest = [...chosen].sort((a, b) => segments.fill[b] - segments.fill[a]);
    const one = fullest[0], lines = Plan.linesThrough(chosen), [, , az, , , bz] = segments.at[one];
    const kind = Floor.kindOf(one);
    if (chosen.length === 1) {
      const height = az === bz ? `${az} mm above the floor` : `${az} to ${bz} mm above the floor`;
      const line = make("p");
      const chip = make("i", "", {className: "chip"});
      chip.style.background = Plan.fillColor(segments.fill[one]);
      line.append(chip, ` Fill: ${fillLine(one)} · ${Plan.count(segments.runs[one], "run")} · ${kind} · ${height}`);
      panel.replaceChildren(make("h3", `Segment ${segments.id[one]}`), line);
    } else {
      const rows = fullest.slice(0, 60).map((segment) => [
        button(segments.id[segment], () => pickOne(segment)), fillLine(segment), Plan.number.format(segments.runs[segment])]);
      panel.replaceChildren(make("h3", `${kind} ${segments.id[one].split(":")[0]}`),
        make("p", `${Plan.count(chosen.length, "segment")} above each other; fill of the fullest: ${fillLine(one)}.`),
        table("Segments, the fullest first", ["segment", "fill", "runs"], rows));
    }
    panel.append(sums(lines), runTable(lines, -1));
    return lines;
  }

  function showRun(line) {
    const rows = [["from", Plan.socket(line, "a")], ["to", Plan.socket(line, "b")],
      ["fabric, plane", `${data.fabrics[runs.fabric[line]]}${Plan.single ? `, ${data.planes[runs.fabric[line]][runs.plane[line]]}` : ""}`],
      ["part", data.runs.parts[runs.part[line]]], ["stock length", Plan.lengths(line)],
      ["routed", Plan.meters(runs.routed[line]) + (Plan.single ? `, slack ${Plan.meters(runs.slack[line])}` : " in all")], ["cables and transceivers", Plan.money(runs.cost[line])]];
    const ids = [...Plan.segmentsOf(line)].map((segment) => segments.id[segment]);
    panel.replaceChildren(make("h3", Plan.single ? `Run ${runs.id[line]}` : `${runs.count[line]} runs`));
    const badge = make("p");
    badge.append(medium(runs.medium[line]));
    panel.append(badge, table("The run", ["what", ""], rows), make("p", `Route: ${ids.join(" > ")}`, {className: "route"}));
  }

  function clear() {
    panel.replaceChildren(make("h3", "Nothing chosen"),
      make("p", "Click a rack or a pathway on the plan, or a line of the tables below."));
  }

  return {panel, make, medium, button, showRack, showSegments, showRun, fillLine, clear};
})();
