import type { DbParameterGroupParameter } from "@cdktf/provider-aws/lib/db-parameter-group";

/**
 * Server parameters. All of them take effect without a restart.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
 */
const PARAMETERS: Readonly<Record<string, string>> = {
  // The default since PostgreSQL 15, set explicitly.
  "rds.force_ssl": "1",
  // Connections and schema changes: an audit trail without an extension.
  log_connections: "1",
  log_disconnections: "1",
  log_statement: "ddl",
  // In milliseconds.
  log_min_duration_statement: "1000",
};

export function parameters(): DbParameterGroupParameter[] {
  return Object.entries(PARAMETERS).map(([name, value]) => ({ name, value, applyMethod: "immediate" }));
}
