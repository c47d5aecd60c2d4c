export type { BootstrapSettings } from "./bootstrap-fields";
export type { EnvironmentFault } from "./faults";
export type { Environment, EnvironmentInput } from "./fields";
export { blockingFaults, freeNetwork, loadEnvironments, type Loaded } from "./load";
