import { register as registerCommonJs } from "tsx/cjs/api";
import { register } from "tsx/esm/api";

/** A thread that runs unit tests, one file after the other: what they have in common is loaded once. */
registerCommonJs();
register();
