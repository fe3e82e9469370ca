/** Seconds in words. */
function seconds(value: number): string {
  return value < 90 ? `${Math.max(1, Math.round(value))} s` : `${Math.round(value / 60)} min`;
}

/** All words of the page in English. Another language is another file of this shape. */
export const en = {
  language: "en",
  product: "Jibek",
  skip: "Skip the map",
  loading: "Unpacking the run",
  failed: (why: string) => `This report cannot be shown: ${why}. It needs a browser of 2023 or newer.`,

  basis: (replications: number, days: number, start: string, seed: number) =>
    `${replications === 1 ? "1 replication" : `${replications} replications`} of ${days} days from ${start}, seed ${seed}`,
  interrupted: "The run was interrupted: it has fewer replications than were asked for.",
  changes: "Changed",
  measures: "Measures",
  intervals: "± is half of a 95 % interval over the replications",
  noIntervals: "One replication only: no intervals, so how sure the figures are is not known",

  units: { days: "days", hours: "h", teu: "TEU", kg: "kg", kmh: "km/h", km: "km", vehicles: "vehicles" },
  plusMinus: "±",
  none: "–",
  range: (low: string, high: string) => `${low} to ${high}`,

  map: {
    label: "Map of the corridor",
    help: "Click a terminal, a line, a vehicle. Drag to move; zoom with the buttons, or + and − on the keyboard.",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    whole: "The whole corridor",
    legend: "Key",
    narrow: "1435 mm",
    broad: "1520 mm",
    sea: "sea",
    road: "road",
    gauge: (mm: number) => `${mm} mm`,
    hollow: "hollow: empty",
    yard: "TEU in the yard",
    queue: "vehicles waiting",
    storm: "closed",
    moving: (count: number) => (count === 1 ? "1 vehicle under way" : `${count} vehicles under way`),
    unseen: "This run was written without its vehicles: none move on the map.",
    until: (date: string) => `Vehicles are shown until ${date}: the file would be too large with more.`,
    replication: (number: number) => `Vehicles, queues, closures: replication ${number}.`,
    attribution: "Countries: Natural Earth",
  },

  time: {
    label: "Time shown",
    play: "Play",
    pause: "Pause",
    speed: "Speed",
    perSecond: (hours: number) => (hours < 24 ? `${hours} h/s` : hours === 24 ? "1 day/s" : `${hours / 24} days/s`),
    closures: "Closures",
  },

  find: { label: "Look at", nothing: "the whole corridor", terminals: "Terminals", links: "Lines", flows: "Flows" },

  headline: {
    title: "What it carries",
    delivered: "delivered in the days shown",
    offered: (value: string) => `${value} TEU were offered.`,
    median: "half of the containers arrive within",
    ninety: "nine of ten arrive within",
    sure: "How sure",
    kept: "Every flow is carried: no more waits at the end than is usual on the way.",
    behind: (flow: string, begin: string, end: string, yard: string | null) =>
      `Did not keep up: ${flow}, ${begin} TEU inside at the start, ${end} at the end${yard ? `; the yard of ${yard} grew most` : ""}.`,
    busiest: (name: string, kind: string, used: string) => `Busiest: ${name} (${kind}), in use ${used} % of the time.`,
    inside: (begin: string, end: string) => `Inside: ${begin} TEU at the start, ${end} at the end.`,
    assumed: (share: string) => `${share} % of the numbers that went in are assumptions, named as such below.`,
  },

  story: {
    title: "Chosen",
    close: "Back to the whole corridor",
    terminal: "Terminal",
    outer: "lies outside what is studied: handling takes no time there",
    link: (mode: string, gauge: number | null) =>
      mode === "rail" ? `Railway, ${gauge ?? "?"} mm` : mode === "sea" ? "Sea leg" : "Road",
    flow: "Flow",
    vehicle: { rail: "Train", sea: "Ship", road: "Truck" },
    now: "Now",
    onMap: "At the hour shown",
    waitingNow: "vehicles waiting (mean of the day)",
    yardNow: "TEU in the yard (mean of the day)",
    closedNow: "closed",
    openNow: "open",
    teu: "TEU handled",
    lifts: "lifts",
    yard: "mean TEU in the yard",
    used: "positions in use",
    wait: "mean wait for a position",
    calls: "calls",
    forward: (from: string, to: string) => `${from} to ${to}`,
    departures: "vehicles",
    paths: "of the paths used",
    waitPath: "mean wait for a path",
    length: "length",
    flowsHere: "Flows that pass",
    vehiclesHere: "Vehicles here now",
    more: (count: number) => `and ${count} more`,
    share: (value: string) => `${value} % of the flow`,
    load: (teu: number) => (teu ? `${teu} TEU on board` : "empty"),
    left: "left",
    arrives: "in position",
    stays: "Where its days go, along the way",
    gone: "This vehicle is not under way at the hour shown.",
    waits: "waits",
    runs: "runs",
  },

  budget: {
    title: "Where the days go",
    text: "Mean days of a delivered container, stage by stage. A bar is a flow; choose one to follow it.",
    all: "all flows",
    mean: "mean",
    more: "Show all flows",
    fewer: "Show the largest only",
    groups: { moving: "moving", handling: "handled", checks: "checked, held", waiting: "waiting", closed: "closed" },
  },
  stages: {
    waiting_for_vehicle: "waiting for a vehicle",
    transfer: "transfer",
    loading: "loading",
    check: "check",
    waiting_for_position: "waiting for a position",
    waiting_for_path: "waiting for a path",
    moving: "moving",
    unloading: "unloading",
    hold: "hold",
    closed: "closed",
  } as Record<string, string>,

  transit: {
    title: "How long a container takes",
    text: (flow: string) => `From entry to delivery, ${flow}; all replications.`,
    all: "all flows",
    axis: "days",
    bar: (from: string, to: string, count: string, share: string) =>
      `${from} to ${to} days: ${count} containers, ${share} %`,
    median: "median",
    p90: "90 %",
    none: "This run was written without single containers: only its quantiles are known.",
    picture: (median: string, p90: string) => `Histogram of transit times: median ${median} days, 90 % within ${p90} days`,
  },

  daily: {
    title: "Queues and yards, day by day",
    text: "Line: mean of the replications, day by day; band: from the least to the most of them. Marks below: closures.",
    queue: "Vehicles waiting for a position",
    yard: "TEU in the yard",
    room: (teu: string) => `room for ${teu} TEU`,
    mean: "mean",
    most: "highest day",
    nothing: "Nothing waits here.",
    picture: (what: string, name: string, mean: string, most: string) =>
      `${what}, ${name}: mean ${mean}, highest day ${most}`,
  },

  spaceTime: {
    title: "Trains and ships in time and space",
    text: (name: string) => `The way of ${name}. A line is a vehicle; flat parts are waits. Shaded: closed.`,
    days: "Days shown",
    picture: (name: string, count: number) => `Space-time diagram of ${name} with ${count} vehicles`,
  },

  busiest: {
    title: "What is busiest",
    text: "Share of the time in use.",
    groups: {
      links: "paths of a line",
      zones: "positions",
      equipment: "equipment",
      checks: "posts of a check",
      fleets: "vehicles of a fleet",
    } as Record<string, string>,
    what: "what",
    kind: "kind",
    used: "in use, %",
  },

  costs: {
    title: "Tariffs and CO₂e",
    text: "By the tariffs and emission factors of the package; both change nothing in the run.",
    heads: (currency: string) => ["flow", "delivered, TEU", "median, days", `${currency} per TEU`, "kg CO₂e per TEU", "km/h with stops"],
  },

  cpmm: {
    title: "CPMM indicators",
    text: "As CAREC measures corridors: TFI1 hours at a border point, TFI2 cost there, TFI3 cost of 20 t over 500 km, TFI4 speed with stops, beside the speed without.",
    heads: (currency: string) => ["by", "TFI1, h", `TFI2, ${currency}`, `TFI3, ${currency}`, "TFI4, km/h", "without stops, km/h"],
    modes: { all: "all", rail: "mainly rail", road: "mainly road", sea: "mainly sea" } as Record<string, string>,
    borders: "Borders",
    borderHeads: ["border", "containers", "h before", "h after"],
  },

  observed: {
    title: "Beside reality",
    text: "What was observed, beside the same figure of the run. Where an observation is itself an input, its note says so.",
    heads: ["observation", "observed", "simulated", "difference, %", "unit", "period"],
    none: "No observation was made with just these measures in force.",
  },

  inputs: {
    title: "What went in",
    text: "Every number given in the package, with its source, or the mark that it is assumed.",
    search: "Search",
    table: "Table",
    all: "all tables",
    only: "only what is assumed",
    chosen: "only of what is chosen",
    heads: ["number", "value", "unit", "known", "where from"],
    shown: (some: number, all: number) => (some < all ? `${some} of ${all} shown; search to narrow` : `${all} shown`),
    assumed: "assumed",
    unsourced: "no source named",
    times: (low: string, high: string) => `× ${low} to ${high}`,
  },

  live: {
    nav: "Views",
    views: {
      live: "What if",
      tables: "Tables",
      bottlenecks: "Bottlenecks",
      compare: "Compare",
      invest: "Invest",
      transfer: "Transfer",
    },
    skip: "Skip to the view",
    package: "Package",
    opening: "Asking for the packages",
    problems: "This is not right yet",
    line: (table: string, line: number) => `${table}.csv:${line}`,
    unreachable: "The service does not answer. Is `jibek serve` still running?",
    refused: (status: number) => `The service refused, with status ${status} and no reason.`,
    progress: "Progress",
    queued: "Waiting for its turn",
    running: (left: number | null) => (left === null ? "Running" : `Running, ${seconds(left)} left`),
    lost: "Connection lost; asking again",
    cancel: "Cancel",
  },

  foot: (version: string) => `Made by Jibek ${version}. Everything on this page is in this one file.`,
  licence: (text: string) => `Data: ${text}`,
};

export type Messages = typeof en;
