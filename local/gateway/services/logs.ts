import { jsonAnswer, jsonOf, type JsonObject, type ServicePatch } from "../call";

/** moto has no saved queries; they are kept here, by id. */
export function logs(): ServicePatch {
  const queries = new Map<string, JsonObject>();
  let made = 0;
  return async (call, forward) => {
    const input = jsonOf(call);
    const id = String(input.queryDefinitionId ?? "");
    switch (call.operation) {
      case "PutQueryDefinition": {
        const queryDefinitionId = id || `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`;
        const { name, queryString, logGroupNames = [] } = input;
        queries.set(queryDefinitionId, { queryDefinitionId, name, queryString, logGroupNames });
        return jsonAnswer({ queryDefinitionId });
      }
      case "DescribeQueryDefinitions": {
        const prefix = String(input.queryDefinitionNamePrefix ?? "");
        const found = [...queries.values()].filter(({ name }) => String(name).startsWith(prefix));
        return jsonAnswer({ queryDefinitions: found });
      }
      case "DeleteQueryDefinition":
        return jsonAnswer({ success: queries.delete(id) });
      default:
        return forward(call);
    }
  };
}
