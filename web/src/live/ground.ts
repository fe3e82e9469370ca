import type { Cells } from "../data/api";
import type { Link, Place } from "../data/document";
import { api } from "./api";

export interface Ground {
  places: Place[];
  links: Link[];
  /** Ids of the places that have a terminal. */
  stops: Set<string>;
}

/** The places and lines of a package, from its tables: they can be shown before anything is simulated. */
export async function groundOf(id: string): Promise<Ground> {
  const [places, links, terminals] = await Promise.all(["places", "links", "terminals"].map((name) => api.table(id, name).then(records)));
  const found = new Map((places ?? []).map((one) => [one.id ?? "", place(one)]));
  return {
    places: [...found.values()],
    links: (links ?? []).flatMap((one) => link(one, found) ?? []),
    stops: new Set((terminals ?? []).map((one) => one.place ?? "")),
  };
}

type Row = Record<string, string | undefined>;

function records({ columns, rows }: Cells): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
}

function place(row: Row): Place {
  return { id: row.id ?? "", name: row.name || (row.id ?? ""), country: row.country ?? "", at: [Number(row.lon), Number(row.lat)] };
}

/** A link with its line: from its one end, by the points of `via` ("lat lon; lat lon"), to the other. */
function link(row: Row, places: Map<string, Place>): Link | null {
  const [one, other] = [places.get(row.from_place ?? ""), places.get(row.to_place ?? "")];
  if (!one || !other) return null;
  const via = (row.via ?? "").split(";").filter((point) => point.trim());
  const points = via.map((point) => point.trim().split(/\s+/).map(Number).reverse() as [number, number]);
  return {
    id: row.id ?? "",
    name: row.name || (row.id ?? ""),
    from_place: one.id,
    to_place: other.id,
    mode: row.mode === "sea" || row.mode === "road" ? row.mode : "rail",
    gauge_mm: row.gauge_mm ? Number(row.gauge_mm) : null,
    length_km: Number(row.length_km),
    line: [one.at, ...points, other.at],
  };
}
