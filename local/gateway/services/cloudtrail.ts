import { formOf } from "../operation";
import { jsonAnswer, jsonOf, type Answer, type Call, type JsonObject, type ServicePatch } from "../call";

interface Recorded {
  readonly name: string;
  readonly time: number;
  readonly event: JsonObject;
}

/** Events that are recorded, and how much of them is kept. */
const RECORDED = new Set(["CreateFleet", "TerminateInstances", "StartSession"]);

/** Header of calls that a service makes by itself. */
export const INVOKED_BY = "x-local-invoked-by";

/** The audit trail of the calls about instances and sessions, which moto has not. */
export class Trail {
  private readonly events: Recorded[] = [];

  /** @param userId `aws:userid` of every caller of a local AWS */
  constructor(private readonly userId: string) {}

  record(call: Call, answer: Answer): void {
    if (!RECORDED.has(call.operation)) return;
    const time = Date.now();
    const form = call.protocol === "ec2" ? formOf(call) : undefined;
    const isDone = answer.status < 300;
    const invokedBy = call.headers[INVOKED_BY];
    this.events.push({
      name: call.operation,
      time,
      event: {
        eventName: call.operation,
        eventTime: new Date(time).toISOString(),
        userIdentity: invokedBy === undefined ? { principalId: this.userId } : { invokedBy },
        ...(!isDone && { errorCode: "Client.Error" }),
        requestParameters: form ? nested(form) : lowerFirst(jsonOf(call)),
        responseElements: form
          ? { texts: [...answer.body.toString("utf8").matchAll(/>([^<>\s]+)</g)].map(([, text]) => text) }
          : lowerFirst(jsonOf(answer)),
      },
    });
  }

  patch(): ServicePatch {
    return async (call, forward) => {
      if (call.operation !== "LookupEvents") return forward(call);
      const input = jsonOf(call);
      const [attribute] = (input.LookupAttributes ?? []) as { readonly AttributeValue?: string }[];
      const [from, to] = [input.StartTime, input.EndTime].map((seconds) => Number(seconds) * 1000);
      const found = this.events.filter(
        ({ name, time }) =>
          (attribute === undefined || attribute.AttributeValue === name) && !(time < from!) && !(time > to!),
      );
      return jsonAnswer({
        Events: found.map(({ name, time, event }) => ({
          EventName: name,
          EventTime: time / 1000,
          CloudTrailEvent: JSON.stringify(event),
        })),
      });
    };
  }
}

/** `TagSpecification.1.Tag.2.Key=x` as an object in an object. */
function nested(form: URLSearchParams): JsonObject {
  const root: JsonObject = {};
  for (const [path, value] of form) {
    const keys = path.split(".");
    let at = root;
    for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as JsonObject;
    at[keys.at(-1)!] = value;
  }
  return root;
}

function lowerFirst(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key[0]!.toLowerCase() + key.slice(1), inner]),
  );
}
