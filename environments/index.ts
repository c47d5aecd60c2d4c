export type { EnvironmentFault } from "./faults";
export type { Environment, EnvironmentInput } from "./fields";
export { freeNetwork, loadEnvironments } from "./load";
