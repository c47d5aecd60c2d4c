import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { locate } from "../../cli/locate";
import { OtherRegion, type Cli } from "../../cli/context";
import { UserError } from "../../contract/user-error";

const noStack = new UserError("There is no stack");
let sts: Server;
let asked: number;

beforeEach(async () => {
  asked = 0;
  sts = createServer((_, outgoing) => {
    asked++;
    outgoing.end(
      "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>999999999999</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    );
  });
  await new Promise<void>((resolve) => sts.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  sts.closeAllConnections();
  sts.close();
});

function cliThat(changes: object = {}): Cli {
  return {
    options: {},
    stack: () => {
      throw noStack;
    },
    clientConfig: (region: string) => ({
      region,
      endpoint: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }),
    ...changes,
  } as unknown as Cli;
}

it("finds a stack by its environment's file", async () => {
  const ref = { id: "automock-demo" };
  expect(await locate(cliThat({ stack: () => ref }), "automock-demo")).toEqual({ ref });
  expect(asked).toBe(0);
});

it.each([
  ["automock-demo-42", "automock", "demo-42"],
  ["task-api-demo", "task-api", "demo"],
])(
  "without a file, assumes that %s is in the account of the credentials",
  async (id, system, environment) => {
    const options = { region: "eu-west-1" };
    expect(await locate(cliThat({ options }), id)).toEqual({
      ref: { id, system, environment, accountId: "999999999999", region: "eu-west-1" },
      unknown: noStack,
    });
  },
);

it("names the commands of test environments for the id of one", async () => {
  await expect(locate(cliThat(), "orders-k3f9aa")).rejects.toThrow(
    `${noStack.message}\nA test environment has commands of its own: automock test-env show orders-k3f9aa, automock test-env down orders-k3f9aa.`,
  );
  expect(asked).toBe(0);
});

it("uses the region of the local AWS, then the configured one", async () => {
  const local = { region: "us-west-2" };
  expect((await locate(cliThat({ local }), "automock-x")).ref.region).toBe("us-west-2");
  const before = process.env.AWS_REGION;
  process.env.AWS_REGION = "ap-south-1";
  try {
    expect((await locate(cliThat(), "automock-x")).ref.region).toBe("ap-south-1");
  } finally {
    if (before === undefined) delete process.env.AWS_REGION;
    else process.env.AWS_REGION = before;
  }
});

it.each(["demo", "automock-", "automock-Demo", "automock-a b", "automock", "other-demo"])(
  "does not take %p to be a stack",
  async (id) => {
    await expect(locate(cliThat({ options: { region: "eu-west-1" } }), id)).rejects.toBe(noStack);
    expect(asked).toBe(0);
  },
);

it.each([
  ["a region that is not that of the file", new OtherRegion("--region is x")],
  ["what is no fault of the user", new Error("disk")],
])("does not look elsewhere after %s", async (_, broken) => {
  const stack = () => {
    throw broken;
  };
  await expect(locate(cliThat({ stack, options: { region: "x" } }), "automock-demo")).rejects.toBe(broken);
});
