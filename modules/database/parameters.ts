import type { DbParameterGroupParameter } from "@cdktf/provider-aws/lib/db-parameter-group";

/**
 * Settings of the server, all of them in force without a restart.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
 */
const PARAMETERS: Readonly<Record<string, string>> = {
  // No connection without TLS; a default since PostgreSQL 15, said outright.
  "rds.force_ssl": "1",
  // Who came and went, and every change of the schema: what an audit needs without an extension.
  log_connections: "1",
  log_disconnections: "1",
  log_statement: "ddl",
  // Statements that take longer than a second.
  log_min_duration_statement: "1000",
};

export function parameters(): DbParameterGroupParameter[] {
  return Object.entries(PARAMETERS).map(([name, value]) => ({ name, value, applyMethod: "immediate" }));
}
