import {
  isSuccess,
  jsonOf,
  withJson,
  type Answer,
  type Call,
  type JsonObject,
  type ServicePatch,
} from "../call";
import type { Delays } from "../delays";
import { awsErrorAnswer } from "../error-shape";

const ITEMS = /^(Batch|Put|Get|Update|Delete)(Get|Write)?Item|^(Query|Scan)$/;

interface Life {
  readonly created: number;
  /** Its last description, from when it was deleted. */
  readonly deleted?: { readonly at: number; readonly description: JsonObject };
}

/** Tables that take their time to come and to go; moto's are there and gone at once. */
export function dynamoDb(delays: Delays): ServicePatch {
  const lives = new Map<string, Life>();
  return async (call, forward) => {
    const { TableName = "" } = jsonOf(call) as { TableName?: string };
    const key = `${call.accountId} ${call.region} ${TableName.split("/").at(-1)}`;
    const life = lives.get(key);
    const isCreating = life !== undefined && !delays.isOver("tableCreation", life.created);
    const isDeleting = life?.deleted !== undefined && !delays.isOver("tableDeletion", life.deleted.at);
    if (isDeleting) {
      if (call.operation === "DescribeTable") {
        return withJson(
          { status: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body: Buffer.alloc(0) },
          { Table: { ...life.deleted!.description, TableStatus: "DELETING" } },
        );
      }
      if (call.operation === "CreateTable" || call.operation === "DeleteTable") {
        return inUse(call, `Table is being deleted: ${TableName}`);
      }
    }
    if (isCreating && call.operation === "DeleteTable") {
      return inUse(
        call,
        `Attempt to change a resource which is still in use: Table is being created: ${TableName}`,
      );
    }
    if (isCreating && ITEMS.test(call.operation)) return notFound(call);
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    switch (call.operation) {
      case "CreateTable":
        lives.set(key, { created: delays.started() });
        return withStatus(
          answer,
          "TableDescription",
          delays.isOver("tableCreation", lives.get(key)!.created),
        );
      case "DescribeTable":
        return withStatus(answer, "Table", !isCreating);
      case "DeleteTable": {
        const description = (jsonOf(answer).TableDescription ?? {}) as JsonObject;
        lives.set(key, { created: 0, deleted: { at: delays.started(), description } });
        return answer;
      }
      default:
        return answer;
    }
  };
}

function withStatus(answer: Answer, property: string, isActive: boolean): Answer {
  if (isActive) return answer;
  const body = jsonOf(answer);
  const table = body[property] as JsonObject & { GlobalSecondaryIndexes?: JsonObject[] };
  const { GlobalSecondaryIndexes: indexes } = table;
  return withJson(answer, {
    ...body,
    [property]: {
      ...table,
      TableStatus: "CREATING",
      ...(indexes && {
        GlobalSecondaryIndexes: indexes.map((index) => ({ ...index, IndexStatus: "CREATING" })),
      }),
    },
  });
}

function inUse(call: Call, message: string): Answer {
  return awsErrorAnswer(call, { status: 400, code: "ResourceInUseException", message });
}

function notFound(call: Call): Answer {
  return awsErrorAnswer(call, {
    status: 400,
    code: "ResourceNotFoundException",
    message: "Requested resource not found",
  });
}
