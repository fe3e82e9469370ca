import type { Column, Document } from "./document";

/** What `src/jibek/web/_pack.py` packs: a document and columns of whole numbers. */
export interface Packed {
  document: Document;
  column(name: string): Uint32Array;
}

/** Undo gzip. */
export async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Packed> {
  const raw = await inflated(bytes);
  const length = new DataView(raw.buffer).getUint32(0, true);
  const tree = JSON.parse(new TextDecoder().decode(raw.subarray(4, 4 + length))) as Document & {
    columns: Record<string, Column>;
  };
  const columns = raw.subarray(4 + length);
  return { document: tree, column: (name) => numbers(columns, tree.columns[name]) };
}

/** Read numbers written in groups of seven bits, the lowest first. */
function numbers(bytes: Uint8Array, column: Column | undefined): Uint32Array {
  if (!column) return new Uint32Array();
  const found = new Uint32Array(column.count);
  let at = column.offset;
  for (let n = 0; n < column.count; n++) {
    let value = 0;
    let scale = 1;
    let byte = bytes[at++] ?? 0;
    for (; byte > 127; byte = bytes[at++] ?? 0) {
      value += (byte & 127) * scale;
      scale *= 128;
    }
    found[n] = value + byte * scale;
  }
  return found;
}
