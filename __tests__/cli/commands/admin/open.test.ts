import { openPlace } from "../../../../cli/commands/admin/open";
import type { Cli } from "../../../../cli/context";
import { adminEnvironment, prodEnvironment } from "../../../support/environments";

const open = (environments: readonly object[], region?: string, stack?: string) =>
  openPlace({ options: { region }, usableEnvironments: () => environments } as unknown as Cli, { stack });
const elsewhere = { ...adminEnvironment, name: "other", region: "eu-west-1" };
const BOTH = "admin-staging in us-east-1, admin-other in eu-west-1.";

it.each<[string, readonly object[], string | undefined, string | undefined, string]>([
  ["none", [prodEnvironment], undefined, undefined, "No environment has admin boxes. Add admin: {} to one,"],
  ["several", [adminEnvironment, elsewhere], undefined, undefined, `There are several admin stacks; name one with --stack: ${BOTH}`],
  ["an unknown one", [adminEnvironment], undefined, "nope", 'There is no admin stack "nope". The admin stacks are admin-staging in us-east-1.'],
  ["another region", [adminEnvironment], "eu-west-1", undefined, "There is no admin stack in eu-west-1. The admin stacks are admin-staging in us-east-1."],
  ["the wrong region", [adminEnvironment, elsewhere], "eu-west-1", "staging", `There is no admin stack "staging" in eu-west-1. The admin stacks are ${BOTH}`],
])("%s: the message names the admin stacks and where they are", async (_, environments, region, stack, message) => {
  await expect(open(environments, region, stack)).rejects.toThrow(message);
}); // prettier-ignore
