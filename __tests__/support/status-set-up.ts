import type { Located } from "../../operations/leases/located";
import type { StatusClients } from "../../operations/status/clients";
import { statusOf } from "../../operations/status/status";
import { fakeClients, type Answers } from "./fake-clients";
import { ACCOUNT, HOUR, REGION, T0 } from "./reaper-values";
import { RegistryTable } from "./registry-table";
import { ANSWERS } from "./status-answers";

export const located: Located = {
  ref: { id: "automock-demo", system: "automock", environment: "demo", accountId: ACCOUNT, region: REGION },
};

/** The status of a stack, an hour after its record was created. */
export function setUp(answers: Answers = ANSWERS) {
  const table = new RegistryTable();
  const fakes = fakeClients(answers);
  const clients = { ...fakes, registry: table.registry } as unknown as StatusClients;
  return { table, fakes, look: (what = located) => statusOf(clients, what, T0 + HOUR) };
}
