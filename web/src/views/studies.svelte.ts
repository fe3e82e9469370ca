import type { JobRequest } from "../data/api";
import { hashOf, paramsOf } from "../live/router.svelte";
import { session } from "../live/session.svelte";
import { inPlain } from "./changes";

/** What was asked last, by kind and case: who comes back sees the answer, which the service has kept. */
class Asked {
  private requests = $state.raw<Record<string, JobRequest>>({});

  of(kind: JobRequest["kind"]): JobRequest | null {
    return this.requests[this.key(kind)] ?? null;
  }

  ask(request: JobRequest): void {
    this.requests = { ...this.requests, [this.key(request.kind)]: request };
  }

  forget(kind: JobRequest["kind"]): void {
    const { [this.key(kind)]: _, ...others } = this.requests;
    this.requests = others;
  }

  private key(kind: JobRequest["kind"]): string {
    return `${kind} ${JSON.stringify(session.case)}`;
  }
}

export const asked = new Asked();

/** A change in words where there are some, else as it is written. */
export const changeName = (change: string): string => inPlain(change, session.detail?.levers ?? []) ?? change;

export const flowName = (id: string): string => session.detail?.flows.find((one) => one.id === id)?.name ?? id;

export const measureName = (id: string): string => session.detail?.measures.find((one) => one.id === id)?.title ?? id;

export const costOf = (id: string): number | null => session.detail?.measures.find((one) => one.id === id)?.cost_million ?? null;

/** The address of the case with more measures and changes, as a what-if. */
export function whatIf(more: { measures?: string[]; changes?: string[] }): string {
  const { measures, changes } = session.case;
  const added = { measures: [...measures, ...(more.measures ?? [])], changes: [...changes, ...(more.changes ?? [])] };
  return hashOf("live", paramsOf({ ...session.case, ...added }));
}
