import { en, type Messages } from "./en";

/** The words in use. */
export const say: Messages = en;
