import { DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { polled, type NodeContext } from "../../../../operations/test-environments/nodes/node";

const context = { signal: new AbortController().signal } as NodeContext;

/** A client that answers with these in turn: an error or a description of a table. */
function clientWith(...answers: readonly object[]) {
  const send = jest.fn((): Promise<unknown> => {
    const answer = answers[send.mock.calls.length - 1]!;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  return { send };
}

const refusal = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

const active = { Table: { TableStatus: "ACTIVE" } };
const wait = (client: { send: jest.Mock }) =>
  polled<DynamoDBClient>(client, context, (settings) =>
    waitUntilTableExists({ ...settings, minDelay: 0.001, maxDelay: 0.001 }, { TableName: "t" }),
  );

it.each(["ExpiredTokenException", "AccessDeniedException", "ValidationException"])(
  "ends at %s, which no later poll changes",
  async (name) => {
    const client = clientWith(refusal(name), active);
    await expect(wait(client)).rejects.toThrow(name);
    expect(client.send).toHaveBeenCalledTimes(1);
  },
);

it.each([
  refusal("ResourceNotFoundException"),
  refusal("ThrottlingException"),
  refusal("TooManyRequestsException", 429),
  refusal("InternalServerError", 500),
  new Error("connection lost"),
])("goes on after %s", async (error) => {
  const client = clientWith(error, active);
  await wait(client);
  expect(client.send).toHaveBeenCalledTimes(2);
});
