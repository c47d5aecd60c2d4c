import "../operations/aws/quiet-sdk";
import { main } from "./program";

export const finished = main(process.argv);
