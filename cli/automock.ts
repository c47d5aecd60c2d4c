import "../operations/aws/quiet-sdk";
import { main } from "./program";

void main(process.argv);
