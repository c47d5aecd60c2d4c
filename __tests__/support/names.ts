import { Names } from "../../contract/names";

/** Names of a made-up environment, for module tests. */
export const testNames = new Names({
  system: "automock",
  environment: "test",
  accountId: "111122223333",
  region: "us-east-1",
});
