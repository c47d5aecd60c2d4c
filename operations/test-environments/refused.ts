import { UserError } from "../../contract/user-error";
import { TEST_EXIT } from "../../contract/test-run";

/** A run is refused before it has created anything. */
export class Refused extends UserError {
  readonly exitCode = TEST_EXIT.refused;
}
