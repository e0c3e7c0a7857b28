"use strict";
// What happens when somebody chooses something.
const Page = (() => {
  const {data, racks} = Plan;
  const answer = document.getElementById("choice-answer");
  const choice = document.getElementById("rack-choice");

  function chooseRack(rack) {
    const lines = Details.showRack(rack);
    Floor.highlight(lines, rack);
    Floor.showRack(rack);
    runs.only(lines);
    answer.textContent = `${racks.address[rack]}: ${Plan.count(racks.runs[rack], "run end")}`;
  }

  function chooseSegments(segments) {
    const lines = Details.showSegments(segments, (segment) => chooseSegments([segment]));
    Floor.highlight(lines, -1, segments);
    Floor.showSegment(segments[0]);
    runs.only(lines);
    answer.textContent = `${Plan.count(segments.length, "segment")}: ${Plan.count(Plan.total(lines, Plan.runs.count), "run")}`;
  }

  function chooseRun(line) {
    Details.showRun(line);
    Floor.highlight([line], -1);
    answer.textContent = Plan.single ? Plan.runs.id[line] : "";
  }

  function clear() {
    Floor.highlight([], -1);
    Details.clear();
    runs.only(null);
    choice.value = answer.textContent = "";
  }

  // A table's button leaves the plan out of sight: bring it back, with what was chosen read out.
  function toPlan(act) {
    return (n) => {
      act(n);
      document.getElementById("floor").scrollIntoView();
      Details.panel.focus({preventScroll: true});
    };
  }

  function legend() {
    const frame = document.getElementById("map-legend");
    const entry = (color, text, outline, dash) => {
      const line = Details.make("span"), chip = Details.make("i", "", {className: "chip"});
      chip.style.background = color;
      if (outline) chip.style.border = `1.5px ${dash ? "dashed" : "solid"} ${outline}`;
      line.append(chip, ` ${text}`);
      return line;
    };
    const group = (title, entries) => {
      const line = Details.make("p");
      line.append(Details.make("b", `${title} `), ...entries);
      frame.append(line);
    };
    const used = new Set(racks.kind);
    group("Racks:", data.kinds.flatMap((kind, index) => used.has(index) ? [entry(kind.fill, kind.words, kind.outline, kind.dash)] : []));
    let low = 0;
    const fills = data.fill_colors.map(([limit, color]) => {
      const line = entry(color, `${low}–${limit} %`, "#6b7280");
      low = limit;
      return line;
    });
    group("Pathways, share of the permitted fill:", [...fills, entry(data.overfull_color, "overfull", "#6b7280")]);
    group("Routes of what is chosen, by medium:", data.media.map((name, index) => entry(data.media_colors[index], name)));
    frame.append(Details.make("p", "Dark edge: front of a rack. Squares at corners: risers. Bands before faces: laterals. Wide bands: cable trays. Thicker routes carry more runs."));
  }

  const runs = Tables.makeRuns(toPlan(chooseRun));
  const rackTable = Tables.makeRacks(toPlan(chooseRack));
  const segmentTable = Tables.makeSegments(toPlan((segment) => chooseSegments([segment])));
  Tables.finders();
  legend();
  Details.clear();
  Floor.listeners.rack = chooseRack;
  Floor.listeners.place = chooseSegments;
  const names = document.getElementById("rack-names");
  racks.address.forEach((address, rack) => { if (racks.runs[rack]) names.append(Details.make("option", undefined, {value: address})); });
  document.getElementById("chooser").addEventListener("submit", (event) => {
    event.preventDefault();
    const rack = racks.address.indexOf(choice.value.trim().toUpperCase());
    if (rack < 0) answer.textContent = `There is no rack ${choice.value}`;
    else chooseRack(rack);
  });
  document.getElementById("clear").addEventListener("click", clear);
  document.getElementById("whole").addEventListener("click", Floor.whole);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  return {chooseRack, chooseSegments, chooseRun, clear, runTable: runs.table, rackTable, segmentTable};
})();
