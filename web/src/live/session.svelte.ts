import type { Case, Package, PackageDetail, Problem } from "../data/api";
import { say } from "../messages";
import { api, problemsOf } from "./api";
import { caseOf, paramsOf, route, type View } from "./router.svelte";

const WHEN: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "medium" };
const NONE: Case = { package: "", measures: [], changes: [], days: null, warmup_days: null, seed: 0 };

/** When a package was made; its id if it was there before. */
function made(one: Package): string {
  return one.created ? new Date(one.created).toLocaleString(say.language, WHEN) : one.id;
}

/** What all views share: the packages there are, the case that is looked at, and what can be changed in its package. */
class Session {
  packages = $state.raw<Package[]>([]);
  /** The package of the case; null while it is fetched. */
  detail = $state.raw<PackageDetail | null>(null);
  case = $state.raw<Case>(NONE);
  problems = $state.raw<Problem[]>([]);

  /** Ask for the packages: at the start, and after one was made. */
  async refresh(): Promise<void> {
    try {
      this.packages = await api.packages();
      this.problems = [];
    } catch (error) {
      this.problems = problemsOf(error);
    }
  }

  /** What a package is called: by its title; where others have the same, also by when it was made, and where that is the same, too, by its id. */
  nameOf(one: Package): string {
    const same = this.packages.filter((other) => other.title === one.title);
    if (same.length < 2) return one.title;
    const alone = same.filter((other) => made(other) === made(one)).length < 2;
    return say.live.titled(one.title, alone ? made(one) : `${made(one)}, ${one.id}`);
  }

  /** A title for an edited package that no other has. */
  unused(title: string): string {
    const plain = title.replace(/, edited( \d+)?$/, "");
    const taken = new Set(this.packages.map((one) => one.title));
    for (let number = 1; ; number++) {
      const next = say.live.edited(plain, number);
      if (!taken.has(next)) return next;
    }
  }

  /** The case for a view: all but the tables are of corridors. */
  caseFor(view: View): Case {
    const corridors = this.packages.filter((one) => one.kind === "corridor");
    const fits = view === "tables" || corridors.some((one) => one.id === this.case.package);
    return this.case.package && fits ? this.case : { ...NONE, package: corridors[0]?.id ?? "" };
  }

  /** Take the case from the address. */
  async open(params: URLSearchParams): Promise<void> {
    const found = caseOf(params, this.caseFor(route.view).package);
    if (JSON.stringify(found) !== JSON.stringify(this.case)) this.case = found;
    if (!found.package || this.detail?.id === found.package) return;
    this.detail = null;
    try {
      const detail = await api.package(found.package);
      if (this.case.package === detail.id) this.detail = detail;
      this.problems = [];
    } catch (error) {
      this.problems = problemsOf(error);
    }
  }

  /** Look at another package, as it is. */
  choose(id: string): void {
    route.go(route.view, paramsOf({ ...NONE, package: id }));
  }

  /** Write the case into the address. */
  keep(): void {
    route.keep(paramsOf(this.case));
  }
}

export const session = new Session();
