import pLimit from "p-limit";
import { isSuccess, jsonAnswer, jsonOf, type Answer, type Call, type ServicePatch } from "../call";
import { awsErrorAnswer } from "../error-shape";
import { ownCall } from "../own-call";

const WRITES = /^(TransactWriteItems|BatchWriteItem|(Put|Update|Delete)Item)$/;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken */
const TOKEN_LIFE_MS = 10 * 60_000;

interface Done {
  readonly at: number;
  readonly body: Buffer;
  readonly answer: Answer;
}

/**
 * Writes one after the other, because moto undoes a refused transaction by restoring the tables as they were before it,
 * without what others wrote meanwhile. A transaction that is sent again with its token, because its answer was lost or
 * late, is not carried out again; moto ignores the token.
 */
export function dynamoDbWrites(now: () => number = Date.now): ServicePatch {
  const oneAtATime = pLimit(1);
  const done = new Map<string, Done>();

  function forget(): void {
    for (const [token, { at }] of done) {
      if (now() - at < TOKEN_LIFE_MS) return;
      done.delete(token);
    }
  }

  async function once(call: Call, carryOut: () => Promise<Answer>): Promise<Answer> {
    const { ClientRequestToken: token } = jsonOf(call);
    if (typeof token !== "string") return carryOut();
    forget();
    const key = `${call.accountId} ${call.region} ${token}`;
    const before = done.get(key);
    if (before) return before.body.equals(call.body) ? before.answer : otherParameters(call);
    const answer = await carryOut();
    // A refused one has done nothing, and is tried again.
    if (isSuccess(answer)) done.set(key, { at: now(), body: call.body, answer });
    return answer;
  }

  return (call, forward) => {
    if (!WRITES.test(call.operation)) return forward(call);
    const carryOut = () =>
      call.operation === "TransactWriteItems" ? transact(call, forward) : forward(call);
    return oneAtATime(() => (call.operation === "TransactWriteItems" ? once(call, carryOut) : carryOut()));
  };
}

type Action = Readonly<Record<string, { readonly ConditionExpression?: string }>>;

const UNCONDITIONAL: Readonly<Record<string, string>> = { Put: "PutItem", Delete: "DeleteItem" };

/** The call that does the same as an action outside a transaction, if nothing can refuse it. */
function aloneOf(action: Action): { readonly target: string; readonly input: object } | undefined {
  const [[verb, input] = ["", {}]] = Object.entries(action);
  const operation = UNCONDITIONAL[verb];
  if (operation === undefined || input.ConditionExpression !== undefined) return undefined;
  return { target: `DynamoDB_20120810.${operation}`, input };
}

/**
 * Moto copies the whole table for each action of a transaction, so a hundred lines in a table of thousands take it a
 * minute. What nothing can refuse is written after the rest, in calls of its own; no other write comes in between.
 */
async function transact(call: Call, forward: (call: Call) => Promise<Answer>): Promise<Answer> {
  const { accountId, region } = call;
  const own = (json: { readonly target: string; readonly input: object }) =>
    forward(ownCall({ accountId, region, service: "dynamodb", json }));
  const { TransactItems = [] } = jsonOf(call) as { readonly TransactItems?: readonly Action[] };
  const conditional = TransactItems.filter((action) => !aloneOf(action));
  const alone = TransactItems.flatMap((action) => aloneOf(action) ?? []);
  if (alone.length < 2 || TransactItems.length > 100) return forward(call);
  if (conditional.length > 0) {
    const target = "DynamoDB_20120810.TransactWriteItems";
    const answer = await own({ target, input: { TransactItems: conditional } });
    // Refused as a whole, so that the reasons are in the order of all actions.
    if (!isSuccess(answer)) return forward(call);
  }
  for (const one of alone) {
    const answer = await own(one);
    if (!isSuccess(answer)) return answer;
  }
  return jsonAnswer({});
}

function otherParameters(call: Call): Answer {
  return awsErrorAnswer(call, {
    status: 400,
    code: "IdempotentParameterMismatchException",
    message: "The request uses the same client token as a previous, but non-identical request.",
  });
}
