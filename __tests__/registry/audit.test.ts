import { Audit } from "../../registry/audit";
import { PLACE, START } from "../support/aws-simulator/scenario";
import { simulatedRegistry } from "../support/simulated-registry";

test("audit lines go to the log and beside the record, numbered, for ninety days", async () => {
  const { clients, run, raw } = await simulatedRegistry();
  const logged: unknown[] = [];
  const port = new Audit(clients.dynamoDb, PLACE, {
    info: (message, fields) => logged.push([message, fields]),
  });
  const line = {
    at: START,
    seq: 7,
    environment: "pr-1",
    passId: "p",
    actor: "reaper",
    action: "delete",
    resource: "ec2:vpc vpc-1",
    proof: ["tag"],
    outcome: "gone",
    dryRun: false,
  };
  port.say(line);
  const ts = new Date(START).toISOString();
  const rest: Partial<typeof line> = { ...line };
  delete rest.at;
  expect(logged).toEqual([["delete: gone", { audit: { ts, ...rest } }]]);
  // More than one transaction takes.
  await run(port.keep(Array.from({ length: 101 }, (_, i) => ({ ...line, seq: 107 - i }))));
  expect(await raw("pr-1", `AUDIT#${ts}#p#000107`)).toMatchObject({ seq: 107 });
  expect(logged).toHaveLength(1);
  const sk = `AUDIT#${ts}#p#000007`;
  const expireAt = START / 1000 + 90 * 24 * 3600;
  expect(await raw("pr-1", sk)).toEqual({ pk: "ENV#pr-1", sk, ts, ...rest, expireAt });
});
