import type { Access } from "../aws/clients";
import { classify } from "../engine/classify";
import type { Handler } from "../engine/resource";
import { handlerOf, serviceOf } from "./resource-type";
import { RESOURCE_TYPES } from "./resource-types";

/** A handler for every type that the stacks can create. */
export function createHandlers(access: Access): readonly Handler[] {
  return RESOURCE_TYPES.map((resource) => classified(handlerOf(resource, access)));
}

/** Turns errors of AWS into outcomes. Account and region cannot differ, because the clients have only one. */
function classified(handler: Handler): Handler {
  const service = serviceOf(handler);
  return {
    ...handler,
    classify: (error) => classify(error, service),
    async remove(found) {
      try {
        return await handler.remove(found);
      } catch (error) {
        return classify(error, service);
      }
    },
  };
}
