import { Readable } from "node:stream";
import { warnedOfStack } from "../../../../cli/commands/deploy/warned-of-stack";
import type { Cli } from "../../../../cli/context";
import type { Environment } from "../../../../environments/schema";
import { stacksOf } from "../../../../environments/schema/stacks";
import { ephemeralEnvironment, prodEnvironment } from "../../../support/environments";

/** Asks for a stack whose topic has this one subscription; returns what the command says meanwhile, too. */
async function ask(environment: Environment, subscriptionArn: string) {
  const said: string[] = [];
  const subscription = `<Subscriptions><member><Endpoint>a@example.com</Endpoint><SubscriptionArn>${subscriptionArn}</SubscriptionArn></member></Subscriptions>`;
  const requestHandler = {
    handle: async ({ body }: { body: string }) => {
      const operation = new URLSearchParams(body).get("Action")!;
      const inner = operation === "ListSubscriptionsByTopic" ? subscription : "<Attributes></Attributes>";
      const xml = `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`;
      return { response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(xml)]) } };
    },
  };
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const cli = {
    clientConfig: (region: string) => ({ region, credentials, requestHandler }),
    output: { progress: (line: string) => said.push(line) },
  } as unknown as Cli;
  const endpoints = await warnedOfStack(cli, stacksOf([environment])[0]!);
  return { endpoints, said };
}

it("warns before a deployment where no one has confirmed a subscription", async () =>
  expect(await ask(ephemeralEnvironment, "PendingConfirmation")).toEqual({
    endpoints: [],
    said: [
      `WARNING: no one would be warned before automock-${ephemeralEnvironment.name} is deleted, so the reaper will not delete it and it goes on to cost money. Add an address for "${ephemeralEnvironment.owner}" to teams in environments/bootstrap.ts, or to notifications.emails of the environment. Then run automock bootstrap, and follow the link in the mail that AWS sends to the address. Not confirmed yet: a@example.com.`,
    ],
  }));

it("says nothing where someone is warned", async () =>
  expect(await ask(ephemeralEnvironment, "arn:aws:sns:us-east-1:123456789012:topic:1")).toEqual({
    endpoints: ["a@example.com"],
    said: [],
  }));

it("asks nothing about a permanent stack", async () =>
  expect(await ask(prodEnvironment, "PendingConfirmation")).toEqual({ endpoints: undefined, said: [] }));
