import { Report } from "./report";
import { unpacked } from "./pack";

/** Where the page has its run from: the file it stands in, or a service that simulates. */
export interface Source {
  load(): Promise<Report>;
}

/** The run that stands in the page itself. */
export const embedded: Source = {
  async load() {
    return new Report(await unpacked(held("run")));
  },
};

/** The bytes that an element of the page holds as base64. */
export function held(id: string): Uint8Array<ArrayBuffer> {
  const text = atob(document.getElementById(id)?.textContent?.trim() ?? "");
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
