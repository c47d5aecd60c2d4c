import process from "node:process";
import { register as registerCommonJs } from "tsx/cjs/api";
import { register } from "tsx/esm/api";

/** A thread that runs unit tests, one file after the other: what they have in common is loaded once. */
registerCommonJs();
register();

// cdktf calls util.isArray, of which Node 22 warns once in a process: into the output of whichever test runs at that moment.
process.noDeprecation = true;
