export * from "../../contract/json-source";
