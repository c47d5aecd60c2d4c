export { formatFault, type Fault } from "./faults";
export type { Environment, EnvironmentInput } from "./fields";
export { freeNetwork, loadEnvironments } from "./load";
