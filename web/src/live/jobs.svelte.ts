import type { Job, JobRequest, Problem } from "../data/api";
import { ApiError, addressOf, api, problemsOf } from "./api";

const FINAL = new Set(["done", "failed", "cancelled"]);
const SOONEST_S = 0.5;
const LATEST_S = 8;

/**
 * A job that is started and followed by server-sent events.
 *
 * The same request is the same job, so when the connection is lost, or the service has been started anew, it is simply asked for
 * again. Close it when nobody looks at it any more.
 */
export class Watched {
  job = $state.raw<Job | null>(null);
  /** Why it could not be started, or failed. */
  problems = $state.raw<Problem[]>([]);
  /** The service does not answer; it is asked again. */
  lost = $state(false);
  private events: EventSource | null = null;
  private again = 0;
  private wait = SOONEST_S;
  private closed = false;

  /** `ondone` is called with the job once it is done. */
  constructor(
    readonly request: JobRequest,
    private readonly ondone: (job: Job) => void = () => undefined,
  ) {
    void this.start();
  }

  /** Nothing more will come of it: one that somebody else has cancelled is asked for again. */
  get ended(): boolean {
    return this.closed || this.problems.length > 0 || ["done", "failed"].includes(this.job?.state ?? "");
  }

  private async start(): Promise<void> {
    try {
      const job = await api.start(this.request);
      if (this.closed) return void this.forget(job);
      this.take(job);
      if (!this.ended) this.follow(job.id);
    } catch (error) {
      if (this.closed) return;
      if (error instanceof ApiError && error.status === 0) this.retry(true);
      else this.problems = problemsOf(error);
    }
  }

  private follow(id: string): void {
    this.events = new EventSource(addressOf("jobs", id, "events"));
    this.events.addEventListener("job", (event) => this.take(JSON.parse((event as MessageEvent<string>).data) as Job));
    this.events.onerror = () => {
      if (this.events?.readyState === EventSource.CLOSED) this.retry(true);
      else this.lost = true; // the browser connects again, and is not told again what it knows
    };
  }

  private take(job: Job): void {
    this.lost = false;
    this.wait = SOONEST_S;
    const known = this.job?.id === job.id ? this.job.answer : null;
    this.job = { ...job, answer: job.answer ?? known };
    this.problems = job.problems;
    if (!FINAL.has(job.state)) return;
    this.events?.close();
    if (job.state === "done") this.ondone(job);
    if (job.state === "cancelled" && !this.closed) this.retry(false); // somebody else did not want it any more
  }

  private retry(lost: boolean): void {
    this.events?.close();
    this.lost = lost;
    this.again = window.setTimeout(() => void this.start(), 1000 * this.wait);
    this.wait = Math.min(2 * this.wait, LATEST_S);
  }

  /** Stop looking; the job goes on, and its answer is kept for the next who asks. */
  close(): void {
    this.closed = true;
    this.events?.close();
    clearTimeout(this.again);
  }

  /** Stop looking, and stop the job. */
  cancel(): void {
    const running = this.job;
    const ended = this.ended;
    this.close();
    if (running && !ended) this.forget(running);
  }

  private forget(job: Job): void {
    if (FINAL.has(job.state)) return;
    api.cancel(job.id).catch(() => undefined); // it may have ended by itself
    this.job = { ...job, state: "cancelled" };
  }
}
