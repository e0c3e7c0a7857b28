"use strict";
// The floor plan: racks and pathways drawn once, what is chosen on a layer above. One unit is a meter.
const Floor = (() => {
  const {data, racks, segments} = Plan;
  const spot = (x, y) => [y / 1000, x / 1000];
  const box = (b) => [spot(b[0], b[1]), spot(b[2], b[3])];
  const kindOf = (segment) => data.segment_kinds[segments.kind[segment]];
  const FINE_PIXELS = 18;
  const room = box([0, 0, ...data.room]);

  const map = L.map("map", {
    crs: L.CRS.Simple, attributionControl: false, zoomSnap: 0.1, zoomDelta: 0.5, minZoom: -6, maxZoom: 9,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches, preferCanvas: true,
  });
  map.createPane("chosen").style.zIndex = 450;
  map.getPane("chosen").style.pointerEvents = "none";
  const above = L.canvas({pane: "chosen"}), below = L.canvas({padding: 0.3});
  const chosen = L.layerGroup().addTo(map), words = L.layerGroup().addTo(map);
  const fine = L.layerGroup();  // risers, laterals and fronts: a grey smear while the plan is small
  const listeners = {rack: () => {}, place: () => {}};
  L.control.scale({imperial: false}).addTo(map);

  function tip(layer, text) {
    const element = document.createElement("span");
    element.textContent = text;  // never markup: names are the user's
    return layer.bindTooltip(element, {sticky: true});
  }

  function rectangle(corners, style, text, pick, group) {
    const layer = L.rectangle(corners, {renderer: below, ...style}).addTo(group || map);
    if (text) tip(layer, text);
    if (pick) layer.on("click", pick);
  }

  function drawRacks() {
    racks.address.forEach((address, rack) => {
      const kind = data.kinds[racks.kind[rack]], b = racks.box[rack];
      const text = [address, racks.content[rack] || kind.words, Plan.count(racks.runs[rack], "run")].join(", ");
      rectangle(box(b), {color: kind.outline, weight: 1, fillColor: kind.fill, fillOpacity: 1,
        dashArray: kind.dash ? "3 3" : null}, text, () => listeners.rack(rack));
      if (!racks.power[rack] && !racks.runs[rack]) return;
      const front = racks.south[rack] ? [b[0] + 30, b[1], b[2] - 30, b[1] + 45]
        : [b[0] + 30, b[3] - 45, b[2] - 30, b[3]];
      rectangle(box(front), {stroke: false, fillColor: "#1b1f24", fillOpacity: 1, interactive: false}, "", null, fine);
    });
  }

  // Segments that lie above each other are one place on the plan, colored by the fullest of them.
  function gatherPlaces() {
    const found = new Map();
    segments.id.forEach((id, segment) => {
      const kind = kindOf(segment);
      if (kind === "face" || kind === "entry") return;
      const [ax, ay, , bx, by] = segments.at[segment];
      const key = [kind, ax, ay, bx, by].join();
      if (!found.has(key)) found.set(key, {kind, at: [ax, ay, bx, by], segments: []});
      found.get(key).segments.push(segment);
    });
    return [...found.values()];
  }

  const LOW_FACES = new Set(racks.box.map((b) => b[1]));
  const CENTERS = new Map();
  racks.box.forEach((b) => {
    for (const x of [b[0], b[2]]) for (const y of [b[1], b[3]]) {
      const key = `${x},${y}`;
      CENTERS.set(key, [...(CENTERS.get(key) || []), (b[0] + b[2]) / 2]);
    }
  });

  function cornersOf(place) {
    const [x1, y1, x2, y2] = place.at;
    const low = [Math.min(x1, x2), Math.min(y1, y2)], high = [Math.max(x1, x2), Math.max(y1, y2)];
    const inward = LOW_FACES.has(y1) ? 1 : -1;
    if (place.kind === "row-tray" || place.kind === "cross-tray") {
      const half = segments.half[place.segments[0]];
      const [w, d] = place.kind === "row-tray" ? [0, half] : [half, 0];
      return [low[0] - w, low[1] - d, high[0] + w, high[1] + d];
    }
    if (place.kind === "lateral") {  // drawn before the face; where risers touch, as wide as a mark
      const wide = x1 === x2 ? 45 : 0, near = y1 - inward * 50, far = y1 - inward * 140;
      return [low[0] - wide, Math.min(near, far), high[0] + wide, Math.max(near, far)];
    }
    if (place.kind === "joint") return [x1 - 60, y1 - 60, x1 + 60, y1 + 60];
    const rack = /^(.*)-[FR]([LR]):/.exec(segments.id[place.segments[0]]);
    const owner = rack ? racks.address.indexOf(rack[1]) : -1;
    const right = owner >= 0 ? x1 > (racks.box[owner][0] + racks.box[owner][2]) / 2 : false;
    const x = right ? x1 - 70 : x1, y = inward > 0 ? y1 + 55 : y1 - 125;
    return [x, y, x + 70, y + 70];
  }

  function drawPlaces() {
    const order = ["cross-tray", "row-tray", "joint", "lateral", "riser"];
    const places = gatherPlaces().sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    for (const place of places) {
      const fill = Math.max(...place.segments.map((segment) => segments.fill[segment]));
      const name = place.segments.length === 1 ? segments.id[place.segments[0]]
        : `${place.kind} ${segments.id[place.segments[0]].split(":")[0]}`;
      rectangle(box(cornersOf(place)), {color: "#6b7280", weight: 0.5, fillColor: Plan.fillColor(fill),
        fillOpacity: 1}, `${name}, ${fill} % of what it may take`, () => listeners.place(place.segments),
        place.kind === "riser" || place.kind === "lateral" ? fine : map);
    }
  }

  const pixelsOfMeter = () => map.latLngToLayerPoint([0, 1]).x - map.latLngToLayerPoint([0, 0]).x;
  function showFine() {
    const large = pixelsOfMeter() >= FINE_PIXELS;
    if (large !== map.hasLayer(fine)) if (large) fine.addTo(map); else fine.remove();
  }

  function write(at, text, kind, side) {
    const label = document.createElement("span");
    label.textContent = text;
    const icon = L.divIcon({className: kind, html: label, iconSize: side === "left" ? [120, 20] : [80, 16],
      iconAnchor: side === "left" ? [128, 10] : [40, 8]});
    words.addLayer(L.marker(at, {icon, interactive: false, keyboard: false}));
  }

  // Only what is in view and large enough gets words: thousands of elements would make panning slow.
  function writeWords() {
    words.clearLayers();
    const view = map.getBounds().pad(0.1);
    const meter = pixelsOfMeter();
    if (meter * 2 > 16) data.rows.forEach(([name, x, y]) => write(spot(x, y), name, "row-name", "left"));
    racks.address.forEach((address, rack) => {
      const b = racks.box[rack];
      if ((b[2] - b[0]) / 1000 * meter < 7 * address.length) return;
      const y = racks.south[rack] ? b[1] + (b[3] - b[1]) * 0.25 : b[3] - (b[3] - b[1]) * 0.25;
      const at = spot((b[0] + b[2]) / 2, y);
      if (view.contains(at)) write(at, address, "rack-name");
    });
  }

  // Each segment once, in the color of the medium that most of the runs in it have.
  function highlight(lines, rack, marked) {
    chosen.clearLayers();
    const counts = new Map();
    for (const line of lines) {
      const medium = Plan.runs.medium[line], weight = Plan.runs.count[line];
      for (const segment of Plan.segmentsOf(line)) {
        if (!counts.has(segment)) counts.set(segment, new Array(data.media.length).fill(0));
        counts.get(segment)[medium] += weight;
      }
    }
    const drawn = new Map();
    for (const [segment, byMedium] of counts) {
      const [ax, ay, , bx, by] = segments.at[segment];
      const key = [ax, ay, bx, by].join(), most = Math.max(...byMedium);
      if (!drawn.has(key) || drawn.get(key).most < most)
        drawn.set(key, {most, medium: byMedium.indexOf(most), at: [ax, ay, bx, by]});
    }
    for (const line of [...drawn.values()].sort((a, b) => a.most - b.most)) {
      const [ax, ay, bx, by] = line.at, color = data.media_colors[line.medium];
      const look = {renderer: above, pane: "chosen", interactive: false, color};
      const path = [spot(ax, ay), spot(bx, by)];
      if (ax === bx && ay === by) {
        chosen.addLayer(L.circleMarker(path[0], {...look, radius: 3, weight: 1, color: "#fff", fillColor: color,
          fillOpacity: 1}));
      } else {
        const weight = Math.min(9, 2.5 + Math.log2(line.most) / 2);
        chosen.addLayer(L.polyline(path, {...look, color: "#fff", weight: weight + 2.5, lineCap: "round"}));
        chosen.addLayer(L.polyline(path, {...look, weight, lineCap: "round"}));
      }
    }
    if (rack >= 0) mark(box(racks.box[rack]));
    for (const segment of marked || []) {
      const [ax, ay, , bx, by] = segments.at[segment];
      mark(box(cornersOf({kind: kindOf(segment), at: [ax, ay, bx, by], segments: [segment]})));
    }
    return drawn.size;
  }

  function mark(corners) {
    chosen.addLayer(L.rectangle(corners, {renderer: above, pane: "chosen", interactive: false, color: "#111",
      weight: 3, fill: false}));
  }

  function show(corners) {
    if (!map.getBounds().contains(corners)) map.panInside(L.latLngBounds(corners).getCenter(), {padding: [90, 90]});
  }

  // Paper does not wait for the frame in which the plan would be drawn anew: it gets a copy of what is seen.
  function copyToPaper() {
    const paper = document.getElementById("map-on-paper"), frame = map.getContainer().getBoundingClientRect();
    const sharp = devicePixelRatio || 1, pen = paper.getContext("2d");
    if (!frame.width) return;
    [paper.width, paper.height] = [frame.width * sharp, frame.height * sharp];
    pen.scale(sharp, sharp);
    for (const canvas of map.getContainer().querySelectorAll("canvas")) {
      const at = canvas.getBoundingClientRect();
      pen.drawImage(canvas, at.left - frame.left, at.top - frame.top, at.width, at.height);
    }
    pen.textBaseline = "middle";
    for (const label of map.getContainer().querySelectorAll(".rack-name span, .row-name span")) {
      const at = label.getBoundingClientRect(), look = getComputedStyle(label);
      pen.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
      pen.fillText(label.textContent, at.left - frame.left, (at.top + at.bottom) / 2 - frame.top);
    }
  }

  const whole = () => map.fitBounds(room, {padding: [34, 18], animate: false});
  whole();
  rectangle(room, {color: "#1b1f24", weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false});
  drawRacks();
  data.trays.forEach((b) => rectangle(box(b), {color: "#9ca3af", weight: 1, fill: false, interactive: false}));
  drawPlaces();
  showFine();
  map.on("zoomend", showFine).on("moveend", writeWords);
  writeWords();
  addEventListener("beforeprint", copyToPaper);
  return {map, highlight, whole, listeners, kindOf,
    showRack: (rack) => show(box(racks.box[rack])),
    showSegment: (segment) => {
      const [ax, ay, , bx, by] = segments.at[segment];
      show([spot(ax, ay), spot(bx, by)]);
    }};
})();
