import pLimit from "p-limit";
import { isSuccess, jsonOf, type Answer, type Call, type ServicePatch } from "../call";
import { awsErrorAnswer } from "../error-shape";

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
    const carryOut = () => forward(call);
    return oneAtATime(() => (call.operation === "TransactWriteItems" ? once(call, carryOut) : carryOut()));
  };
}

function otherParameters(call: Call): Answer {
  return awsErrorAnswer(call, {
    status: 400,
    code: "IdempotentParameterMismatchException",
    message: "The request uses the same client token as a previous, but non-identical request.",
  });
}
