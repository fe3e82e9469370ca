import type { Case, CaseRead, Cells, Edit, Job, JobRequest, Levers, NamedCase, Package, PackageDetail, Problem, Tables } from "../data/api";
import { say } from "../messages";

/** The service refused, or could not be reached: `problems` say why. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problems: Problem[],
  ) {
    super(problems.map((one) => one.message).join("; "));
  }
}

/** What went wrong as problems, whatever it was. */
export function problemsOf(error: unknown): Problem[] {
  if (error instanceof ApiError) return error.problems;
  return [problem(error instanceof Error ? error.message : String(error))];
}

const problem = (message: string): Problem => ({ table: null, row: null, line: null, column: null, message });

/** The address of something in the API, which lies beside the page. */
export function addressOf(...path: string[]): string {
  return new URL(["api", ...path.map(encodeURIComponent)].join("/"), document.baseURI).href;
}

async function ask(method: string, path: string[], body?: unknown, query: Record<string, string> = {}): Promise<Response> {
  const packed = body instanceof Blob;
  const headers = { "Content-Type": packed ? "application/zip" : "application/json" };
  const sent = body === undefined ? {} : { headers, body: packed ? body : JSON.stringify(body) };
  let answer: Response;
  try {
    const words = new URLSearchParams(query).toString();
    answer = await fetch(`${addressOf(...path)}${words && "?"}${words}`, { method, ...sent });
  } catch {
    throw new ApiError(0, [problem(say.live.unreachable)]);
  }
  if (!answer.ok) throw new ApiError(answer.status, await refusal(answer));
  return answer;
}

/** The problems in an answer that refuses, or a line made of its status. */
async function refusal(answer: Response): Promise<Problem[]> {
  try {
    const { problems } = (await answer.json()) as { problems?: Problem[] };
    if (problems?.length) return problems;
  } catch {
    // no JSON: the status has to do
  }
  return [problem(say.live.refused(answer.status))];
}

async function json<Found>(method: string, path: string[], body?: unknown, query?: Record<string, string>): Promise<Found> {
  return (await (await ask(method, path, body, query)).json()) as Found;
}

/** All that the service can be asked; see `docs/serve.md`. */
export const api = {
  packages: () => json<Package[]>("GET", ["packages"]),
  package: (id: string) => json<PackageDetail>("GET", ["packages", id]),
  levers: (id: string, search: string) => json<Levers>("GET", ["packages", id, "levers"], undefined, { search }),
  upload: (zip: Blob) => json<Package>("POST", ["packages"], zip),
  tables: (id: string) => json<Tables>("GET", ["packages", id, "tables"]),
  table: (id: string, name: string) => json<Cells>("GET", ["packages", id, "tables", name]),
  check: (id: string, edit: Edit) => json<{ problems: Problem[] }>("POST", ["packages", id, "check"], edit),
  edit: (id: string, edit: Edit) => json<Package>("POST", ["packages", id, "edit"], edit),
  tell: ({ package: id, measures, changes, days, warmup_days }: Case) =>
    json<CaseRead>("POST", ["packages", id, "case"], { measures, changes, days, warmup_days }),

  cases: () => json<NamedCase[]>("GET", ["cases"]),
  save: (name: string, one: Case) => ask("PUT", ["cases", name], one),
  forget: (name: string) => ask("DELETE", ["cases", name]),

  start: (request: JobRequest) => json<Job>("POST", ["jobs"], request),
  job: (id: string) => json<Job>("GET", ["jobs", id]),
  cancel: (id: string) => ask("DELETE", ["jobs", id]),
  /** The packed run of a simulation that is done. */
  async run(id: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await ask("GET", ["jobs", id, "page"])).arrayBuffer());
  },
};
